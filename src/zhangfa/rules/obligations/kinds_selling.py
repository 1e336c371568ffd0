"""Chapters 1.1 and 1.2: what is owed to customers and deals before a contract."""

from __future__ import annotations

from .. import facts as f
from .kind import Kind, Whats, changed, in_role, owned, progress

GONE: Whats = (f.CustomerLost, f.CustomerPooled)
BACK: Whats = (f.CustomerEntered, f.CustomerClaimed, f.CustomerWon)
CLOSED_DEAL: Whats = (f.DealWon, f.DealLost)

SELLING: tuple[Kind, ...] = (
    # 1.1 Customer development and information
    Kind(
        key="channel_report",
        clause="1.1.2",
        shape="every",
        owed_by="person",
        same="period",
        opens=(f.RoleStarted,),
        opens_if=in_role("seller"),
        ends=(f.RoleEnded,),
        closes=(f.ChannelReportSubmitted,),
    ),
    Kind(
        key="customer_touch",
        clause="1.1.6",
        shape="within",
        grades=True,
        opens=(f.CustomerTouched, f.CustomerGraded, f.CustomerClaimed),
        opens_if=changed,
        bars=GONE,
        lifts=BACK,
        closes=(f.CustomerTouched,),
        cancels=(*GONE, f.CustomerGraded),
        cancels_if=changed,
    ),
    Kind(
        key="weekly_update",
        clause="1.1.7",
        shape="every",
        opens=BACK,
        opens_if=owned,
        ends=GONE,
        closes=(f.StatusUpdated, f.CustomerTouched),
    ),
    Kind(
        key="customer_regrade",
        clause="1.1.8",
        shape="quiet",
        opens=(*BACK, f.CustomerTouched, f.StatusUpdated),
        opens_if=progress,
        bars=GONE,
        lifts=BACK,
        closes=(f.CustomerGraded,),
        cancels=GONE,
    ),
    # 1.2 Follow-up and negotiation
    Kind(
        key="needs_report",
        clause="1.2.3",
        shape="within",
        opens=(f.DiscoveryHeld,),
        bars=(f.DiscoveryHeld, f.NeedsReported),
        lifts=(f.DealReopened,),
        closes=(f.NeedsReported,),
        cancels=CLOSED_DEAL,
    ),
    Kind(
        key="technical_contribution",
        clause="1.2.4",
        shape="within",
        owed_by="fact:person",
        opens=(f.ContributionAsked,),
        opens_if=in_role("technical"),
        same="role",
        closes=(f.ContributionGiven,),
        cancels=(f.ProposalSent,),
    ),
    Kind(
        key="product_contribution",
        clause="1.2.4",
        shape="within",
        owed_by="fact:person",
        opens=(f.ContributionAsked,),
        opens_if=in_role("product"),
        same="role",
        closes=(f.ContributionGiven,),
        cancels=(f.ProposalSent,),
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
)
