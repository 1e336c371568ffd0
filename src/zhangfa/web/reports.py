"""Reports that people hand in: the channel report of a month (1.1.2) and its lessons (1.1.3)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from zhangfa.actions import people
from zhangfa.actions.action import Invalid
from zhangfa.actions.may import sells
from zhangfa.answers import channels, grading
from zhangfa.papers.workbook import Column, Sheet, workbook
from zhangfa.policy import term
from zhangfa.records.editions import current_calendar
from zhangfa.records.models import Membership, Person
from zhangfa.records.people import during
from zhangfa.records.scope import scope_of
from zhangfa.rules.terms import Period

from . import figures
from .context import now_of
from .doors import door, said

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _month(request: HttpRequest) -> Period:
    """The month that was asked for; the last whole one by default."""
    today = current_calendar().day(now_of(request))
    try:
        month = Period.read(request.GET.get("month", ""))
    except ValueError:
        return Period.containing("month", today).previous()
    if month.kind != "month" or month.start > today:
        raise Http404
    return month


def _whose(request: HttpRequest, month: Period) -> tuple[Person, list[int], list[int], bool]:
    """Who hands it in, whose figures, the team they stand beside, and whether it is a team's."""
    me: Person = request.user
    asked = request.GET.get("who", "")
    seen = Person.objects.visible_to(me).filter(roles__overlap=["seller", "supervisor"])
    if asked == "team" and me.has("supervisor", "director"):
        everybody = list(seen.values_list("pk", flat=True))
        return me, everybody, everybody, True
    person = get_object_or_404(seen, pk=asked) if asked.isdigit() else me
    return person, [person.pk], _team_of(person, month), False


def _team_of(person: Person, month: Period) -> list[int]:
    """The people of the person's team at the month's end, the person among them."""
    current = Membership.objects.filter(during(month.last))
    team = current.filter(person=person).values("team")[:1]
    found = set(current.filter(team__in=team).values_list("person_id", flat=True))
    return sorted(found | {person.pk})


def _context(request: HttpRequest) -> dict[str, Any]:
    month = _month(request)
    person, own, team, whole = _whose(request, month)
    made = channels.report(person, own, team, month, now_of(request))
    today = current_calendar().day(now_of(request))
    return {
        "report": made,
        "month": month,
        "month_name": figures.date_text(month.start, "month"),
        "before": month.previous().label,
        "after": month.next().label if month.next().start <= today else "",
        "over": month.end <= today,
        "person": person,
        "whole_team": whole,
        "mine": person == request.user and not whole,
        "leads_team": request.user.has("supervisor", "director"),
        "team_size": len(team),
    }


@door
@require_http_methods(["GET", "POST"])
def channel_report(request: HttpRequest) -> HttpResponse:
    """1.1.2 The report: figures made from the records, lessons written by the person."""
    if not sells(request.user, None):
        raise PermissionDenied
    context = _context(request)
    error, text = "", request.POST.get("text", "")
    if request.method == "POST":
        if not context["mine"]:
            raise PermissionDenied
        try:
            _hand_in(request, context["month"], text)
            return redirect(f"{reverse('channel_report')}?month={context['month'].label}")
        except Invalid as refused:
            error = said(refused)
    if request.GET.get("format") == "xlsx":
        return _download(context)
    wanted = request.GET.get("q", "").strip()[:80]
    context |= {"error": error, "text": text, "wanted": wanted}
    context["seen"] = {request.user.pk, *scope_of(request.user).people}
    context["lessons"] = channels.lessons(wanted)
    status = 422 if error else 200
    return render(request, "reports/channels.html", context, status=status)


def _hand_in(request: HttpRequest, month: Period, text: str) -> None:
    people.hand_in(
        request.user,
        by=request.user,
        at=now_of(request),
        kind="channel_report",
        period=month.label,
        text=text,
    )


@door
@require_GET
def lessons(request: HttpRequest) -> HttpResponse:
    """1.1.3 The lessons that hold a fragment, for the search box."""
    wanted = request.GET.get("q", "").strip()[:80]
    found = channels.lessons(wanted)
    seen = {request.user.pk, *scope_of(request.user).people}
    context = {"lessons": found, "wanted": wanted, "seen": seen}
    return render(request, "reports/lessons.html", context)


@door
@require_GET
def grades(request: HttpRequest) -> HttpResponse:
    """1.1.5 The back-test: were A customers won more often than C customers?"""
    if not sells(request.user, None):
        raise PermissionDenied
    test = grading.back_test(request.user, now_of(request))
    return render(request, "reports/grades.html", {"test": test, "letters": grading.LETTERS})


def _download(context: dict[str, Any]) -> HttpResponse:
    """The report as a workbook: the person's channels, the team's, and what was learnt."""
    report, name = context["report"], f"{context['month'].label}"
    title = f"{gettext('Channel report')} {name}"
    parts = [
        _sheet(gettext("Team") if context["whole_team"] else context["person"].name, report, "own"),
        _sheet(gettext("Month before"), report, "before"),
    ]
    if not context["whole_team"]:
        parts.append(_sheet(gettext("Team"), report, "team"))
    if report.handed_in:
        learnt = [Column(gettext("Lessons"), "text", 100)]
        parts.append(Sheet(gettext("Lessons"), learnt, [[report.handed_in.text]]))
    answer = HttpResponse(workbook(title, parts), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="channels-{name}.xlsx"'
    return answer


def _sheet(name: str, report: channels.Report, side: str) -> Sheet:
    columns = [
        Column(gettext("Channel")),
        Column(gettext("Leads"), "count"),
        Column(gettext("Qualified"), "count"),
        Column(gettext("Won"), "number"),
        Column(gettext("Amount"), "money"),
        Column(gettext("Cost"), "money"),
        Column(gettext("Conversion"), "percent"),
        Column(gettext("Cost per win"), "money"),
        Column(gettext("ROI"), "percent"),
    ]
    notes = [
        gettext(
            "Leads: customers entered in the month. Qualified: of these, with a deal by its end."
        ),
        gettext("Won: customers with their first valid order in the month, by credit share."),
        gettext("Cost: the campaigns' cost for the month's days, divided by leads."),
    ]
    rows = [_cells(channel_name(line.channel), getattr(line, side)) for line in report.lines]
    return Sheet(name, columns, rows, _cells(gettext("Total"), getattr(report.total, side)), notes)


def _cells(name: str, told: channels.Figures) -> list[Any]:
    return [
        name,
        told.leads,
        told.qualified,
        told.won,
        told.amount,
        told.cost,
        told.conversion,
        told.cost_per_win,
        told.roi,
    ]


def channel_name(channel: Any) -> str:
    """The channel's own name, or that there is none."""
    return channel.name if channel else gettext("Without a source")


def channel_kind(channel: Any) -> str:
    return term(f"channel.{channel.kind}", figures.language()) if channel else ""


urlpatterns = [
    path("channels/", channel_report, name="channel_report"),
    path("channels/lessons/", lessons, name="channel_lessons"),
    path("grades/", grades, name="grade_test"),
]
