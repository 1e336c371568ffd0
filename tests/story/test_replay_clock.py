"""Clauses 0.4 and 0.6: nobody is told of a breach while the clock stands, and then they are."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from zhangfa.actions import customers, tickets
from zhangfa.jobs.sweep import sweep
from zhangfa.records.models import Notice, Owed, Person

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
RAISED = datetime(2026, 3, 2, 10, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def ticket(db):
    seller = Person.objects.create_user("lin", "x", name="林", roles=["seller"])
    entered = customers.enter_customer(None, by=seller, at=RAISED - 24 * HOUR, name="华星")
    raised = tickets.raise_ticket(
        entered.record, by=seller, at=RAISED, title="机器停了", owner=seller
    )
    tickets.answer_ticket(raised.record, by=seller, at=RAISED + HOUR / 2, text="马上来")
    return raised.record, seller


def solution() -> Owed:
    return Owed.objects.get(kind="ticket_solution")


def told() -> list[str]:
    return list(Notice.objects.filter(owed=solution()).values_list("kind", flat=True))


def test_0_4_while_the_clock_stands_the_deadline_stays_ahead_and_nobody_is_told(ticket):
    record, seller = ticket
    tickets.wait_for_customer(record, by=seller, at=RAISED + 2 * HOUR)
    assert solution().next_at is None
    for hours in (12, 24, 30, 70):
        sweep(RAISED + hours * HOUR)
        assert solution().due > RAISED + hours * HOUR
    assert told() == [] and solution().breached_at is None
    assert Owed.objects.missed(RAISED + 70 * HOUR).filter(kind="ticket_solution").count() == 0


def test_0_4_when_it_goes_on_the_rest_of_the_time_is_left_and_the_breach_is_known(ticket):
    """Two of 24 hours were used; it goes on after seventy: due at ninety-two."""
    record, seller = ticket
    tickets.wait_for_customer(record, by=seller, at=RAISED + 2 * HOUR)
    sweep(RAISED + 30 * HOUR)
    tickets.go_on(record, by=seller, at=RAISED + 70 * HOUR)
    assert solution().due == RAISED + 92 * HOUR and solution().next_at is not None
    sweep(RAISED + 91 * HOUR)
    assert solution().breached_at is None
    sweep(RAISED + 92 * HOUR + timedelta(seconds=30))
    assert solution().breached_at is not None and "breached" in told()


def test_0_4_a_breach_that_came_before_the_stop_stays_one_and_is_not_looked_at_again(ticket):
    record, seller = ticket
    sweep(RAISED + 25 * HOUR)
    assert solution().breached_at is not None
    tickets.wait_for_customer(record, by=seller, at=RAISED + 26 * HOUR)
    sweep(RAISED + 60 * HOUR)
    assert solution().due == RAISED + 24 * HOUR
