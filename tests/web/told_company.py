"""A small company told once for a whole file of tests, and every address of the product."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from zhangfa.demo.tell import tell
from zhangfa.records import models as records
from zhangfa.records.editions import forget
from zhangfa.rules.terms import Period
from zhangfa.web.placeholders import _not_written

TABLE = tomllib.loads(Path(__file__).with_name("query_budgets.toml").read_text(encoding="utf-8"))
FOREIGN = ("account/", "_gallery/")  # signing in is allauth's; the gallery is for development
PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")


@pytest.fixture(scope="module")
def told(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """The demo's story, shorter: 36 customers, 100 days; taken back when the file is done."""
    with django_db_blocker.unblock(), transaction.atomic():
        forget()
        yield tell(timezone.now() - timedelta(minutes=2), customers=36, days=100)
        transaction.set_rollback(True)


@dataclass(frozen=True)
class Route:
    """One address: its name, its pattern, and what it wants to be filled with."""

    name: str
    pattern: str
    view: Any

    @property
    def area(self) -> str:
        return self.pattern.partition("/")[0]

    @property
    def wants(self) -> list[str]:
        return [name for _, name in PARAMETER.findall(self.pattern)]

    @property
    def written(self) -> bool:
        return self.view is not _not_written


def routes() -> list[Route]:
    """Every named address of ours whose page is written."""
    found = _walk(get_resolver().url_patterns, "")
    ours = [each for each in found if not each.pattern.startswith(FOREIGN)]
    return [each for each in ours if each.name and each.written]


def _walk(patterns: list[Any], before: str) -> Iterator[Route]:
    for each in patterns:
        here = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _walk(each.url_patterns, here)
        elif isinstance(each, URLPattern):
            yield Route(each.name or "", here, each.callback)


# What `pk` means in each area of the site.
KINDS: dict[str, type] = {
    "customers": records.Customer,
    "deals": records.Deal,
    "contracts": records.Contract,
    "orders": records.Order,
    "tickets": records.Ticket,
    "people": records.Person,
    "owed": records.Owed,
    "duties": records.Owed,
    "duty": records.Owed,
    "imports": records.ImportRun,
    "scorecards": records.Person,
}
INSIDE = {
    "contact": ("customers", "contacts"),
    "delivery": ("orders", "deliveries"),
    "exception": ("orders", "exceptions"),
    "proposal": ("deals", "proposals"),
    "question": ("deals", "questions"),
    "review": ("contracts", "reviews"),
}


def address(route: Route, record: Any, person: Any) -> str | None:
    """The route's address about this record; None when the story has nothing to fill it with."""
    known = {"period": Period.containing("quarter", timezone.now().date()).label}
    known |= {**TABLE["parameters"].get("all", {}), **TABLE["parameters"].get(route.name, {})}
    values: list[Any] = []
    for name in route.wants:
        value = known.get(name) or _value(route, name, record, person)
        if value is None:
            return None
        values.append(value)
    return reverse(route.name, args=values)


def _value(route: Route, name: str, record: Any, person: Any) -> Any:
    if name in ("pk", "person") and record is not None:
        return record.pk
    if name == "owed":
        story = getattr(record, "ref", "")
        rows = records.Owed.objects.filter(outcome="")
        about = rows.filter(story=story) or rows.filter(person=person)
        return about.values_list("pk", flat=True).first()
    if name in INSIDE and record is not None:
        rows = getattr(record, INSIDE[name][1], None)
        return rows.values_list("pk", flat=True).first() if rows is not None else None
    return None


def kind_of(route: Route) -> type | None:
    """The record that a route is about; None for a list or a page of its own."""
    return KINDS.get(route.area) if {"pk", "person"} & set(route.wants) else None


def record_of(kind: type | None, person: Any) -> Any:
    """Something of this kind that is the person's own, else that they may see."""
    if kind is None:
        return None
    if kind is records.Person:
        return person
    if kind is records.Owed:
        return records.Owed.objects.filter(person=person, outcome="").order_by("due").first()
    rows = kind._default_manager.all()
    if hasattr(kind, "owner"):
        own = rows.filter(owner=person).order_by("-pk").first()
        if own is not None:
            return own
    return rows.visible_to(person).order_by("-pk").first() if hasattr(rows, "visible_to") else None


def browser_of(person: Any, language: str = "en") -> Client:
    """A client signed in as a person, reading in a language."""
    client = Client(headers={"accept-language": language})
    if person.language != language:
        type(person).objects.filter(pk=person.pk).update(language=language)
        person.language = language
    client.force_login(person)
    return client
