"""Issues with their three clocks, and contracts with their reviews, from logs (1.4.3, 1.3.2)."""

from __future__ import annotations

from typing import Any

from zhangfa.records.models import Contract, Customer, Review, Ticket
from zhangfa.rules import facts

from .book import CREATED, UNCHANGED, UPDATED, Book
from .company import author
from .customers import _made, customer_of, somebody

CLOCKS = ["ticket_response", "ticket_solution", "ticket_closure"]
REVIEWS = ["legal_review", "finance_review"]
REVIEWED = {
    ("legal", "approved"): facts.LegalApproved,
    ("legal", "returned"): facts.LegalReturned,
    ("finance", "approved"): facts.FinanceApproved,
    ("finance", "returned"): facts.FinanceReturned,
}


def ticket(book: Book, row: Any) -> str:
    """An issue with its history: its clocks are derived from it as from any other."""
    values = row.values
    status = values["status"]
    given = {
        "category": (values.get("category") or "")[:60],
        "priority": values.get("priority"),
        "status": status,
        "answered_at": values.get("answered_at"),
        "solved_at": values.get("solved_at"),
        "resolved_at": values.get("resolved_at"),
        "closed_at": values.get("closed_at"),
        "reopened": values.get("reopened") or 0,
    }
    found = book.find(Ticket, "number", values["code"])
    if found is not None:
        same = all(getattr(found, name) == value for name, value in given.items() if value)
        before = {} if same else book.change(found, {"category": given["category"]})
        outcome = UPDATED if before else UNCHANGED
        return book.note(row.lines[0], "ticket", row.key, found, outcome, before)
    about = customer_of(book, values.get("customer"))
    found = Ticket(
        number=values["code"][:40],
        customer=about,
        owner=somebody(book, values.get("assignee")),
        title=(values.get("title") or values["code"])[:200],
        source="import",
        raised_at=values["raised_at"],
    )
    book.add(found)
    book.change(found, given)
    for at, what in _told(found, values):
        book.say(
            found, what, max(at, found.raised_at), by=found.owner, owner=found.owner_id,
            customer=found.customer_id, opens=CLOCKS,
        )  # fmt: skip
    return book.note(row.lines[0], "ticket", row.key, found, CREATED)


def _told(found: Ticket, values: Any) -> list[tuple[Any, Any]]:
    """The facts of an issue in the order they happened."""
    told: list[tuple[Any, int, Any]] = []

    def add(at: Any, what: Any) -> None:
        if at is not None:
            told.append((at, len(told), what))

    add(found.raised_at, facts.TicketRaised(source="import", priority=found.priority))
    add(values.get("answered_at"), facts.TicketAnswered())
    add(values.get("solved_at"), facts.SolutionProposed(document=0))
    for pause in values.get("pauses") or ():
        add(pause.since, facts.ClockStopped(reason=pause.waits_for or "customer", kinds=""))
        add(pause.until, facts.ClockResumed())
    ended = False
    for event in values.get("events") or ():
        now = event.status in ("resolved", "closed")
        if now and not ended:
            add(event.at, facts.TicketResolved())
        if ended and not now:
            add(event.at, facts.TicketReopened())
        ended = now
    add(values.get("closed_at"), facts.TicketClosedSilently())
    told.sort(key=lambda each: (each[0], each[1]))
    return [(at, what) for at, _place, what in told]


def contract(book: Book, row: Any) -> str:
    """A contract from an approval log: its rounds, what both departments said, when."""
    values = row.values
    found = book.find(Contract, "number", values["code"])
    if found is not None:
        return book.note(row.lines[0], "contract", row.key, found, UNCHANGED)
    money = values.get("amount")
    submitted = list(values["submitted_at"])
    found = Contract(
        number=values["code"][:40],
        customer=_nameless(book),
        owner=author(book),
        title=values["code"][:160],
        amount=money.amount if money else 0,
        currency=money.currency if money else "CNY",
        status=values["status"],
        round=values["rounds"],
        drafted_at=values["drafted_at"],
        submitted_at=submitted[-1] if submitted else None,
    )
    book.add(found)
    told = [(found.drafted_at, facts.ContractDrafted(amount=found.amount))]
    for number, at in enumerate(submitted, 1):
        told.append((at, facts.DraftSubmitted(round=number, legal=None, finance=None)))
    for each in values["reviews"]:
        whole = each.outcome == "approved"
        book.add(
            Review(
                contract=found,
                round=each.round,
                role=each.role,
                author=found.owner,
                asked_at=each.asked_at,
                outcome=each.outcome,
                at=each.at,
                payment_terms_checked=whole,
                breach_checked=whole,
            )
        )
        kind = REVIEWED.get((each.role, each.outcome))
        if kind is not None:
            told.append((each.at, kind(round=each.round)))
    if found.status == "withdrawn":
        told.append((max(at for at, _ in told), facts.ContractWithdrawn()))
    told.sort(key=lambda each: each[0])
    for at, what in told:
        book.say(
            found, what, at, by=None, owner=found.owner_id, customer=found.customer_id,
            opens=REVIEWS,
        )  # fmt: skip
    return book.note(row.lines[0], "contract", row.key, found, CREATED)


def _nameless(book: Book) -> Customer:
    """Who contracts are with where a log does not say: one customer named after the import."""
    name = f"{book.run.name} ({book.run.profile})"
    found = book.find(Customer, "name", name)
    return found if found is not None else _made(book, {"name": name}, None)
