"""A tiny company for appraisals worked by hand: people and orders as rows, nothing owed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from zhangfa.answers.scorecard import Result, result_of
from zhangfa.records.models import (
    CreditShare,
    Customer,
    LayerSpell,
    Order,
    Person,
    Target,
    VisitPlan,
)
from zhangfa.rules.exact import split
from zhangfa.rules.terms import Period

CHINA = ZoneInfo("Asia/Shanghai")
LATER = datetime(2027, 2, 1, 2, tzinfo=UTC)
numbers = count(1)


def moment(text: str) -> datetime:
    """ "2026-03-02" at ten in China, or "2026-03-02 15:30"."""
    at = datetime.fromisoformat(text)
    return (at if at.time() != time.min else at.replace(hour=10)).replace(tzinfo=CHINA)


def day(text: str) -> date:
    return date.fromisoformat(text)


def person(name: str = "lin", layer: str = "mature", **details: Any) -> Person:
    """A seller of a layer since long ago."""
    details.setdefault("roles", ["seller"])
    found = Person.objects.create_user(name, "x", name=name, bonus_base=10000, **details)
    LayerSpell.objects.create(person=found, layer=layer, starts_on=day("2020-01-01"))
    return found


def buyer(owner: Person, **details: Any) -> Customer:
    name = f"customer {next(numbers)}"
    details.setdefault("entered_at", moment("2020-01-02"))
    return Customer.objects.create(name=name, owner=owner, **details)


def sold(
    customer: Customer, on: str, amount: int | str, shares: dict[Person, Any] | None = None
) -> Order:
    """An order signed on a day, credited by direct shares."""
    order = Order.objects.create(
        number=f"O-{next(numbers)}",
        customer=customer,
        owner=customer.owner,
        signed_at=moment(on),
        signed_on=day(on),
        amount=Decimal(amount),
    )
    shares = {who: Decimal(share) for who, share in (shares or {customer.owner: 100}).items()}
    amounts = split(order.amount, list(shares.values()), 2)
    CreditShare.objects.bulk_create(
        [
            CreditShare(order=order, person=who, share=share, amount=part)
            for (who, share), part in zip(shares.items(), amounts, strict=True)
        ]
    )
    return order


def aimed(who: Person, period: str, value: int, on: str = "2026-01-01", **details: Any) -> Target:
    """A target in sales, set on a day."""
    details.setdefault("metric", "sales_amount")
    return Target.objects.create(
        person=who, period=period, value=value, author=None, at=moment(on), **details
    )


def planned(who: Person, customer: Customer, month: str, visits: int) -> VisitPlan:
    return VisitPlan.objects.create(person=who, customer=customer, period=month, required=visits)


def card_of(who: Person, period: str, now: datetime = LATER) -> Result:
    """The person's result as it stands."""
    found = result_of(who, Period.read(period), now)
    assert found is not None
    return found
