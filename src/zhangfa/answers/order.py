"""One order: its lines and credit, deliveries, what went wrong, its money (1.3.4 to 1.3.11)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from zhangfa.records.ledger import LedgerLine
from zhangfa.records.models import (
    Allocation,
    Change,
    Contract,
    CreditShare,
    Customer,
    Deal,
    Delivery,
    DeliveryException,
    Instalment,
    Order,
    OrderChange,
    OrderLine,
    Owed,
)

from .contract import opens_for
from .receivables import bucket_of, with_rest
from .timeline import Timeline, of_records

SCHEDULES = ("production_schedule", "logistics_schedule")
MOST = 30  # of each kind on the page


@dataclass(frozen=True)
class Schedule:
    """1.3.5 What a department owes or has done for the order."""

    role: str
    owed: Owed | None
    done_at: datetime | None
    opens: bool


@dataclass(frozen=True)
class Task:
    """1.3.11 What a department was asked for inside an exception."""

    number: int
    role: str
    person: int | None
    due: datetime
    done_at: datetime | None
    texts: list[str]


@dataclass(frozen=True)
class Trouble:
    """1.3.10 An exception with the tasks of departments."""

    record: DeliveryException
    tasks: list[Task] = field(default_factory=list)


@dataclass(frozen=True)
class Due:
    """An instalment with what is open of it and how many days it is overdue."""

    row: Instalment
    days: int

    @property
    def state(self) -> str:
        """paid, or the column of the ageing list."""
        return bucket_of(self.days) if self.row.rest > 0 else "paid"


@dataclass(frozen=True)
class OrderPage:
    """Everything the page of an order shows."""

    order: Order
    worth: Decimal
    lines: list[OrderLine]
    shares: list[CreditShare]
    changes: list[OrderChange]
    deliveries: list[Delivery]
    troubles: list[Trouble]
    schedules: list[Schedule]
    tracking: list[Change]
    owed: list[Owed]
    dues: list[Due]
    payments: list[Allocation]
    shows_customer: bool
    shows_contract: bool
    shows_deal: bool
    stories: list[str]
    names: dict[str, str]
    timeline: Timeline

    @property
    def open_dues(self) -> list[Due]:
        """The instalments that are still to be paid; none of an order that was cancelled."""
        if self.order.status == "cancelled":
            return []
        return [due for due in self.dues if due.row.rest > 0]

    @property
    def unpaid(self) -> Decimal:
        """What is still to be paid."""
        return sum((due.row.rest for due in self.open_dues), Decimal(0))

    @property
    def overdue(self) -> Decimal:
        """What should have been paid by now."""
        return sum((due.row.rest for due in self.open_dues if due.days > 0), Decimal(0))

    @property
    def steps(self) -> list[tuple[str, str, date | datetime | None]]:
        """The track: status, did/now/bad/empty, and when it was reached."""
        order = self.order
        standing = [each for each in self.deliveries if not each.cancelled_at]
        shipped = max((each.shipped_at for each in standing if each.shipped_at), default=None)
        made = [each.delivered_at for each in standing]
        delivered = max(made) if made and all(made) else None
        signed = [each.signed_off_at for each in standing]
        signed_off = max(signed) if signed and all(signed) else None
        if order.status in ("cancelled", "on_hold", "disputed"):
            return [("open", "did", order.signed_at), (order.status, "bad", None)]
        reached = [order.signed_at, shipped or delivered, delivered, signed_off]
        if order.status in ("delivered", "closed"):
            reached[1] = reached[1] or order.signed_at
            reached[2] = reached[2] or order.signed_at
        at = max(n for n, moment in enumerate(reached) if moment)
        names = ("order_status.open", "order_status.shipped", "order_status.delivered")
        names = (*names, "delivery_status.signed_off")
        return [
            (
                name,
                "did" if n < at or at == len(names) - 1 else "now" if n == at else "",
                moment if n <= at else None,
            )
            for n, (name, moment) in enumerate(zip(names, reached, strict=True))
        ]


def found_for(person: Any) -> QuerySet[Order]:
    """The orders a person may see, with what their page names."""
    related = ("customer", "owner", "contract", "deal")
    return Order.objects.visible_to(person).select_related(*related)


def stories_of(order: Order) -> list[str]:
    """The references of the order and of what belongs to it."""
    return [order.ref, *(each.ref for each in (*order.deliveries.all(), *order.exceptions.all()))]


def order_page(order: Order, person: Any, now: datetime, today: date) -> OrderPage:
    """The page of one order, fetched by the caller with `found_for`. Sixteen queries at most."""
    deliveries = list(order.deliveries.order_by("planned_at", "pk")[:MOST])
    records = list(order.exceptions.order_by("-raised_at")[:MOST])
    stories = [order.ref, *(each.ref for each in (*deliveries, *records))]
    owed = _owed(stories, now)
    instalments = with_rest(order.instalments.filter(written_off=False)).order_by("due_on", "pk")
    changes = list(order.changes.order_by("-at"))
    return OrderPage(
        order=order,
        worth=order.amount + sum((_signed(each) for each in changes), Decimal(0)),
        lines=list(order.lines.select_related("product").order_by("pk")),
        shares=list(order.shares.select_related("person").order_by("kind", "-share", "pk")),
        changes=changes,
        deliveries=deliveries,
        troubles=_troubles(records),
        schedules=[_schedule(kind, owed, person) for kind in SCHEDULES],
        tracking=list(
            Change.objects.filter(ref=order.ref, field="tracking")
            .select_related("by")
            .order_by("-at")[:5]
        ),
        owed=[row for row in owed if _doable(row, now)],
        dues=[Due(row, (today - row.due_on).days) for row in instalments],
        payments=list(
            Allocation.objects.filter(instalment__order=order)
            .select_related("payment", "instalment")
            .order_by("-payment__paid_on", "-pk")[:MOST]
        ),
        shows_customer=_sees(Customer, order.customer_id, person),
        shows_contract=_sees(Contract, order.contract_id, person),
        shows_deal=_sees(Deal, order.deal_id, person),
        stories=stories,
        names={order.ref: order.number},
        timeline=of_records(order.customer_id, stories, now),
    )


def _signed(change: OrderChange) -> Decimal:
    return change.amount if change.kind == "amended" else -change.amount


def _sees(model: Any, pk: int | None, person: Any) -> bool:
    """Whether the page of another record opens for this person."""
    return pk is not None and bool(model.objects.visible_to(person).filter(pk=pk).exists())


def _owed(stories: list[str], now: datetime) -> list[Owed]:
    """What can be done now, and what the schedules owed whatever came of it."""
    can = Q(outcome="", opens_at__lte=now) & (Q(lapses_at=None) | Q(lapses_at__gt=now))
    rows = Owed.objects.filter(story__in=stories).filter(can | Q(kind__in=SCHEDULES))
    return list(rows.select_related("person").order_by("due", "id"))


def _doable(owed: Owed, now: datetime) -> bool:
    return not owed.outcome and owed.opens_at <= now


def _schedule(kind: str, owed: list[Owed], person: Any) -> Schedule:
    row = next((each for each in owed if each.kind == kind), None)
    role = kind.partition("_")[0]
    return Schedule(role, row, row.met_at if row else None, opens_for(person, row))


def _troubles(records: list[DeliveryException]) -> list[Trouble]:
    """The exceptions with their tasks; two more queries where there are any."""
    if not records:
        return []
    refs = [each.ref for each in records]
    whats = ("task_assigned", "task_done")
    lines = list(LedgerLine.objects.filter(story__in=refs, what__in=whats).in_order())
    noted = Change.objects.filter(ref__in=refs, field__startswith="task:").order_by("at", "pk")
    texts: dict[tuple[str, int], list[str]] = {}
    for change in noted if lines else ():
        texts.setdefault((change.ref, int(change.field[5:])), []).append(change.new)
    done = {(x.story, x.body.get("task")): x.at for x in lines if x.what == "task_done"}
    found: dict[str, list[Task]] = {}
    for line in lines:
        if line.what == "task_assigned":
            key = (line.story, line.body.get("task"))
            found.setdefault(line.story, []).append(_task(line, done.get(key), texts.get(key, [])))
    return [Trouble(each, found.get(each.ref, [])) for each in records]


def _task(line: LedgerLine, done_at: datetime | None, texts: list[str]) -> Task:
    body = line.body
    due = datetime.fromisoformat(body["due"])
    return Task(body["task"], body["role"], body.get("person"), due, done_at, texts)
