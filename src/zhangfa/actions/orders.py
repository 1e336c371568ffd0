"""1.3.4 to 1.3.11 Orders: booked, scheduled, tracked, delivered, signed off; what goes wrong."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from zhangfa.records.editions import current_calendar
from zhangfa.records.ledger import LedgerLine
from zhangfa.records.models import (
    Change,
    CreditShare,
    Customer,
    Delivery,
    Instalment,
    Order,
    OrderChange,
    OrderLine,
    Person,
)
from zhangfa.rules import facts
from zhangfa.rules.exact import rounded, split

from . import store
from .action import Did, Invalid, NotNow, Said, about, action
from .may import either, owner_or_lead, role

SHARE = Decimal("0.0001")  # what a credit share can hold
technical, production, logistics = role("technical"), role("production"), role("logistics")


@action(may=owner_or_lead, creates=True)
def enter_order(
    customer: Customer, *, by: Any, at: datetime, number: str, amount: Decimal, **details: Any
) -> Did:
    """A signed order that came without a contract here (typed in, or from another system)."""
    if Order.objects.filter(number=number).exists():
        raise Invalid("number", "There is an order %(number)s already.", number=number)
    order, said = book_order(customer, at=at, number=number, amount=amount, **details)
    return Did(order, said)


def book_order(
    customer: Customer,
    *,
    at: datetime,
    number: str,
    amount: Decimal,
    owner: Person | None = None,
    currency: str = "CNY",
    contract: Any = None,
    deal: Any = None,
    promised_on: date | None = None,
    payment_terms: list[dict[str, Any]] | None = None,
    shares: dict[Person, Decimal] | None = None,
    lines: list[dict[str, Any]] | None = None,
    status: str = "open",
    comments: str = "",
    due_on: date | None = None,
) -> tuple[Order, tuple[Said, ...]]:
    """The order with lines, direct credit of exactly 100 % and its instalments; what it says."""
    if amount < 0:
        raise Invalid("amount", "An amount cannot be negative.")
    holder = owner or customer.owner
    signed_on = current_calendar().day(at)
    order = Order.objects.create(
        number=number,
        customer=customer,
        owner=holder,
        contract=contract,
        deal=deal,
        signed_at=at,
        signed_on=signed_on,
        amount=amount,
        currency=currency,
        status=status,
        promised_on=promised_on,
        comments=comments,
    )
    _credit(order, shares or {holder: Decimal(100)})
    OrderLine.objects.bulk_create([OrderLine(order=order, **line) for line in lines or ()])
    planned = _plan_instalments(order, payment_terms or [], due_on or signed_on)
    said = about(order, facts.OrderSigned(amount=amount, currency=currency), *planned)
    return order, (*said, *_first_order(customer, order, at))


def _credit(order: Order, shares: dict[Person, Decimal]) -> None:
    given = list(shares.values())
    fits = all(0 < share == share.quantize(SHARE) for share in given)
    if not fits or sum(given) != 100:
        raise Invalid("shares", "The direct shares of an order must add up to the whole.")
    amounts = split(rounded(order.amount * order.rate), given)
    CreditShare.objects.bulk_create(
        [
            CreditShare(order=order, person=person, share=share, amount=amount)
            for (person, share), amount in zip(shares.items(), amounts, strict=True)
        ]
    )


def _plan_instalments(
    order: Order, terms: list[dict[str, Any]], start: date
) -> list[facts.InstalmentPlanned]:
    """1.3.3 The receivables by the payment terms; to the cent they make the order's amount."""
    if order.amount <= 0:
        return []
    terms = terms or [{"label": "", "percent": 100, "days": 0}]
    values = split(order.amount, [Decimal(str(part["percent"])) for part in terms])
    rows = [
        Instalment(
            order=order,
            due_on=start + timedelta(days=int(part.get("days", 0))),
            amount=value,
            label=part.get("label", ""),
        )
        for part, value in zip(terms, values, strict=True)
        if value > 0
    ]
    Instalment.objects.bulk_create(rows)
    return [facts.InstalmentPlanned(instalment=r.pk, amount=r.amount, due=r.due_on) for r in rows]


