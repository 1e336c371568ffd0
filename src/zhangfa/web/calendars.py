"""The working calendar (0.1, 0.2): a year at a glance, and entering an official notice."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods

from zhangfa.actions import calendars as actions
from zhangfa.actions.action import Invalid
from zhangfa.answers import calendars as answers
from zhangfa.records.editions import current_calendar
from zhangfa.rules.calendars import FIRST, LAST

from .context import now_of
from .doors import door, said


def _year(request: HttpRequest) -> int:
    today = current_calendar().day(now_of(request))
    asked = request.POST.get("year") or request.GET.get("year") or str(today.year)
    if not asked.isdigit() or not FIRST.year <= int(asked) <= LAST.year:
        raise Http404
    return int(asked)


@door
@require_http_methods(["GET", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """The year; a notice is read and shown first, then entered."""
    year, may = _year(request), actions.keeps(request.user, None)
    error, text = "", request.POST.get("text", "")[:20000]
    days: dict[date, bool] = {}
    if request.method == "POST":
        if not may:
            raise PermissionDenied
        try:
            days = actions.days_of(text, year)
            if "sure" in request.POST:
                return _entered(request, year, days)
        except Invalid as refused:
            error = said(refused)
    context: dict[str, Any] = {
        "shown": answers.year_of(year, days),
        "may": may,
        "text": text,
        "error": error,
        "days": [(day, works) for day, works in days.items()],
        "waiting": answers.provisional(),
        "moved": answers.moved(),
        "today": current_calendar().day(now_of(request)),
        "hours": [f"{a:%H:%M}–{b:%H:%M}" for a, b in current_calendar().intervals],
        "earliest": FIRST.year,
        "latest": LAST.year,
    }
    return render(request, "calendars/page.html", context, status=422 if error else 200)


def _entered(request: HttpRequest, year: int, days: dict[date, bool]) -> HttpResponse:
    from django.contrib import messages

    done = actions.enter_notice(
        by=request.user,
        at=now_of(request),
        days=days,
        year=year,
        whole=request.POST.get("whole") == "1",
    ).record
    told = ngettext("%(n)s day entered.", "%(n)s days entered.", done.days) % {"n": done.days}
    if done.moved or done.firm:
        told += " " + gettext("Deadlines that moved: %(moved)s; certain now: %(firm)s.") % {
            "moved": done.moved,
            "firm": done.firm,
        }
    messages.success(request, told)
    return redirect(f"{reverse('calendar')}?year={year}")


urlpatterns = [path("", calendar, name="calendar")]
