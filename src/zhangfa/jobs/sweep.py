"""0.6, 0.7 The sweep: what has come due is known within a minute, and people are told once.

Each open obligation says when it is to be looked at next. A look and what is said because of it
are one transaction of two statements, for thousands at a time: rows that another sweep holds are
passed over, and a sweep that is killed has said nothing of what it had not finished.

Reminders that were slept through are not said any more once a later one is, or the breach; the
breach and each level above are always said.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
from django.db import connection, transaction

from zhangfa.actions import renewal
from zhangfa.actions.inbox import tell
from zhangfa.actions.ladders import ladders_of
from zhangfa.records.editions import current_calendar, current_policy
from zhangfa.rules.clock import Calendar, OutsideCalendar, deadline_after
from zhangfa.rules.columns import columns
from zhangfa.rules.policy import Policy
from zhangfa.rules.terms import Span

from .quiet import wakes_at
from .statements import BY_KEY, LOOK, TAKE
from .told import LEVELS, OWES, Told

BATCH = 20_000
NAMED = 200  # owners told of by name in one batch; beyond, every open page looks again


@dataclass(frozen=True)
class Moment:
    """What holds for one whole sweep: the clock, the policy and the calendar."""

    now: datetime
    policy: Policy
    calendar: Calendar

    @cached_property
    def wakes_at(self) -> datetime:
        return wakes_at(self.now, self.policy.on(self.calendar.day(self.now)), self.calendar)

    @cached_property
    def told(self) -> Told:
        day = self.calendar.day(self.now)
        skips = self.policy.on(day)["quiet_hours.skip_on_leave"]
        return Told(day, skip_on_leave=skips)


def sweep(now: datetime, *, batch: int = BATCH) -> int:
    """Look at every open obligation whose moment has come; returns how many were looked at."""
    looked = 0
    renewal.move_on(now)
    moment = Moment(now, current_policy(), current_calendar())
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(BY_KEY)
            cursor.execute(TAKE, {"now": now, "batch": batch})
            rows = cursor.fetchall()
            if rows:
                _look(cursor, rows, moment)
        looked += len(rows)
        if not rows:
            return looked


def _look(cursor: Any, rows: Sequence[tuple], moment: Moment) -> None:
    """Move these obligations on, and say what there is to say."""
    cursor.execute(
        LOOK,
        {
            "now": moment.now,
            "wakes_at": moment.wakes_at,
            **_rungs(rows, moment),
            **_people(rows, moment.told),
        },
    )
    late, told = cursor.fetchone()
    tell(told or ())
    _announce(cursor, late or (), moment.told)


def _rungs(rows: Sequence[tuple], moment: Moment) -> dict[str, list]:
    """The ladder of each kind and edition, and when each breach goes to the highest level."""
    ladders = ladders_of(moment.policy)
    pairs = sorted({(kind, edition) for _, kind, edition, *_ in rows})
    found = [ladders.of(*pair) for pair in pairs]
    late: dict[Span, set[datetime]] = {}
    for _, kind, edition, due, *_ in rows:
        if due < moment.now:
            late.setdefault(ladders.of(kind, edition).after, set()).add(due)
    higher = [
        (str(span), due, at)
        for span, dues in late.items()
        for due, at in _after(sorted(dues), span, moment.calendar)
    ]
    return {
        "ids": sorted(row[0] for row in rows),
        "kinds": [kind for kind, _ in pairs],
        "editions": [edition for _, edition in pairs],
        "parts": [_array(ladder.parts) for ladder in found],
        "ups": [ladder.up for ladder in found],
        "afters": [str(ladder.after) for ladder in found],
        "spans": [span for span, _, _ in higher],
        "dues": [due for _, due, _ in higher],
        "highers": [at for _, _, at in higher],
    }


def _array(parts: Iterable[float]) -> str:
    return "{" + ",".join(map(repr, parts)) + "}"


def _after(
    dues: Sequence[datetime], span: Span, calendar: Calendar
) -> list[tuple[datetime, datetime | None]]:
    """The deadline a span after each moment; None where the calendar ends before it."""
    seconds = np.array([int(np.ceil(due.timestamp())) for due in dues], np.int64)
    try:
        at = columns(calendar).deadline_after(seconds, span).at.tolist()
    except OutsideCalendar:
        return [(due, _one_after(due, span, calendar)) for due in dues]
    return [
        (due, datetime.fromtimestamp(each, calendar.zone))
        for due, each in zip(dues, at, strict=True)
    ]


def _one_after(due: datetime, span: Span, calendar: Calendar) -> datetime | None:
    try:
        return deadline_after(due, span, calendar).at
    except OutsideCalendar:
        return None


def _people(rows: Sequence[tuple], told: Told) -> dict[str, list]:
    """Who is told on each level, for everybody who owes something here."""
    owing = sorted({(person or 0, role if person is None else "") for *_, person, role in rows})
    found = [
        (person, role, level, each)
        for person, role in owing
        for level in LEVELS
        for each in told.of(person or None, role, level)
    ]
    return {
        "owing": [person for person, _, _, _ in found],
        "roles": [role for _, role, _, _ in found],
        "levels": [level for _, _, level, _ in found],
        "people": [each for _, _, _, each in found],
    }


def _announce(cursor: Any, late: Sequence[Sequence[Any]], told: Told) -> None:
    """Tell the open pages what has come due: one message for each who owes it."""
    payloads: list[dict[str, Any]] = [{"t": "breach", "all": True}]
    if len(late) <= NAMED:
        payloads = [
            {"t": "breach", "id": pk, "n": count, "owner": person}
            if person
            else {"t": "breach", "id": pk, "n": count, "to": told.of(None, role, OWES)}
            for person, role, count, pk in late
        ]
    for payload in payloads:
        cursor.execute("SELECT pg_notify('zhangfa', %s)", [json.dumps(payload)])
