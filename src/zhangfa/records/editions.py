"""The policy and the calendar in force, as adopted in the database; the shipped first edition
where none has been adopted yet. Read rarely, asked often: kept for a few seconds per process."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from datetime import date
from typing import Any

from zhangfa import policy as shipped
from zhangfa.rules.calendars import build_calendar, official_days
from zhangfa.rules.clock import Calendar
from zhangfa.rules.policy import Policy

from .appraisal import CalendarDay, Edition

KEPT_FOR = 5.0  # seconds between looks at the database
NOTICE = "notice/"  # marks the days of a year's whole notice
MOST = 32  # things kept per process
_kept: dict[str, tuple[float, Any]] = {}


def _keep(name: str, read: Any) -> Any:
    moment = time.monotonic()
    held = _kept.get(name)
    if held is None or moment - held[0] > KEPT_FOR:
        held = _kept[name] = (moment, read(held[1] if held else None))
    return held[1]


def remembered(name: str, seconds: float, read: Callable[[], Any]) -> Any:
    """Something large that may be as old as this many seconds; at most MOST are kept."""
    held = _kept.get(name)
    if held is None or time.monotonic() - held[0] > seconds:
        value = read()
        if len(_kept) >= MOST:
            _kept.clear()
        held = _kept[name] = (time.monotonic(), value)
    return held[1]


def forget() -> None:
    """Read policy and calendar again at the next question (after an adoption; between tests)."""
    _kept.clear()


def current_policy() -> Policy:
    """Every adopted edition, oldest first; each reading picks what was in force on its day."""
    return _keep("policy", _read_policy)[1]


def _read_policy(held: tuple[Any, Policy] | None) -> tuple[Any, Policy]:
    rows = list(Edition.objects.values_list("key", "title", "effective", "document"))
    mark = tuple(row[0] for row in rows)
    if held and held[0] == mark:
        return held
    if not rows:
        return mark, shipped.load_editions()
    return mark, shipped.policy_of(shipped.parse_edition(row[3]) for row in rows)


def current_calendar() -> Calendar:
    """The company's working calendar: the published days, and the days entered here."""
    return _keep("calendar", _read_calendar)[1]


def _read_calendar(held: tuple[Any, Calendar] | None) -> tuple[Any, Calendar]:
    days = tuple(CalendarDay.objects.order_by("day").values_list("day", "works", "name"))
    policy = current_policy()
    mark = (days, id(policy))
    if held and held[0] == mark:
        return held
    noticed = {int(name.removeprefix(NOTICE)) for _, _, name in days if name.startswith(NOTICE)}
    return mark, calendar_of(policy, {day: works for day, works, _ in days}, noticed)


def country_of_calendar() -> str:
    """Whose official days count, "CN" and so on."""
    policy = current_policy()
    country: str = policy.on(policy.editions[-1].effective)["calendar.country"]
    return country


def calendar_of(
    policy: Policy, overrides: dict[date, bool], noticed: Collection[int] = ()
) -> Calendar:
    """The calendar that a policy's newest edition describes, with a table of changed days.

    `noticed` are years whose notice was entered whole: then its days count and no others, and the
    calendar is known until the end of the last of them (0.2).
    """
    newest = policy.editions[-1]
    reading = policy.on(newest.effective)
    country, weekdays = reading["calendar.country"], reading["calendar.weekdays"]
    until, days = reading["calendar.published_until"], dict(overrides)
    for year in noticed:
        until = max(until, date(year, 12, 31))
        for day in official_days(country, year, year) if country else ():
            days.setdefault(day, day.isoweekday() in weekdays)
    return build_calendar(
        country=country,
        zone=reading["calendar.zone"],
        intervals=reading["calendar.intervals"],
        weekdays=weekdays,
        published_until=until,
        overrides=days,
    )
