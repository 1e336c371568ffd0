"""Clauses 1.1 and 1.2: what happens to customers, deals, proposals and questions."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from .base import What


@dataclass(frozen=True, slots=True)
class CustomerEntered(What):
    """A customer was entered, with the person who answers for it."""

    key: ClassVar[str] = "customer_entered"
    owner: int | None


@dataclass(frozen=True, slots=True)
class CustomerGraded(What):
    """A grade was given; `changed` where it differs from the one before."""

    key: ClassVar[str] = "customer_graded"
    grade: str
    previous: str
    points: Decimal
    changed: bool


@dataclass(frozen=True, slots=True)
class CustomerTouched(What):
    """A call, visit, message, meeting or demo."""

    key: ClassVar[str] = "customer_touched"
    channel: str
    activity: int
    valid: bool


@dataclass(frozen=True, slots=True)
class StatusUpdated(What):
    """The word of the week: "progress" or "no_change"."""

    key: ClassVar[str] = "status_updated"
    kind: str


@dataclass(frozen=True, slots=True)
class CustomerWon(What):
    """The first order: from now on an existing customer."""

    key: ClassVar[str] = "customer_won"
    order: int


@dataclass(frozen=True, slots=True)
class CustomerLost(What):
    key: ClassVar[str] = "customer_lost"
    reason: str


@dataclass(frozen=True, slots=True)
class CustomerPooled(What):
    """Given back to the open pool."""

    key: ClassVar[str] = "customer_pooled"
    reason: str


@dataclass(frozen=True, slots=True)
class CustomerClaimed(What):
    """Taken from the open pool."""

    key: ClassVar[str] = "customer_claimed"
    owner: int


@dataclass(frozen=True, slots=True)
class CustomersMerged(What):
    """Another customer's records came over."""

    key: ClassVar[str] = "customers_merged"
    other: int


@dataclass(frozen=True, slots=True)
class CustomerPushed(What):
    """News or an upgrade was sent."""

    key: ClassVar[str] = "customer_pushed"
    kind: str


@dataclass(frozen=True, slots=True)
class QuarterlyVisited(What):
    key: ClassVar[str] = "quarterly_visited"
    activity: int


@dataclass(frozen=True, slots=True)
class YearlyInterviewed(What):
    key: ClassVar[str] = "yearly_interviewed"
    activity: int


@dataclass(frozen=True, slots=True)
class ValueProposed(What):
    key: ClassVar[str] = "value_proposed"
    proposal: int


@dataclass(frozen=True, slots=True)
class SatisfactionSurveyed(What):
    key: ClassVar[str] = "satisfaction_surveyed"
    survey: int
    experience: Decimal
    speed: Decimal
    needs: Decimal
    mode: str


@dataclass(frozen=True, slots=True)
class VisitPlanned(What):
    """A person's visits of a period, frozen with its start."""

    key: ClassVar[str] = "visit_planned"
    period: str
    count: int


@dataclass(frozen=True, slots=True)
class ChannelReportSubmitted(What):
    key: ClassVar[str] = "channel_report_submitted"
    period: str


# --- 1.2 Follow-up and negotiation


@dataclass(frozen=True, slots=True)
class DealOpened(What):
    key: ClassVar[str] = "deal_opened"
    stage: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class StageEntered(What):
    key: ClassVar[str] = "stage_entered"
    stage: str
    previous: str


@dataclass(frozen=True, slots=True)
class DiscoveryHeld(What):
    key: ClassVar[str] = "discovery_held"
    activity: int


@dataclass(frozen=True, slots=True)
class NeedsReported(What):
    key: ClassVar[str] = "needs_reported"
    report: int


@dataclass(frozen=True, slots=True)
class NegotiationHeld(What):
    key: ClassVar[str] = "negotiation_held"
    activity: int


@dataclass(frozen=True, slots=True)
class NegotiationLogged(What):
    key: ClassVar[str] = "negotiation_logged"
    kind: str
    entry: int


@dataclass(frozen=True, slots=True)
class CompetitorMoved(What):
    key: ClassVar[str] = "competitor_moved"
    competitor: int


@dataclass(frozen=True, slots=True)
class ObjectionRaised(What):
    key: ClassVar[str] = "objection_raised"
    kind: str


@dataclass(frozen=True, slots=True)
class DealWon(What):
    key: ClassVar[str] = "deal_won"
    amount: Decimal


@dataclass(frozen=True, slots=True)
class DealLost(What):
    key: ClassVar[str] = "deal_lost"
    reason: str


@dataclass(frozen=True, slots=True)
class DealReopened(What):
    key: ClassVar[str] = "deal_reopened"


@dataclass(frozen=True, slots=True)
class ProposalSent(What):
    key: ClassVar[str] = "proposal_sent"
    version: int


@dataclass(frozen=True, slots=True)
class ContributionAsked(What):
    """A department is asked for its part of the solution."""

    key: ClassVar[str] = "contribution_asked"
    role: str
    person: int | None
    round: int


@dataclass(frozen=True, slots=True)
class ContributionGiven(What):
    key: ClassVar[str] = "contribution_given"
    role: str
    round: int


@dataclass(frozen=True, slots=True)
class QuestionAsked(What):
    key: ClassVar[str] = "question_asked"
    source: str


@dataclass(frozen=True, slots=True)
class QuestionAnswered(What):
    key: ClassVar[str] = "question_answered"
