"""1.2 Follow-up and negotiation: deals along their stages, reports, proposals, questions."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop as _

from zhangfa.records.models import (
    Activity,
    Competitor,
    Customer,
    Deal,
    NeedsReport,
    Person,
    Product,
    Proposal,
    Question,
)
from zhangfa.rules import facts

from . import store
from .action import Did, Invalid, NotNow, Said, about, action
from .may import either, owner_or_lead, role, sells

LOST_REASONS = ("price", "product", "timing", "competitor", "no_budget", "no_decision", "other")


@action(may=owner_or_lead, creates=True)
def open_deal(
    customer: Customer,
    *,
    by: Any,
    at: datetime,
    title: str,
    amount: Decimal = Decimal(0),
    owner: Person | None = None,
    product: Product | None = None,
    expected_on: date | None = None,
    code: str = "",
    currency: str = "CNY",
) -> Did:
    """A chance to sell to this customer; it begins in discovery (1.2.1)."""
    if not title.strip():
        raise Invalid("title", "A deal needs a title.")
    if amount < 0:
        raise Invalid("amount", "An amount cannot be negative.")
    if customer.status == "lost":
        raise NotNow("%(name)s is lost; take it back first.", name=customer.name)
    deal = Deal.objects.create(
        customer=customer,
        title=title.strip(),
        owner=owner or customer.owner or by,
        product=product,
        amount=amount,
        currency=currency,
        expected_on=expected_on,
        code=code,
        opened_at=at,
        stage_since=at,
        progressed_at=at,
    )
    said = about(deal, facts.DealOpened(stage=deal.stage, amount=amount))
    return Did(deal, (*said, *_progress(customer, at)))


def gate(deal: Deal, to: str) -> tuple[str, dict[str, Any]] | None:
    """Why the deal may not enter this stage yet, or None (1.2.1, 1.2.3). Backwards is free."""
    order = list(Deal.Stage.values)
    if to not in Deal.MOVES.get(deal.stage, ()):
        if to == "won":
            return _("A deal is won by signing its contract."), {}
        return _("From this stage the deal cannot go there."), {}
    if order.index(to) < order.index(deal.stage) or to == "lost":
        return None
    if to == "solution" and not deal.needs_reports.exists():
        return _("The solution stage needs a needs analysis report first."), {}
    if to == "negotiation" and not deal.proposals.filter(sent_at__isnull=False).exists():
        return _("Negotiation needs a proposal that was sent to the customer."), {}
    if to == "contract" and not deal.amount:
        return _("The contract stage needs an amount."), {}
    if to == "won" and not deal.contracts.filter(status="signed").exists():
        return _("A deal is won by signing its contract."), {}
    return None


@action(may=owner_or_lead)
def move_deal(deal: Deal, *, by: Any, at: datetime, to: str) -> tuple[Said, ...]:
    """1.2.1 Into another stage, if its entry gate lets it."""
    if to not in Deal.Stage.values:
        raise Invalid("to", "There is no stage %(stage)s.", stage=to)
    if to == deal.stage:
        return ()
    if to == "won":
        raise NotNow("A deal is won by signing its contract.")
    if to == "lost":
        raise NotNow("Say why the deal is lost.")
    refused = gate(deal, to)
    if refused:
        raise NotNow(refused[0], **refused[1])
    previous = deal.stage
    _enter(deal, to, at)
    return (
        *about(deal, facts.StageEntered(stage=to, previous=previous)),
        *_progress(deal.customer, at),
    )


def _enter(deal: Deal, to: str, at: datetime) -> None:
    deal.stage, deal.stage_since, deal.progressed_at = to, at, at
    deal.closed_at = at if to in ("won", "lost") else None
    deal.save(update_fields=["stage", "stage_since", "progressed_at", "closed_at"])


def _progress(customer: Customer, at: datetime) -> tuple[Said, ...]:
    """A deal that moves is the customer's progress of the week (1.1.7)."""
    store.stamp(customer, progressed_at=max(at, customer.progressed_at or at))
    return about(customer, facts.StatusUpdated(kind="progress"))


@action(may=owner_or_lead)
def win_deal(deal: Deal, *, by: Any, at: datetime) -> tuple[Said, ...]:
    """The deal is won; said by signing its contract or entering its signed order."""
    if deal.stage not in Deal.OPEN:
        raise NotNow("The deal is closed already.")
    previous = deal.stage
    _enter(deal, "won", at)
    return (
        *about(deal, facts.StageEntered(stage="won", previous=previous)),
        *about(deal, facts.DealWon(amount=deal.amount)),
        *_progress(deal.customer, at),
    )


