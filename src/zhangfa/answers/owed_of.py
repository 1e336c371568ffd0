"""What is owed about records of a list: the next deadline of each, and which are overdue."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, CharField, F, Min, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat, Substr

from zhangfa.records.models import Owed


def named(story: str, key: Any = "pk") -> Concat:
    """`order/7` from a row's id: the name of its story."""
    return Concat(Value(f"{story}/"), Cast(key, CharField()))


def next_due(story: str, now: datetime) -> Subquery:
    """The first deadline about each row that can still be met or made good."""
    rows = Owed.objects.filter(story=named(story, OuterRef("pk"))).doable(now).begun(now)
    return Subquery(rows.order_by().values("story").annotate(first=Min("due")).values("first"))


def overdue(story: str, now: datetime) -> QuerySet[Any]:
    """The ids of the records about which something is overdue."""
    rows = Owed.objects.missed(now).doable(now).filter(story__startswith=f"{story}/")
    number = Cast(Substr(F("story"), len(story) + 2), BigIntegerField())
    return rows.annotate(number=number).values("number")
