"""One contract: its versions, its two reviews with their clocks, what is owed (1.3.1 to 1.3.4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from zhangfa.records.models import Contract, ContractVersion, Customer, Deal, Owed, Review
from zhangfa.records.scope import scope_of

from .timeline import Timeline, of_records

REVIEW_KINDS = {"legal": "legal_review", "finance": "finance_review"}
TRACK = ("drafting", "in_review", "approved", "signed")


@dataclass(frozen=True)
class Clock:
    """1.3.2 One review of one round with what was owed for it.

    `state` is waiting, stopped (the draft is back with its author), approved, returned or
    superseded; `owed` is None where the rules know of no such obligation; `opens` tells whether
    the page of that obligation opens for the reader.
    """

    review: Review
    owed: Owed | None
    state: str
    opens: bool

    @property
    def role(self) -> str:
        return self.review.role


@dataclass(frozen=True)
class Round:
    """One version that was handed in, with the reviews of it."""

    number: int
    version: ContractVersion | None
    clocks: list[Clock]

    @property
    def findings(self) -> list[Review]:
        """What reviewers wrote about this version."""
        return [clock.review for clock in self.clocks if clock.review.findings]


@dataclass(frozen=True)
class ContractPage:
    """Everything the page of a contract shows; the newest round stands first."""

    contract: Contract
    rounds: list[Round]
    owed: list[Owed]
    order: Any
    shows_customer: bool
    shows_deal: bool
    shows_order: bool
    timeline: Timeline

    @property
    def now_round(self) -> Round | None:
        """The round that is before the reviewers, or was last."""
        return self.rounds[0] if self.rounds else None

    @property
    def steps(self) -> list[tuple[str, str, datetime | None]]:
        """The track: status, did/now/bad/empty, and when it was reached."""
        contract = self.contract
        moments = {
            "drafting": contract.drafted_at,
            "in_review": contract.submitted_at,
            "approved": self._approved_at(),
            "signed": contract.signed_at,
        }
        if contract.status == "withdrawn":
            return [("drafting", "did", contract.drafted_at), ("withdrawn", "bad", None)]
        here = "in_review" if contract.status == "returned" else contract.status
        at = TRACK.index(here)
        steps = []
        for n, status in enumerate(TRACK):
            state = "did" if n < at or contract.status == "signed" else "now" if n == at else ""
            if status == here and contract.status == "returned":
                steps.append(("returned", "bad", contract.submitted_at))
                continue
            steps.append((status, state, moments[status] if state else None))
        return steps

    def _approved_at(self) -> datetime | None:
        last = self.now_round
        moments = [clock.review.at for clock in last.clocks if clock.review.at] if last else []
        return max(moments) if moments else None


def found_for(person: Any) -> QuerySet[Contract]:
    """The contracts a person may see, with what their page names."""
    related = ("customer", "owner", "deal", "deal__product")
    return Contract.objects.visible_to(person).select_related(*related)


def contract_page(contract: Contract, person: Any, now: datetime) -> ContractPage:
    """The page of one contract, fetched by the caller with `found_for`. Nine queries at most."""
    owed = list(Owed.objects.filter(story=contract.ref).select_related("person").order_by("due"))
    order = getattr(contract, "order", None) if contract.status == "signed" else None
    return ContractPage(
        contract=contract,
        rounds=_rounds(contract, owed, person),
        owed=[row for row in owed if _doable(row, now)],
        order=order,
        shows_customer=_sees(Customer, contract.customer_id, person),
        shows_deal=bool(contract.deal_id) and _sees(Deal, contract.deal_id, person),
        shows_order=order is not None and _sees(type(order), order.pk, person),
        timeline=of_records(contract.customer_id, [contract.ref], now),
    )


def _sees(model: Any, pk: int | None, person: Any) -> bool:
    """Whether the page of another record opens for this person."""
    return bool(model.objects.visible_to(person).filter(pk=pk).exists())


def opens_for(person: Any, owed: Owed | None) -> bool:
    """Whether the page of an obligation opens for a person: the rule of `Owed.visible_to`."""
    if owed is None:
        return False
    scope = scope_of(person)
    held = owed.role in person.roles or owed.person_id in scope.people
    return scope.sees_all("owed") or held


def _doable(owed: Owed, now: datetime) -> bool:
    ends = owed.lapses_at is None or owed.lapses_at > now
    return not owed.outcome and ends and owed.opens_at <= now


def _rounds(contract: Contract, owed: list[Owed], person: Any) -> list[Round]:
    versions = {each.round: each for each in contract.versions.select_related("by")}
    clocks: dict[int, list[Clock]] = {}
    for review in contract.reviews.select_related("reviewer").order_by("role"):
        due = _owed_for(review, owed)
        clock = Clock(review, due, _state(review, contract), opens_for(person, due))
        clocks.setdefault(review.round, []).append(clock)
    numbers = sorted({*versions, *clocks}, reverse=True)
    legal_first = {"legal": 0, "finance": 1}
    return [
        Round(
            number,
            versions.get(number),
            sorted(clocks.get(number, []), key=lambda clock: legal_first.get(clock.role, 2)),
        )
        for number in numbers
    ]


def _owed_for(review: Review, owed: list[Owed]) -> Owed | None:
    """What was owed for this review: of its kind, opened when it was asked for."""
    kind = REVIEW_KINDS.get(review.role)
    fitting = [row for row in owed if row.kind == kind and row.opens_at == review.asked_at]
    return fitting[0] if fitting else None


def _state(review: Review, contract: Contract) -> str:
    if review.outcome:
        return str(review.outcome)
    return "stopped" if contract.status == "returned" else "waiting"
