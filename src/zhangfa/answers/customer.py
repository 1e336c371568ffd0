"""One customer: why this grade, what happened, what is owed, what it is worth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from zhangfa.records.ledger import LedgerLine
from zhangfa.records.models import (
    Activity,
    Contact,
    Customer,
    Deal,
    GradeEntry,
    Order,
    Owed,
    Payment,
    Person,
    Ticket,
)

TIMELINE = 40
# Facts that an activity on the timeline already tells, or that are bookkeeping.
TOLD_BY_ACTIVITY = (
    "customer_touched",
    "status_updated",
    "discovery_held",
    "negotiation_held",
    "negotiation_logged",
    "competitor_moved",
    "objection_raised",
    "quarterly_visited",
    "yearly_interviewed",
    "value_proposed",
    "customer_pushed",
    "instalment_planned",
    "fact_retracted",
    "stage_entered",
)


@dataclass(frozen=True)
class Moment:
    """One item of a timeline: an activity or a fact, when, by whom."""

    at: datetime
    who: Person | None
    activity: Activity | None = None
    line: LedgerLine | None = None


@dataclass(frozen=True)
class CustomerPage:
    """Everything the customer page shows."""

    customer: Customer
    timeline: list[Moment]
    more: bool
    owed: list[Owed]
    deals: list[Deal]
    tickets: list[Ticket]
    contacts: list[Contact]
    grades: list[GradeEntry]
    open_amount: Decimal
    paid_year: Decimal
    orders: list[Order]


def customer_page(customer: Customer, now: datetime, *, before: datetime | None = None) -> Any:
    """The page of one customer, fetched by the caller through `visible_to`. About nine queries."""
    deals = list(customer.deals.select_related("owner").order_by("-opened_at")[:20])
    year = now.replace(year=now.year - 1, day=min(now.day, 28))
    timeline = timeline_of(customer, before or now)
    paid = Payment.objects.filter(customer=customer, paid_on__gt=year.date())
    return CustomerPage(
        customer=customer,
        timeline=timeline[:TIMELINE],
        more=len(timeline) > TIMELINE,
        owed=list(
            Owed.objects.filter(customer=customer)
            .doable(now)
            .begun(now)
            .select_related("person")
            .order_by("due")[:30]
        ),
        deals=deals,
        tickets=list(customer.tickets.exclude(status="closed").order_by("raised_at")[:10]),
        contacts=list(customer.contacts.order_by("-decides", "id")[:20]),
        grades=list(customer.grades.all()[:12]),
        open_amount=sum((d.amount for d in deals if d.stage in Deal.OPEN), Decimal(0)),
        paid_year=paid.aggregate(sum=Sum("amount"))["sum"] or Decimal(0),
        orders=list(customer.orders.order_by("-signed_at")[:5]),
    )


def timeline_of(customer: Customer, until: datetime) -> list[Moment]:
    """The newest activities and facts up to a moment, merged by time; one more than is shown."""
    activities = list(
        customer.activities.filter(at__lte=until)
        .select_related("person", "contact", "deal", "competitor")
        .order_by("-at")[: TIMELINE + 1]
    )
    lines = list(
        LedgerLine.objects.filter(customer=customer.pk, at__lte=until)
        .exclude(what__in=TOLD_BY_ACTIVITY)
        .order_by("-at")[: TIMELINE + 1]
    )
    people = Person.objects.in_bulk({line.by for line in lines if line.by})
    moments = [Moment(a.at, a.person, activity=a) for a in activities]
    moments += [Moment(n.at, people.get(n.by), line=n) for n in lines]
    moments.sort(key=lambda moment: moment.at, reverse=True)
    return moments[: TIMELINE + 1]
