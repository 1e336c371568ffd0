"""What customers still owe: instalments by how long they are overdue (1.3.3, 2.2.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Round

from zhangfa.records.models import Allocation, Instalment, Order

PAGE = 50  # rows of one page
MONEY = DecimalField(max_digits=18, decimal_places=2)
# The columns of an ageing list: days overdue, from and up to (both included).
BUCKETS: dict[str, tuple[int | None, int | None]] = {
    "current": (None, 0),
    "30": (1, 30),
    "60": (31, 60),
    "90": (61, 90),
    "older": (91, None),
}


def bucket_of(days: int) -> str:
    """Which column of the ageing list this many days overdue belong to."""
    for key, (low, high) in BUCKETS.items():
        if (low is None or days >= low) and (high is None or days <= high):
            return key
    return "older"


def due_in(bucket: str, today: date) -> Q:
    """The instalments of one column, as a condition on their due day."""
    low, high = BUCKETS[bucket]
    wanted = Q()
    if low is not None:
        wanted &= Q(due_on__lte=today - timedelta(days=low))
    if high is not None:
        wanted &= Q(due_on__gte=today - timedelta(days=high))
    return wanted


def with_rest(rows: QuerySet[Instalment]) -> QuerySet[Instalment]:
    """Each instalment with what was `paid` of it and the `rest` that is open."""
    parts = Allocation.objects.filter(instalment=OuterRef("pk")).order_by().values("instalment")
    paid = Subquery(parts.annotate(sum=Sum("amount")).values("sum"), output_field=MONEY)
    nothing = Value(Decimal(0), output_field=MONEY)
    return rows.annotate(paid=Coalesce(paid, nothing)).annotate(
        rest=F("amount") - F("credited") - F("paid")
    )


def open_of(orders: QuerySet[Order]) -> QuerySet[Instalment]:
    """What is still to be paid for these orders."""
    rows = Instalment.objects.filter(order__in=orders.exclude(status="cancelled"))
    return with_rest(rows.filter(written_off=False)).filter(rest__gt=0)


@dataclass(frozen=True)
class Row:
    """One open instalment of the list."""

    pk: int
    order: int
    number: str
    label: str
    customer: str
    grade: str
    owner: str
    due_on: date
    amount: Decimal
    paid: Decimal
    rest: Decimal
    currency: str
    disputed: bool
    days: int

    @property
    def bucket(self) -> str:
        return bucket_of(self.days)


@dataclass(frozen=True)
class Sheet:
    """One page of open instalments, oldest first, with the sums of every column.

    `sums` are in the company's currency, by the rate of each order."""

    rows: list[Row]
    sums: dict[str, Decimal]
    counts: dict[str, int]
    bucket: str
    text: str
    page: int
    total: int

    @property
    def whole(self) -> Decimal:
        return sum(self.sums.values(), Decimal(0))

    @property
    def overdue(self) -> Decimal:
        return self.whole - self.sums["current"]

    @property
    def first(self) -> int:
        return (self.page - 1) * PAGE + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1 if self.rows else 0

    @property
    def before(self) -> int | None:
        return self.page - 1 if self.page > 1 else None

    @property
    def after(self) -> int | None:
        return self.page + 1 if self.last < self.total else None


COLUMNS = (
    *("pk", "order_id", "order__number", "label", "order__customer__name"),
    *("order__customer__grade", "order__owner__name", "due_on", "amount", "paid", "rest"),
    *("order__currency", "disputed"),
)


def sheet(person: Any, today: date, *, bucket: str = "", text: str = "", page: int = 1) -> Sheet:
    """The receivables a person may see. Two queries."""
    seen = open_of(Order.objects.visible_to(person))
    if text:
        named = Q(order__number__icontains=text) | Q(order__customer__name__icontains=text)
        seen = seen.filter(named | Q(order__customer__sort_key__icontains=text))
    sums, counts = _columns(seen, today)
    wanted = seen.filter(due_in(bucket, today)) if bucket else seen
    start = (page - 1) * PAGE
    found = wanted.order_by("due_on", "pk").values_list(*COLUMNS)[start : start + PAGE]
    rows = [Row(*values, days=(today - values[7]).days) for values in found]
    total = counts[bucket] if bucket else sum(counts.values())
    return Sheet(rows, sums, counts, bucket, text, page, total)


def _columns(seen: QuerySet[Instalment], today: date) -> tuple[dict[str, Decimal], dict[str, int]]:
    value = Round(F("rest") * F("order__rate"), 2, output_field=MONEY)
    asked: dict[str, Any] = {}
    for n, key in enumerate(BUCKETS):
        asked[f"sum{n}"] = Sum(value, filter=due_in(key, today), default=Decimal(0))
        asked[f"count{n}"] = Count("pk", filter=due_in(key, today))
    found = seen.aggregate(**asked)
    sums = {key: found[f"sum{n}"] for n, key in enumerate(BUCKETS)}
    return sums, {key: found[f"count{n}"] for n, key in enumerate(BUCKETS)}
