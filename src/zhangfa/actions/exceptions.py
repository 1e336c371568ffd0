"""1.3.10, 1.3.11 Deliveries that go wrong: apology, alternative, departments that help."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from zhangfa.records.editions import current_calendar, current_policy
from zhangfa.records.ledger import LedgerLine
from zhangfa.records.models import Change, DeliveryException, Order, Person
from zhangfa.rules import facts

from .action import Did, Invalid, NotAllowed, NotNow, about, action
from .may import anybody, owner_or_lead

HELPERS = ("technical", "production", "logistics")  # departments that may be asked for help


@action(may=owner_or_lead, creates=True)
def raise_exception(order: Order, *, by: Any, at: datetime, kind: str, text: str = "") -> Did:
    """1.3.10 Something went wrong: an apology and an alternative are owed."""
    if kind not in DeliveryException.Kind.values:
        raise Invalid("kind", "There is no exception kind %(kind)s.", kind=kind)
    trouble = DeliveryException.objects.create(order=order, kind=kind, text=text, raised_at=at)
    return Did(trouble, about(trouble, facts.ExceptionRaised(kind=kind)))


@action(may=owner_or_lead)
def apologise(trouble: DeliveryException, *, by: Any, at: datetime) -> facts.ApologyGiven:
    """1.3.10 The customer has been told and asked for pardon."""
    trouble.apologised_at = at
    trouble.save(update_fields=["apologised_at"])
    return facts.ApologyGiven()


@action(may=owner_or_lead)
def offer_alternative(
    trouble: DeliveryException, *, by: Any, at: datetime, kind: str
) -> facts.AlternativeOffered:
    """1.3.10 Warranty extension, priority scheduling, or something made for this case."""
    if kind not in current_policy().on(current_calendar().day(at))["exception.alternatives"]:
        raise Invalid("kind", "The policy knows no such alternative.")
    trouble.alternative = kind
    trouble.save(update_fields=["alternative"])
    return facts.AlternativeOffered(kind=kind)


@action(may=owner_or_lead)
def resolve_exception(
    trouble: DeliveryException, *, by: Any, at: datetime, chosen: str = ""
) -> facts.ExceptionResolved:
    """1.3.10 Settled with what the customer chose."""
    _standing(trouble)
    trouble.chosen, trouble.resolved_at = chosen, at
    trouble.save(update_fields=["chosen", "resolved_at"])
    return facts.ExceptionResolved()


def _standing(trouble: DeliveryException) -> None:
    if trouble.resolved_at:
        raise NotNow("This exception is settled.")


@action(may=owner_or_lead)
def assign_task(
    trouble: DeliveryException,
    *,
    by: Any,
    at: datetime,
    role: str,
    due: datetime,
    text: str,
    person: Person | None = None,
) -> facts.TaskAssigned:
    """1.3.11 A department's part in solving it, with its own deadline; named or for whoever."""
    _standing(trouble)
    if role not in HELPERS or (person is not None and not person.has(role)):
        raise Invalid("role", "This department cannot be asked for help here.")
    if due <= at:
        raise Invalid("due", "The deadline of a task lies ahead.")
    if not text.strip():
        raise Invalid("text", "Say what is to be done.")
    task = 1 + LedgerLine.objects.filter(story=trouble.ref, what="task_assigned").count()
    Change.objects.create(ref=trouble.ref, field=f"task:{task}", new=text.strip(), by=by, at=at)
    named = person.pk if person else None
    return facts.TaskAssigned(role=role, person=named, due=due, task=task)


@action(may=anybody)
def finish_task(
    trouble: DeliveryException, *, by: Any, at: datetime, task: int, text: str = ""
) -> facts.TaskDone:
    """1.3.11 The department's part is done, by whom it was asked of or their department."""
    lines = LedgerLine.objects.filter(story=trouble.ref, body__task=task)
    asked = lines.filter(what="task_assigned").first()
    if asked is None or lines.filter(what="task_done").exists():
        raise NotNow("This task waits for nobody.")
    named, role = asked.body.get("person"), asked.body["role"]
    if by.pk != named and not (named is None and by.has(role)):
        raise NotAllowed
    if text.strip():
        Change.objects.create(ref=trouble.ref, field=f"task:{task}", new=text.strip(), by=by, at=at)
    return facts.TaskDone(task=task)
