"""4.2 The desk: what a person owes, ranked; what the day holds; what the weeks ahead will ask."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q

from zhangfa.records.editions import current_calendar
from zhangfa.records.models import Activity, Customer, Notice, Owed

SOON = timedelta(hours=2)
SHOWN = 200  # rows on one page; the rest is counted


@dataclass(frozen=True)
class Desk:
    """What one person (or team) owes at a moment, in groups of urgency."""

    now: datetime
    late: list[Owed]
    soon: list[Owed]
    today: list[Owed]
    week: list[Owed]
    done_today: int
    total: int

    @property
    def groups(self) -> list[tuple[str, list[Owed]]]:
        named = (
            ("late", self.late),
            ("soon", self.soon),
            ("today", self.today),
            ("week", self.week),
        )
        return [(name, rows) for name, rows in named if rows]

    @property
    def rows(self) -> list[Owed]:
        return [*self.late, *self.soon, *self.today, *self.week]

    @property
    def pressing(self) -> int:
        """What has to be done today, late ones included."""
        return len(self.late) + len(self.soon) + len(self.today)


def desk_of(person: Any, now: datetime, *, team: bool = False) -> Desk:
    """The worklist: late first, then within two hours, today, this week; A before B before C.

    `team` shows what the people below owe instead. Two queries.
    """
    calendar = current_calendar()
    day = calendar.day(now)
    week_ends = now + timedelta(days=7 - day.weekday())
    mine = Owed.objects.visible_to(person) if team else Owed.objects.owed_by(person)
    if team:
        mine = mine.exclude(person=person).filter(person__isnull=False)
    rows = list(
        mine.doable(now)
        .begun(now)
        .filter(due__lt=week_ends)
        .filter(Q(snoozed_until=None) | Q(snoozed_until__lte=now))
        .select_related("customer", "person")
        .order_by(F("customer__grade").asc(nulls_last=True), "due", "id")[: SHOWN + 1]
    )
    groups: dict[str, list[Owed]] = {"late": [], "soon": [], "today": [], "week": []}
    for owed in rows[:SHOWN]:
        groups[_group(owed.due, now, calendar.day(owed.due) == day)].append(owed)
    done = Owed.objects.owed_by(person).filter(
        met_at__gte=_start_of(day, calendar), met_at__lte=now
    )
    return Desk(now, *groups.values(), done_today=done.count(), total=len(rows))


def _group(due: datetime, now: datetime, today: bool) -> str:
    if due < now:
        return "late"
    if due <= now + SOON:
        return "soon"
    return "today" if today else "week"


def _start_of(day: Any, calendar: Any) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=calendar.zone)


def ahead(person: Any, now: datetime, days: int = 28) -> Counter:
    """How many obligations fall due on each coming day: a forecast of the desk."""
    calendar = current_calendar()
    dues = (
        Owed.objects.owed_by(person)
        .open()
        .filter(due__gt=now, due__lt=now + timedelta(days=days))
        .values_list("due", flat=True)
    )
    return Counter(calendar.day(due) for due in dues)


def quiet_customers(person: Any, now: datetime, most: int = 5) -> list[Customer]:
    """A customers longest without a touch (1.1.6)."""
    return list(
        Customer.objects.filter(owner=person, grade="A", merged_into=None)
        .exclude(status__in=["lost", "pool"])
        .order_by(F("touched_at").asc(nulls_first=True))[:most]
    )


def visits_of_day(person: Any, now: datetime) -> list[Activity]:
    """The visits, meetings and demos of the person's day, planned and noted."""
    calendar = current_calendar()
    start = _start_of(calendar.day(now), calendar)
    return list(
        Activity.objects.filter(
            person=person,
            kind__in=["visit", "meeting", "demo"],
            at__gte=start,
            at__lt=start + timedelta(days=1),
        )
        .select_related("customer", "contact")
        .order_by("at")
    )


def unread(person: Any) -> int:
    """How many notices wait."""
    return Notice.objects.filter(person=person, read_at=None).count()
