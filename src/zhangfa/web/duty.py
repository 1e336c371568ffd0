"""The page of one obligation: what, by whom, why then, what happened, what it counts (0.3, 4.2)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from zhangfa.actions import duties, waivers
from zhangfa.actions.action import Invalid, NotAllowed, NotNow
from zhangfa.answers import duty as answers
from zhangfa.answers import refs
from zhangfa.records.models import Owed, Person
from zhangfa.rules.obligations.kinds import KINDS

from .context import now_of
from .doors import door, said
from .duty_path import parts_of, term, word
from .values import said_of, shown

CLAUSES = {kind.key: kind.clause for kind in KINDS}
WORDS = {
    "opened": gettext_lazy("Opened: %(word)s"),
    "closed": gettext_lazy("Done: %(word)s"),
    "given": gettext_lazy("A part was done: %(word)s"),
    "retracted": gettext_lazy("Taken back: %(word)s"),
    "passed": gettext_lazy("The deadline passed"),
    "notice": gettext_lazy("%(word)s to %(to)s"),
    "handed": gettext_lazy("Handed over to %(to)s"),
    "stopped": gettext_lazy("The clock was stopped: %(word)s"),
    "resumed": gettext_lazy("The clock goes on"),
    "cancelled": gettext_lazy("No longer wanted: %(word)s"),
    "waived": gettext_lazy("Waived: it counts for nobody"),
    "asked_waiver": gettext_lazy("Asked to be let off"),
}
ICONS = {
    "opened": "circle-dot",
    "closed": "circle-check",
    "given": "check",
    "retracted": "undo-2",
    "passed": "triangle-alert",
    "notice": "bell",
    "handed": "arrow-right-left",
    "stopped": "circle-pause",
    "resumed": "circle-play",
    "cancelled": "circle-x",
    "waived": "circle-slash",
    "asked_waiver": "message-circle-question-mark",
}
WAYS = {
    "met": gettext_lazy("Met in time"),
    "late": gettext_lazy("Met late"),
    "missed": gettext_lazy("Not met"),
}


def _owed(request: HttpRequest, pk: int) -> Owed:
    return get_object_or_404(answers.found_for(request.user), pk=pk)


@door
@require_GET
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about one obligation, and what can be done with it."""
    return render(request, "duties/page.html", _context(request, _owed(request, pk)))


def _context(request: HttpRequest, owed: Owed, **more: Any) -> dict[str, Any]:
    now = now_of(request)
    found = answers.duty_of(owed, now)
    siblings = list(answers.siblings(owed)[:8])
    history = [
        (event, WORDS[event.key] % {"word": word(event.word), "to": event.to})
        for event in found.history
    ]
    return {
        "duty": found,
        "owed": owed,
        "state": owed.state(now),
        "title": term(f"obligation.{owed.kind}"),
        "clause": CLAUSES.get(owed.kind, ""),
        "parts": parts_of(found),
        "cited": [(said_of(c.key), shown(c.value, c.key), c) for c in found.citations],
        "history": history,
        "icons": ICONS,
        "ways": WAYS,
        "ref": refs.describe([owed.story]).get(owed.story),
        "siblings": siblings,
        **_may(request, owed),
        "undo": _undo_ids(request),
        "error": "",
        **more,
    }


def _may(request: HttpRequest, owed: Owed) -> dict[str, Any]:
    """Which of the actions this person finds on the page."""
    person, now = request.user, now_of(request)
    open_ = not owed.outcome and (owed.lapses_at is None or owed.lapses_at > now)
    mine = owed.person_id == person.pk
    on_desk = mine or (owed.person_id is None and owed.role in person.roles)
    leads = not mine and person.has("supervisor", "director", "policy_officer")
    near: Any = ()
    if open_ and (leads or owed.story.startswith("ticket/")):
        near = Person.objects.visible_to(person).filter(is_active=True).exclude(pk=owed.person_id)
        near = near.order_by("name")[:40]
    return {
        "mine": mine and open_,
        "does": on_desk and open_ and owed.kind in duties.COMPLETE,
        "elsewhere": on_desk and open_ and owed.kind not in duties.COMPLETE,
        "one_tap": owed.kind in duties.ONE_TAP,
        "leads": leads and not owed.outcome,
        "near": near,
        "asks": mine and open_ and not person.has("director"),
    }


