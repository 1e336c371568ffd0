"""1.2.1 The pipeline: open deals by stage, each lane with its sums and its entry gate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet, Sum, Window
from django.db.models.functions import RowNumber

from zhangfa.records.editions import current_calendar, current_policy
from zhangfa.records.models import Deal, Membership, Owed
from zhangfa.records.prepared import Prepared
from zhangfa.records.scope import scope_of
from zhangfa.rules.clock import Calendar, deadline_after
from zhangfa.rules.terms import Period, Span

LANE = 20  # cards per lane on one page; the rest is counted
WHOLE = 200  # cards of the lane that was asked for whole
# What a stage asks before a deal may enter it; the words are the doors'.
GATES = {
    "solution": "needs_report",
    "negotiation": "proposal_sent",
    "contract": "amount_known",
    "won": "contract_signed",
}
OWNERS = 200  # people in the menu of owners
CARD = (
    *("pk", "title", "stage", "amount", "currency", "customer_id", "customer__name"),
    *("customer__short_name", "customer__grade", "owner_id", "owner__name"),
    *("next_step", "next_on", "progressed_at", "stage_since"),
)


@dataclass(frozen=True)
class Card:
    """A deal on the board: `due` is the next thing owed in it, `still` that it has not moved for
    longer than its customer's grade allows between touches (1.1.6)."""

    pk: int
    title: str
    stage: str
    amount: Decimal
    currency: str
    customer_id: int
    customer: str
    grade: str
    owner_id: int
    owner: str
    next_step: str
    next_on: date | None
    moved_at: datetime
    due: datetime | None = None
    still: bool = False


@dataclass(frozen=True)
class Lane:
    """One stage of the board; `weighted` is its sum times the policy's chance of winning."""

    stage: str
    deals: list[Card]
    count: int
    sum: Decimal
    weighted: Decimal
    chance: Decimal
    gate: str


@dataclass(frozen=True)
class Board:
    """The whole board, and whose deals it may be narrowed to."""

    lanes: list[Lane]
    owners: list[tuple[int, str]]
    teams: list[tuple[int, str]]
    owner: int | None
    team: int | None

    def __iter__(self) -> Iterator[Lane]:
        return iter(self.lanes)

    @property
    def open(self) -> list[Lane]:
        """The lanes of deals that are not decided yet."""
        return [lane for lane in self.lanes if lane.stage in Deal.OPEN]

    @property
    def count(self) -> int:
        return sum(lane.count for lane in self.open)

    @property
    def sum(self) -> Decimal:
        return sum((lane.sum for lane in self.open), Decimal(0))

    @property
    def weighted(self) -> Decimal:
        return sum((lane.weighted for lane in self.open), Decimal(0))

    @property
    def largest(self) -> Decimal:
        return max((lane.sum for lane in self.lanes), default=Decimal(0))


def board(
    person: Any,
    now: datetime,
    *,
    owner: int | None = None,
    team: int | None = None,
    whole: str = "",
) -> Board:
    """The deals a person may see, by stage; A customers first, then by amount. Three queries,
    and one for the teams where there are several owners. Decided deals are the quarter's; the
    stage `whole` shows more cards than the others."""
    calendar, reading = current_calendar(), current_policy().on(now.date())
    quarter, _ = Period.containing("quarter", calendar.day(now)).bounds(calendar.zone)
    whose = scope_of(person).whose("deal")
    totals = _totals(not whose).rows(quarter=quarter, **whose)
    owners = {row["owner_id"]: row["owner__name"] for row in totals}
    belong = _teams(calendar.day(now)) if len(owners) > 1 else []
    wanted = _people(owner, team, belong)
    if wanted is not None:
        totals = [row for row in totals if row["owner_id"] in wanted]
        whose |= {"owners": sorted(wanted)}
    cards = _cards(quarter, now, whole, whose) if totals else []
    chances, spans = reading["deal.stages"], reading["customer_touch.within"]
    cards = [_moving(card, spans, now, calendar) for card in cards]
    lanes = [_lane(stage, cards, totals, Decimal(chances[stage])) for stage in Deal.Stage.values]
    return Board(
        lanes,
        sorted(owners.items(), key=lambda pair: pair[1])[:OWNERS] if len(owners) > 1 else [],
        list(dict.fromkeys((pk, name) for _, _, pk, name in belong)),
        owner,
        team,
    )


