"""The demo company is alive: whenever it is started, desks, boards and scores have something."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from zhangfa.answers import desk, pipeline
from zhangfa.answers.scorecard import results
from zhangfa.demo import names
from zhangfa.demo.tell import tell
from zhangfa.records.models import CreditShare, Customer, LedgerLine, Owed, Person
from zhangfa.rules.terms import Period

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(db):
    """A smaller company and a shorter past than `make demo` tells, by the same story."""
    return tell(datetime(2026, 11, 23, 2, 24, tzinfo=UTC), customers=72, days=150)


def test_the_company_lives(company):
    now = company.now
    sellers = Person.objects.sellers().count()
    assert sellers == len(names.SELLERS) == 24
    assert Customer.objects.count() == 72
    assert {"A", "B", "C"} == set(Customer.objects.values_list("grade", flat=True))

    outcomes = set(Owed.objects.values_list("outcome", flat=True))
    assert {"", "met", "late"} <= outcomes
    kinds = set(Owed.objects.values_list("kind", flat=True))
    assert {"legal_review", "ticket_closure", "weekly_update", "order_tracking"} <= kinds

    busy = [person for person in Person.objects.sellers() if desk.desk_of(person, now).rows]
    assert len(busy) > sellers / 2
    director = Person.objects.get(username="zhao")
    assert sum(lane.count for lane in pipeline.board(director, now)) > 10


def test_scores_have_a_spread_and_the_characters_show(company):
    cards = {r.person.username: r.card for r in results(Period.read("2026-Q4"), company.now)}
    totals = [card.total for card in cards.values() if card.total is not None]
    assert max(totals) - min(totals) > 20

    def kept(character: str) -> float:
        found = [
            cards[name].line("process_compliance").measure.value
            for name, _, _, kind, _ in names.SELLERS
            if kind == character and name in cards
        ]
        known = [float(value) for value in found if value is not None]
        return sum(known) / len(known)

    assert kept("punctual") > kept("slipping") + 3


def test_nothing_of_the_story_lies_in_the_future_or_breaks_a_rule(company):
    assert not LedgerLine.objects.filter(at__gt=company.now).exists()
    shares = CreditShare.objects.values_list("order_id", "share")
    whole: dict[int, float] = {}
    for order, share in shares:
        whole[order] = whole.get(order, 0) + share
    assert set(whole.values()) == {100}
