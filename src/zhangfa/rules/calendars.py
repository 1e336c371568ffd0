"""Working calendars of real places: which days the authorities made free or working (0.1, 0.2).

The days come from the ``holidays`` package; what a company knows better, or earlier, comes as
``overrides`` and wins. How far the official calendar is known is said by whoever keeps it,
because a package answers for unpublished years too, only without make-up days.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, time
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from zhangfa.rules.hours import Interval, read_intervals
from zhangfa.rules.workdays import Calendar

COUNTRIES = ("CN", "TW", "HK")
FIRST, LAST = date(2000, 1, 1), date(2035, 12, 31)


@lru_cache(maxsize=64)
def official_days(country: str, first_year: int, last_year: int) -> Mapping[date, bool]:
    """The exceptions of some years: {holiday: False, make-up working day: True}.

    ``country`` is "CN", "TW" or "HK"; anything else raises ValueError.
    """
    if country not in COUNTRIES:
        raise ValueError(f"“{country}” has no calendar here; known are {', '.join(COUNTRIES)}")
    years = range(first_year, last_year + 1)
    found = holidays.country_holidays(country, years=years)
    worked = {day: True for day in found.weekend_workdays if day.year in years}
    return dict.fromkeys(found, False) | worked


def build_calendar(
    country: str | None,
    zone: ZoneInfo | str,
    intervals: Iterable[str | Sequence[str | time]],
    weekdays: Collection[int],
    published_until: date,
    overrides: Mapping[date, bool] | None = None,
    first: date = FIRST,
    last: date = LAST,
) -> Calendar:
    """The working calendar of a place, from policy values and the official days.

    country          whose holidays: "CN", "TW", "HK", or None for none at all
    zone             an IANA zone or its name
    intervals        "09:00-12:00" and so on, or pairs of times
    weekdays         the ordinary working days, 1 is Monday
    published_until  last day for which the exceptions are official
    overrides        {day: is it worked?}; wins over the official days

    The same arguments give the same calendar object, built once in a process.
    """
    hours = read_intervals(intervals)
    own = tuple(sorted((overrides or {}).items()))
    place = ZoneInfo(zone) if isinstance(zone, str) else zone
    return _built(country, place, hours, frozenset(weekdays), published_until, own, first, last)


@lru_cache(maxsize=64)
def _built(
    country: str | None,
    zone: ZoneInfo,
    intervals: tuple[Interval, ...],
    weekdays: frozenset[int],
    published_until: date,
    overrides: tuple[tuple[date, bool], ...],
    first: date,
    last: date,
) -> Calendar:
    exceptions: dict[date, bool] = {}
    if country is not None:
        exceptions |= official_days(country, first.year, last.year)
    exceptions |= overrides
    return Calendar(zone, intervals, first, last, weekdays, exceptions, published_until)
