"""Orders, their lines, and payments as an import brings them (1.3.4, 2.2.1, 2.2.2)."""

from __future__ import annotations

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import F, Sum
from django.db.models.functions import Coalesce

from zhangfa.records.models import (
    Allocation,
    CreditShare,
    Customer,
    Deal,
    Delivery,
    Instalment,
    Order,
    OrderChange,
    OrderLine,
    Payment,
)
from zhangfa.rules import facts

from .book import CREATED, UNCHANGED, UPDATED, Book, Unusable
from .company import author
from .customers import customer_of, somebody
from .selling import product_of

CENT = Decimal("0.01")


def order(book: Book, row: Any) -> str:
    """A signed order; amount, credit and receivables follow when all its lines are read."""
    values = row.values
    about = customer_of(book, values["customer"])
    if about is None:
        raise Unusable("customer", "The customer of this row was refused.")
    status = values.get("status") or "open"
    if status not in Order.Status.values:
        raise Unusable("status", "There is no state %(state)s.", state=status)
    money = values.get("amount")
    if money is not None and money.amount < 0:
        raise Unusable("amount", "An amount cannot be negative.")
    given = {
        "promised_on": values.get("promised_on"),
        "comments": values.get("comments"),
        "status": status,
    }
    found = book.find(Order, "number", values["code"])
    if found is not None:
        if not book.is_new(found) and found.status in ("closed", "cancelled"):
            given.pop("status")
        before = book.change(found, given)
        outcome = UPDATED if before else UNCHANGED
        return book.note(row.lines[0], "order", row.key, found, outcome, before)
    signed = book.moment(values["ordered_on"])
    deal_ref = values.get("deal")
    found = Order(
        number=values["code"][:40],
        customer=about,
        owner=somebody(book, values.get("owner")) or about.owner or author(book),
        deal=book.find(Deal, deal_ref.by, deal_ref.value) if deal_ref else None,
        signed_at=signed,
        signed_on=values["ordered_on"],
        amount=money.amount if money else Decimal(0),
        currency=money.currency if money else "CNY",
    )
    found.from_lines = money is None  # type: ignore[attr-defined]
    book.add(found)
    book.change(found, given)
    if values.get("shipped_on"):
        shipped = book.moment(values["shipped_on"])
        planned = book.moment(values.get("promised_on")) or shipped
        book.add(Delivery(order=found, planned_at=planned, shipped_at=shipped))
    return book.note(row.lines[0], "order", row.key, found, CREATED)


def order_line(book: Book, row: Any) -> str:
    """A line of an order that this import brings; those of known orders stay as they are."""
    values = row.values
    found = book.find(Order, "number", values["order"].value)
    if found is None:
        raise Unusable("order", "The order of this row was refused.")
    if not book.is_new(found):
        return book.note(row.lines[0], "order_line", row.key, found, UNCHANGED)
    price, quantity = values["unit_price"], values["quantity"]
    line = OrderLine(
        order=found,
        product=product_of(book, values.get("product")),
        text=(values.get("text") or "")[:160],
        quantity=quantity,
        unit_price=price.amount,
        amount=(price.amount * quantity).quantize(CENT, ROUND_HALF_UP),
    )
    book.add(line)
    if found.from_lines:  # type: ignore[attr-defined]
        found.amount += line.amount
        found.currency = price.currency
    return book.note(row.lines[0], "order_line", row.key, line, CREATED)


def payment(book: Book, row: Any) -> str:
    """Money received; it is allocated when everything is read."""
    values = row.values
    about = customer_of(book, values["customer"])
    if about is None:
        raise Unusable("customer", "The customer of this row was refused.")
    if values["amount"].amount <= 0:
        raise Unusable("amount", "A payment is above zero.")
    number = (values.get("code") or "")[:60]
    known = book.found.setdefault((Payment, "customer and number"), {})
    if not known:
        known[None] = None
        for each in Payment.objects.exclude(number=""):
            known[each.customer_id, each.number] = each
    found = known.get((about.pk, number)) if number else None
    if found is not None:
        return book.note(row.lines[0], "payment", row.key, found, UNCHANGED)
    made = Payment(
        customer=about,
        number=number,
        paid_on=values["paid_on"],
        amount=values["amount"].amount,
        currency=values["amount"].currency,
    )
    ref = values.get("order")
    made.meant_for = book.find(Order, "number", ref.value) if ref else None  # type: ignore[attr-defined]
    book.add(made)
    if number:
        known[about.pk, number] = made
    return book.note(row.lines[0], "payment", row.key, made, CREATED)


