"""Customers and contacts as an import brings them (1.1.4, 1.1.5)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from zhangfa.records.editions import current_policy
from zhangfa.records.models import Contact, Customer, Deal, Order, Payment, Person, Ticket
from zhangfa.records.names import name_keys
from zhangfa.rules import facts

from ..grades import graded
from .book import CREATED, UNCHANGED, UPDATED, Book, Unusable
from .company import FIELDS, author, make_person

PLAIN = (
    "code", "name", "short_name", "credit_code", "industry", "country", "city", "address",
    "phone", "website", "annual_purchase", "annual_revenue", "credit_limit", "founded_year",
    "purchase_cycle_months", "demand",
)  # fmt: skip


def somebody(book: Book, ref: Any) -> Person | None:
    """The person a row refers to; made from what it says where the profile allows that."""
    if ref is None:
        return None
    found = book.find(Person, FIELDS.get(ref.by, ref.by), ref.value)
    if found is None and not ref.known:
        number = ref.value if ref.by == "code" else ""
        found = make_person(book, ref.value, number=number)
    return found  # type: ignore[no-any-return]


def customer_of(book: Book, ref: Any) -> Customer | None:
    """The customer a row refers to; made from what it says where the profile allows that."""
    if ref is None:
        return None
    found = book.find(Customer, ref.by, ref.value)
    if found is None and not ref.known:
        found = _made(book, {"name": ref.value, "code": ref.value if ref.by == "code" else ""})
    return found  # type: ignore[no-any-return]


def customer(book: Book, row: Any) -> str:
    """A customer by credit code, number or name; graded when the import is written."""
    values = row.values
    given = {name: getattr(values.get(name), "amount", values.get(name)) for name in PLAIN}
    given["headcount"] = values.get("employees")
    given["owner"] = somebody(book, values.get("owner"))
    if values.get("remarks"):
        given["extra"] = {"remarks": values["remarks"]}
    found = (
        book.find(Customer, "credit_code", given["credit_code"])
        or book.find(Customer, "code", given["code"])
        or (None if given["code"] and given["credit_code"] else _by_name(book, given))
    )
    parent = values.get("parent")
    if parent is not None:
        given["parent"] = customer_of(book, parent)
        if given["parent"] is found:
            given["parent"] = None
    if found is None:
        found = _made(book, given, values.get("entered_at"))
        return book.note(row.lines[0], "customer", row.key, found, CREATED)
    before = book.change(found, given)
    if {"name", "short_name"} & set(before):
        book.change(found, name_keys(found.name, {"short_name": found.short_name}))
    outcome = UPDATED if before else UNCHANGED
    return book.note(row.lines[0], "customer", row.key, found, outcome, before)


def _by_name(book: Book, given: dict[str, Any]) -> Customer | None:
    """The customer of that name, unless both have numbers of their own and they differ."""
    found = book.find(Customer, "name", given["name"])
    if found is not None and given["code"] and found.code and found.code != given["code"]:
        return None
    return found  # type: ignore[no-any-return]


def _made(book: Book, given: dict[str, Any], entered_at: datetime | None = None) -> Customer:
    kept = {name: value for name, value in given.items() if value not in (None, "")}
    name = kept.pop("name")
    row = Customer(
        name=name,
        entered_at=entered_at or book.now,
        **name_keys(name, {"short_name": kept.get("short_name", "")}),
        **kept,
    )
    if entered_at is None:
        row.undated = True  # type: ignore[attr-defined]
    return book.add(row)  # type: ignore[no-any-return]


def contact(book: Book, row: Any) -> str:
    """Somebody at a customer, by name."""
    values = row.values
    about = customer_of(book, values["customer"])
    if about is None:
        raise Unusable("customer", "The customer of this row was refused.")
    known = book.found.setdefault((Contact, "customer and name"), {})
    if not known:
        known[None] = None
        for each in Contact.objects.all():
            known[each.customer_id, each.name.casefold()] = each
    found = known.get((about.pk, values["name"].casefold()))
    given = {name: values.get(name) for name in ("title", "phone", "email", "decides")}
    if found is None:
        found = book.add(Contact(customer=about, name=values["name"]))
        known[about.pk, values["name"].casefold()] = found
        book.change(found, given)
        return book.note(row.lines[0], "contact", row.key, found, CREATED)
    before = book.change(found, given)
    outcome = UPDATED if before else UNCHANGED
    return book.note(row.lines[0], "contact", row.key, found, outcome, before)


def finish_customers(book: Book) -> None:
    """New customers get the day of their first record, an owner from the last one, a grade."""
    policy = current_policy()
    first, owners = _told_by_records(book)
    for row in book.new[Customer]:
        if getattr(row, "undated", False) and row.pk in first:
            row.entered_at = min(first[row.pk], book.now)
        if row.owner_id is None and row.pk in owners:
            row.owner = owners[row.pk]
        row.progressed_at = row.entered_at
        pk, row.pk = row.pk, None
        entry, what = graded(row, None, policy.on(row.entered_at.date()), row.entered_at, None)
        row.pk = pk
        entry.customer_id = pk
        book.add(entry)
        going_on = row.entered_at >= book.now
        who = book.by if going_on else row.owner or author(book)
        for each in (facts.CustomerEntered(owner=row.owner_id), what):
            book.say(row, each, row.entered_at, by=who, owner=row.owner_id, customer=pk)
            if going_on:
                book.lines[-1].opens = None
                book.stories[row.ref] = None


def _told_by_records(book: Book) -> tuple[dict[int, datetime], dict[int, Person]]:
    """By customer: the earliest moment any new record tells of, and the owner of the latest."""
    first: dict[int, datetime] = {}
    last: dict[int, tuple[datetime, Person]] = {}
    for model, name in ((Deal, "opened_at"), (Order, "signed_at"), (Ticket, "raised_at")):
        for row in book.new[model]:
            at, about = getattr(row, name), row.customer_id
            if about is None:
                continue
            first[about] = min(at, first.get(about, at))
            if model is not Ticket and row.owner_id and (about not in last or last[about][0] <= at):
                last[about] = (at, row.owner)
    for row in book.new[Payment]:
        at = book.moment(row.paid_on) or book.now
        first[row.customer_id] = min(at, first.get(row.customer_id, at))
    return first, {about: owner for about, (_at, owner) in last.items()}
