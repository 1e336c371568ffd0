"""The contracts of a list (1.3.1 to 1.3.4): found, filtered, what is urgent first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, DateTimeField, F, Q, QuerySet, When

from zhangfa.records.models import Contract, Review

from .owed_of import next_due, overdue

PAGE = 50  # rows of one page
STATES = tuple(Contract.Status.values)
WORKING = ("drafting", "in_review", "returned", "approved")  # not signed or taken back yet
WHOSE = ("mine", "reviews")


@dataclass(frozen=True)
class Asked:
    """What the reader asked of the list. Unknown words ask nothing."""

    text: str = ""
    state: str = ""
    whose: str = ""
    late: bool = False
    page: int = 1

    @property
    def narrowed(self) -> bool:
        return bool(self.text or self.state or self.whose or self.late)


@dataclass(frozen=True)
class Row:
    """One contract of the list; `due` is the next thing owed about it."""

    pk: int
    number: str
    title: str
    status: str
    amount: Decimal
    currency: str
    round: int
    drafted_at: datetime
    signed_at: datetime | None
    customer: str
    short_name: str
    grade: str
    owner: str
    due: datetime | None


COLUMNS = (
    *("pk", "number", "title", "status", "amount", "currency", "round", "drafted_at", "signed_at"),
    *("customer__name", "customer__short_name", "customer__grade", "owner__name", "due"),
)


@dataclass(frozen=True)
class Book:
    """One page of the list, and how many there are of each state."""

    rows: list[Row]
    total: int
    counts: dict[str, int]
    asked: Asked

    @property
    def first(self) -> int:
        return (self.asked.page - 1) * PAGE + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1 if self.rows else 0

    @property
    def before(self) -> int | None:
        return self.asked.page - 1 if self.asked.page > 1 else None

    @property
    def after(self) -> int | None:
        return self.asked.page + 1 if self.last < self.total else None


def book(person: Any, asked: Asked, now: datetime) -> Book:
    """The page that was asked for. Two queries, three where it does not fit on one page."""
    seen = Contract.objects.visible_to(person)
    counts = dict(seen.order_by().values_list("status").annotate(n=Count("pk")))
    wanted = seen.filter(condition(person, asked, now))
    start = (asked.page - 1) * PAGE
    found = wanted.annotate(due=_due(now)).order_by(
        F("due").asc(nulls_last=True), F("signed_at").desc(nulls_first=True), "-drafted_at", "-pk"
    )
    rows = [Row(*values) for values in found.values_list(*COLUMNS)[start : start + PAGE]]
    whole = len(rows) < PAGE and (rows or asked.page == 1)
    total = start + len(rows) if whole else wanted.count()
    return Book(rows, total, counts, asked)


def _due(now: datetime) -> Case:
    """Nothing is owed about what is signed: only the others are looked up."""
    when = When(status__in=WORKING, then=next_due("contract", now))
    return Case(when, default=None, output_field=DateTimeField())


def condition(person: Any, asked: Asked, now: datetime) -> Q:
    """What the reader asked, as one condition on contracts."""
    wanted = Q()
    if asked.text:
        wanted &= (
            Q(number__icontains=asked.text)
            | Q(title__icontains=asked.text)
            | Q(customer__name__icontains=asked.text)
            | Q(customer__sort_key__icontains=asked.text)
        )
    if asked.state:
        wanted &= Q(status=asked.state)
    if asked.whose == "mine":
        wanted &= Q(owner=person)
    if asked.whose == "reviews":
        wanted &= Q(pk__in=waiting_for(person).values("contract"))
    if asked.late:
        wanted &= Q(pk__in=overdue("contract", now))
    return wanted


def waiting_for(person: Any) -> QuerySet[Review]:
    """1.3.2 The reviews that this person can give now: named for them, or for their department;
    never of what they wrote themselves."""
    desk = Q(reviewer=person) | Q(reviewer=None, role__in=person.roles)
    return (
        Review.objects.filter(desk, outcome="", round=F("contract__round"))
        .filter(contract__status__in=("in_review", "returned"))
        .exclude(contract__owner=person)
    )
