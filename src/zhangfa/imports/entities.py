"""What can be imported: every entity with its fields, their kinds and what they refer to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an entity: the converter's kind, and the entity it refers to, if any."""

    kind: str
    refers: str = ""
    wanted: bool = False
    """Whether a row without it is refused."""


def _fields(text: str) -> dict[str, Field]:
    """`name:name!` is a wanted name; `owner:code>person` refers to a person."""
    fields: dict[str, Field] = {}
    for word in text.split():
        name, _colon, kind = word.partition(":")
        wanted, kind = kind.endswith("!"), kind.rstrip("!")
        kind, _arrow, refers = kind.partition(">")
        fields[name] = Field(kind, refers, wanted)
    return fields


ENTITIES: Mapping[str, Mapping[str, Field]] = {
    "team": _fields("name:name! code:code parent:name>team"),
    "person": _fields(
        "code:code name:name! login:code email:email phone:phone title:name role:code "
        "team:name>team supervisor:name>person joined_on:date left_on:date"
    ),
    "product": _fields("code:code name:name! line:name price:money cost:money"),
    "customer": _fields(
        "code:code name:name! short_name:name credit_code:credit_code industry:name "
        "country:country city:name address:text phone:phone website:text employees:integer "
        "annual_revenue:money annual_purchase:money credit_limit:money founded_year:year "
        "purchase_cycle_months:integer demand:text grade:code owner:name>person "
        "parent:name>customer entered_at:moment remarks:text"
    ),
    "contact": _fields(
        "customer:name>customer! name:name! title:name phone:phone email:email decides:boolean"
    ),
    "deal": _fields(
        "code:code customer:name>customer owner:name>person product:name>product title:name "
        "stage:code opened_on:date closed_on:date expected_on:date amount:money "
        "lost_reason:text next_step:text created_at:moment"
    ),
    "order": _fields(
        "code:code! customer:name>customer! owner:name>person deal:code>deal ordered_on:date! "
        "promised_on:date shipped_on:date status:code amount:money comments:text"
    ),
    "order_line": _fields(
        "order:code>order! product:code>product position:integer quantity:decimal! "
        "unit_price:money! text:text"
    ),
    "payment": _fields(
        "code:code customer:name>customer! order:code>order paid_on:date! amount:money!"
    ),
    "ticket": _fields(
        "code:code! customer:code>customer assignee:code>person title:name category:code "
        "priority:integer raised_at:moment! resolved_at:moment closed_at:moment reopened:integer "
        "state:code! at:moment! by:code step:integer group:code"
    ),
    "review": _fields(
        "contract:code! activity:code! at:moment! by:code role:code amount:money budget:text"
    ),
}
"""Entities in the order they are applied: what is referred to comes first."""

KEYS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "team": (("code",), ("name",)),
    "person": (("code",), ("login",), ("name",)),
    "product": (("code",), ("name",)),
    "customer": (("credit_code",), ("code",), ("name",)),
    "contact": (("customer", "name"),),
    "deal": (("code",), ("customer", "title")),
    "order": (("code",),),
    "order_line": (("order", "position"), ("order", "product")),
    "payment": (("customer", "code"), ("code",)),
    "ticket": (("code",),),
    "review": (("contract",),),
}
"""What tells two records apart, best first, where a profile names no key."""
