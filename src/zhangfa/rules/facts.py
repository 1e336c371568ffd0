"""Everything that can happen in the sales department, one small class each.

Facts carry references, amounts, ratings and codes, never free text or personal data.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar


class What:
    """Something that can happen to a record. `key` is its name in the ledger, for good."""

    key: ClassVar[str]


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the ledger. `at` is when it happened, `noted_at` when it was written down.

    `owner` answered for the record then; `opens` are the obligation kinds it may open (None: all),
    for history that comes from another system.
    """

    id: int
    what: What
    story: str
    by: int | None
    at: datetime
    noted_at: datetime
    owner: int | None = None
    opens: frozenset[str] | None = None


# --- 1.1 Customer development and information


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


# --- 1.3 Contract and delivery


@dataclass(frozen=True, slots=True)
class ContractDrafted(What):
    key: ClassVar[str] = "contract_drafted"
    amount: Decimal


@dataclass(frozen=True, slots=True)
class DraftSubmitted(What):
    """A draft handed in, with the reviewers where they are named."""

    key: ClassVar[str] = "draft_submitted"
    round: int
    legal: int | None
    finance: int | None


@dataclass(frozen=True, slots=True)
class LegalApproved(What):
    key: ClassVar[str] = "legal_approved"
    round: int


@dataclass(frozen=True, slots=True)
class LegalReturned(What):
    key: ClassVar[str] = "legal_returned"
    round: int


@dataclass(frozen=True, slots=True)
class FinanceApproved(What):
    key: ClassVar[str] = "finance_approved"
    round: int


@dataclass(frozen=True, slots=True)
class FinanceReturned(What):
    key: ClassVar[str] = "finance_returned"
    round: int


@dataclass(frozen=True, slots=True)
class ContractSigned(What):
    key: ClassVar[str] = "contract_signed"
    order: int


@dataclass(frozen=True, slots=True)
class ContractWithdrawn(What):
    key: ClassVar[str] = "contract_withdrawn"


@dataclass(frozen=True, slots=True)
class OrderSigned(What):
    key: ClassVar[str] = "order_signed"
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class OrderAmended(What):
    key: ClassVar[str] = "order_amended"
    amount: Decimal


@dataclass(frozen=True, slots=True)
class OrderCancelled(What):
    key: ClassVar[str] = "order_cancelled"
    amount: Decimal


@dataclass(frozen=True, slots=True)
class GoodsReturned(What):
    key: ClassVar[str] = "goods_returned"
    amount: Decimal


@dataclass(frozen=True, slots=True)
class CreditNoted(What):
    key: ClassVar[str] = "credit_noted"
    amount: Decimal
    instalment: int | None


@dataclass(frozen=True, slots=True)
class OrderTracked(What):
    key: ClassVar[str] = "order_tracked"
    status: str


@dataclass(frozen=True, slots=True)
class ProductionScheduled(What):
    key: ClassVar[str] = "production_scheduled"


@dataclass(frozen=True, slots=True)
class LogisticsScheduled(What):
    key: ClassVar[str] = "logistics_scheduled"


@dataclass(frozen=True, slots=True)
class OrderClosed(What):
    key: ClassVar[str] = "order_closed"


@dataclass(frozen=True, slots=True)
class InstalmentPlanned(What):
    key: ClassVar[str] = "instalment_planned"
    instalment: int
    amount: Decimal
    due: date


@dataclass(frozen=True, slots=True)
class PaymentReceived(What):
    key: ClassVar[str] = "payment_received"
    payment: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class DeliveryPlanned(What):
    key: ClassVar[str] = "delivery_planned"
    on: datetime


@dataclass(frozen=True, slots=True)
class DeliveryRescheduled(What):
    key: ClassVar[str] = "delivery_rescheduled"
    on: datetime


@dataclass(frozen=True, slots=True)
class DeliveryCancelled(What):
    """The goods will not come: nothing is owed before them any more."""

    key: ClassVar[str] = "delivery_cancelled"


@dataclass(frozen=True, slots=True)
class DeliveryConfirmed(What):
    key: ClassVar[str] = "delivery_confirmed"
    mode: str


