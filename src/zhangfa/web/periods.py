"""Periods in addresses, by name, and the switch between them (2.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext

from zhangfa import policy
from zhangfa.records.editions import current_calendar
from zhangfa.rules.terms import Period

from . import figures
from .context import now_of

KINDS = ("month", "quarter", "year")


def period_of(label: str) -> Period:
    """A period from an address; 404 for what is none."""
    try:
        return Period.read(label)
    except ValueError as error:
        raise Http404(str(error)) from error


@dataclass(frozen=True)
class Step:
    """Another period to look at."""

    label: str
    name: str


@dataclass(frozen=True)
class Periods:
    """The switch: the same moment in other periods, and the ones before and after."""

    kinds: list[tuple[str, str, bool]]
    before: str
    after: str | None
    running: bool


def periods_around(period: Period, today: date) -> Periods:
    """The month, quarter and year around the period's end, or around today while it runs."""
    anchor = min(period.last, max(today, period.start))
    kinds = [
        (Period.containing(kind, anchor).label, policy.term(f"period.{kind}", figures.language()),
         kind == period.kind)
        for kind in KINDS
    ]  # fmt: skip
    after = period.next()
    return Periods(
        kinds,
        period.previous().label,
        after.label if after.start <= today else None,
        period.end > today,
    )


def period_name(period: Period) -> str:
    """`2026年11月`, `2026 Q3`, `2026`."""
    if period.kind == "month":
        return figures.date_text(period.start, "month")
    if period.kind == "quarter":
        number = (period.start.month - 1) // 3 + 1
        return gettext("%(year)s Q%(number)s") % {"year": period.start.year, "number": number}
    if period.kind == "year":
        return gettext("Year %(year)s") % {"year": period.start.year}
    return period.label


def switch(request: HttpRequest, period: Period) -> dict[str, Any]:
    """What the switch of a page needs."""
    return {
        "periods": periods_around(period, current_calendar().day(now_of(request))),
        "period_name": period_name(period),
    }
