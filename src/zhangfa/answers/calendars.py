"""0.1, 0.2 The working calendar as people look at it: a year of days, and how far it is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from zhangfa.records.editions import current_calendar
from zhangfa.records.ledger import Change
from zhangfa.records.models import CalendarDay, Owed
from zhangfa.rules.clock import Calendar

WEEKDAYS = 5


@dataclass(frozen=True)
class Day:
    """One day: free or worked, and how it differs from the ordinary week."""

    day: date
    works: bool
    kind: str  # "", "weekend", "holiday", "makeup"


@dataclass(frozen=True)
class Month:
    """A month as weeks from Monday; None before its first and after its last day."""

    first: date
    weeks: list[list[Day | None]]
    workdays: int


@dataclass(frozen=True)
class Year:
    """A year, with what is known of it."""

    year: int
    months: list[Month]
    known: bool
    until: date
    workdays: int


def year_of(year: int, changed: Mapping[date, bool] | None = None) -> Year:
    """The days of a year; `changed` shows days as they would be. Raises nothing."""
    calendar = current_calendar()
    months = [_month(date(year, number, 1), calendar, changed or {}) for number in range(1, 13)]
    return Year(
        year,
        months,
        calendar.published_until >= date(year, 12, 31),
        calendar.published_until,
        sum(month.workdays for month in months),
    )


def _month(first: date, calendar: Calendar, changed: Mapping[date, bool]) -> Month:
    weeks: list[list[Day | None]] = [[None] * first.weekday()]
    day, count = first, 0
    while day.month == first.month:
        works = changed.get(day, calendar.is_workday(day))
        count += works
        ordinary = day.isoweekday() in calendar.weekdays
        kind = "" if works and ordinary else "makeup" if works else "holiday" if ordinary else ""
        if not works and not ordinary:
            official = calendar.exceptions.get(day) is False or changed.get(day) is False
            kind = "holiday" if official else "weekend"
        if len(weeks[-1]) == 7:
            weeks.append([])
        weeks[-1].append(Day(day, works, kind))
        day += timedelta(days=1)
    weeks[-1] += [None] * (7 - len(weeks[-1]))
    return Month(first, weeks, count)


def provisional() -> int:
    """How many open deadlines lie past the published calendar."""
    return Owed.objects.filter(outcome="", provisional=True).count()


def entered(limit: int = 30) -> list[CalendarDay]:
    """The days entered here, the latest first."""
    return list(CalendarDay.objects.order_by("-entered_at", "day")[:limit])


def moved(limit: int = 12) -> list[Any]:
    """The deadlines that moved when days were entered, the latest first."""
    rows = Change.objects.filter(field__startswith="due:").select_related("by")
    return list(rows.order_by("-at", "ref")[:limit])
