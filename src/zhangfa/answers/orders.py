"""The orders of a list (1.3.4 to 1.3.10): found, filtered, what is urgent first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, DateTimeField, Exists, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Least

from zhangfa.records.models import Delivery, DeliveryException, Order, Owed

from .owed_of import named, next_due, overdue
from .receivables import open_of

PAGE = 50  # rows of one page
VIEWS = ("open", "late", "confirm", "sign_off", "unpaid")
WORKING = ("open", "shipped", "on_hold", "disputed")  # neither delivered nor ended


@dataclass(frozen=True)
class Asked:
    """What the reader asked of the list. Unknown words ask nothing."""

    text: str = ""
    view: str = ""
    mine: bool = False
    page: int = 1

    @property
    def narrowed(self) -> bool:
        return bool(self.text or self.view or self.mine)


@dataclass(frozen=True)
class Row:
    """One order of the list; `due` is the next thing owed about it or its deliveries."""

    pk: int
    number: str
    status: str
    amount: Decimal
    currency: str
    signed_on: date
    promised_on: date | None
    tracked_at: datetime | None
    customer: str
    grade: str
    owner: str
    planned_at: datetime | None
    due: datetime | None


COLUMNS = (
    *("pk", "number", "status", "amount", "currency", "signed_on", "promised_on", "tracked_at"),
    *("customer__name", "customer__grade", "owner__name", "planned_at", "due"),
)


@dataclass(frozen=True)
class Book:
    """One page of the list, and how many there are of each view."""

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


def book(person: Any, asked: Asked, now: datetime, today: date, *, money: bool) -> Book:
    """The page that was asked for. Two queries, three where it does not fit on one page.

    `money` tells whether this person may look at what is unpaid."""
    seen = Order.objects.visible_to(person)
    views = {key: view for key, view in _views(now, today).items() if money or key != "unpaid"}
    counts = seen.aggregate(**{key: Count("pk", filter=view) for key, view in views.items()})
    wanted = seen.filter(_condition(person, asked, views))
    start = (asked.page - 1) * PAGE
    over = Case(When(status__in=WORKING, then=0), default=1)
    found = wanted.annotate(due=_due(now), planned_at=_next_delivery()).order_by(
        F("due").asc(nulls_last=True), over, "-signed_at", "-pk"
    )
    rows = [Row(*values) for values in found.values_list(*COLUMNS)[start : start + PAGE]]
    whole = len(rows) < PAGE and (rows or asked.page == 1)
    total = start + len(rows) if whole else wanted.count()
    return Book(rows, total, counts, asked)


def _views(now: datetime, today: date) -> dict[str, Q]:
    """What the list may be narrowed to, each as a condition on orders."""
    coming = Delivery.objects.filter(delivered_at=None, cancelled_at=None)
    late = Delivery.objects.filter(pk__in=overdue("delivery", now)).values("order")
    wrong = DeliveryException.objects.filter(pk__in=overdue("exception", now)).values("order")
    made = Delivery.objects.filter(delivered_at__isnull=False, signed_off_at=None)
    past = open_of(Order.objects.all()).filter(due_on__lt=today).values("order")
    return {
        "open": Q(status__in=WORKING),
        "late": Q(pk__in=overdue("order", now)) | Q(pk__in=late) | Q(pk__in=wrong),
        "confirm": Q(status__in=WORKING, pk__in=coming.filter(confirmed_at=None).values("order")),
        "sign_off": Q(pk__in=made.values("order")),
        "unpaid": Q(pk__in=past),
    }


def _condition(person: Any, asked: Asked, views: dict[str, Q]) -> Q:
    wanted = views.get(asked.view, Q())
    if asked.text:
        wanted &= (
            Q(number__icontains=asked.text)
            | Q(customer__name__icontains=asked.text)
            | Q(customer__sort_key__icontains=asked.text)
        )
    if asked.mine:
        wanted &= Q(owner=person)
    return wanted


def _next_delivery() -> Subquery:
    rows = Delivery.objects.filter(
        order=OuterRef("pk"), delivered_at=None, cancelled_at=None
    ).order_by("planned_at")
    return Subquery(rows.values("planned_at")[:1])


def _due(now: datetime) -> Case:
    """The first deadline about the order, its deliveries or its exceptions; nothing is looked up
    for orders that are over."""
    inside = []
    for model in (Delivery, DeliveryException):
        rows = model.objects.filter(order=OuterRef(OuterRef("pk"))).order_by()
        refs = rows.annotate(ref=named(model.story)).values("ref")
        owed = Owed.objects.filter(story__in=Subquery(refs)).doable(now).begun(now)
        inside.append(Subquery(owed.order_by("due").values("due")[:1]))
    unsigned = Delivery.objects.filter(order=OuterRef("pk"), signed_off_at=None, cancelled_at=None)
    alive = When(
        Q(status__in=WORKING) | Q(Exists(unsigned)),
        then=Least(next_due("order", now), *inside),
    )
    return Case(alive, default=None, output_field=DateTimeField())