def finish_orders(book: Book) -> None:
    """Credit, receivables and facts of new orders; who is an existing customer; allocations.

    Receivables are made only where the import tells of payments: without them, what was paid is
    not known, and nothing may be said about collection.
    """
    paid = bool(book.new[Payment])
    firsts: dict[int, Order] = {}
    for each in sorted(book.new[Order], key=lambda row: (row.signed_at, row.pk)):
        about = each.customer
        if each.owner_id is None or each.owner is None:
            each.owner = about.owner or author(book)
        book.add(CreditShare(order=each, person=each.owner, share=Decimal(100), amount=each.amount))
        _say(book, each, facts.OrderSigned(amount=each.amount, currency=each.currency))
        if paid and each.amount > 0:
            due = Instalment(order=each, due_on=each.signed_on, amount=each.amount)
            book.add(due)
            what = facts.InstalmentPlanned(instalment=due.pk, amount=due.amount, due=due.due_on)
            _say(book, each, what)
        if each.status == "cancelled":
            gone = OrderChange(
                order=each, kind="cancelled", amount=each.amount, on=each.signed_on,
                at=each.signed_at,
            )  # fmt: skip
            book.add(gone)
            _say(book, each, facts.OrderCancelled(amount=each.amount))
        else:
            firsts.setdefault(about.pk, each)
    for each in firsts.values():
        _existing(book, each.customer, each)
    _allocate(book)


def _say(book: Book, each: Order, what: Any) -> None:
    book.say(
        each, what, each.signed_at, by=each.owner, owner=each.owner_id, customer=each.customer_id
    )


def _existing(book: Book, about: Customer, first: Order) -> None:
    """The first order makes an existing customer."""
    if about.first_order_on is None or first.signed_on < about.first_order_on:
        fresh = about.first_order_on is None
        book.change(about, {"first_order_on": first.signed_on, "status": "existing"})
        if fresh:
            what = facts.CustomerWon(order=first.pk)
            book.say(
                about, what, first.signed_at, by=first.owner, owner=about.owner_id,
                customer=about.pk,
            )  # fmt: skip


def _allocate(book: Book) -> None:
    """Every new payment to what it names, else to what has been due longest (2.2.2)."""
    if not book.new[Payment]:
        return
    open_: dict[int, list[list[Any]]] = defaultdict(list)
    customers = {row.customer_id for row in book.new[Payment]}
    for due in _open_instalments(customers):
        open_[due.order.customer_id].append([due, due.left])
    for due in book.new[Instalment]:
        if due.order.status != "cancelled":
            open_[due.order.customer_id].append([due, due.amount])
    for held in open_.values():
        held.sort(key=lambda pair: (pair[0].due_on, pair[0].pk))
    for row in sorted(book.new[Payment], key=lambda row: (row.paid_on, row.pk)):
        left, wanted = row.amount, getattr(row, "meant_for", None)
        held = open_[row.customer_id]
        if wanted is not None:
            held = [pair for pair in held if pair[0].order_id == wanted.pk]
        at = book.moment(row.paid_on) or book.now
        for pair in held:
            part = min(pair[1], left)
            if part <= 0:
                continue
            pair[1] -= part
            left -= part
            book.add(Allocation(payment=row, instalment=pair[0], amount=part))
            of = pair[0].order
            what = facts.PaymentReceived(payment=row.pk, amount=part)
            book.say(of, what, at, by=None, owner=of.owner_id, customer=of.customer_id)


def _open_instalments(customers: set[int]) -> list[Any]:
    """What stands open already, with what is left of it."""
    paid = Coalesce(Sum("allocations__amount"), Decimal(0))
    rows = (
        Instalment.objects.filter(order__customer__in=customers, written_off=False)
        .exclude(order__status="cancelled")
        .select_related("order")
        .annotate(left=F("amount") - F("credited") - paid)
    )
    return [row for row in rows if row.left > 0]