def _shown(quarter: datetime, people: list[int] | None) -> QuerySet[Deal]:
    """The open deals of these people, and those decided since the quarter began."""
    decided = Q(stage__in=("won", "lost"), closed_at__gte=quarter)
    return Deal.objects.of_people(people).filter(Q(stage__in=Deal.OPEN) | decided)


@lru_cache(2)
def _totals(everything: bool) -> Prepared:
    """How many and how much, by stage and owner."""

    def build(quarter: datetime, people: list[int] | None = None) -> QuerySet[Any, Any]:
        shown = _shown(quarter, people).order_by()
        grouped = shown.values("stage", "owner_id", "owner__name")
        return grouped.annotate(count=Count("pk"), sum=Sum("amount"))

    return Prepared(build, quarter=datetime, **({} if everything else {"people": list}))


def _teams(day: date) -> list[tuple[int, str, int, str]]:
    """Who belongs to which team on a day, in the order of the tree."""
    rows = Membership.objects.on(day).filter(team__parent__isnull=False)
    found = rows.order_by("team__path").values_list("person_id", "team__path", "team_id")
    return list(found.annotate(team_name=F("team__name")))


def _people(
    owner: int | None, team: int | None, belong: list[tuple[int, str, int, str]]
) -> set[int] | None:
    """The owners that were asked for; None for all."""
    if team is not None:
        inside = {person for person, path, _, _ in belong if f"/{team}/" in path}
        return inside & {owner} if owner is not None else inside
    return {owner} if owner is not None else None


@lru_cache(64)
def _ranked(whole: str, most: int, given: tuple[str, ...]) -> Prepared:
    """The first cards of every lane, and more of the whole one; `given` names who is asked for."""

    def build(
        quarter: datetime, people: list[int] | None = None, owners: list[int] | None = None
    ) -> QuerySet[Any, Any]:
        shown = _shown(quarter, people)
        if owners is not None:
            shown = shown.filter(owner_id__in=owners)
        order = ("customer__grade", F("amount").desc(), "id")
        ranked = shown.annotate(rank=Window(RowNumber(), partition_by="stage", order_by=order))
        cards = ranked.filter(Q(rank__lte=most) | Q(stage=whole, rank__lte=WHOLE))
        return cards.order_by("stage", "rank").values_list(*CARD)

    return Prepared(build, quarter=datetime, **dict.fromkeys(given, list))


def _cards(quarter: datetime, now: datetime, whole: str, whose: dict[str, list[int]]) -> list[Card]:
    """The first cards of every lane, each with the next thing owed in it."""
    found = _ranked(whole, LANE, tuple(whose)).rows(quarter=quarter, **whose)
    dues = _dues([row[0] for row in found if row[2] in Deal.OPEN], now)
    return [
        Card(*row[:6], row[7] or row[6], *row[8:13], row[13] or row[14], dues.get(row[0]))
        for row in found
    ]


def _dues(deals: list[int], now: datetime) -> dict[int, datetime]:
    """The next due moment of what is owed in each deal."""
    stories = [f"deal/{pk}" for pk in deals]
    found = FIRST_DUE.rows(stories=stories, now=now)
    return {int(story.partition("/")[2]): due for story, due in found}


def _first_due(stories: list[str], now: datetime) -> QuerySet[Any, Any]:
    rows = Owed.objects.filter(story__in=stories).doable(now).begun(now)
    return rows.order_by().values_list("story").annotate(first=Min("due"))


FIRST_DUE = Prepared(_first_due, stories=list, now=datetime)


def _moving(card: Card, spans: Any, now: datetime, calendar: Calendar) -> Card:
    """The card, marked where it has stood still for longer than its grade allows."""
    span = spans.get(card.grade)
    if span is None or card.stage not in Deal.OPEN or now - card.moved_at < _least(span):
        return card
    allowed = deadline_after(card.moved_at, span, calendar, now=now).at
    return replace(card, still=True) if allowed < now else card


def _least(span: Span) -> timedelta:
    """Shorter than this the span never is, whatever the calendar says."""
    return span.elapsed or timedelta(days=span.amount - 1)


def _lane(stage: str, cards: list[Card], totals: list[dict[str, Any]], chance: Decimal) -> Lane:
    mine = [row for row in totals if row["stage"] == stage]
    whole = sum((row["sum"] for row in mine), Decimal(0))
    weighted = (whole * chance).quantize(Decimal("0.01"), ROUND_HALF_UP)
    shown = [card for card in cards if card.stage == stage]
    count = sum(row["count"] for row in mine)
    return Lane(stage, shown, count, whole, weighted, chance, GATES.get(stage, ""))
