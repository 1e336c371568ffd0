"""Clauses 2.2.1 to 2.2.6: each metric against a slow and plain second reckoning, for everybody.

The told company is made harder first: shared credit, returns on both sides of the window,
amendments, cancellations early and late, handovers, disputes, credit notes, visits close together.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from brute_force import Brute
from django.db import transaction

from zhangfa.actions import customers
from zhangfa.answers.scorecard import Company, company_of
from zhangfa.demo.tell import tell
from zhangfa.metrics import METRICS, measure_all, rows_of
from zhangfa.records.editions import forget
from zhangfa.records.models import (
    Activity,
    CreditShare,
    Customer,
    Instalment,
    Order,
    OrderChange,
    Person,
    VisitPlan,
)
from zhangfa.rules.exact import split
from zhangfa.rules.measures import Measured, Ratio, Sum
from zhangfa.rules.terms import Period

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 8, 24, tzinfo=UTC)
PERIODS = ("2026-Q2", "2026-Q3", "2026-Q4", "2026-10", "2026-11", "2026")
MEASURED = [key for key, metric in METRICS.items() if metric.measured]


@pytest.fixture(scope="module", autouse=True)
def company(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        forget()
        tell(NOW, customers=40, days=430)
        chance = random.Random(226)
        sellers = list(Person.objects.sellers().order_by("pk"))
        orders = list(Order.objects.select_related("owner").order_by("pk"))
        _share(chance, orders, sellers)
        _change(chance, orders)
        _dispute(chance)
        _visit_again(chance)
        director = Person.objects.get(username="zhao")
        for customer in chance.sample(list(Customer.objects.exclude(owner=None)), 6):
            at = NOW - timedelta(days=chance.randrange(10, 300))
            customers.hand_over(customer, by=director, at=at, to=chance.choice(sellers))
        yield
        transaction.set_rollback(True)


def _share(chance: random.Random, orders: list[Order], sellers: list[Person]) -> None:
    """A third of the orders between two sellers, at awkward shares."""
    for order in chance.sample(orders, len(orders) // 3):
        other = chance.choice([one for one in sellers if one.pk != order.owner_id])
        first = chance.choice([Decimal("33.3333"), Decimal("60"), Decimal("12.5")])
        shares = {order.owner: first, other: 100 - first}
        amounts = split(order.amount * order.rate, list(shares.values()), 2)
        CreditShare.objects.filter(order=order).delete()
        for (person, share), amount in zip(shares.items(), amounts, strict=True):
            CreditShare.objects.create(order=order, person=person, share=share, amount=amount)


def _change(chance: random.Random, orders: list[Order]) -> None:
    """Returns, credits, amendments and cancellations up to half a year after signing."""
    for order in chance.sample(orders, len(orders) // 2):
        on = order.signed_on + timedelta(days=chance.choice([0, 29, 30, 31, 89, 90, 91, 150]))
        kind = chance.choice(["returned", "credited", "amended", "cancelled"])
        part = order.amount if kind == "cancelled" else order.amount / 7
        OrderChange.objects.create(order=order, kind=kind, amount=round(part, 2), on=on, at=NOW)
        if kind == "cancelled":
            Order.objects.filter(pk=order.pk).update(status="cancelled")


def _dispute(chance: random.Random) -> None:
    parts = list(Instalment.objects.order_by("pk"))
    for part in chance.sample(parts, len(parts) // 8):
        part.disputed = True
        part.save()
    for part in chance.sample(parts, len(parts) // 8):
        part.credited = round(part.amount / 3, 2)
        part.save()


def _visit_again(chance: random.Random) -> None:
    """Visits soon after others, long ones and short ones, and a plan that wants more of them."""
    visits = list(Activity.objects.filter(kind__in=["visit", "demo"]).order_by("pk"))
    for visit in chance.sample(visits, len(visits) // 2):
        for hours in (1, 3, 5):
            visit.pk, visit.at = None, visit.at + timedelta(hours=hours)
            visit.minutes, visit.outcome = chance.choice([(5, ""), (60, ""), (None, "ok")])
            visit.save(force_insert=True)
    for plan in VisitPlan.objects.order_by("pk"):
        plan.required, plan.cancelled = plan.required + 2, chance.choice([0, 0, 1])
        plan.save()


def brute_of(asked_of: Company) -> Brute:
    return Brute(asked_of.period, asked_of.reading, asked_of.calendar.zone, NOW)


def number(found: Any) -> Any:
    """A sum as one fraction, a share as two."""
    if isinstance(found, Sum):
        return Fraction(found.amount or 0)
    if isinstance(found, Ratio):
        return Fraction(found.part), Fraction(found.whole)
    return tuple(map(Fraction, found)) if isinstance(found, tuple) else Fraction(found)


@pytest.mark.parametrize("label", PERIODS)
@pytest.mark.parametrize("metric", MEASURED)
def test_2_2_for_everybody_the_metric_is_what_its_definition_says(metric: str, label: str) -> None:
    asked_of = company_of(Period.read(label), NOW)
    found = METRICS[metric].measure(asked_of.asked())  # type: ignore[misc]
    wanted = getattr(brute_of(asked_of), metric)()
    assert {person: number(one) for person, one in found.items()} == {
        person: number(one) for person, one in wanted.items()
    }


@pytest.mark.parametrize("metric", MEASURED)
def test_2_2_some_of_it_is_hard_enough_to_differ(metric: str) -> None:
    asked_of = company_of(Period.read("2026"), NOW)
    assert len(getattr(brute_of(asked_of), metric)()) > 4


def _same(one: Measured, other: Measured) -> bool:
    return number(one) == number(other) and (one.exact, one.n) == (other.exact, other.n)


@pytest.mark.parametrize("label", ["2026-Q3", "2026-Q4"])
def test_2_2_asked_alone_everybody_gets_the_same_figures_and_rows_that_make_them(
    label: str,
) -> None:
    asked_of = company_of(Period.read(label), NOW)
    everybody = measure_all(asked_of.asked())
    for metric, measures in everybody.items():
        for person, measure in measures.items():
            alone = asked_of.asked((person,))
            assert _same(METRICS[metric].measure(alone)[person], measure)  # type: ignore[misc]
            rows = rows_of(metric, alone)
            part = sum((Fraction(row.part or 0) for row in rows), Fraction(0))
            whole = sum((Fraction(row.whole or 0) for row in rows), Fraction(0))
            made = part if isinstance(measure, Sum) else (part, whole)
            assert made == number(measure), (metric, person)
