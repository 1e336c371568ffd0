"""Working calendars of real places: which days the authorities made free or working (0.1, 0.2).

The days come from the ``holidays`` package; what a company knows better, or earlier, comes as
``overrides`` and wins. How far the official calendar is known is said by whoever keeps it,
because a package answers for unpublished years too, only without make-up days.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from zhangfa.rules.timeline import Interval
from zhangfa.rules.workdays import Calendar, read_intervals

REGIONS: Mapping[str, str] = {"china": "CN", "taiwan": "TW", "hongkong": "HK"}
FIRST, LAST = date(2000, 1, 1), date(2035, 12, 31)


@lru_cache(maxsize=256)
def official_days(region: str, year: int) -> Mapping[date, bool]:
    """The exceptions of one year: {holiday: False, make-up working day: True}.

    ``region`` is "china", "taiwan" or "hongkong"; anything else raises ValueError.
    """
    if region not in REGIONS:
        raise ValueError(f"“{region}” is no known region; known are {', '.join(REGIONS)}")
    found = holidays.country_holidays(REGIONS[region], years=year)
    days = dict.fromkeys(found, False)
    return days | {day: True for day in found.weekend_workdays if day.year == year}


def build_calendar(
    region: str | None,
    zone: ZoneInfo | str,
    intervals: Sequence[str] | Sequence[Interval],
    weekdays: Collection[int],
    published_until: date,
    overrides: Mapping[date, bool] | None = None,
    first: date = FIRST,
    last: date = LAST,
) -> Calendar:
    """The working calendar of a place, from policy values and the official days.

    region           whose holidays: "china", "taiwan", "hongkong", or None for none at all
    zone             an IANA zone or its name
    intervals        "09:00-12:00" and so on, or pairs of times
    weekdays         the ordinary working days, Monday is 0
    published_until  last day for which the exceptions are official
    overrides        {day: is it worked?}; wins over the official days

    The same arguments give the same calendar object, built once in a process.
    """
    hours = tuple(
        read_intervals([each])[0] if isinstance(each, str) else each for each in intervals
    )
    own = tuple(sorted((overrides or {}).items()))
    place = ZoneInfo(zone) if isinstance(zone, str) else zone
    return _built(region, place, hours, frozenset(weekdays), published_until, own, first, last)


@lru_cache(maxsize=64)
def _built(
    region: str | None,
    zone: ZoneInfo,
    intervals: tuple[Interval, ...],
    weekdays: frozenset[int],
    published_until: date,
    overrides: tuple[tuple[date, bool], ...],
    first: date,
    last: date,
) -> Calendar:
    exceptions: dict[date, bool] = {}
    if region is not None:
        for year in range(first.year, last.year + 1):
            exceptions |= official_days(region, year)
    exceptions |= overrides
    return Calendar(zone, intervals, first, last, weekdays, exceptions, published_until)
