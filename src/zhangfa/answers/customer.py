"""One customer: why this grade, what happened, what is owed, what it is worth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any

from django.db import models
from django.db.models import F, OuterRef, QuerySet, Subquery, Sum, Value

from zhangfa.records.editions import current_policy
from zhangfa.records.models import (
    Contact,
    Contract,
    Customer,
    Deal,
    GradeEntry,
    Order,
    Owed,
    Payment,
    Ticket,
)
from zhangfa.records.prepared import Prepared
from zhangfa.records.scope import scope_of

from .timeline import Timeline, of_customer

RECORDS = 12  # newest records of each kind beside the timeline
OWED = 30
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Known:
    """A deal, contract, order or ticket of the customer, in one line."""

    story: str
    pk: int
    name: str
    title: str
    state: str
    amount: Decimal | None
    currency: str
    at: datetime
    owner: str | None

    @property
    def ref(self) -> str:
        return f"{self.story}/{self.pk}"


@dataclass(frozen=True)
class CustomerPage:
    """Everything the customer page shows."""

    customer: Customer
    timeline: Timeline
    owed: list[Owed]
    records: list[Known]
    contacts: list[Contact]
    grades: list[GradeEntry]
    thresholds: dict[str, Decimal]

    def of(self, *stories: str) -> list[Known]:
        """The records of these kinds, newest first."""
        return [each for each in self.records if each.story in stories]

    @property
    def grade(self) -> GradeEntry | None:
        """The grade as it stands, with its factors."""
        return self.grades[0] if self.grades else None

    @property
    def risen(self) -> Decimal | None:
        """How many points it rose since the grade before; None for the first."""
        if len(self.grades) < 2:
            return None
        return self.grades[0].points - self.grades[1].points

    @property
    def floor(self) -> Decimal | None:
        """How many points it stands above the floor of its letter; None for the lowest letter."""
        floor = self.thresholds.get(self.customer.grade)
        return None if floor is None else self.customer.grade_points - floor

    @property
    def to_next(self) -> Decimal | None:
        """How many points are missing to the next letter; None for the highest."""
        above = [f for f in self.thresholds.values() if f > self.customer.grade_points]
        return min(above) - self.customer.grade_points if above else None

    @cached_property
    def names(self) -> dict[str, str]:
        """What people call the records, by reference."""
        return {each.ref: each.name for each in self.records}


def found_for(person: Any, pk: int, now: datetime) -> Customer | None:
    """The customer with its money, if this person may see it; for its page."""
    whose = scope_of(person).whose("customer")
    found = _one(not whose).rows(pk=pk, since=(now - YEAR).date(), **whose)
    return found[0] if found else None


@lru_cache(2)
def _one(everything: bool) -> Prepared:
    def build(pk: int, since: date, people: list[int] | None = None) -> QuerySet[Customer]:
        deals = Deal.objects.filter(customer=OuterRef("pk"), stage__in=Deal.OPEN)
        paid = Payment.objects.filter(customer=OuterRef("pk"), paid_on__gt=since)
        seen = Customer.objects.filter(pk=pk).of_people(people)
        return seen.select_related(
            "owner", "channel", "campaign", "referrer", "merged_into"
        ).annotate(open_amount=_summed(deals), paid_year=_summed(paid))

    kinds: dict[str, type] = {} if everything else {"people": list}
    return Prepared(build, pk=int, since=date, **kinds)


def _summed(rows: QuerySet[Any]) -> Subquery:
    return Subquery(rows.order_by().values("customer").annotate(sum=Sum("amount")).values("sum"))


def customer_page(
    customer: Customer, now: datetime, *, only: str = "", skip: int = 0
) -> CustomerPage:
    """The page of one customer, fetched by the caller with `found_for`. Five queries."""
    reading = current_policy().on(now.date())
    return CustomerPage(
        customer=customer,
        timeline=of_customer(customer.pk, now, only=only, skip=skip),
        owed=owed_for(customer, now),
        records=records_of(customer),
        contacts=CONTACTS.rows(customer=customer.pk),
        grades=GRADES.rows(customer=customer.pk),
        thresholds=dict(reading["grade.thresholds"]),
    )


def owed_for(customer: Customer, now: datetime) -> list[Owed]:
    """What is owed about this customer and can still be done, by its due moment."""
    return DUE.rows(customer=customer.pk, now=now)


def _due(customer: int, now: datetime) -> QuerySet[Owed]:
    rows = Owed.objects.filter(customer=customer).doable(now).begun(now)
    return rows.select_related("person").order_by("due", "id")[:OWED]


def records_of(customer: Customer) -> list[Known]:
    """The newest deals, contracts, orders and tickets of a customer, in one query."""
    return [Known(*row) for row in NEWEST.rows(customer=customer.pk)]


def _newest(customer: int) -> QuerySet[Any, Any]:
    worth = (F("amount"), F("currency"))
    none = (Value(None, models.DecimalField(max_digits=16, decimal_places=2)), Value(""))
    parts = [
        _known(Deal, customer, "deal", "title", Value(""), "stage", *worth, "opened_at"),
        _known(
            Contract, customer, "contract", "number", F("title"), "status", *worth, "drafted_at"
        ),
        _known(Order, customer, "order", "number", Value(""), "status", *worth, "signed_at"),
        _known(Ticket, customer, "ticket", "number", F("title"), "status", *none, "raised_at"),
    ]
    first, *others = parts
    return first.union(*others, all=True).order_by("-when", "-pk_")


def _known(
    model: Any,
    customer: int,
    story: str,
    name: str,
    title: Any,
    state: str,
    amount: Any,
    currency: Any,
    when: str,
) -> QuerySet[Any]:
    rows = model._base_manager.filter(customer=customer).annotate(
        story_=Value(story),
        pk_=F("pk"),
        name_=F(name),
        title_=title,
        state_=F(state),
        amount_=amount,
        currency_=currency,
        when=F(when),
        owner_=F("owner__name"),
    )
    named = ("story_", "pk_", "name_", "title_", "state_", "amount_", "currency_", "when", "owner_")
    return rows.values_list(*named).order_by(f"-{when}")[:RECORDS]


def _contacts(customer: int) -> QuerySet[Contact]:
    return Contact.objects.filter(customer=customer).order_by("-decides", "id")[:20]


def _grades(customer: int) -> QuerySet[GradeEntry]:
    return GradeEntry.objects.filter(customer=customer).select_related("by")[:24]


DUE = Prepared(_due, customer=int, now=datetime)
NEWEST = Prepared(_newest, customer=int)
CONTACTS = Prepared(_contacts, customer=int)
GRADES = Prepared(_grades, customer=int)


def tenure(customer: Customer, today: date) -> tuple[int, int] | None:
    """Whole years and months since the first order; None before it."""
    first = customer.first_order_on
    if first is None or first > today:
        return None
    months = (today.year - first.year) * 12 + today.month - first.month - (today.day < first.day)
    return divmod(months, 12)
