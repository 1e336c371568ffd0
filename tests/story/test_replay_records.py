"""Clauses 1.3.7 and 1.4.1 across records: what happens to one ends or begins what another owes."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from zhangfa.actions import customers, orders
from zhangfa.records.models import LedgerLine, Owed, Person

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
DAY = timedelta(days=1)


@pytest.fixture
def seller(db):
    return Person.objects.create_user("lin", "x", name="林", roles=["seller"])


@pytest.fixture
def customer(seller):
    return customers.enter_customer(None, by=seller, at=MONDAY, name="华星").record


def buys(customer, seller, at, number):
    return orders.enter_order(
        customer, by=seller, at=at, number=number, amount=Decimal(5000)
    ).record


def test_1_3_7_a_cancelled_order_ends_what_is_owed_before_its_deliveries(customer, seller):
    order = buys(customer, seller, MONDAY, "O-1")
    orders.plan_delivery(order, by=seller, at=MONDAY, planned_at=MONDAY + 18 * DAY)
    assert Owed.objects.open().filter(kind__startswith="delivery_").count() == 2
    told = {"kind": "cancelled", "amount": Decimal(5000), "reason": "No budget"}
    orders.change_order(order, by=seller, at=MONDAY + DAY, **told)
    outcomes = Owed.objects.filter(kind__startswith="delivery_").values_list("outcome", flat=True)
    assert set(outcomes) == {"cancelled"}


def test_1_4_1_a_customer_won_back_is_owed_visits_again(customer, seller):
    buys(customer, seller, MONDAY, "O-1")
    customer.refresh_from_db()
    customers.lose_customer(customer, by=seller, at=MONDAY + 5 * DAY, reason="price")
    assert not Owed.objects.open().filter(kind="quarterly_visit").exists()
    customer.refresh_from_db()
    buys(customer, seller, MONDAY + 35 * DAY, "O-2")
    found = Owed.objects.filter(kind="quarterly_visit", outcome="").order_by("due")
    assert [row.window for row in found] == ["2026-Q2", "2026-Q3"]
    assert LedgerLine.objects.filter(what="customer_won").count() == 2


def test_1_4_1_a_second_order_of_an_existing_customer_says_nothing_new(customer, seller):
    buys(customer, seller, MONDAY, "O-1")
    customer.refresh_from_db()
    buys(customer, seller, MONDAY + DAY, "O-2")
    assert LedgerLine.objects.filter(what="customer_won").count() == 1
