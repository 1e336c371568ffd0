"""1.1 Customer development: enter, grade, touch, update, hand over, lose, merge."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q

from zhangfa.records.editions import current_policy
from zhangfa.records.models import Activity, Customer, Deal, Person, Ticket
from zhangfa.records.names import name_keys
from zhangfa.rules import facts

from . import store
from .action import Did, Invalid, NotNow, Said, about, action
from .grades import graded
from .may import either, lead, owner_or_lead, role, sells

PROGRESS = ("call", "visit", "message", "meeting", "demo")
GRADED = (
    "grade",
    "grade_points",
    "intent",
    "industry_potential",
    "budget_known",
    "decision_maker_met",
)
service = role("service", "technical")


@action(may=sells, creates=True)
def enter_customer(
    _: None, *, by: Any, at: datetime, name: str, owner: Person | None = None, **details: Any
) -> Did:
    """1.1.4 A new customer with its source, graded at once from what is known."""
    name = " ".join(name.split())
    if not name:
        raise Invalid("name", "A customer needs a name.")
    code = details.get("credit_code") or ""
    if code and Customer.objects.filter(credit_code=code, merged_into=None).exists():
        raise Invalid("credit_code", "Another customer already has this credit code.")
    holder = owner or by
    customer = Customer(
        name=name,
        owner=holder,
        entered_at=at,
        progressed_at=at,
        **name_keys(name, details),
        **details,
    )
    entry, what = graded(customer, None, current_policy().on(at.date()), at, by)
    customer.save()
    entry.customer = customer
    store.insert(entry)
    return Did(customer, about(customer, facts.CustomerEntered(owner=holder.pk), what))


@action(may=owner_or_lead)
def rate_customer(
    customer: Customer,
    *,
    by: Any,
    at: datetime,
    intent: int | None = None,
    industry_potential: int | None = None,
    budget_known: bool | None = None,
    decision_maker_met: bool | None = None,
) -> facts.CustomerGraded:
    """1.1.5 The seller's rated answers; the grade follows from them and from the records."""
    for field, value in (("intent", intent), ("industry_potential", industry_potential)):
        if value is not None:
            if not 0 <= value <= 100:
                raise Invalid(field, "A rating lies between 0 and 100.")
            setattr(customer, field, value)
    if budget_known is not None:
        customer.budget_known = budget_known
    if decision_maker_met is not None:
        customer.decision_maker_met = decision_maker_met
    return _grade(customer, by, at)


@action(may=owner_or_lead)
def grade_customer(customer: Customer, *, by: Any, at: datetime) -> facts.CustomerGraded:
    """1.1.8 Grade again from the facts as they are; answers the regrade that is owed."""
    return _grade(customer, by, at)


def _grade(customer: Customer, by: Any, at: datetime) -> facts.CustomerGraded:
    entry, what = graded(customer, customer.grade, current_policy().on(at.date()), at, by)
    store.insert(entry)
    customer.save(update_fields=GRADED)
    return what


@action(may=either(owner_or_lead, service))
def log_activity(
    customer: Customer,
    *,
    by: Any,
    at: datetime,
    kind: str,
    text: str = "",
    deal: Deal | None = None,
    **details: Any,
) -> tuple | Did:
    """4.2 One contact with the customer, in two taps and a sentence.

    `draft_key` makes a second sending of the same draft the same activity, never a double.
    """
    if kind not in Activity.Kind.values:
        raise Invalid("kind", "There is no activity kind %(kind)s.", kind=kind)
    if not text.strip() and not details.get("outcome"):
        raise Invalid("text", "Say in a sentence what happened.")
    key = details.get("draft_key") or ""
    if key and Activity.objects.filter(person=by, draft_key=key).exists():
        return ()
    details.setdefault("noted_at", at)
    complete = kind != "visit" or bool(details.get("outcome") and details.get("next_step"))
    activity = store.insert(
        Activity(
            customer=customer,
            deal=deal,
            person=by,
            kind=kind,
            at=at,
            text=text,
            valid=complete,
            **details,
        )
    )
    return _touched(customer, activity, deal, at)


def _touched(customer: Customer, activity: Activity, deal: Deal | None, at: datetime) -> tuple:
    said: list[Said] = []
    if activity.kind in PROGRESS:
        said += about(
            customer,
            facts.CustomerTouched(
                channel=activity.kind, activity=activity.pk, valid=activity.valid
            ),
        )
    moments = {"progressed_at": max(at, customer.progressed_at or at)}
    if activity.kind in PROGRESS:
        moments["touched_at"] = max(at, customer.touched_at or at)
    store.stamp(customer, **moments)
    if deal is not None:
        deal.progressed_at = max(at, deal.progressed_at or at)
        deal.next_step = activity.next_step or deal.next_step
        deal.next_on = activity.next_on or deal.next_on
        deal.save(update_fields=["progressed_at", "next_step", "next_on"])
        said += _in_deal(deal, activity)
    if activity.kind not in PROGRESS:
        said += about(customer, facts.StatusUpdated(kind="progress"))
    return tuple(said)


def _in_deal(deal: Deal, activity: Activity) -> tuple[Said, ...]:
    """What a meeting means for its deal: discovery owes a report, negotiation an entry."""
    said: tuple[Said, ...] = ()
    if activity.kind in ("meeting", "visit", "demo"):
        if deal.stage == "discovery":
            said += about(deal, facts.DiscoveryHeld(activity=activity.pk))
        elif deal.stage == "negotiation":
            said += about(deal, facts.NegotiationHeld(activity=activity.pk))
    if activity.kind == "note" and deal.stage == "negotiation":
        said += about(deal, facts.NegotiationLogged(kind="decision_point", entry=activity.pk))
    if "objection" in activity.tags:
        said += about(deal, facts.ObjectionRaised(kind="other"))
    if activity.competitor_id:
        said += about(deal, facts.CompetitorMoved(competitor=activity.competitor_id))
    return said


