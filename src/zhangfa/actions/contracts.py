"""1.3.1 to 1.3.4 Contracts: drafted, reviewed by legal and finance, signed into an order."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from zhangfa.records.editions import current_calendar, current_policy
from zhangfa.records.models import Contract, ContractVersion, Customer, Deal, Person, Review
from zhangfa.rules import facts

from .action import Did, Invalid, NotNow, Said, about, action
from .details import note_changes
from .may import owner, owner_or_lead, reviewer
from .orders import book_order

REVIEWS = ("legal", "finance")


@action(may=owner_or_lead, creates=True)
def draft_contract(
    source: Deal | Customer,
    *,
    by: Any,
    at: datetime,
    number: str,
    amount: Decimal,
    owner: Person | None = None,
    title: str = "",
    terms: str = "",
    payment_terms: list[dict[str, Any]] | None = None,
    breach_terms: str = "",
    currency: str = "CNY",
) -> Did:
    """1.3.1 A draft, from a deal or for a customer. `payment_terms` become the receivables:
    [{"label", "percent", "days"}] with percents that add up to 100."""
    if Contract.objects.filter(number=number).exists():
        raise Invalid("number", "There is a contract %(number)s already.", number=number)
    if amount <= 0:
        raise Invalid("amount", "A contract needs an amount above zero.")
    check_payment_terms(payment_terms or [])
    deal = source if isinstance(source, Deal) else None
    contract = Contract.objects.create(
        number=number,
        customer=deal.customer if deal else source,
        deal=deal,
        owner=owner or (deal.owner if deal else by),
        title=title or (deal.title if deal else ""),
        amount=amount,
        currency=currency,
        terms=terms,
        payment_terms=payment_terms or [],
        breach_terms=breach_terms,
        drafted_at=at,
    )
    return Did(contract, about(contract, facts.ContractDrafted(amount=amount)))


def check_payment_terms(terms: list[dict[str, Any]]) -> None:
    """Refuse terms whose parts do not add up to the whole price (1.3.3)."""
    if terms and sum(Decimal(str(part["percent"])) for part in terms) != 100:
        raise Invalid("payment_terms", "The parts of the payment terms must add up to the whole.")


EDITED = ("title", "amount", "currency", "terms", "payment_terms", "breach_terms")


@action(may=owner_or_lead)
def edit_draft(contract: Contract, *, by: Any, at: datetime, **values: Any) -> None:
    """1.3.1 Another wording of a draft that is not before its reviewers; changes are noted.

    Raises NotNow while it is reviewed or signed, Invalid for terms that do not make a whole.
    """
    if contract.status not in ("drafting", "returned"):
        raise NotNow("Only a draft that is with its author can be changed.")
    if "amount" in values and values["amount"] <= 0:
        raise Invalid("amount", "A contract needs an amount above zero.")
    check_payment_terms(values.get("payment_terms") or [])
    note_changes(contract, by, at, {key: values[key] for key in EDITED if key in values})


@action(may=owner)
def submit_draft(
    contract: Contract,
    *,
    by: Any,
    at: datetime,
    legal: Person | None = None,
    finance: Person | None = None,
) -> facts.DraftSubmitted:
    """1.3.2 Hand the draft in: legal and finance now have their two working days.

    Reviewers are taken as given, else those of the round before, else the department decides
    who; never the author. What is handed in is kept as the version of this round (1.3.1).
    """
    before = {} if legal and finance else _earlier_reviewers(contract)
    legal, finance = legal or before.get("legal"), finance or before.get("finance")
    contract.move("in_review")
    contract.round += 1
    contract.submitted_at = at
    contract.save(update_fields=["status", "round", "submitted_at"])
    contract.reviews.filter(outcome="").update(outcome="superseded", at=at)
    _keep_version(contract, by, at)
    named = {"legal": legal, "finance": finance}
    for kind, person in named.items():
        if person is not None and (person.pk == contract.owner_id or not person.has(kind)):
            raise Invalid(kind, "%(name)s cannot review this contract.", name=person.name)
        Review.objects.create(
            contract=contract,
            round=contract.round,
            role=kind,
            reviewer=person,
            author_id=contract.owner_id,
            asked_at=at,
        )
    return facts.DraftSubmitted(
        round=contract.round,
        legal=legal.pk if legal else None,
        finance=finance.pk if finance else None,
    )


def _earlier_reviewers(contract: Contract) -> dict[str, Person]:
    """Who looked at the round before, where they still do this work."""
    rows = contract.reviews.filter(round=contract.round).exclude(reviewer=None)
    return {
        row.role: row.reviewer
        for row in rows.select_related("reviewer")
        if row.reviewer.is_active
        and row.reviewer.has(row.role)
        and row.reviewer_id != contract.owner_id
    }


def _keep_version(contract: Contract, by: Any, at: datetime) -> None:
    told = {field: getattr(contract, field) for field in EDITED}
    ContractVersion.objects.create(contract=contract, round=contract.round, by=by, at=at, **told)


def checklist_on(at: datetime) -> list[str]:
    """1.3.3 The points that a review of this moment cannot skip, as the policy has them."""
    return list(current_policy().on(current_calendar().day(at))["review.checklist"])


@action(may=reviewer("legal"))
def review_legally(contract: Contract, *, by: Any, at: datetime, **finding: Any) -> Any:
    """1.3.2 Legal approves or returns the draft with findings."""
    return _review(contract, "legal", by, at, **finding)


@action(may=reviewer("finance"))
def review_financially(contract: Contract, *, by: Any, at: datetime, **finding: Any) -> Any:
    """1.3.2 Finance approves or returns the draft with findings."""
    return _review(contract, "finance", by, at, **finding)


def _review(
    contract: Contract,
    kind: str,
    by: Any,
    at: datetime,
    *,
    approve: bool,
    findings: str = "",
    payment_terms_checked: bool = False,
    breach_checked: bool = False,
    checked: Iterable[str] = (),
) -> Any:
    """`checked` names points of the policy's checklist; payment terms and breach liability may
    also be told by their own flags."""
    points = set(checked)
    payment_terms_checked = payment_terms_checked or "payment_terms" in points
    breach_checked = breach_checked or "breach_liability" in points
    review = contract.reviews.filter(round=contract.round, role=kind).first()
    if contract.status not in ("in_review", "returned") or review is None or review.outcome:
        raise NotNow("Contract %(number)s waits for no such review.", number=contract.number)
    if at < review.asked_at:
        raise Invalid("at", "The draft was handed in after this moment.")
    if approve and not (payment_terms_checked and breach_checked):
        raise Invalid(
            "payment_terms_checked" if not payment_terms_checked else "breach_checked",
            "Payment terms and breach liability must be checked before approval.",
        )
    others = set(checklist_on(at)) - {"payment_terms", "breach_liability"}
    if approve and not others <= points:
        raise Invalid("checked", "Every point of the checklist must be checked before approval.")
    if not approve and not findings.strip():
        raise Invalid("findings", "Say what has to be changed.")
    review.outcome = "approved" if approve else "returned"
    review.reviewer, review.findings, review.at = by, findings.strip(), at
    review.payment_terms_checked, review.breach_checked = payment_terms_checked, breach_checked
    review.save()
    _settle(contract)
    return _review_fact(kind, approve)(round=contract.round)


def _review_fact(kind: str, approve: bool) -> Any:
    return {
        ("legal", True): facts.LegalApproved,
        ("legal", False): facts.LegalReturned,
        ("finance", True): facts.FinanceApproved,
        ("finance", False): facts.FinanceReturned,
    }[kind, approve]


def _settle(contract: Contract) -> None:
    """Returned as soon as one reviewer returns it; approved when both have approved."""
    outcomes = dict(contract.reviews.filter(round=contract.round).values_list("role", "outcome"))
    if "returned" in outcomes.values():
        if contract.status == "in_review":
            contract.move("returned")
    elif all(outcomes.get(kind) == "approved" for kind in REVIEWS):
        contract.move("approved")
    contract.save(update_fields=["status"])


@action(may=owner_or_lead)
def withdraw_contract(contract: Contract, *, by: Any, at: datetime) -> facts.ContractWithdrawn:
    """The draft is taken back for good: no review is owed any more."""
    contract.move("withdrawn")
    contract.save(update_fields=["status"])
    return facts.ContractWithdrawn()


@action(may=owner_or_lead)
def sign_contract(
    contract: Contract,
    *,
    by: Any,
    at: datetime,
    shares: dict[Any, Decimal] | None = None,
    promised_on: Any = None,
    order_number: str = "",
) -> Did:
    """1.3.4 Signed: the order, its credit shares and its receivables appear with it."""
    contract.move("signed")
    contract.signed_at = at
    contract.save(update_fields=["status", "signed_at"])
    order, said = book_order(
        contract.customer,
        at=at,
        number=order_number or contract.number,
        amount=contract.amount,
        currency=contract.currency,
        owner=contract.owner,
        contract=contract,
        deal=contract.deal,
        promised_on=promised_on,
        payment_terms=contract.payment_terms,
        shares=shares,
        lines=[_line(contract)],
    )
    return Did(
        order, (*about(contract, facts.ContractSigned(order=order.pk)), *said, *_won(contract, at))
    )


def _line(contract: Contract) -> dict[str, Any]:
    """What was agreed as the order's line: the deal's product, by the contract's title."""
    product = contract.deal.product if contract.deal else None
    return {
        "product": product,
        "text": contract.title,
        "unit_price": contract.amount,
        "amount": contract.amount,
    }


def _won(contract: Contract, at: datetime) -> tuple[Said, ...]:
    """The contract's deal is won with it."""
    deal = contract.deal
    if deal is None or deal.stage not in Deal.OPEN:
        return ()
    previous = deal.stage
    deal.stage, deal.stage_since, deal.closed_at, deal.progressed_at = "won", at, at, at
    deal.save(update_fields=["stage", "stage_since", "closed_at", "progressed_at"])
    return about(
        deal,
        facts.StageEntered(stage="won", previous=previous),
        facts.DealWon(amount=contract.amount),
    )
