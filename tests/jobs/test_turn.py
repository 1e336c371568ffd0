"""1.1.7, 2.3 Duties that come back are owed again as time passes, though nothing new is said."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from zhangfa.actions import customers
from zhangfa.jobs.turn import turn
from zhangfa.records.models import Membership, Owed, Person, Team

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 10, 8, 0, tzinfo=UTC)


@pytest.fixture
def works():
    ann = Person.objects.create_user("ann", name="Ann", roles=["seller"])
    Membership.objects.create(
        person=ann, team=Team(name="East").place(), starts_on=date(2020, 1, 1)
    )
    begun = NOW - timedelta(days=60)
    return customers.enter_customer(by=ann, at=begun, name="Works", intent=80).record


def weeks(works):
    return Owed.objects.filter(story=works.ref, kind="weekly_update").order_by("opens_at")


def test_1_1_7_the_word_of_the_week_is_owed_every_week_without_a_new_fact(works):
    before = weeks(works).count()
    assert weeks(works).last().opens_at < NOW - timedelta(days=30)
    assert turn(NOW) > 0
    after = weeks(works)
    assert after.count() >= before + 6
    assert after.last().opens_at > NOW, "the next one is there ahead of its time"
    assert after.filter(opens_at__lte=NOW, due__gt=NOW).count() == 1


def test_1_1_7_turning_again_changes_nothing(works):
    turn(NOW)
    held = list(weeks(works).values_list("pk", "due"))
    assert turn(NOW) == 0
    assert list(weeks(works).values_list("pk", "due")) == held


def test_1_1_7_nothing_more_is_owed_for_a_customer_who_is_lost(works):
    turn(NOW)
    customers.lose_customer(works, by=works.owner, at=NOW, reason="other")
    count = weeks(works).exclude(outcome="cancelled").count()
    turn(NOW + timedelta(days=45))
    assert weeks(works).exclude(outcome="cancelled").count() == count
