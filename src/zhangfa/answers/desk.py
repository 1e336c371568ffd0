"""4.2 The desk: what a person owes, ranked; what the day holds; what the weeks ahead will ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import F, QuerySet

from zhangfa.metrics.base import select
from zhangfa.records.editions import current_calendar
from zhangfa.records.models import Activity, Customer, Owed, Person
from zhangfa.records.prepared import Prepared

SOON = timedelta(hours=2)
SHOWN = 200  # rows on one page; the rest is counted
FORECAST = 28  # days the desk looks ahead
DAYS_AHEAD = 10  # of them, how many are told
# What a row of the list shows of its customer and its person; the rest stays where it is.
COLUMNS = tuple(field.attname for field in Owed._meta.concrete_fields) + tuple(
    f"customer__{name}" for name in ("name", "short_name", "grade", "phone")
)
COUNTS = """
WITH mine AS (
    SELECT due, outcome, met_at FROM records_owed WHERE person_id = %(me)s
      AND (met_at >= %(begins)s OR (outcome = '' AND due > %(now)s AND due <= %(until)s))
    UNION ALL
    SELECT due, outcome, met_at FROM records_owed WHERE person_id IS NULL
      AND role = ANY(%(roles)s)
      AND (met_at >= %(begins)s OR (outcome = '' AND due > %(now)s AND due <= %(until)s))
), days AS (
    SELECT (due AT TIME ZONE %(zone)s)::date AS day, count(*) AS n FROM mine
    WHERE outcome = '' AND due > %(now)s GROUP BY 1 ORDER BY 1 LIMIT %(days)s
)
SELECT (SELECT count(*) FROM mine WHERE met_at >= %(begins)s AND met_at <= %(now)s),
       (SELECT count(*) FROM records_notice WHERE person_id = %(me)s AND read_at IS NULL),
       ARRAY(SELECT day FROM days ORDER BY day), ARRAY(SELECT n FROM days ORDER BY day)
"""


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
    unread: int
    ahead: tuple[tuple[date, int], ...]
    """How many obligations fall due on the coming days: a forecast of the desk."""
    tomorrow: datetime

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

    @property
    def badges(self) -> dict[str, tuple[int, bool]]:
        """What stands beside this page in the sidebar: how many today, and whether any is late."""
        due = sum(row.due < self.tomorrow for row in self.rows)
        return {"today": (due, bool(self.late))} if due else {}


def desk_of(person: Any, now: datetime, *, team: bool = False) -> Desk:
    """The worklist: late first, then within two hours, today, this week; A before B before C.

    `team` shows what the people below owe instead. Two queries.
    """
    calendar = current_calendar()
    day = calendar.day(now)
    week_ends = now + timedelta(days=7 - day.weekday())
    if team:
        below = Owed.objects.visible_to(person).exclude(person=person).filter(person__isnull=False)
        below = below.select_related("person").only("person__name", *COLUMNS)
        rows = list(_worklist(below, now, week_ends))
    else:
        rows = _own(tuple(person.roles)).rows(person=person.pk, now=now, ends=week_ends)
    groups: dict[str, list[Owed]] = {"late": [], "soon": [], "today": [], "week": []}
    for owed in rows[:SHOWN]:
        groups[_group(owed.due, now, calendar.day(owed.due) == day)].append(owed)
    tomorrow = _start_of(day + timedelta(days=1), calendar)
    done, unread, ahead = _counts(person, now, _start_of(day, calendar))
    return Desk(now, *groups.values(), done, len(rows), unread, ahead, tomorrow)


def _worklist(owed: QuerySet[Owed], now: datetime, ends: datetime) -> QuerySet[Owed]:
    """Of these the ones that can be done until a moment, with their customers."""
    open = owed.doable(now).begun(now).filter(due__lt=ends).awake(now)
    ranked = open.order_by(F("customer__grade").asc(nulls_last=True), "due", "id")
    return ranked.select_related("customer")[: SHOWN + 1]


@lru_cache(64)
def _own(roles: tuple[str, ...]) -> Prepared:
    def build(person: int, now: datetime, ends: datetime) -> QuerySet[Owed]:
        mine = Owed.objects.owed_by(Person(pk=person, roles=list(roles)))
        return _worklist(mine.only(*COLUMNS), now, ends)

    return Prepared(build, person=int, now=datetime, ends=datetime)


def _counts(
    person: Any, now: datetime, begins: datetime
) -> tuple[int, int, tuple[tuple[date, int], ...]]:
    """Done today, notices unread, and what the coming days will ask; one statement."""
    params = {"me": person.pk, "roles": person.roles, "begins": begins, "now": now}
    params |= {"until": now + timedelta(days=FORECAST), "days": DAYS_AHEAD}
    params["zone"] = current_calendar().zone.key
    [(done, unread, days, counts)] = select(COUNTS, params)
    return done, unread, tuple(zip(days, counts, strict=True))


def _group(due: datetime, now: datetime, today: bool) -> str:
    if due < now:
        return "late"
    if due <= now + SOON:
        return "soon"
    return "today" if today else "week"


def _start_of(day: Any, calendar: Any) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=calendar.zone)


def quiet_customers(person: Any, now: datetime, most: int = 5) -> list[Customer]:
    """A customers longest without a touch (1.1.6)."""
    return _quiet(most).rows(person=person.pk)


@lru_cache(8)
def _quiet(most: int) -> Prepared:
    def build(person: int) -> QuerySet[Customer]:
        return (
            Customer.objects.filter(owner=person, grade="A", merged_into=None)
            .exclude(status__in=["lost", "pool"])
            .only("name", "short_name", "grade", "touched_at")
            .order_by(F("touched_at").asc(nulls_first=True))[:most]
        )

    return Prepared(build, person=int)


def visits_of_day(person: Any, now: datetime) -> list[Activity]:
    """The visits, meetings and demos of the person's day, planned and noted."""
    calendar = current_calendar()
    start = _start_of(calendar.day(now), calendar)
    return VISITS.rows(person=person.pk, start=start, end=start + timedelta(days=1))


def _visits(person: int, start: datetime, end: datetime) -> QuerySet[Activity]:
    return (
        Activity.objects.filter(
            person=person, kind__in=["visit", "meeting", "demo"], at__gte=start, at__lt=end
        )
        .select_related("customer", "contact")
        .only("kind", "at", "outcome", "customer__name", "customer__short_name", "contact__name")
        .order_by("at")
    )


VISITS = Prepared(_visits, person=int, start=datetime, end=datetime)