def _undo_ids(request: HttpRequest) -> str:
    told = request.GET.get("undo", "")
    return told if told.replace(",", "").isdigit() else ""


def _back(request: HttpRequest, pk: int, text: str = "", undo: str = "") -> HttpResponse:
    if text:
        messages.success(request, text)
    return redirect(reverse("duty", args=[pk]) + (f"?undo={undo}" if undo else ""))


def _refused(
    request: HttpRequest, owed: Owed, error: Invalid | NotNow | NotAllowed
) -> HttpResponse:
    status = 403 if isinstance(error, NotAllowed) else 409 if isinstance(error, NotNow) else 422
    context = _context(request, owed, error=said(error))
    return render(request, "duties/page.html", context, status=status)


@door
@require_POST
def complete(request: HttpRequest, pk: int) -> HttpResponse:
    """Do what is owed, with a sentence where the kind asks for one."""
    owed = _owed(request, pk)
    note = request.POST.get("note", "").strip()
    try:
        if not note and owed.kind in duties.COMPLETE and owed.kind not in duties.ONE_TAP:
            raise Invalid("note", "Say in a sentence what happened.")
        outcome = duties.complete(owed, by=request.user, at=now_of(request), note=note)
    except (Invalid, NotNow, NotAllowed) as error:
        return _refused(request, owed, error)
    ids = ",".join(str(line.pk) for line in outcome.lines)
    return _back(request, pk, undo=ids if duties.undoable(outcome.lines) else "")


@door
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what was just done here."""
    owed = _owed(request, pk)
    lines = [int(n) for n in request.POST.get("lines", "").split(",") if n.isdigit()]
    try:
        duties.undo(lines, by=request.user, at=now_of(request))
    except (NotNow, NotAllowed) as error:
        return _refused(request, owed, error)
    return _back(request, pk, gettext("Taken back."))


@door
@require_POST
def snooze(request: HttpRequest, pk: int) -> HttpResponse:
    """Out of sight for some hours; the deadline does not move."""
    owed, hours = _owed(request, pk), request.POST.get("hours", "")
    if not hours.isdigit():
        raise Http404
    try:
        duties.snooze(owed, by=request.user, at=now_of(request), hours=int(hours))
    except (Invalid, NotAllowed) as error:
        return _refused(request, owed, error)
    return _back(request, pk, gettext("Put aside. Its deadline stays."))


@door
@require_POST
def delegate(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand it to somebody else."""
    owed, to = _owed(request, pk), request.POST.get("to", "")
    person = get_object_or_404(
        Person.objects.visible_to(request.user).filter(is_active=True),
        pk=int(to) if to.isdigit() else 0,
    )
    try:
        duties.delegate(owed, by=request.user, at=now_of(request), to=person)
    except (Invalid, NotNow, NotAllowed) as error:
        return _refused(request, owed, error)
    text = gettext("Handed to %(name)s.") % {"name": person.name}
    if not answers.found_for(request.user).filter(pk=pk).exists():
        messages.success(request, text)
        return redirect("today")
    return _back(request, pk, text)


@door
@require_POST
def waive(request: HttpRequest, pk: int) -> HttpResponse:
    """0.6 Let somebody off with a reason; who owes it themselves asks their lead."""
    owed, reason = _owed(request, pk), request.POST.get("reason", "")
    by, at = request.user, now_of(request)
    try:
        if owed.person_id == by.pk:
            notice = waivers.ask_waiver(owed, by=by, at=at, reason=reason)
            text = gettext("%(name)s was asked. The deadline runs on until they answer.")
            return _back(request, pk, text % {"name": notice.person.name})
        record = duties.record_of(owed.story)
        duties.waive(record, by=by, at=at, owed=owed, reason=reason)
    except (Invalid, NotNow, NotAllowed) as error:
        return _refused(request, owed, error)
    return _back(request, pk, gettext("Waived. It counts for nobody."))


urlpatterns = [
    path("<int:pk>/", page, name="duty"),
    path("<int:pk>/completion/", complete, name="duty_complete"),
    path("<int:pk>/undoing/", undo, name="duty_undo"),
    path("<int:pk>/snooze/", snooze, name="duty_snooze"),
    path("<int:pk>/delegation/", delegate, name="duty_delegate"),
    path("<int:pk>/waiver/", waive, name="duty_waive"),
]
