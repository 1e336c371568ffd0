"""1.1.5 The back-test of the grades, against rates worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from zhangfa.answers.grading import Line, Rate, back_test
from zhangfa.records.models import Customer, Deal, GradeEntry, Person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 20, 4, tzinfo=UTC)


@pytest.fixture
def ann():
    return Person.objects.create_user("ann", name="Ann", roles=["seller"], language="en")


def closed(owner: Person, letter: str, won: int, lost: int, *, days_ago: int = 30) -> None:
    """Deals of one customer that had this grade when they were opened, and another one since."""
    customer = Customer.objects.create(
        name=f"{letter}{Customer.objects.count()}", owner=owner, entered_at=NOW, grade="B"
    )
    opened = NOW - timedelta(days=days_ago + 60)
    for grade, at in ((letter, opened - timedelta(days=1)), ("B", opened + timedelta(days=1))):
        GradeEntry.objects.create(customer=customer, grade=grade, points=60, edition="x", at=at)
    Deal.objects.bulk_create(
        Deal(
            customer=customer,
            owner=owner,
            title="Line",
            stage="won" if n < won else "lost",
            stage_since=NOW,
            opened_at=opened,
            closed_at=NOW - timedelta(days=days_ago),
        )
        for n in range(won + lost)
    )


def test_1_1_5_the_grade_at_the_opening_is_held_against_what_came_of_the_deal(ann):
    closed(ann, "A", 8, 2)
    closed(ann, "B", 5, 5)
    closed(ann, "C", 2, 8)
    closed(ann, "C", 0, 3, days_ago=120)
    test = back_test(ann, NOW)
    last = test.lines[-1]
    assert last.label == "2026-Q3"
    assert last.rates == {"A": Rate(8, 10), "B": Rate(5, 10), "C": Rate(2, 10)}
    assert last.lift == pytest.approx(4.0)
    assert test.total.rates["C"] == Rate(2, 13)
    assert test.verdict == "apart"


def test_1_1_5_nothing_is_concluded_from_few_deals_or_from_rates_out_of_order(ann):
    closed(ann, "A", 3, 0)
    assert back_test(ann, NOW).verdict == "few"
    closed(ann, "A", 1, 8)
    closed(ann, "B", 5, 5)
    closed(ann, "C", 9, 1)
    assert back_test(ann, NOW).verdict == "no"


def test_1_1_5_wilsons_interval_and_a_lift_that_says_nothing():
    low, high = Rate(8, 10).interval
    assert (round(low, 4), round(high, 4)) == (0.4902, 0.9433)
    assert Rate().interval is None and Rate().share is None
    assert Line("x", {"A": Rate(1, 2), "B": Rate(), "C": Rate(0, 4)}).lift is None


def test_4_1_a_seller_sees_the_own_deals_only_and_the_page_says_what_was_counted(ann):
    bob = Person.objects.create_user("bob", name="Bob", roles=["seller"], language="en")
    closed(bob, "A", 5, 0, days_ago=1)
    assert back_test(ann, NOW).total.rates["A"] == Rate()
    client = Client(headers={"accept-language": "en"})
    client.force_login(ann)
    assert "No deal has been closed yet" in client.get("/reports/grades/").content.decode()
    legal = Person.objects.create_user("fang", name="Fang", roles=["legal"])
    client.force_login(legal)
    assert client.get("/reports/grades/").status_code == 403
