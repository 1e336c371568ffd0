"""0.6, 0.7 The sweep: what has come due is known within a minute, and people are told once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from zhangfa.actions import renewal
from zhangfa.actions.inbox import tell
from zhangfa.records.editions import current_calendar, current_policy
from zhangfa.records.models import Leave, Notice, Owed, Person
from zhangfa.rules.clock import Calendar, deadline_after
from zhangfa.rules.terms import Span

BATCH = 1000
STEPS = ("reminded", "reminded", "breached", "escalated")


@dataclass(frozen=True)
class Ladder:
    """When people are told: parts of the window, its end, and the way up (0.7)."""

    parts: tuple[float, ...]
    escalate_after: Span

    @classmethod
    def read(cls, now: datetime) -> Ladder:
        reading = current_policy().on(now.date())
        parts = tuple(float(part) for part in reading["reminders.at"])
        return cls(parts, reading["reminders.escalate_after"])

    def moments(self, owed: Owed, calendar: Calendar) -> list[datetime]:
        """Every moment somebody is told about this obligation, in order."""
        whole = owed.due - owed.opens_at
        told = [owed.opens_at + whole * part for part in self.parts if part < 1]
        told.append(owed.due)
        told.append(deadline_after(owed.due, self.escalate_after, calendar).at)
        return told


def sweep(now: datetime, *, batch: int = BATCH) -> int:
    """Look at every open obligation whose moment has come; returns how many were looked at."""
    looked = 0
    renewal.move_on(now)
    ladder, calendar = Ladder.read(now), current_calendar()
    while True:
        with transaction.atomic():
            rows = list(
                Owed.objects.select_for_update(skip_locked=True)
                .filter(outcome="", next_at__lte=now)
                .order_by("next_at")[:batch]
            )
            if rows:
                _look(rows, now, ladder, calendar)
        looked += len(rows)
        if len(rows) < batch:
            return looked


def _look(rows: list[Owed], now: datetime, ladder: Ladder, calendar: Calendar) -> None:
    notices: list[Notice] = []
    for owed in rows:
        moments = ladder.moments(owed, calendar)
        passed = sum(1 for moment in moments if moment <= now)
        if passed > owed.step:
            notices += _notices(owed, passed, len(moments), now)
        if owed.due <= now and owed.breached_at is None:
            owed.breached_at = now
        owed.step = passed
        owed.next_at = moments[passed] if passed < len(moments) else None
    Owed.objects.bulk_update(rows, ["step", "next_at", "breached_at"], batch_size=BATCH)
    fresh = Notice.objects.bulk_create(notices, ignore_conflicts=True)
    _announce(rows, fresh, now)


def _notices(owed: Owed, passed: int, whole: int, now: datetime) -> Iterator[Notice]:
    """The last step that has passed is the one that is said; earlier ones are stale."""
    last = passed - 1
    kind = "escalated" if last == whole - 1 else "breached" if last == whole - 2 else "reminded"
    for person in _told(owed, kind, now):
        yield Notice(
            person_id=person,
            kind=kind,
            owed=owed,
            ref=owed.story,
            once=f"{owed.pk}/{last}/{owed.due.isoformat()}/{person}",
            at=now,
        )


def _told(owed: Owed, kind: str, now: datetime) -> list[int]:
    """The one who owes, or the deputy on leave; a role's people; on escalation the lead."""
    if owed.person_id is None:
        return list(Person.objects.with_role(owed.role).values_list("pk", flat=True))
    if kind != "escalated":
        return [_awake(owed.person_id, now)]
    day = current_calendar().day(now)
    lead = Person.objects.get(pk=owed.person_id).supervisor_on(day)
    while lead is not None and _away(lead.pk, now):
        lead = lead.supervisor_on(day)
    return [lead.pk] if lead else []


def _away(person: int, now: datetime) -> Leave | None:
    day = current_calendar().day(now)
    return Leave.objects.filter(person=person, starts_on__lte=day, ends_on__gt=day).first()


def _awake(person: int, now: datetime) -> int:
    leave = _away(person, now)
    return leave.deputy_id if leave and leave.deputy_id else person


def _announce(rows: list[Owed], notices: list[Notice], now: datetime) -> None:
    """Tell the open pages that something has come due."""
    tell(notice.person_id for notice in notices)
    late = [owed for owed in rows if owed.breached_at == now]
    with connection.cursor() as cursor:
        for owed in late[:50]:
            payload = {"t": "breach", "id": owed.pk, "owner": owed.person_id}
            cursor.execute("SELECT pg_notify('zhangfa', %s)", [json.dumps(payload)])


WAIT = timedelta(seconds=15)
