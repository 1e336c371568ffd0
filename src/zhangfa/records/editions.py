"""The policy and the calendar in force, as adopted in the database; the shipped first edition
where none has been adopted yet. Read rarely, asked often: kept for a few seconds per process."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from zhangfa import policy as shipped
from zhangfa.rules.calendars import build_calendar
from zhangfa.rules.clock import Calendar
from zhangfa.rules.policy import Policy

from .appraisal import CalendarDay, Edition

KEPT_FOR = 5.0  # seconds between looks at the database
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
    days = tuple(CalendarDay.objects.order_by("day").values_list("country", "day", "works"))
    policy = current_policy()
    mark = (days, id(policy))
    if held and held[0] == mark:
        return held
    return mark, calendar_of(policy, {day: works for _, day, works in days})


def calendar_of(policy: Policy, overrides: dict) -> Calendar:
    """The calendar that a policy's newest edition describes, with a table of changed days."""
    newest = policy.editions[-1]
    reading = policy.on(newest.effective)
    return build_calendar(
        country=reading["calendar.country"],
        zone=reading["calendar.zone"],
        intervals=reading["calendar.intervals"],
        weekdays=reading["calendar.weekdays"],
        published_until=reading["calendar.published_until"],
        overrides=overrides,
    )
