"""4.6 Search by Chinese fragment, pinyin, initials, phone or code."""

from __future__ import annotations

from typing import Any

from zhangfa.records.models import Customer, Deal, Order, Ticket
from zhangfa.records.names import query_grams

MOST = 12
# What a hit is told apart and shown by.
COLUMNS = ("name", "short_name", "sort_key", "initials", "code", "phone", "credit_code")
COLUMNS += ("grade", "industry", "city")


def customers(person: Any, text: str, most: int = MOST) -> list[Customer]:
    """Customers whose name, pinyin, initials, code or phone has what was typed; A first."""
    grams = query_grams(text)
    if not grams:
        return []
    found = Customer.objects.visible_to(person).standing().filter(grams__contains=grams)
    folded = "".join(text.lower().split())
    rows = list(found.only(*COLUMNS).order_by("grade", "sort_key", "id")[: most * 8])
    exact = [row for row in rows if _holds(row, folded)]
    return exact[:most]


def _holds(customer: Customer, typed: str) -> bool:
    """The pieces stand together, not only somewhere: `华机` is not in 华东机械."""
    from zhangfa.records.names import fold

    bare = "".join(fold(typed).split())
    places = (
        "".join(fold(customer.name).split()),
        customer.sort_key.replace(" ", ""),
        customer.initials,
        fold(customer.code),
        customer.phone.replace(" ", "").replace("-", ""),
        fold(customer.short_name),
        fold(customer.credit_code),
    )
    return any(bare in place for place in places if place)


def numbers(person: Any, text: str, most: int = 4) -> list[Any]:
    """Orders and tickets by the beginning of their number, deals by their code.

    Without a digit or a hyphen nothing is asked: then a name was meant.
    """
    text = text.strip()
    if len(text) < 2 or not any(letter.isdigit() or letter == "-" for letter in text):
        return []
    return [
        *Order.objects.visible_to(person).filter(number__istartswith=text)[:most],
        *Ticket.objects.visible_to(person).filter(number__istartswith=text)[:most],
        *Deal.objects.visible_to(person).filter(code__istartswith=text)[:most],
    ]