@dataclass(frozen=True, slots=True)
class DocumentsPrepared(What):
    key: ClassVar[str] = "documents_prepared"
    kind: str


@dataclass(frozen=True, slots=True)
class Delivered(What):
    key: ClassVar[str] = "delivered"


@dataclass(frozen=True, slots=True)
class SignedOff(What):
    key: ClassVar[str] = "signed_off"
    mode: str


@dataclass(frozen=True, slots=True)
class ExceptionRaised(What):
    key: ClassVar[str] = "exception_raised"
    kind: str


@dataclass(frozen=True, slots=True)
class ApologyGiven(What):
    key: ClassVar[str] = "apology_given"


@dataclass(frozen=True, slots=True)
class AlternativeOffered(What):
    key: ClassVar[str] = "alternative_offered"
    kind: str


@dataclass(frozen=True, slots=True)
class AlternativeChosen(What):
    key: ClassVar[str] = "alternative_chosen"
    kind: str


@dataclass(frozen=True, slots=True)
class ExceptionResolved(What):
    key: ClassVar[str] = "exception_resolved"


@dataclass(frozen=True, slots=True)
class TaskAssigned(What):
    """A department's task inside an exception, with its due moment. `task` tells several apart."""

    key: ClassVar[str] = "task_assigned"
    role: str
    person: int | None
    due: datetime
    task: int | None = None


@dataclass(frozen=True, slots=True)
class TaskDone(What):
    key: ClassVar[str] = "task_done"
    task: int | None = None


# --- 1.4 After-sales


@dataclass(frozen=True, slots=True)
class TicketRaised(What):
    key: ClassVar[str] = "ticket_raised"
    source: str
    priority: int


@dataclass(frozen=True, slots=True)
class TicketAnswered(What):
    key: ClassVar[str] = "ticket_answered"


@dataclass(frozen=True, slots=True)
class SolutionProposed(What):
    key: ClassVar[str] = "solution_proposed"
    document: int


@dataclass(frozen=True, slots=True)
class TicketResolved(What):
    """Done on our side; the customer's word is still wanted."""

    key: ClassVar[str] = "ticket_resolved"


@dataclass(frozen=True, slots=True)
class TicketConfirmed(What):
    key: ClassVar[str] = "ticket_confirmed"
    mode: str


@dataclass(frozen=True, slots=True)
class TicketClosedSilently(What):
    key: ClassVar[str] = "ticket_closed_silently"


@dataclass(frozen=True, slots=True)
class TicketReopened(What):
    key: ClassVar[str] = "ticket_reopened"


@dataclass(frozen=True, slots=True)
class TaskForceFormed(What):
    key: ClassVar[str] = "task_force_formed"
    due: datetime | None


@dataclass(frozen=True, slots=True)
class ProgressSynced(What):
    key: ClassVar[str] = "progress_synced"


# --- 0 Any story


@dataclass(frozen=True, slots=True)
class OwnerChanged(What):
    key: ClassVar[str] = "owner_changed"
    owner: int | None
    previous: int | None


@dataclass(frozen=True, slots=True)
class ClockStopped(What):
    """The clocks of these kinds (all pausable ones if empty) wait."""

    key: ClassVar[str] = "clock_stopped"
    reason: str
    kinds: str


@dataclass(frozen=True, slots=True)
class ClockResumed(What):
    key: ClassVar[str] = "clock_resumed"


@dataclass(frozen=True, slots=True)
class ObligationWaived(What):
    key: ClassVar[str] = "obligation_waived"
    kind: str
    opening: int
    window: str


@dataclass(frozen=True, slots=True)
class FactRetracted(What):
    """An earlier fact is taken back: read on as if it had not been said."""

    key: ClassVar[str] = "fact_retracted"
    fact: int


# --- 2 and 3 People and the policy itself


@dataclass(frozen=True, slots=True)
class RoleStarted(What):
    key: ClassVar[str] = "role_started"
    role: str


@dataclass(frozen=True, slots=True)
class RoleEnded(What):
    key: ClassVar[str] = "role_ended"
    role: str


