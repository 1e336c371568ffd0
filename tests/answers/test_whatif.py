"""2.1.3 What another policy would have made of a past quarter, counted from the same facts."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from zhangfa.actions import appraisal, customers, tickets
from zhangfa.actions.orders import enter_order
from zhangfa.answers.whatif import touched_kinds, whatif
from zhangfa.records.editions import current_policy
from zhangfa.records.models import LayerSpell, Membership, Owed, Person, Team
from zhangfa.rules.terms import Period

pytestmark = pytest.mark.django_db
QUARTER = Period.read("2026-Q2")


def at(text: str) -> datetime:
    """ "2026-03-02 09:00" in China."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai"))


NOW = at("2026-07-20 10:00")


@pytest.fixture
def office():
    east = Team(name="East").place()
    made = {}
    for name, roles, lead in (("lead", ["supervisor"], True), ("ann", ["seller"], False)):
        person = Person.objects.create_user(
            name, name=name.title(), roles=roles, bonus_base=Decimal(10000)
        )
        Membership.objects.create(person=person, team=east, lead=lead, starts_on=date(2020, 1, 1))
        layer = "supervisor" if lead else "mature"
        LayerSpell.objects.create(person=person, layer=layer, starts_on=date(2020, 1, 1))
        made[name] = person
    made["boss"] = Person.objects.create_user("boss", name="Boss", roles=["director"])
    ann = made["ann"]
    appraisal.set_target(
        ann, by=made["boss"], at=at("2026-03-01 09:00"), metric="sales_amount", period="2026-Q2",
        value=Decimal(100000),
    )  # fmt: skip
    made["works"] = customers.enter_customer(by=ann, at=at("2026-04-01 10:00"), name="Works").record
    enter_order(
        made["works"], by=ann, at=at("2026-05-06 10:00"), number="O-1", amount=Decimal(60000)
    )
    for n, hours in enumerate((0.5, 3)):
        raised = at(f"2026-05-1{n + 1} 09:00")
        ticket = tickets.raise_ticket(made["works"], by=ann, at=raised, title="Stops").record
        answered = at(f"2026-05-1{n + 1} 09:30" if hours < 1 else f"2026-05-1{n + 1} 12:00")
        tickets.answer_ticket(ticket, by=ann, at=answered)
    return made


def of(found, person):
    return next(each for each in found.comparison.people if each.person == str(person.pk))


def test_2_1_3_the_same_policy_makes_no_difference_for_anybody(office):
    found = whatif(office["boss"], QUARTER, current_policy().amended({}), NOW)
    assert len(found.comparison.people) == 2
    assert found.comparison.moved == ()
    assert found.comparison.bonus_change == 0
    assert found.derived == ()


def test_2_1_3_other_weights_change_the_score_as_by_hand(office):
    place = "card.mature.quarter"
    values = {
        f"{place}.weights.sales_amount": 20,
        f"{place}.weights.process_compliance": 17,
        f"{place}.dimensions.performance": 52,
        f"{place}.dimensions.behaviour": 30,
    }
    found = whatif(office["boss"], QUARTER, current_policy().amended(values), NOW)
    ann = of(found, office["ann"])
    for card in (ann.before, ann.after):
        lines = [line for line in card.lines if line.points is not None]
        by_hand = sum(line.points * line.effective_weight for line in lines) / 100
        assert float(by_hand) == pytest.approx(float(card.total), abs=0.02)
    weights = {line.metric: line.weight for line in ann.after.lines}
    assert (weights["sales_amount"], weights["process_compliance"]) == (20, 17)
    assert ann.before.total != ann.after.total


def test_2_1_3_a_longer_limit_makes_a_late_answer_one_in_time(office):
    stored = list(Owed.objects.order_by("pk").values_list("due", "outcome"))
    found = whatif(
        office["boss"],
        QUARTER,
        current_policy().amended({"ticket_response.within": "4 hours"}),
        NOW,
    )
    assert found.derived == ("ticket_response",)
    ann = of(found, office["ann"])
    line = {line.metric: line for line in ann.before.lines}["process_compliance"]
    after = {line.metric: line for line in ann.after.lines}["process_compliance"]
    assert line.measure.n == after.measure.n, "nothing is counted twice or left out"
    credit = Decimal(current_policy().on(QUARTER.start)["ticket_response.late_credit"])
    weight = Decimal(current_policy().on(QUARTER.start)["ticket_response.weight"])
    assert after.measure.part - line.measure.part == weight * (1 - credit)
    assert list(Owed.objects.order_by("pk").values_list("due", "outcome")) == stored


def test_2_4_1_other_bands_change_the_bonus_and_nothing_else(office):
    bands = [[90, "1.5"], [10, "1.0"], [0, "0.5"]]
    found = whatif(office["boss"], QUARTER, current_policy().amended({"bonus.bands": bands}), NOW)
    for each in found.comparison.people:
        assert each.before.total == each.after.total
        if each.bonus_after is not None:
            assert each.bonus_after.amount == each.bonus_after.factor * Decimal(10000)


def test_4_1_each_sees_the_people_they_lead(office):
    amended = current_policy().amended({})
    assert len(whatif(office["lead"], QUARTER, amended, NOW).comparison.people) == 2
    assert len(whatif(office["ann"], QUARTER, amended, NOW).comparison.people) == 1


def test_2_1_3_a_period_that_runs_is_refused(office):
    with pytest.raises(ValueError, match="over"):
        whatif(office["boss"], Period.read("2026-Q3"), current_policy().amended({}), NOW)


def test_2_1_3_a_weight_alone_asks_for_no_new_derivation():
    policy = current_policy()
    assert touched_kinds(policy, policy.amended({"ticket_response.weight": 3}), QUARTER) == set()
    amended = policy.amended({"ticket_response.within": "2 hours"})
    assert touched_kinds(policy, amended, QUARTER) == {"ticket_response"}
