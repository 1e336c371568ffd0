"""A department that acts, for the tests of the actions: people, and records in any state."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from zhangfa.actions import contracts, customers, deals, orders, tickets
from zhangfa.records.models import LedgerLine, Membership, Owed, Person, Team

ROLES = {
    "lin": "seller",
    "zhou": "seller",
    "he": "seller",
    "gu": "supervisor",
    "zhao": "director",
    "fang": "legal",
    "qian": "finance",
    "tang": "technical",
    "pan": "product",
    "shi": "production",
    "wan": "logistics",
    "bai": "service",
    "yuan": "hr",
    "cheng": "policy_officer",
    "admin": "administrator",
}
CHECKS = ("payment_terms", "breach_liability")


def at(text: str) -> datetime:
    """ "03-02 10:00" of 2026 in China; 2 March is a Monday."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZoneInfo("Asia/Shanghai"))


MONDAY = at("03-02 10:00")


class Office(SimpleNamespace):
    """Gu leads the East with Lin and Zhou; He sells in the West; the others have their roles."""

    def customer(self, **given):
        told = {"name": "恒越精密", **given}
        return customers.enter_customer(by=self.lin, at=MONDAY, **told).record

    def deal(self, **given):
        told = {"title": "产线改造", "amount": Decimal(1000), **given}
        return deals.open_deal(self.customer(), by=self.lin, at=MONDAY, **told).record

    def contract(self, **given):
        told = {"number": "C-1", "amount": Decimal("1000.00"), **given}
        return contracts.draft_contract(self.customer(), by=self.lin, at=MONDAY, **told).record

    def submitted(self):
        return contracts.submit_draft(self.contract(), by=self.lin, at=MONDAY).record

    def approved(self):
        contract = self.submitted()
        points = contracts.checklist_on(MONDAY)
        for do, by in (
            (contracts.review_legally, self.fang),
            (contracts.review_financially, self.qian),
        ):
            contract = do(contract, by=by, at=MONDAY, approve=True, checked=points).record
        return contract

    def order(self, **given):
        told = {"number": "O-1", "amount": Decimal("1000.00"), **given}
        return orders.enter_order(self.customer(), by=self.lin, at=MONDAY, **told).record

    def delivery(self):
        told = {"planned_at": at("03-20 14:00")}
        return orders.plan_delivery(self.order(), by=self.wan, at=MONDAY, **told).record

    def ticket(self):
        told = {"title": "夜里停机", "owner": self.lin}
        return tickets.raise_ticket(self.customer(), by=self.bai, at=MONDAY, **told).record


def office() -> Office:
    made = {
        name: Person.objects.create_user(name, name=name.title(), roles=[role], language="en")
        for name, role in ROLES.items()
    }
    whole = Team(name="Sales").place()
    east, west = (Team(name=name, parent=whole).place() for name in ("East", "West"))
    for team, name, lead in (
        (whole, "zhao", True),
        (east, "gu", True),
        (east, "lin", False),
        (east, "zhou", False),
        (west, "he", False),
    ):
        Membership.objects.create(
            person=made[name], team=team, lead=lead, starts_on=date(2020, 1, 1)
        )
    return Office(**made)


def told(record) -> list[str]:
    """What the ledger says of a record, in order."""
    lines = LedgerLine.objects.filter(story=record.ref).order_by("id")
    return list(lines.values_list("what", flat=True))


def owed(record) -> dict[str, str]:
    """What is owed in a record's story, and how each stands; of what recurs, its first window."""
    found: dict[str, str] = {}
    for row in Owed.objects.filter(story=record.ref).order_by("due", "pk"):
        found.setdefault(row.kind, row.outcome or "open")
    return found