@action(may=owner_or_lead)
def lose_deal(
    deal: Deal, *, by: Any, at: datetime, reason: str, competitor: Competitor | None = None
) -> tuple[Said, ...]:
    """1.2.1 Lost, with a reason, and to whom."""
    if deal.stage not in Deal.OPEN:
        raise NotNow("The deal is closed already.")
    if reason not in LOST_REASONS:
        raise Invalid("reason", "Choose why the deal is lost.")
    deal.lost_reason, deal.competitor = reason, competitor
    deal.save(update_fields=["lost_reason", "competitor"])
    _enter(deal, "lost", at)
    return (*about(deal, facts.DealLost(reason=reason)), *_progress(deal.customer, at))


@action(may=owner_or_lead)
def reopen_deal(deal: Deal, *, by: Any, at: datetime) -> facts.DealReopened:
    """A lost deal begins again in discovery."""
    if deal.stage != "lost":
        raise NotNow("Only a lost deal can be opened again.")
    _enter(deal, "discovery", at)
    return facts.DealReopened()


@action(may=owner_or_lead)
def report_needs(
    deal: Deal, *, by: Any, at: datetime, pains: str, matches: str = "", services: str = ""
) -> tuple[Said, ...]:
    """1.2.3 The needs analysis: pains, what fits, what could be added."""
    if not pains.strip():
        raise Invalid("pains", "Write down what the customer needs.")
    report = NeedsReport.objects.create(
        deal=deal, pains=pains, matches=matches, services=services, at=at, author=by
    )
    return (
        *about(deal, facts.NeedsReported(report=report.pk)),
        *_progress(deal.customer, at),
    )


@action(may=owner_or_lead, creates=True)
def send_proposal(
    deal: Deal, *, by: Any, at: datetime, summary: str, amount: Decimal | None = None
) -> Did:
    """1.2.4 A version of the solution, sent to the customer."""
    if not summary.strip():
        raise Invalid("summary", "Say what is proposed.")
    if amount is not None:
        deal.amount = amount
        deal.save(update_fields=["amount"])
    proposal = Proposal.objects.create(
        deal=deal,
        version=deal.proposals.count() + 1,
        summary=summary,
        amount=deal.amount,
        sent_at=at,
    )
    said = about(proposal, facts.ProposalSent(version=proposal.version))
    return Did(proposal, (*said, *_progress(deal.customer, at)))


@action(may=owner_or_lead, creates=True)
def ask_contribution(
    deal: Deal, *, by: Any, at: datetime, department: str, person: Person | None = None
) -> Did:
    """1.2.4 Ask the technical or product team for their part of the solution."""
    if department not in ("technical", "product"):
        raise Invalid("department", "Only the technical and the product team contribute.")
    proposal, _ = Proposal.objects.get_or_create(
        deal=deal, sent_at=None, defaults={"version": deal.proposals.count() + 1}
    )
    what = facts.ContributionAsked(
        role=department, person=person.pk if person else None, round=proposal.version
    )
    return Did(proposal, about(proposal, what))


@action(may=role("technical", "product"))
def give_contribution(
    proposal: Proposal, *, by: Any, at: datetime, department: str, text: str
) -> facts.ContributionGiven:
    """1.2.4 The asked department's part."""
    if not by.has(department):
        raise Invalid("department", "This part is another department's.")
    proposal.summary = f"{proposal.summary}\n{text}".strip()
    proposal.save(update_fields=["summary"])
    return facts.ContributionGiven(role=department, round=proposal.version)


@action(may=either(owner_or_lead, sells), creates=True)
def ask_question(deal: Deal, *, by: Any, at: datetime, text: str, source: str = "typed") -> Did:
    """1.2.7 A question of the customer on the proposal; 48 hours begin."""
    if not text.strip():
        raise Invalid("text", "Write down the question.")
    question = Question.objects.create(deal=deal, text=text, asked_at=at)
    return Did(question, about(question, facts.QuestionAsked(source=source)))


@action(may=owner_or_lead)
def answer_question(
    question: Question, *, by: Any, at: datetime, answer: str
) -> facts.QuestionAnswered:
    """1.2.7 The answer that stops the clock."""
    if question.answered_at:
        raise NotNow("The question has been answered already.")
    if not answer.strip():
        raise Invalid("answer", "Write down the answer.")
    question.answer, question.answered_at = answer, at
    question.save(update_fields=["answer", "answered_at"])
    return facts.QuestionAnswered()


@action(may=owner_or_lead)
def log_negotiation(deal: Deal, *, by: Any, at: datetime, kind: str, text: str) -> tuple[Said, ...]:
    """1.2.10 A decision point, a concession or a competitor's move, soon after the meeting."""
    if kind not in ("decision_point", "concession", "competitor_move", "objection"):
        raise Invalid("kind", "There is no entry kind %(kind)s.", kind=kind)
    if not text.strip():
        raise Invalid("text", "Say in a sentence what happened.")
    entry = store.insert(
        Activity(
            customer=deal.customer,
            deal=deal,
            person=by,
            kind="note",
            at=at,
            noted_at=at,
            text=text,
            tags=[kind],
        )
    )
    return (
        *about(deal, facts.NegotiationLogged(kind=kind, entry=entry.pk)),
        *_progress(deal.customer, at),
    )