def _first_order(customer: Customer, order: Order, at: datetime) -> tuple[Said, ...]:
    """The first order makes an existing customer, and so does the first after they were lost:
    visits, news and proposals are owed now."""
    if customer.first_order_on is not None and customer.status == "existing":
        return ()
    fresh = customer.first_order_on is None
    if fresh or order.signed_on < customer.first_order_on:
        customer.first_order_on = order.signed_on
    if customer.status != "existing":
        customer.move("existing")
    customer.progressed_at = max(at, customer.progressed_at or at)
    customer.save(update_fields=["first_order_on", "status", "progressed_at"])
    return about(customer, facts.CustomerWon(order=order.pk))


TRACKED = ("open", "on_hold", "shipped", "disputed")  # where a daily look may find an order


@action(may=owner_or_lead)
def track_order(
    order: Order, *, by: Any, at: datetime, status: str = "", note: str = ""
) -> facts.OrderTracked:
    """1.3.6 Today's word on where the order stands; `status` may be another one than it had.

    Raises NotNow when the order is over, or is said to be on its way without its documents."""
    if order.status in ("closed", "cancelled"):
        raise NotNow("Order %(number)s is closed.", number=order.number)
    if status and status != order.status:
        if status not in TRACKED:
            raise Invalid("status", "An order is not tracked into this state.")
        if status == "shipped":
            _ship(order, at)
        order.move(status)
        order.save(update_fields=["status"])
    if note.strip():
        Change.objects.create(ref=order.ref, field="tracking", new=note.strip(), by=by, at=at)
    store.stamp(order, tracked_at=at)
    return facts.OrderTracked(status=status or order.status)


def _ship(order: Order, at: datetime) -> None:
    """1.3.8 Nothing leaves without its documents."""
    waiting = list(order.deliveries.filter(delivered_at=None, cancelled_at=None))
    for delivery in waiting:
        _documented(delivery)
    for delivery in waiting:
        delivery.shipped_at = delivery.shipped_at or at
        delivery.save(update_fields=["shipped_at"])


def _documented(delivery: Delivery) -> None:
    """1.3.8 The documents are ready, or somebody has let them off with a reason."""
    if delivery.documents_at is None:
        lines = LedgerLine.objects.filter(story=delivery.ref, what="obligation_waived")
        if not lines.filter(body__kind="delivery_documents").exists():
            raise NotNow("The delivery documents are missing; the technical team owes them.")


@action(may=production)
def schedule_production(order: Order, *, by: Any, at: datetime) -> facts.ProductionScheduled:
    """1.3.5 Production has its plan."""
    return facts.ProductionScheduled()


@action(may=logistics)
def schedule_logistics(order: Order, *, by: Any, at: datetime) -> facts.LogisticsScheduled:
    """1.3.5 Logistics has its plan."""
    return facts.LogisticsScheduled()


@action(may=either(owner_or_lead, logistics), creates=True)
def plan_delivery(order: Order, *, by: Any, at: datetime, planned_at: datetime) -> Did:
    """1.3.7 A delivery on a day: confirmation and documents are owed before it."""
    delivery = Delivery.objects.create(order=order, planned_at=planned_at)
    return Did(delivery, about(delivery, facts.DeliveryPlanned(on=planned_at)))


@action(may=either(owner_or_lead, logistics))
def reschedule_delivery(
    delivery: Delivery, *, by: Any, at: datetime, planned_at: datetime
) -> facts.DeliveryRescheduled:
    """Another day: what was owed before the old one is owed before the new one."""
    _to_come(delivery)
    delivery.planned_at, delivery.confirmed_at = planned_at, None
    delivery.save(update_fields=["planned_at", "confirmed_at"])
    return facts.DeliveryRescheduled(on=planned_at)


def _not_cancelled(delivery: Delivery) -> None:
    if delivery.cancelled_at:
        raise NotNow("This delivery was cancelled.")


def _to_come(delivery: Delivery) -> None:
    _not_cancelled(delivery)
    if delivery.delivered_at:
        raise NotNow("This delivery has been made.")


