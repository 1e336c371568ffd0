"""Every timed promise of the policy, in the order of its clauses.

A kind says what opens, closes and ends it, and who owes. How long, how often and how many are the
policy's to say, under `<key>.within`, `.before`, `.every`, `.at_least` and so on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from .. import facts as f

Shape = Literal["within", "before", "every", "quiet"]
Whats = tuple[type[f.What], ...]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One promise.

    shape    "within" a span of the opening; "before" the date it carries; "every" period between
             opening and ending; "quiet": a span after the last of `opens`, then within another
    same     the field that the opening (or, for "every", the period) and the closing share
    cancels  what makes it pointless, if it is not breached by then
    stops    other facts than ClockStopped that stop the clock, with those that start it again
    voids    what makes a closing not count: the time between the two is a stop
    owed_by  "owner"; "person" of the story; "role:x"; "fact:x" = the person the opening names in
             x, else the role x (or the role it names)
    grades   whether the span depends on the customer's grade at the opening
    """

    key: str
    clause: str
    shape: Shape
    opens: Whats
    closes: Whats
    ends: Whats = ()
    cancels: Whats = ()
    stops: Whats = ()
    resumes: Whats = ()
    voids: Whats = ()
    owed_by: str = "owner"
    same: str = ""
    grades: bool = False
    opens_if: Callable[[Any], bool] | None = None
    cancels_if: Callable[[Any], bool] | None = None


def _changed(what: Any) -> bool:
    """A touch opens always, a grade only when it is another one: regrading is no touch."""
    return getattr(what, "changed", True)


def _progress(what: Any) -> bool:
    return getattr(what, "kind", "progress") == "progress"


def _sells(what: Any) -> bool:
    return getattr(what, "role", "") == "seller"


def _leads(what: Any) -> bool:
    return getattr(what, "role", "") == "supervisor"


def _asks(role: str) -> Callable[[Any], bool]:
    return lambda what: getattr(what, "role", "") == role


GONE: Whats = (f.CustomerLost, f.CustomerPooled)
CLOSED_DEAL: Whats = (f.DealWon, f.DealLost)
CLOSED_TICKET: Whats = (f.TicketConfirmed, f.TicketClosedSilently)
ALL_TICKET: Whats = (f.SolutionProposed, f.TicketResolved, *CLOSED_TICKET)