@dataclass(frozen=True, slots=True)
class LeaveTaken(What):
    key: ClassVar[str] = "leave_taken"
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class TargetSet(What):
    key: ClassVar[str] = "target_set"
    metric: str
    period: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class BriefIssued(What):
    key: ClassVar[str] = "brief_issued"
    period: str


@dataclass(frozen=True, slots=True)
class SelfEvaluated(What):
    key: ClassVar[str] = "self_evaluated"
    period: str


@dataclass(frozen=True, slots=True)
class SuperiorEvaluated(What):
    key: ClassVar[str] = "superior_evaluated"
    period: str


@dataclass(frozen=True, slots=True)
class AppealRaised(What):
    """A person objects to a line of their result. `appeal` tells several in one story apart."""

    key: ClassVar[str] = "appeal_raised"
    person: int
    appeal: int | None = None


@dataclass(frozen=True, slots=True)
class AppealAnswered(What):
    key: ClassVar[str] = "appeal_answered"
    upheld: bool
    appeal: int | None = None


@dataclass(frozen=True, slots=True)
class ResultFrozen(What):
    key: ClassVar[str] = "result_frozen"
    period: str
    person: int


@dataclass(frozen=True, slots=True)
class CoachingOffered(What):
    key: ClassVar[str] = "coaching_offered"
    period: str


@dataclass(frozen=True, slots=True)
class CoachingPlanned(What):
    key: ClassVar[str] = "coaching_planned"
    period: str


@dataclass(frozen=True, slots=True)
class TrainingAssigned(What):
    key: ClassVar[str] = "training_assigned"
    course: str


@dataclass(frozen=True, slots=True)
class TrainingPassed(What):
    key: ClassVar[str] = "training_passed"
    course: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class EditionAdopted(What):
    key: ClassVar[str] = "edition_adopted"
    edition: str


@dataclass(frozen=True, slots=True)
class ReviewHeld(What):
    key: ClassVar[str] = "review_held"
    period: str


@dataclass(frozen=True, slots=True)
class RevisionProposed(What):
    key: ClassVar[str] = "revision_proposed"
    period: str


@dataclass(frozen=True, slots=True)
class ImprovementPlanned(What):
    """An item of the improvement list, with who does it (or which role) and by when."""

    key: ClassVar[str] = "improvement_planned"
    item: int
    due: datetime
    role: str
    person: int | None = None


@dataclass(frozen=True, slots=True)
class ImprovementDone(What):
    key: ClassVar[str] = "improvement_done"
    item: int


@dataclass(frozen=True, slots=True)
class ImprovementDropped(What):
    key: ClassVar[str] = "improvement_dropped"
    item: int


@dataclass(frozen=True, slots=True)
class ImportFinished(What):
    key: ClassVar[str] = "import_finished"
    imported: int


@dataclass(frozen=True, slots=True)
class ImportUndone(What):
    key: ClassVar[str] = "import_undone"
    imported: int


WHATS: dict[str, type[What]] = {
    kind.key: kind for kind in What.__subclasses__() if "key" in vars(kind)
}

READ = {"Decimal": Decimal, "date": date.fromisoformat, "datetime": datetime.fromisoformat}


FIELDS: dict[str, tuple[tuple[str, Any], ...]] = {
    key: tuple(
        (field.name, READ.get(str(field.type).removesuffix(" | None")))
        for field in fields(kind)  # type: ignore[arg-type]
    )
    for key, kind in WHATS.items()
}


def to_body(what: What) -> dict[str, Any]:
    """What happened as JSON: amounts and moments as text, so that they come back exactly."""
    return {
        name: str(value) if reads else value
        for name, reads in FIELDS[what.key]
        if (value := getattr(what, name)) is not None
    }


def from_body(key: str, body: dict[str, Any]) -> What:
    """Read a ledger line back by the types of its fields. Raises KeyError for unknown keys."""
    kind = WHATS[key]
    given = {
        name: reads(body[name]) if reads and body.get(name) is not None else body.get(name)
        for name, reads in FIELDS[key]
    }
    return kind(**given)
