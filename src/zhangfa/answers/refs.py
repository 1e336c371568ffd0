"""What a reference such as `ticket/9` is called by people, and which page it leads to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from zhangfa.records.models import (
    Contract,
    Customer,
    Deal,
    Delivery,
    DeliveryException,
    Order,
    Person,
    Proposal,
    Question,
    Ticket,
)


@dataclass(frozen=True)
class Ref:
    """A record as a link: the page's name and its id, and what it is called."""

    story: str
    page: str
    pk: int
    text: str


# For each story: the table, the column of the page's id, the column with what people call it.
PLACES = {
    "customer": (Customer, "customer", "pk", "short_name"),
    "deal": (Deal, "deal", "pk", "title"),
    "proposal": (Proposal, "deal", "deal_id", "deal__title"),
    "question": (Question, "deal", "deal_id", "deal__title"),
    "contract": (Contract, "contract", "pk", "number"),
    "order": (Order, "order", "pk", "number"),
    "delivery": (Delivery, "order", "order_id", "order__number"),
    "exception": (DeliveryException, "order", "order_id", "order__number"),
    "ticket": (Ticket, "ticket", "pk", "number"),
    "person": (Person, "scorecards", "pk", "name"),
}


def describe(refs: Iterable[str]) -> dict[str, Ref]:
    """Each reference with its page and name; one query per kind of record."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for ref in refs:
        story, _, pk = ref.partition("/")
        if story in PLACES and pk.isdigit():
            wanted[story].add(int(pk))
    found: dict[str, Ref] = {}
    for story, ids in wanted.items():
        model, page, target, text = PLACES[story]
        rows = model._base_manager.filter(pk__in=ids).values_list("pk", target, text)
        for pk, at, name in rows:
            found[f"{story}/{pk}"] = Ref(story, page, at, name)
    return found
