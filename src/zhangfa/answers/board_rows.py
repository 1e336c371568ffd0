"""The rows behind the team board (3.1.3): obligations of a cell, deals of a stage, feed, league."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from zhangfa.metrics.base import select
from zhangfa.records.editions import current_calendar
from zhangfa.records.models import Deal, LedgerLine, Membership, Owed
from zhangfa.records.people import during
from zhangfa.records.scope import scope_of
from zhangfa.rules.terms import Period

from .board import STAGES, asked_of, crew_of
from .board_sql import REACHED_IDS
from .standing import SEES_ALL, Place, lately, places

LEAGUE = 5
FEED = 14
TOLD = (
    "contract_signed",
    "order_signed",
    "deal_won",
    "deal_lost",
    "stage_entered",
    "payment_received",
    "customer_graded",
    "customer_won",
    "proposal_sent",
    "needs_reported",
    "legal_approved",
    "legal_returned",
    "finance_approved",
    "finance_returned",
    "ticket_raised",
    "ticket_answered",
    "solution_proposed",
    "ticket_resolved",
    "quarterly_visited",
    "delivered",
    "signed_off",
    "exception_raised",
)


@dataclass(frozen=True)
class League:
    """The named top five of each layer's best, and the viewer with the gap to the next place."""

    rows: tuple[tuple[int, Any], ...]
    me: Any | None
    my_place: Place | None


def deals_reaching(viewer: Any, period: Period, now: datetime, stage: str) -> QuerySet[Deal]:
    """The deals behind one bar of the funnel. Raises ValueError for an unknown stage."""
    asked = asked_of(period, now, crew_of(viewer, now).ids)
    place = STAGES.index(stage) + 1
    ids = [row[0] for row in select(REACHED_IDS, asked.params(stages=list(STAGES), place=place))]
    return (
        Deal.objects.visible_to(viewer)
        .filter(pk__in=ids)
        .select_related("customer", "owner")
        .order_by("-amount", "pk")
    )


def league(viewer: Any, period: Period, now: datetime) -> League:
    """The best five by name, of the company or of one's own team, and where the viewer stands.

    Nobody below the fifth place is named: the list of the lowest is for who leads them.
    """
    found = lately(period, now)
    told = places(found)
    own = next((result for result in found if result.person.pk == viewer.pk), None)
    scope = scope_of(viewer)
    if scope.sees_all(SEES_ALL):
        seen = found
    else:
        day = current_calendar().day(now)
        mine = Membership.objects.filter(during(day), person=viewer).values_list("team", flat=True)
        mates = set(
            Membership.objects.filter(during(day), team__in=mine).values_list(
                "person_id", flat=True
            )
        )
        seen = [r for r in found if r.person.pk in mates or scope.covers(r.person.pk)]
    rated = [result for result in seen if result.card.total is not None]
    top = tuple(enumerate(rated[:LEAGUE], start=1))
    listed = any(result.person.pk == viewer.pk for _, result in top)
    return League(top, None if listed else own, told.get(viewer.pk))


# ------------------------------------------------------------------------------- rows and feed


def owed_rows(
    viewer: Any,
    period: Period,
    now: datetime,
    *,
    person: int | None = None,
    kind: str = "",
    outcome: str = "",
) -> QuerySet[Owed]:
    """The very obligations behind a cell: what fell due in the period, the worst first."""
    begins, ends = period.bounds(current_calendar().zone)
    rows = Owed.objects.visible_to(viewer).filter(due__gte=begins, due__lt=min(ends, now))
    rows = rows.filter(outcome__in=["", "met", "late"], person__isnull=False)
    if person is not None:
        rows = rows.filter(person_id=person)
    if kind:
        rows = rows.filter(kind=kind)
    if outcome in ("met", "late", "missed"):
        rows = rows.filter(outcome="" if outcome == "missed" else outcome)
    return rows.select_related("customer", "person").order_by("outcome", "due", "pk")


def outcomes(rows: QuerySet[Owed]) -> dict[str, int]:
    """How many were kept, late, missed."""
    counted = rows.order_by().aggregate(
        met=Count("pk", filter=Q(outcome="met")),
        late=Count("pk", filter=Q(outcome="late")),
        missed=Count("pk", filter=Q(outcome="")),
    )
    return {key: counted[key] for key in ("missed", "late", "met")}


def feed(viewer: Any, now: datetime, most: int = FEED) -> list[LedgerLine]:
    """What just happened among the people this viewer may see, newest first."""
    lines = LedgerLine.objects.filter(what__in=TOLD, at__lte=now, at__gt=now - timedelta(days=14))
    scope = scope_of(viewer)
    if not scope.sees_all(SEES_ALL):
        lines = lines.filter(owner__in=scope.people)
    return list(lines.order_by("-at", "-id")[:most])
