"""One deal: where it stands, what its next gate wants, what was promised, what happened (1.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import QuerySet

from zhangfa.records.editions import current_policy
from zhangfa.records.ledger import LedgerLine
from zhangfa.records.models import (
    Activity,
    Contract,
    Deal,
    NeedsReport,
    Order,
    Owed,
    Proposal,
    Question,
)

from .timeline import Timeline, of_stories

ENTRIES = ("decision_point", "concession", "competitor_move", "objection")
MOST = 20  # of each kind on the page


@dataclass(frozen=True)
class Step:
    """One stage of the track: did, now, or empty for what lies ahead; when it was entered."""

    stage: str
    state: str
    entered_at: datetime | None


@dataclass(frozen=True)
class DealPage:
    """Everything the page of a deal shows."""

    deal: Deal
    chance: Decimal
    steps: list[Step]
    owed: list[Owed]
    needs: list[NeedsReport]
    proposals: list[Proposal]
    questions: list[Question]
    entries: list[Activity]
    contracts: list[Contract]
    orders: list[Order]
    stories: list[str]
    timeline: Timeline

    @property
    def weighted(self) -> Decimal:
        """Its amount times the policy's chance of winning at its stage."""
        return (self.deal.amount * self.chance).quantize(Decimal("0.01"), ROUND_HALF_UP)

    @property
    def following(self) -> str:
        """The stage after this one; empty at the end."""
        order = [*Deal.OPEN, "won"]
        if self.deal.stage not in Deal.OPEN:
            return ""
        return order[order.index(self.deal.stage) + 1]

    @property
    def preceding(self) -> str:
        """The stage before this one; empty at the beginning and when it is decided."""
        if self.deal.stage not in Deal.OPEN[1:]:
            return ""
        return Deal.OPEN[Deal.OPEN.index(self.deal.stage) - 1]

    @property
    def names(self) -> dict[str, str]:
        """What people call the records of the deal, by reference."""
        named: dict[str, str] = {each.ref: each.number for each in (*self.contracts, *self.orders)}
        return named


def found_for(person: Any) -> QuerySet[Deal]:
    """The deals a person may see, with what their page names."""
    related = ("customer", "owner", "product", "competitor")
    return Deal.objects.visible_to(person).select_related(*related)


def deal_page(deal: Deal, now: datetime) -> DealPage:
    """The page of one deal, fetched by the caller with `found_for`. Nine queries at most."""
    proposals = list(deal.proposals.order_by("-version")[:MOST])
    questions = list(deal.questions.order_by("-asked_at")[:MOST])
    contracts = list(deal.contracts.order_by("-drafted_at")[:MOST])
    orders = list(deal.orders.order_by("-signed_at")[:MOST]) if deal.stage == "won" else []
    records = (deal, *proposals, *questions, *contracts, *orders)
    stories = [record.ref for record in records]
    chances = current_policy().on(now.date())["deal.stages"]
    return DealPage(
        deal=deal,
        chance=Decimal(chances[deal.stage]),
        steps=_steps(deal),
        owed=owed_in(deal, stories, now),
        needs=list(deal.needs_reports.select_related("author").order_by("-at")[:MOST]),
        proposals=proposals,
        questions=questions,
        entries=list(
            deal.activities.filter(tags__overlap=list(ENTRIES))
            .select_related("person")
            .order_by("-at")[:MOST]
        ),
        contracts=contracts,
        orders=orders,
        stories=stories,
        timeline=of_stories(deal.pk, deal.customer_id, stories, now),
    )


def owed_in(deal: Deal, stories: list[str], now: datetime) -> list[Owed]:
    """What is owed in this deal and can still be done, by its due moment."""
    rows = Owed.objects.filter(story__in=stories).doable(now).begun(now)
    return list(rows.select_related("person").order_by("due", "id")[:MOST])


def stories_of(deal: Deal) -> list[str]:
    """The references of the deal and of what belongs to it."""
    found = [deal.ref]
    for story, rows in (
        ("proposal", deal.proposals),
        ("question", deal.questions),
        ("contract", deal.contracts),
        ("order", deal.orders),
    ):
        found += [f"{story}/{pk}" for pk in rows.values_list("pk", flat=True)]
    return found


def _steps(deal: Deal) -> list[Step]:
    """The track to the win, or to where the deal was lost."""
    entered = {"discovery": deal.opened_at}
    for line in LedgerLine.objects.filter(story=deal.ref, what="stage_entered").in_order():
        entered[line.body["stage"]] = line.at
    order = [*Deal.OPEN, "won"]
    if deal.stage == "lost":
        reached = [stage for stage in Deal.OPEN if stage in entered]
        done = [Step(stage, "did", entered[stage]) for stage in reached]
        return [*done, Step("lost", "bad", deal.closed_at)]
    at = order.index(deal.stage)
    states = ["did"] * at + ["did" if deal.stage == "won" else "now"]
    states += [""] * (len(order) - len(states))
    return [
        Step(stage, state, entered.get(stage) if state else None)
        for stage, state in zip(order, states, strict=True)
    ]
