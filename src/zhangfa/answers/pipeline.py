"""1.2.1 The pipeline: open deals by stage, each lane with its sum and its entry gate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import CharField, Count, Min, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Cast, Concat

from zhangfa.records.models import Deal, Owed

LANE = 60  # cards per lane on one page; the rest is counted and listed
# What a stage asks before a deal may enter it (the words are in the glossary).
GATES = {
    "solution": "needs_report",
    "negotiation": "proposal_sent",
    "contract": "amount_known",
    "won": "contract_signed",
}


@dataclass(frozen=True)
class Lane:
    """One stage of the board."""

    stage: str
    deals: list[Deal]
    count: int
    sum: Decimal
    gate: str


def board(person: Any, now: datetime, *, owner: int | None = None) -> list[Lane]:
    """The deals a person may see, by stage; A customers first, then by amount. Six queries."""
    deals = Deal.objects.visible_to(person)
    if owner is not None:
        deals = deals.filter(owner_id=owner)
    quarter = now.replace(month=now.month - (now.month - 1) % 3, day=1, hour=0, minute=0, second=0)
    shown = deals.filter(stage__in=Deal.OPEN) | deals.filter(
        stage__in=("won", "lost"), closed_at__gte=quarter
    )
    totals = {
        row["stage"]: row
        for row in shown.values("stage").annotate(count=Count("pk"), sum=Sum("amount"))
    }
    due = (
        Owed.objects.filter(
            story=Concat(Value("deal/"), Cast(OuterRef("pk"), CharField())), outcome=""
        )
        .values("story")
        .annotate(first=Min("due"))
        .values("first")
    )
    lanes = []
    for stage in Deal.Stage.values:
        total = totals.get(stage, {"count": 0, "sum": Decimal(0)})
        cards: list[Deal] = []
        if total["count"]:
            cards = list(
                shown.filter(stage=stage)
                .select_related("customer", "owner")
                .annotate(due=Subquery(due))
                .order_by("customer__grade", "-amount", "id")[:LANE]
            )
        lanes.append(Lane(stage, cards, total["count"], total["sum"], GATES.get(stage, "")))
    return lanes