@action(may=either(owner_or_lead, logistics))
def cancel_delivery(delivery: Delivery, *, by: Any, at: datetime) -> facts.DeliveryCancelled:
    """1.3.7 The goods will not come this time: nothing is owed before them any more."""
    _to_come(delivery)
    delivery.cancelled_at = at
    delivery.save(update_fields=["cancelled_at"])
    return facts.DeliveryCancelled()


@action(may=owner_or_lead)
def confirm_delivery(
    delivery: Delivery, *, by: Any, at: datetime, mode: str = "phone", acceptance: str = ""
) -> facts.DeliveryConfirmed:
    """1.3.7 Time and acceptance criteria agreed with the customer."""
    _not_cancelled(delivery)
    delivery.confirmed_at, delivery.acceptance = at, acceptance
    delivery.save(update_fields=["confirmed_at", "acceptance"])
    return facts.DeliveryConfirmed(mode=mode)


@action(may=technical)
def prepare_documents(delivery: Delivery, *, by: Any, at: datetime) -> facts.DocumentsPrepared:
    """1.3.8 Manual and training plan are ready."""
    _not_cancelled(delivery)
    delivery.documents_at = at
    delivery.save(update_fields=["documents_at"])
    return facts.DocumentsPrepared(kind="set")


@action(may=either(owner_or_lead, logistics))
def deliver(delivery: Delivery, *, by: Any, at: datetime) -> tuple[Said, ...]:
    """1.3.8 Delivered; refused while the delivery documents are missing and not waived."""
    _to_come(delivery)
    _documented(delivery)
    delivery.shipped_at = delivery.shipped_at or at
    delivery.delivered_at = at
    delivery.save(update_fields=["shipped_at", "delivered_at"])
    order = delivery.order
    if not order.deliveries.filter(delivered_at=None, cancelled_at=None).exists():
        order.move("delivered")
        order.save(update_fields=["status"])
        return (*about(delivery, facts.Delivered()), *about(order, facts.OrderClosed()))
    return about(delivery, facts.Delivered())


@action(may=owner_or_lead)
def sign_off_delivery(
    delivery: Delivery, *, by: Any, at: datetime, name: str, mode: str = "paper"
) -> facts.SignedOff:
    """1.3.9 The customer has signed for it."""
    if delivery.delivered_at is None:
        raise NotNow("Nothing has been delivered yet.")
    if not name.strip():
        raise Invalid("name", "Say who signed at the customer.")
    delivery.signed_off_at, delivery.signed_off_by = at, name
    delivery.save(update_fields=["signed_off_at", "signed_off_by"])
    return facts.SignedOff(mode=mode)


@action(may=owner_or_lead)
def change_order(
    order: Order, *, by: Any, at: datetime, kind: str, amount: Decimal, reason: str = ""
) -> tuple[Said, ...]:
    """2.2.1 A return, cancellation, credit or amendment: it counts on its own date."""
    if kind not in OrderChange.Kind.values:
        raise Invalid("kind", "There is no change %(kind)s.", kind=kind)
    if kind != "amended" and amount <= 0:
        raise Invalid("amount", "Give the amount as a positive number.")
    if order.status == "cancelled":
        raise NotNow("Order %(number)s is closed.", number=order.number)
    if kind != "amended" and amount > order.worth():
        raise Invalid("amount", "The order is not worth as much any more.")
    if not reason.strip():
        raise Invalid("reason", "Say why the order changes.")
    OrderChange.objects.create(
        order=order, kind=kind, amount=amount, on=current_calendar().day(at), at=at, reason=reason
    )
    if kind == "cancelled":
        order.move("cancelled")
        order.save(update_fields=["status"])
    whats = {
        "amended": facts.OrderAmended,
        "returned": facts.GoodsReturned,
        "cancelled": facts.OrderCancelled,
    }
    if kind == "credited":
        return about(order, facts.CreditNoted(amount=amount, instalment=None))
    said = about(order, whats[kind](amount=amount))
    if kind == "cancelled":
        open_ = list(order.deliveries.filter(delivered_at=None, cancelled_at=None))
        order.deliveries.filter(pk__in=[each.pk for each in open_]).update(cancelled_at=at)
        for delivery in open_:
            said += about(delivery, facts.DeliveryCancelled())
    return said
