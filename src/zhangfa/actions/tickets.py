"""1.4.3 to 1.4.6 After-sales issues: answered, solved, closed with the customer's word."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from zhangfa.records.models import Customer, Person, Ticket
from zhangfa.rules import facts

from .action import Did, Invalid, NotNow, about, action
from .may import either, owner_or_lead, role, sells

helps = role("service", "technical")
handler = either(owner_or_lead, helps)


@action(may=either(sells, helps), creates=True)
def raise_ticket(
    customer: Customer | None,
    *,
    by: Any,
    at: datetime,
    title: str,
    number: str = "",
    text: str = "",
    owner: Person | None = None,
    source: str = "typed",
    priority: int = 3,
    category: str = "",
) -> Did:
    """1.4.3 An issue: one hour to answer, 24 to a preliminary solution, 72 to the close."""
    if not title.strip():
        raise Invalid("title", "Say in a line what is wrong.")
    if number and Ticket.objects.filter(number=number).exists():
        raise Invalid("number", "There is a ticket %(number)s already.", number=number)
    ticket = Ticket.objects.create(
        number=number or f"S-{Ticket.objects.count() + 1:05d}",
        customer=customer,
        owner=owner or (customer.owner if customer else None),
        title=title.strip(),
        text=text,
        source=source,
        priority=priority,
        category=category,
        raised_at=at,
    )
    return Did(ticket, about(ticket, facts.TicketRaised(source=source, priority=priority)))


@action(may=handler)
def answer_ticket(ticket: Ticket, *, by: Any, at: datetime, text: str = "") -> facts.TicketAnswered:
    """1.4.3 The first word to the customer."""
    if ticket.status == "closed":
        raise NotNow("Ticket %(number)s is closed.", number=ticket.number)
    if ticket.status == "open":
        ticket.status = "answered"
    ticket.answered_at = ticket.answered_at or at
    ticket.save(update_fields=["status", "answered_at"])
    return facts.TicketAnswered()


@action(may=handler)
def propose_solution(ticket: Ticket, *, by: Any, at: datetime, text: str) -> facts.SolutionProposed:
    """1.4.4 The preliminary solution, in words the customer gets."""
    if ticket.status == "closed":
        raise NotNow("Ticket %(number)s is closed.", number=ticket.number)
    if not text.strip():
        raise Invalid("text", "Write the solution down.")
    ticket.solution = text
    ticket.solved_at = ticket.solved_at or at
    ticket.answered_at = ticket.answered_at or at
    if ticket.status == "open":
        ticket.status = "answered"
    ticket.save(update_fields=["solution", "solved_at", "answered_at", "status"])
    return facts.SolutionProposed(document=ticket.pk)


@action(may=handler)
def resolve_ticket(ticket: Ticket, *, by: Any, at: datetime) -> facts.TicketResolved:
    """Done on our side; the customer's word is still wanted."""
    ticket.move("resolved")
    ticket.resolved_at = at
    ticket.save(update_fields=["status", "resolved_at"])
    return facts.TicketResolved()


@action(may=handler)
def confirm_ticket(
    ticket: Ticket, *, by: Any, at: datetime, mode: str = "call"
) -> facts.TicketConfirmed:
    """1.4.5 The customer agrees that it is solved. Never said by the one rated for it."""
    if by.pk == ticket.owner_id and mode == "call":
        raise NotNow("Somebody else has to record the customer's confirmation.")
    ticket.move("closed")
    ticket.closed_at, ticket.confirmed = at, True
    ticket.resolved_at = ticket.resolved_at or at
    ticket.save(update_fields=["status", "closed_at", "confirmed", "resolved_at"])
    return facts.TicketConfirmed(mode=mode)


@action(may=handler)
def close_silently(ticket: Ticket, *, by: Any, at: datetime) -> facts.TicketClosedSilently:
    """1.4.5 The customer said nothing for the days the policy names: closed, not confirmed."""
    ticket.move("closed")
    ticket.closed_at = at
    ticket.save(update_fields=["status", "closed_at"])
    return facts.TicketClosedSilently()


@action(may=handler)
def reopen_ticket(ticket: Ticket, *, by: Any, at: datetime) -> facts.TicketReopened:
    """1.4.5 It was not solved after all: the clock goes on."""
    if ticket.status not in ("closed", "resolved"):
        raise NotNow("Ticket %(number)s is open.", number=ticket.number)
    ticket.status, ticket.closed_at, ticket.confirmed = "answered", None, False
    ticket.reopened += 1
    ticket.save(update_fields=["status", "closed_at", "confirmed", "reopened"])
    return facts.TicketReopened()


@action(may=handler)
def wait_for_customer(
    ticket: Ticket, *, by: Any, at: datetime, reason: str = "customer"
) -> facts.ClockStopped:
    """0.4 The clock stops while somebody else is awaited; the reason is kept."""
    ticket.move("waiting")
    ticket.save(update_fields=["status"])
    return facts.ClockStopped(reason=reason, kinds="")


@action(may=handler)
def go_on(ticket: Ticket, *, by: Any, at: datetime) -> facts.ClockResumed:
    """0.4 What was awaited has come: the clock goes on."""
    if ticket.status != "waiting":
        raise NotNow("Ticket %(number)s does not wait.", number=ticket.number)
    ticket.status = "answered" if ticket.answered_at else "open"
    ticket.save(update_fields=["status"])
    return facts.ClockResumed()


@action(may=handler)
def form_task_force(
    ticket: Ticket, *, by: Any, at: datetime, due: datetime | None = None
) -> facts.TaskForceFormed:
    """1.4.6 A complex issue: a group with the technical team, a weekly word to the customer."""
    return facts.TaskForceFormed(due=due)


@action(may=handler)
def sync_progress(ticket: Ticket, *, by: Any, at: datetime, text: str) -> facts.ProgressSynced:
    """1.4.6 This week's word to the customer."""
    if not text.strip():
        raise Invalid("text", "Say what the customer was told.")
    return facts.ProgressSynced()


@action(may=either(owner_or_lead, role("service")))
def assign_ticket(ticket: Ticket, *, by: Any, at: datetime, to: Person) -> facts.OwnerChanged:
    """Another person answers for the ticket."""
    previous = ticket.owner_id
    ticket.owner = to
    ticket.save(update_fields=["owner"])
    return facts.OwnerChanged(owner=to.pk, previous=previous)
