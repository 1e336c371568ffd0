"""What happened with a customer or in a deal: activities and facts in one order, newest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from zhangfa.records.ledger import LedgerLine
from zhangfa.records.models import Activity, Person
from zhangfa.records.prepared import Prepared

PAGE = 30  # moments of one page
# Facts that an activity on the timeline already tells, or that are bookkeeping.
TOLD_BY_ACTIVITY = (
    "customer_touched",
    "status_updated",
    "discovery_held",
    "negotiation_held",
    "negotiation_logged",
    "competitor_moved",
    "objection_raised",
    "quarterly_visited",
    "yearly_interviewed",
    "value_proposed",
    "customer_pushed",
    "instalment_planned",
    "fact_retracted",
)
REPEATED = ("order_tracked", "progress_synced")  # shown only when one asks for their records
# What one may look at alone: the stories of the records it is about.
STORIES = {
    "deals": ("deal/", "proposal/", "question/"),
    "orders": ("contract/", "order/", "delivery/", "exception/", "payment/"),
    "tickets": ("ticket/",),
}
ONLY = ("contacts", *STORIES)
COLUMNS = (
    "at",
    "noted_at",
    "is_fact",
    "key",
    "id",
    "who",
    "story",
    "text",
    "outcome",
    "next_step",
    "tags",
    "contact",
    "competitor",
    "about_deal",
    "body",
)


@dataclass(frozen=True)
class Moment:
    """One item: an activity (`key` is its kind) or a fact (`key` is what happened)."""

    at: datetime
    noted_at: datetime
    is_fact: bool
    key: str
    id: int
    who: str | None
    story: str
    text: str
    outcome: str
    next_step: str
    tags: list[str]
    contact: str | None
    competitor: str | None
    about_deal: str | None
    body: dict[str, Any]


@dataclass(frozen=True)
class Timeline:
    """One page of it; `skip` is how many to leave out for the next, None at the end."""

    moments: list[Moment]
    until: datetime
    only: str
    skip: int | None


def timeline(
    activities: QuerySet[Activity],
    lines: QuerySet[LedgerLine],
    until: datetime,
    *,
    only: str = "",
    skip: int = 0,
) -> Timeline:
    """A page of these activities and ledger lines up to a moment, in one query."""
    return _page(list(_both(activities, lines, until, only, skip)), until, only, skip)


def _both(
    activities: QuerySet[Activity],
    lines: QuerySet[LedgerLine],
    until: datetime,
    only: str,
    skip: int,
) -> QuerySet[Any, Any]:
    parts = []
    if only in ("", "contacts"):
        parts.append(_activities(activities.filter(at__lte=until)))
    if only != "contacts":
        parts.append(_facts(_chosen(lines.filter(at__lte=until), only)))
    first, *others = parts
    both = first.union(*others, all=True) if others else first
    return both.order_by("-at", "-id")[skip : skip + PAGE + 1]


def _page(found: list[Any], until: datetime, only: str, skip: int) -> Timeline:
    more = skip + PAGE if len(found) > PAGE else None
    moments = [Moment(*row) for row in found[:PAGE]]
    _name_owners(moments)
    return Timeline(moments, until, only, more)


def _name_owners(moments: list[Moment]) -> None:
    """Beside the ids of a hand-over, the names; asks the database only when there is one."""
    changes = [moment.body for moment in moments if moment.key == "owner_changed"]
    ids = {body.get(side) for body in changes for side in ("owner", "previous")}
    if not ids:
        return
    people = dict(Person._base_manager.filter(pk__in=ids - {None}).values_list("pk", "name"))
    for body in changes:
        body["names"] = [people.get(body.get(side), "") for side in ("previous", "owner")]


def of_customer(customer: int, until: datetime, *, only: str = "", skip: int = 0) -> Timeline:
    """What happened with a customer, over all its records."""
    found = _of_customer(only, skip).rows(customer=customer, until=until)
    return _page(found, until, only, skip)


@lru_cache(64)
def _of_customer(only: str, skip: int) -> Prepared:
    def build(customer: int, until: datetime) -> QuerySet[Any, Any]:
        activities = Activity.objects.filter(customer=customer)
        return _both(activities, LedgerLine.objects.filter(customer=customer), until, only, skip)

    return Prepared(build, customer=int, until=datetime)


def of_stories(
    deal: int, customer: int, stories: Iterable[str], until: datetime, *, skip: int = 0
) -> Timeline:
    """What happened in a deal: what was done for it, and the facts of its own records."""
    activities = Activity.objects.filter(customer=customer, deal=deal)
    lines = LedgerLine.objects.filter(customer=customer, story__in=list(stories))
    return timeline(activities, lines, until, skip=skip)


def of_records(
    customer: int, stories: Iterable[str], until: datetime, *, skip: int = 0
) -> Timeline:
    """The facts of some records of a customer, without anybody's notes."""
    lines = LedgerLine.objects.filter(customer=customer, story__in=list(stories))
    return timeline(Activity.objects.none(), lines, until, only="facts", skip=skip)


def _chosen(lines: QuerySet[LedgerLine], only: str) -> QuerySet[LedgerLine]:
    lines = lines.exclude(what__in=TOLD_BY_ACTIVITY).exclude(pk__in=_retracted(lines))
    if only not in STORIES:
        return lines.exclude(what__in=REPEATED)
    about = Q()
    for prefix in STORIES[only]:
        about |= Q(story__startswith=prefix)
    return lines.filter(about)


def _retracted(lines: QuerySet[LedgerLine]) -> QuerySet[LedgerLine]:
    """The ids of the facts that were taken back."""
    fact = Cast(KeyTextTransform("fact", "body"), models.BigIntegerField())
    return lines.filter(what="fact_retracted").annotate(fact=fact).values("fact")


def _activities(found: QuerySet[Activity]) -> QuerySet[Any]:
    return found.annotate(
        is_fact=Value(False),
        key=F("kind"),
        who=F("person__name"),
        story=Value(""),
        about_deal=F("deal__title"),
        contact_name=F("contact__name"),
        competitor_name=F("competitor__name"),
        body=Value({}, models.JSONField()),
    ).values_list(*_named(contact="contact_name", competitor="competitor_name"))


def _facts(found: QuerySet[LedgerLine]) -> QuerySet[Any]:
    nothing = Value("")
    person = Person._base_manager.filter(pk=OuterRef("by")).values("name")[:1]
    return found.annotate(
        is_fact=Value(True),
        key=F("what"),
        who=Subquery(person),
        text=nothing,
        outcome=nothing,
        next_step=nothing,
        tags=Value([], ArrayField(models.CharField(max_length=20))),
        contact=nothing,
        competitor=nothing,
        about_deal=nothing,
    ).values_list(*COLUMNS)


def _named(**other: str) -> list[str]:
    return [other.get(column, column) for column in COLUMNS]