@action(may=owner_or_lead)
def update_status(
    customer: Customer, *, by: Any, at: datetime, because: str = ""
) -> facts.StatusUpdated:
    """1.1.7 The weekly word on a customer: no change, because."""
    if not because.strip():
        raise Invalid("because", "Say why nothing has changed.")
    store.insert(
        Activity(customer=customer, person=by, kind="note", at=at, noted_at=at, text=because)
    )
    return facts.StatusUpdated(kind="no_change")


@action(may=either(lead, role("administrator")))
def hand_over(
    customer: Customer, *, by: Any, at: datetime, to: Person, reason: str = ""
) -> tuple[Said, ...]:
    """4.4 Another owner for the customer and its open deals and tickets, with the date."""
    if to.pk == customer.owner_id:
        raise NotNow("%(name)s has this customer already.", name=to.name)
    changed: list[Any] = [customer]
    changed += Deal.objects.filter(customer=customer, stage__in=Deal.OPEN)
    changed += Ticket.objects.filter(customer=customer, owner=customer.owner).exclude(
        status="closed"
    )
    said: list[Said] = []
    for record in changed:
        previous = record.owing
        record.owner = to
        record.save(update_fields=["owner"])
        said += about(record, facts.OwnerChanged(owner=to.pk, previous=previous))
    return tuple(said)


@action(may=owner_or_lead)
def lose_customer(customer: Customer, *, by: Any, at: datetime, reason: str) -> facts.CustomerLost:
    """The customer is lost: nothing recurring is owed for it any more."""
    if not reason:
        raise Invalid("reason", "Say why the customer is lost.")
    customer.move("lost")
    customer.lost_reason = reason
    customer.save(update_fields=["status", "lost_reason"])
    return facts.CustomerLost(reason=reason)


@action(may=lead)
def merge_customers(
    customer: Customer, *, by: Any, at: datetime, into: Customer
) -> tuple[Said, ...]:
    """4.4 The records of one customer go over to another; its own story stays readable."""
    if customer.pk == into.pk:
        raise Invalid("into", "A customer cannot be merged into itself.")
    for related in (customer.deals, customer.orders, customer.payments, customer.tickets):
        related.update(customer=into)
    customer.activities.update(customer=into)
    customer.contacts.update(customer=into)
    customer.contracts.update(customer=into)
    customer.merged_into = into
    customer.save(update_fields=["merged_into"])
    return (
        *about(customer, facts.CustomerLost(reason="merged")),
        *about(into, facts.CustomersMerged(other=customer.pk)),
    )


@action(may=owner_or_lead)
def edit_details(customer: Customer, *, by: Any, at: datetime, **values: Any) -> None:
    """Plain details, each change noted with old and new value and author (4.11)."""
    from .details import note_changes

    if "name" in values:
        values.update(name_keys(values["name"], values))
    note_changes(customer, by, at, values)


@action(may=owner_or_lead)
def visit_quarterly(customer: Customer, *, by: Any, at: datetime, text: str) -> tuple[Said, ...]:
    """1.4.1 The quarterly visit of an existing customer, by phone or on site."""
    activity = store.insert(
        Activity(
            customer=customer,
            person=by,
            kind="call",
            at=at,
            noted_at=at,
            text=text,
            tags=["quarterly"],
        )
    )
    said = _touched(customer, activity, None, at)
    return (*said, *about(customer, facts.QuarterlyVisited(activity=activity.pk)))


@action(may=owner_or_lead)
def interview_yearly(customer: Customer, *, by: Any, at: datetime, text: str) -> tuple[Said, ...]:
    """1.4.1 The yearly interview in depth; it is also that quarter's visit."""
    activity = store.insert(
        Activity(
            customer=customer,
            person=by,
            kind="meeting",
            at=at,
            noted_at=at,
            text=text,
            tags=["yearly"],
        )
    )
    said = _touched(customer, activity, None, at)
    return (
        *said,
        *about(
            customer,
            facts.QuarterlyVisited(activity=activity.pk),
            facts.YearlyInterviewed(activity=activity.pk),
        ),
    )


@action(may=owner_or_lead)
def propose_value(customer: Customer, *, by: Any, at: datetime, text: str) -> tuple[Said, ...]:
    """1.4.9 A value-added proposal to an existing customer."""
    if customer.status != "existing":
        raise NotNow("Value-added proposals go to existing customers.")
    activity = store.insert(
        Activity(
            customer=customer,
            person=by,
            kind="message",
            at=at,
            noted_at=at,
            text=text,
            tags=["value"],
        )
    )
    said = _touched(customer, activity, None, at)
    return (*said, *about(customer, facts.ValueProposed(proposal=activity.pk)))


@action(may=owner_or_lead)
def push_news(customer: Customer, *, by: Any, at: datetime, text: str) -> facts.CustomerPushed:
    """1.4.7 Industry news or an upgrade sent to an existing customer."""
    store.insert(
        Activity(
            customer=customer,
            person=by,
            kind="message",
            at=at,
            noted_at=at,
            text=text,
            tags=["push"],
        )
    )
    return facts.CustomerPushed(kind="news")


def similar(name: str, person: Any) -> list[Customer]:
    """Customers that may be the same as this name, among those the person may see."""
    key = name_keys(name, {})["match_key"]
    if not key:
        return []
    return list(Customer.objects.visible_to(person).standing().filter(Q(match_key=key))[:5])
