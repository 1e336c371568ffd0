"""What can be done with an obligation itself: complete, waive, snooze, hand to somebody, undo."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max

from zhangfa.records.ledger import LedgerLine
from zhangfa.records.models import (
    Activity,
    Contract,
    Customer,
    Deal,
    Delivery,
    DeliveryException,
    Order,
    Owed,
    Person,
    Proposal,
    Question,
    Ticket,
)
from zhangfa.rules import facts

from . import contracts, customers, deals, exceptions, orders, people, tickets
from .action import Invalid, NotAllowed, NotNow, Outcome, about, action

STORIES: dict[str, type] = {
    model.story: model
    for model in (
        Customer,
        Deal,
        Proposal,
        Question,
        Contract,
        Order,
        Delivery,
        DeliveryException,
        Ticket,
    )
}
STORIES["person"] = Person


def record_of(ref: str) -> Any:
    """The record a reference names; raises NotNow when it is gone."""
    story, _, pk = ref.partition("/")
    model = STORIES.get(story)
    record = model._base_manager.filter(pk=int(pk)).first() if model else None
    if record is None:
        raise NotNow("The record %(ref)s is no longer there.", ref=ref)
    return record


Way = Callable[..., Outcome]


Completion = Callable[[Owed, str], tuple[Way, dict[str, Any]]]


def _said(do: Way, **fixed: Any) -> Completion:
    return lambda owed, note: (do, fixed)


def _with(do: Way, field: str, **fixed: Any) -> Completion:
    return lambda owed, note: (do, {field: note, **fixed})


def _handed_in(owed: Owed, note: str) -> tuple[Way, dict[str, Any]]:
    return people.hand_in, {"kind": owed.kind, "period": owed.window, "text": note}


def _task(owed: Owed, note: str) -> tuple[Way, dict[str, Any]]:
    asked = LedgerLine.objects.get(pk=owed.opening)
    return exceptions.finish_task, {"task": asked.body["task"], "text": note}


# How each kind is completed from a worklist: with a sentence (`needs` names what it is), or in
# one tap. Kinds that are not here are completed on the page of their record.
COMPLETE: dict[str, Completion] = {
    **dict.fromkeys(people.HAND_INS, _handed_in),
    "weekly_update": _with(customers.update_status, "because"),
    "customer_touch": _with(customers.log_activity, "text", kind="call"),
    "customer_regrade": _said(customers.grade_customer),
    "customer_push": _with(customers.push_news, "text"),
    "quarterly_visit": _with(customers.visit_quarterly, "text"),
    "yearly_interview": _with(customers.interview_yearly, "text"),
    "value_proposals": _with(customers.propose_value, "text"),
    "needs_report": _with(deals.report_needs, "pains"),
    "negotiation_entry": _with(deals.log_negotiation, "text", kind="decision_point"),
    "question_answer": _with(deals.answer_question, "answer"),
    "draft_resubmission": _said(contracts.submit_draft),
    "order_tracking": _said(orders.track_order),
    "production_schedule": _said(orders.schedule_production),
    "logistics_schedule": _said(orders.schedule_logistics),
    "delivery_confirmation": _said(orders.confirm_delivery),
    "delivery_documents": _said(orders.prepare_documents),
    "delivery_sign_off": _with(orders.sign_off_delivery, "name"),
    "exception_apology": _said(exceptions.apologise),
    "exception_alternative": _said(exceptions.offer_alternative, kind="warranty_extension"),
    "department_task": _task,
    "ticket_response": _with(tickets.answer_ticket, "text"),
    "ticket_solution": _with(tickets.propose_solution, "text"),
    "task_force_sync": _with(tickets.sync_progress, "text"),
}
ONE_TAP = frozenset(
    {
        "customer_regrade",
        "draft_resubmission",
        "order_tracking",
        "production_schedule",
        "logistics_schedule",
        "delivery_confirmation",
        "delivery_documents",
        "exception_apology",
        "ticket_response",
    }
)


def complete(
    owed: Owed, *, by: Any, at: datetime, note: str = "", noted_at: datetime | None = None
) -> Outcome:
    """4.2 Do what is owed, from the worklist: the kind's own action, with its own refusals.

    Raises NotNow for kinds that are done on their record's page, or when it is settled already.
    """
    if owed.outcome:
        raise NotNow("This has been settled already.")
    if owed.kind not in COMPLETE:
        raise NotNow("This is done on the page of its record.")
    do, details = COMPLETE[owed.kind](owed, note)
    return do(record_of(owed.story), by=by, at=at, noted_at=noted_at, **details)


def may_see(person: Any, owed: Owed) -> bool:
    """Whether the obligation is this person's, their department's, or below them."""
    return Owed.objects.visible_to(person).filter(pk=owed.pk).exists()


@transaction.atomic
def snooze(owed: Owed, *, by: Any, at: datetime, hours: int) -> Owed:
    """4.2 Out of sight for some hours; the deadline does not move."""
    if owed.person_id != by.pk:
        raise NotAllowed("Only the person who owes this can put it aside.")
    if not 0 < hours <= 168:
        raise Invalid("hours", "Between one hour and a week.")
    owed.snoozed_until = at + timedelta(hours=hours)
    owed.save(update_fields=["snoozed_until"])
    return owed


def delegate(owed: Owed, *, by: Any, at: datetime, to: Person) -> Outcome:
    """4.2 Somebody else answers from now on: the ticket or the customer goes over to them.

    Raises NotNow for duties that belong to a person or a department and not to a record.
    """
    record = record_of(owed.story)
    if isinstance(record, Ticket):
        return tickets.assign_ticket(record, by=by, at=at, to=to)
    if owed.customer is not None and owed.person_id == owed.customer.owner_id:
        return customers.hand_over(owed.customer, by=by, at=at, to=to)
    raise NotNow("This cannot be handed to somebody else.")


def _waives(person: Any, record: Any) -> bool:
    return record.owing != person.pk and (
        person.has("director") or person.leads(record.owing) or person.has("policy_officer")
    )


@action(may=_waives)
def waive(record: Any, *, by: Any, at: datetime, owed: Owed, reason: str) -> facts.ObligationWaived:
    """0.6 Let somebody off, with a reason; never oneself."""
    if owed.person_id == by.pk:
        raise NotNow("Nobody waives what they owe themselves.")
    if not reason.strip():
        raise Invalid("reason", "Say why this is waived.")
    from zhangfa.records.models import Change

    Change.objects.create(ref=record.ref, field=f"waiver:{owed.kind}", new=reason, by=by, at=at)
    return facts.ObligationWaived(kind=owed.kind, opening=owed.opening, window=owed.window)


# What has to be put back beside the ledger when a fact is taken back: record and fact body.
def _drop_activity(record: Any, body: dict[str, Any]) -> None:
    Activity.objects.filter(pk=body.get("activity") or body.get("entry")).delete()
    if isinstance(record, Customer):
        touches = record.activities.filter(kind__in=customers.PROGRESS)
        record.touched_at = touches.aggregate(last=Max("at"))["last"]
        record.save(update_fields=["touched_at"])


def _drop_note(line: LedgerLine) -> None:
    """The word on a customer that came with its update (1.1.7); the fact does not name it."""
    said = Activity.objects.filter(customer=line.customer, person=line.by, kind="note", at=line.at)
    said.delete()


def _clear(*fields: str) -> Callable[[Any, dict[str, Any]], None]:
    def back(record: Any, body: dict[str, Any]) -> None:
        for field in fields:
            setattr(record, field, None)
        record.save(update_fields=list(fields))

    return back


def _ticket_open(record: Any, body: dict[str, Any]) -> None:
    record.status, record.answered_at = "open", None
    record.save(update_fields=["status", "answered_at"])


def _nothing(record: Any, body: dict[str, Any]) -> None:
    """The ledger alone held it."""


def _answer_back(record: Any, body: dict[str, Any]) -> None:
    record.answer, record.answered_at = "", None
    record.save(update_fields=["answer", "answered_at"])


def _solution_back(record: Any, body: dict[str, Any]) -> None:
    record.solution, record.solved_at = "", None
    record.save(update_fields=["solution", "solved_at"])


UNDO: dict[str, Callable[[Any, dict[str, Any]], None]] = {
    "customer_touched": _drop_activity,
    "quarterly_visited": _drop_activity,
    "yearly_interviewed": _drop_activity,
    "negotiation_logged": _drop_activity,
    "status_updated": _nothing,
    "customer_graded": _nothing,
    "order_tracked": _clear("tracked_at"),
    "production_scheduled": _nothing,
    "logistics_scheduled": _nothing,
    "delivery_confirmed": _clear("confirmed_at"),
    "documents_prepared": _clear("documents_at"),
    "apology_given": _clear("apologised_at"),
    "ticket_answered": _ticket_open,
    "question_answered": _answer_back,
    "solution_proposed": _solution_back,
    "progress_synced": _nothing,
}
UNDO_WITHIN = timedelta(minutes=30)


def undoable(lines: tuple[LedgerLine, ...]) -> bool:
    """Whether what was just done can be taken back in one tap."""
    return bool(lines) and all(line.what in UNDO for line in lines)


@transaction.atomic
def undo(line_ids: list[int], *, by: Any, at: datetime) -> list[str]:
    """Take back what the same person has just done: the facts are retracted, not erased.

    Returns the stories touched. Raises NotAllowed for others' doing, NotNow when too late.
    """
    lines = list(LedgerLine.objects.filter(pk__in=line_ids))
    retracted = LedgerLine.objects.of(*{line.story for line in lines}).filter(what="fact_retracted")
    again = retracted.filter(body__fact__in=line_ids)
    if not lines or not undoable(tuple(lines)) or again.exists():
        raise NotNow("This cannot be undone.")
    if any(line.by != by.pk for line in lines):
        raise NotAllowed("Only the person who did this can undo it.")
    if any(at - line.entered_at > UNDO_WITHIN for line in lines):
        raise NotNow("It is too late to undo this; correct it on its record.")
    for line in lines:
        record = record_of(line.story)
        UNDO[line.what](record, line.body)
        if line.what == "status_updated":
            _drop_note(line)
        _retract(record, line, by, at)
    return list(dict.fromkeys(line.story for line in lines))


def _retract(record: Any, line: LedgerLine, by: Any, at: datetime) -> None:
    retract(record, by=by, at=at, fact=line.pk)


@action(may=lambda person, record: True)
def retract(record: Any, *, by: Any, at: datetime, fact: int) -> tuple:
    """A fact is taken back: the rules read on as if it had not been said."""
    return about(record, facts.FactRetracted(fact=fact))
