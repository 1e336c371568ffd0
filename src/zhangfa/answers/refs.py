"""What a reference such as `ticket/9` is called by people, and which page it leads to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast

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
from zhangfa.records.prepared import Prepared


@dataclass(frozen=True)
class Ref:
    """A record as a link: the page's name and its id, what it is called, what it is about."""

    story: str
    page: str
    pk: int
    text: str
    subject: str = ""


# What somebody wrote a record is about, where its number alone says little.
SUBJECTS = {"question": "text", "exception": "text", "ticket": "title"}
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
    """Each reference with its page and name, in one query."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for ref in refs:
        story, _, pk = ref.partition("/")
        if story in PLACES and pk.isdigit():
            wanted[story].add(int(pk))
    if not wanted:
        return {}
    found = _named(tuple(sorted(wanted))).rows(**{key: list(ids) for key, ids in wanted.items()})
    return {
        f"{story}/{pk}": Ref(story, PLACES[story][1], target, name, subject)
        for story, pk, target, name, subject in found
    }


@lru_cache(128)
def _named(stories: tuple[str, ...]) -> Prepared:
    """The records of these kinds by their ids."""

    def build(**wanted: list[int]) -> QuerySet[Any, Any]:
        parts = [_names(story, ids) for story, ids in wanted.items()]
        return parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]

    return Prepared(build, **dict.fromkeys(stories, list))


def _names(story: str, ids: list[int]) -> QuerySet[Any, Any]:
    model, _page, target, text = PLACES[story]
    rows = model._base_manager.filter(pk__in=ids).order_by()
    story_text = Value(story, CharField())
    name = Cast(text, CharField())
    about = Cast(SUBJECTS[story], CharField()) if story in SUBJECTS else Value("", CharField())
    named = rows.annotate(s=story_text, t=F(target), n=name, u=about)
    return named.values_list("s", "pk", "t", "n", "u")