KINDS: tuple[Kind, ...] = (
    # 1.1 Customer development and information
    Kind(
        key="channel_report",
        clause="1.1.2",
        shape="every",
        owed_by="person",
        same="period",
        opens=(f.RoleStarted,),
        opens_if=_sells,
        ends=(f.RoleEnded,),
        closes=(f.ChannelReportSubmitted,),
    ),
    Kind(
        key="customer_touch",
        clause="1.1.6",
        shape="within",
        grades=True,
        opens=(f.CustomerTouched, f.CustomerGraded, f.CustomerClaimed),
        opens_if=_changed,
        closes=(f.CustomerTouched,),
        cancels=(*GONE, f.CustomerGraded),
        cancels_if=_changed,
    ),
    Kind(
        key="weekly_update",
        clause="1.1.7",
        shape="every",
        opens=(f.CustomerEntered, f.CustomerClaimed),
        ends=GONE,
        closes=(f.StatusUpdated, f.CustomerTouched),
    ),
    Kind(
        key="customer_regrade",
        clause="1.1.8",
        shape="quiet",
        opens=(f.CustomerEntered, f.CustomerTouched, f.StatusUpdated),
        opens_if=_progress,
        closes=(f.CustomerGraded,),
        cancels=GONE,
    ),
    # 1.2 Follow-up and negotiation
    Kind(
        key="needs_report",
        clause="1.2.3",
        shape="within",
        opens=(f.DiscoveryHeld,),
        closes=(f.NeedsReported,),
        cancels=CLOSED_DEAL,
    ),
    Kind(
        key="technical_contribution",
        clause="1.2.4",
        shape="within",
        owed_by="fact:person",
        opens=(f.ContributionAsked,),
        opens_if=_asks("technical"),
        same="role",
        closes=(f.ContributionGiven,),
    ),
    Kind(
        key="product_contribution",
        clause="1.2.4",
        shape="within",
        owed_by="fact:person",
        opens=(f.ContributionAsked,),
        opens_if=_asks("product"),
        same="role",
        closes=(f.ContributionGiven,),
    ),
    Kind(
        key="question_answer",
        clause="1.2.7",
        shape="within",
        opens=(f.QuestionAsked,),
        closes=(f.QuestionAnswered,),
    ),
    Kind(
        key="negotiation_entry",
        clause="1.2.10",
        shape="within",
        opens=(f.NegotiationHeld,),
        closes=(f.NegotiationLogged,),
    ),
    # 1.3 Contract and delivery
    Kind(
        key="legal_review",
        clause="1.3.2",
        shape="within",
        owed_by="fact:legal",
        same="round",
        opens=(f.DraftSubmitted,),
        closes=(f.LegalApproved, f.LegalReturned),
        stops=(f.FinanceReturned,),
        resumes=(f.DraftSubmitted,),
        cancels=(f.DraftSubmitted, f.ContractWithdrawn),
    ),
    Kind(
        key="finance_review",
        clause="1.3.2",
        shape="within",
        owed_by="fact:finance",
        same="round",
        opens=(f.DraftSubmitted,),
        closes=(f.FinanceApproved, f.FinanceReturned),
        stops=(f.LegalReturned,),
        resumes=(f.DraftSubmitted,),
        cancels=(f.DraftSubmitted, f.ContractWithdrawn),
    ),
    Kind(
        key="draft_resubmission",
        clause="1.3.2",
        shape="within",
        opens=(f.LegalReturned, f.FinanceReturned),
        closes=(f.DraftSubmitted,),
        cancels=(f.ContractWithdrawn,),
    ),
    Kind(
        key="production_schedule",
        clause="1.3.5",
        shape="within",
        owed_by="role:production",
        opens=(f.OrderSigned,),
        closes=(f.ProductionScheduled,),
        cancels=(f.OrderCancelled, f.OrderClosed),
    ),
    Kind(
        key="logistics_schedule",
        clause="1.3.5",
        shape="within",
        owed_by="role:logistics",
        opens=(f.OrderSigned,),
        closes=(f.LogisticsScheduled,),
        cancels=(f.OrderCancelled, f.OrderClosed),
    ),
    Kind(
        key="order_tracking",
        clause="1.3.6",
        shape="every",
        opens=(f.OrderSigned,),
        ends=(f.OrderClosed, f.OrderCancelled),
        closes=(f.OrderTracked,),
    ),
    Kind(
        key="delivery_confirmation",
        clause="1.3.7",
        shape="before",
        opens=(f.DeliveryPlanned, f.DeliveryRescheduled),
        closes=(f.DeliveryConfirmed,),
        cancels=(f.DeliveryRescheduled, f.Delivered),
    ),
    Kind(
        key="delivery_documents",
        clause="1.3.8",
        shape="before",
        owed_by="role:technical",
        opens=(f.DeliveryPlanned,),
        closes=(f.DocumentsPrepared,),
    ),
    Kind(
        key="delivery_sign_off",
        clause="1.3.9",
        shape="within",
        opens=(f.Delivered,),
        closes=(f.SignedOff,),
    ),
    Kind(
        key="exception_apology",
        clause="1.3.10",
        shape="within",
        opens=(f.ExceptionRaised,),
        closes=(f.ApologyGiven,),
    ),
    Kind(
        key="exception_alternative",
        clause="1.3.10",
        shape="within",
        opens=(f.ExceptionRaised,),
        closes=(f.AlternativeOffered, f.ExceptionResolved),
    ),
    Kind(
        key="department_task",
        clause="1.3.11",
        shape="before",
        owed_by="fact:person",
        opens=(f.TaskAssigned,),
        closes=(f.TaskDone,),
    ),
    # 1.4 After-sales
    Kind(
        key="quarterly_visit",
        clause="1.4.1",
        shape="every",
        opens=(f.CustomerWon,),
        ends=GONE,
        closes=(f.QuarterlyVisited,),
    ),
    Kind(
        key="yearly_interview",
        clause="1.4.1",
        shape="every",
        opens=(f.CustomerWon,),
        ends=GONE,
        closes=(f.YearlyInterviewed,),
    ),
    Kind(
        key="ticket_response",
        clause="1.4.3",
        shape="within",
        opens=(f.TicketRaised,),
        closes=(f.TicketAnswered, *ALL_TICKET),
    ),
    Kind(
        key="ticket_solution",
        clause="1.4.4",
        shape="within",
        opens=(f.TicketRaised,),
        closes=ALL_TICKET,
    ),
    Kind(
        key="ticket_closure",
        clause="1.4.5",
        shape="within",
        opens=(f.TicketRaised,),
        closes=CLOSED_TICKET,
        voids=(f.TicketReopened,),
    ),
    Kind(
        key="task_force_sync",
        clause="1.4.6",
        shape="every",
        opens=(f.TaskForceFormed,),
        ends=CLOSED_TICKET,
        closes=(f.ProgressSynced,),
    ),
    Kind(
        key="customer_push",
        clause="1.4.7",
        shape="within",
        opens=(f.CustomerWon, f.CustomerPushed),
        closes=(f.CustomerPushed,),
        cancels=GONE,
    ),
    Kind(
        key="value_proposals",
        clause="1.4.9",
        shape="every",
        opens=(f.CustomerWon,),
        ends=GONE,
        closes=(f.ValueProposed,),
    ),
    # 2 and 3 Appraisal and the policy itself
    Kind(
        key="monthly_brief",
        clause="2.3.1",
        shape="every",
        owed_by="person",
        same="period",
        opens=(f.RoleStarted,),
        opens_if=_leads,
        ends=(f.RoleEnded,),
        closes=(f.BriefIssued,),
    ),
    Kind(
        key="self_evaluation",
        clause="2.3.4",
        shape="every",
        owed_by="person",
        same="period",
        opens=(f.RoleStarted,),
        opens_if=_sells,
        ends=(f.RoleEnded,),
        closes=(f.SelfEvaluated,),
    ),
    Kind(
        key="superior_evaluation",
        clause="2.3.5",
        shape="every",
        owed_by="person",
        same="period",
        opens=(f.RoleStarted,),
        opens_if=_leads,
        ends=(f.RoleEnded,),
        closes=(f.SuperiorEvaluated,),
    ),
    Kind(
        key="appeal_answer",
        clause="2.3.7",
        shape="within",
        owed_by="role:hr",
        opens=(f.AppealRaised,),
        closes=(f.AppealAnswered,),
    ),
    Kind(
        key="coaching_plan",
        clause="2.4.3",
        shape="within",
        opens=(f.CoachingOffered,),
        closes=(f.CoachingPlanned,),
    ),
    Kind(
        key="policy_training",
        clause="3.1.1",
        shape="within",
        owed_by="person",
        same="course",
        opens=(f.TrainingAssigned,),
        closes=(f.TrainingPassed,),
    ),
    Kind(
        key="quarterly_review",
        clause="3.2.1",
        shape="every",
        owed_by="role:policy_officer",
        opens=(f.EditionAdopted,),
        closes=(f.ReviewHeld,),
        same="period",
    ),
    Kind(
        key="yearly_revision",
        clause="3.2.3",
        shape="every",
        owed_by="role:policy_officer",
        opens=(f.EditionAdopted,),
        closes=(f.RevisionProposed,),
        same="period",
    ),
)

BY_KEY: dict[str, Kind] = {kind.key: kind for kind in KINDS}
OPENED_BY: dict[type[f.What], tuple[Kind, ...]] = {
    what: tuple(kind for kind in KINDS if what in kind.opens)
    for what in {what for kind in KINDS for what in kind.opens}
}
