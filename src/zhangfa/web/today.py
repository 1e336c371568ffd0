"""Today: what one owes, ranked (4.2). Complete, undo, put aside, hand to somebody."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from zhangfa.actions import duties
from zhangfa.actions.action import Invalid
from zhangfa.answers import desk, refs
from zhangfa.answers.scorecard import result_of
from zhangfa.policy import term
from zhangfa.records.editions import current_calendar
from zhangfa.records.models import Owed, Person
from zhangfa.rules.terms import Period

from . import drawing, figures, worklist
from .context import now_of
from .doors import door, said, toast

GROUPS = {
    "late": gettext_lazy("Overdue"),
    "soon": gettext_lazy("Within two hours"),
    "today": gettext_lazy("Today"),
    "week": gettext_lazy("This week"),
}
FIRST = 40  # rows shown of each group; the rest opens on demand


@door
@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """The desk of the person, or of the people below."""
    return render(request, "today/page.html", {**_desk(request), **_rail(request)})


def _team(request: HttpRequest) -> bool:
    return request.GET.get("who") == "team" and request.user.has("supervisor", "director")


def _desk(request: HttpRequest, asking: int = 0, error: str = "") -> dict[str, Any]:
    now = now_of(request)
    team = _team(request)
    held = desk.desk_of(request.user, now, team=team)
    named = refs.describe(row.story for row in held.rows)
    every = request.GET.get("all", "")
    groups = [(key, GROUPS[key], rows) for key, rows in held.groups]
    shown = [row for key, _, rows in groups for row in (rows if every == key else rows[:FIRST])]
    if not team:
        request.badges, request.unread = held.badges, min(held.unread, 100)
    return {
        "desk": held,
        "groups": groups,
        "titles": {row.pk: term(row.kind, figures.language(), "title") for row in held.rows},
        "drawn": worklist.drawn(shown, named, now, team=team),
        "rail": drawing.day_rail([*held.late, *held.soon, *held.today], now),
        "team": team,
        "asking": asking,
        "error": error,
        "every": every,
        "first": FIRST,
    }


def _rail(request: HttpRequest) -> dict[str, Any]:
    now, person = now_of(request), request.user
    return {
        "visits": desk.visits_of_day(person, now),
        "quiet": desk.quiet_customers(person, now),
    }


@door
@require_GET
def score(request: HttpRequest) -> HttpResponse:
    """The month's score for the rail, loaded after the page."""
    now = now_of(request)
    month = Period.containing("month", current_calendar().day(now))
    result = result_of(request.user, month, now)
    return render(request, "today/score.html", {"result": result, "month": month})


def _owed(request: HttpRequest, pk: int) -> Owed:
    rows = Owed.objects.visible_to(request.user).select_related("customer")
    return get_object_or_404(rows, pk=pk)


def _worklist(
    request: HttpRequest, text: str = "", *, undo: str = "", asking: int = 0, error: str = ""
) -> HttpResponse:
    context = _desk(request, asking, error)
    parts = render_to_string("today/worklist_answer.html", context, request)
    if text:
        parts += toast(request, text, undo=undo, target="#worklist")
    return HttpResponse(parts)


@door
@require_POST
def done(request: HttpRequest, pk: int) -> HttpResponse:
    """Complete in one tap; kinds that want a sentence ask for it in their row first."""
    owed = _owed(request, pk)
    note = request.POST.get("note", "").strip()
    if not note and owed.kind not in duties.ONE_TAP and owed.kind in duties.COMPLETE:
        if "note" not in request.POST:
            return _worklist(request, asking=pk)
        return _worklist(request, asking=pk, error=gettext("Say in a sentence what happened."))
    try:
        outcome = duties.complete(owed, by=request.user, at=now_of(request), note=note)
    except Invalid as error:
        return _worklist(request, asking=pk, error=said(error))
    undo = ""
    if duties.undoable(outcome.lines):
        ids = ",".join(str(line.pk) for line in outcome.lines)
        undo = f"{reverse('undo')}?lines={ids}{'&who=team' if _team(request) else ''}"
    title = term(owed.kind, figures.language(), "title")
    return _worklist(request, gettext("Done: %(what)s") % {"what": title}, undo=undo)


@door
@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Take back what was just done."""
    lines = [int(n) for n in request.GET.get("lines", "").split(",") if n.isdigit()]
    duties.undo(lines, by=request.user, at=now_of(request))
    return _worklist(request, gettext("Taken back."))


@door
@require_POST
def snooze(request: HttpRequest, pk: int) -> HttpResponse:
    """Out of sight for some hours; the deadline does not move."""
    hours = request.POST.get("hours", "3")
    if not hours.isdigit():
        raise Http404
    duties.snooze(_owed(request, pk), by=request.user, at=now_of(request), hours=int(hours))
    return _worklist(request, gettext("Put aside. Its deadline stays."))


@door
@require_POST
def delegate(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand it to somebody else."""
    to = get_object_or_404(Person.objects.filter(is_active=True), pk=request.POST.get("to"))
    duties.delegate(_owed(request, pk), by=request.user, at=now_of(request), to=to)
    return _worklist(request, gettext("Handed to %(name)s.") % {"name": to.name})


@door
@require_POST
def waive(request: HttpRequest, pk: int) -> HttpResponse:
    """Let somebody off, with a reason (0.6)."""
    owed = _owed(request, pk)
    duties.waive(
        duties.record_of(owed.story),
        by=request.user,
        at=now_of(request),
        owed=owed,
        reason=request.POST.get("reason", ""),
    )
    return _worklist(request, gettext("Waived. It counts for nobody."))


@door
@require_GET
def choices(request: HttpRequest, pk: int) -> HttpResponse:
    """What else can be done with a duty: its menu, loaded when opened."""
    owed = _owed(request, pk)
    leads = request.user.has("supervisor", "director") and owed.person_id != request.user.pk
    near = []
    if leads or owed.story.startswith("ticket/"):
        near = Person.objects.visible_to(request.user).filter(is_active=True).order_by("name")
        near = near.exclude(pk=owed.person_id)[:30]
    return render(
        request,
        "today/choices.html",
        {"owed": owed, "leads": leads, "near": near, "mine": owed.person_id == request.user.pk},
    )


urlpatterns = [
    path("", today, name="today"),
    path("today/score/", score, name="today_score"),
    path("today/undo/", undo, name="undo"),
    path("owed/<int:pk>/completion/", done, name="owed_done"),
    path("owed/<int:pk>/snooze/", snooze, name="owed_snooze"),
    path("owed/<int:pk>/delegation/", delegate, name="owed_delegate"),
    path("owed/<int:pk>/waiver/", waive, name="owed_waive"),
    path("owed/<int:pk>/choices/", choices, name="owed_choices"),
]
