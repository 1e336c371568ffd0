"""1.1.4 The people at a customer. Personal data: kept in records, never in the ledger."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from zhangfa.records.models import Change, Contact, Customer

from .action import Did, Invalid, action
from .may import either, owner_or_lead, role

FIELDS = ("name", "title", "phone", "email", "decides", "consent")
may_edit = either(owner_or_lead, role("service"))


@action(may=may_edit)
def add_contact(customer: Customer, *, by: Any, at: datetime, name: str, **details: Any) -> Did:
    """A person at the customer. Raises Invalid without a name."""
    contact = Contact(customer=customer, name=_name(name), **details)
    contact.save()
    return Did(contact, ())


@action(may=may_edit)
def edit_contact(
    customer: Customer, *, by: Any, at: datetime, contact: Contact, **values: Any
) -> Did:
    """Other details of a person; each change is noted beside the customer, erasable (4.11)."""
    if contact.customer_id != customer.pk:
        raise Invalid("contact", "This person belongs to another customer.")
    if "name" in values:
        values["name"] = _name(values["name"])
    changed = {
        key: (getattr(contact, key), value)
        for key, value in values.items()
        if key in FIELDS and getattr(contact, key) != value
    }
    for key, (_, value) in changed.items():
        setattr(contact, key, value)
    if changed:
        contact.save(update_fields=list(changed))
    Change.objects.bulk_create(
        Change(
            ref=customer.ref,
            field=f"contact/{contact.pk}/{key}",
            old=str(old),
            new=str(new),
            by=by,
            at=at,
        )
        for key, (old, new) in changed.items()
    )
    return Did(contact, ())


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise Invalid("name", "A contact needs a name.")
    return name
