"""2.2.2 Money received and what it settles."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from zhangfa.records.editions import current_calendar
from zhangfa.records.models import Allocation, Customer, Instalment, Payment
from zhangfa.rules import facts

from .action import Did, Invalid, Said, about, action
from .may import either, owner_or_lead, role


@action(may=either(role("finance"), owner_or_lead), creates=True)
def receive_payment(
    customer: Customer,
    *,
    by: Any,
    at: datetime,
    amount: Decimal,
    paid_on: date,
    number: str = "",
    currency: str = "CNY",
    to: list[tuple[Instalment, Decimal]] | None = None,
) -> Did:
    """Money from a customer, allocated as given, else to what has been due longest."""
    if amount <= 0:
        raise Invalid("amount", "A payment is above zero.")
    if paid_on > current_calendar().day(at):
        raise Invalid("paid_on", "What has not happened yet cannot be noted.")
    if number and customer.payments.filter(number=number).exists():
        raise Invalid("number", "There is a payment %(number)s already.", number=number)
    payment = Payment.objects.create(
        customer=customer, number=number, paid_on=paid_on, amount=amount, currency=currency
    )
    parts = to if to is not None else oldest_first(customer, amount)
    if sum(part for _, part in parts) > amount:
        raise Invalid("to", "More is allocated than was paid.")
    if to and any(not 0 < part <= _open(instalment) for instalment, part in to):
        raise Invalid("to", "More is allocated than is open.")
    Allocation.objects.bulk_create(
        [Allocation(payment=payment, instalment=i, amount=part) for i, part in parts]
    )
    return Did(payment, _said(payment, parts))


def _open(instalment: Instalment) -> Decimal:
    """What is still to be paid of an instalment."""
    paid = instalment.allocations.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    return instalment.amount - instalment.credited - paid


def _said(payment: Payment, parts: list[tuple[Instalment, Decimal]]) -> tuple[Said, ...]:
    """Each order hears how much of the payment was for it."""
    said: list[Said] = []
    for instalment, part in parts:
        said += about(instalment.order, facts.PaymentReceived(payment=payment.pk, amount=part))
    return tuple(said)


def oldest_first(customer: Customer, amount: Decimal) -> list[tuple[Instalment, Decimal]]:
    """How money that names nothing settles what is open: by due date, then by number."""
    parts: list[tuple[Instalment, Decimal]] = []
    open_ = (
        Instalment.objects.filter(order__customer=customer, written_off=False)
        .exclude(order__status="cancelled")
        .annotate(paid=Sum("allocations__amount"))
        .select_related("order")
        .order_by("due_on", "id")
    )
    for instalment in open_:
        rest = instalment.amount - instalment.credited - (instalment.paid or 0)
        part = min(rest, amount)
        if part > 0:
            parts.append((instalment, part))
            amount -= part
        if amount <= 0:
            break
    return parts
