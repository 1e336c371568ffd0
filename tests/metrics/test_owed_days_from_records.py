"""Clauses 2.1.2 and 2.2: joiners, ramps, leave, changed targets and layers, worked by hand."""

from __future__ import annotations

from decimal import Decimal as D
from fractions import Fraction

import pytest
from appraised_help import LATER, aimed, buyer, card_of, day, moment, person, planned, sold

from zhangfa.actions import appraisal
from zhangfa.answers import evidence, standing
from zhangfa.records.models import Activity, CalendarDay, LayerSpell, Leave, Person
from zhangfa.rules.terms import Period

pytestmark = pytest.mark.django_db


def target(who: Person, period: str) -> D:
    line = card_of(who, period).card.line("sales_amount")
    assert line.target is not None
    return line.target.value


@pytest.fixture
def sixty_three() -> None:
    """A fourth quarter of 63 working days: its 62, and a Saturday that is worked."""
    CalendarDay.objects.create(day=day("2026-12-26"), works=True, entered_at=moment("2026-01-01"))


def test_2_2_vector_10_a_joiner_with_31_of_63_days(sixty_three: None) -> None:
    who = person(joined_on=day("2026-11-20"))
    aimed(who, "2026-Q4", 600000)
    result = card_of(who, "2026-Q4")
    assert result.days == (31, 63)
    assert target(who, "2026-Q4") == D("295238.10")
    assert result.card.total is not None


def test_2_2_vector_10_a_joiner_with_20_of_63_days_is_not_rated(sixty_three: None) -> None:
    who = person(joined_on=day("2026-12-07"))
    aimed(who, "2026-Q4", 600000)
    sold(buyer(who), "2026-12-10", 500000)
    result = card_of(who, "2026-Q4")
    assert result.days == (20, 63)
    assert (result.card.total, result.card.not_rated) == (None, "too_few_days")
    assert result.bonus is None


def test_2_2_a_newcomers_ramp_is_the_mean_of_the_months_by_their_days() -> None:
    """Joined 6 July: 23, 22 and 18 working days in the first three months of tenure:
    (0.2 × 23 + 0.4 × 22 + 0.6 × 18) / 63, and 63 of the quarter's 66 days are owed."""
    who = person(layer="newcomer", joined_on=day("2026-07-06"))
    aimed(who, "2026-Q3", 660000)
    result = card_of(who, "2026-Q3")
    assert result.days == (63, 66)
    line = result.card.line("sales_amount")
    assert line.target is not None
    assert line.target.ramp == Fraction(242, 630)
    assert line.target.value == D("242000.00")


def test_2_2_a_mature_joiner_has_no_ramp() -> None:
    who = person(joined_on=day("2026-07-06"))
    aimed(who, "2026-Q3", 660000)
    assert target(who, "2026-Q3") == D("630000.00")


def test_2_2_leave_from_five_days_on_relieves_the_target_and_the_visits() -> None:
    """9 of October's 18 working days away: half the target, and 2 of 4 visits are required."""
    who = person()
    customer = buyer(who)
    aimed(who, "2026-10", 180000)
    planned(who, customer, "2026-10", 4)
    at = moment("2026-10-26")
    Activity.objects.create(
        customer=customer, person=who, kind="visit", at=at, noted_at=at, minutes=60, outcome="ok"
    )
    assert card_of(who, "2026-10").card.line("visit_attainment").measure.value == 25
    Leave.objects.create(person=who, starts_on=day("2026-10-12"), ends_on=day("2026-10-23"))
    result = card_of(who, "2026-10")
    assert result.days == (9, 18)
    assert target(who, "2026-10") == D("90000.00")
    assert result.card.line("visit_attainment").measure.formula() == "1 / 2 = 50.0 %"


def test_2_2_a_shorter_leave_relieves_nothing() -> None:
    who = person()
    aimed(who, "2026-10", 180000)
    planned(who, buyer(who), "2026-10", 4)
    Leave.objects.create(person=who, starts_on=day("2026-10-12"), ends_on=day("2026-10-16"))
    result = card_of(who, "2026-10")
    assert result.days == (18, 18)
    assert target(who, "2026-10") == D("180000.00")
    assert result.card.line("visit_attainment").measure.formula() == "0 / 4 = 0.0 %"


def test_2_2_1_a_large_deal_is_capped_by_the_relieved_target() -> None:
    """60 % of half a target of 180,000: a single deal counts for 54,000."""
    who = person()
    aimed(who, "2026-10", 180000)
    Leave.objects.create(person=who, starts_on=day("2026-10-12"), ends_on=day("2026-10-23"))
    sold(buyer(who), "2026-10-26", 100000)
    line = card_of(who, "2026-10").card.line("sales_amount")
    assert (line.deal_cap, line.counted) == (D("54000.00"), 54000)


def test_2_2_a_target_changed_in_the_period_counts_forward_by_working_days() -> None:
    """660,000 for 35 days, 330,000 for 31: (660,000 × 35 + 330,000 × 31) / 66 = 505,000."""
    who, second = person(), person("zhao", roles=["director"])
    aimed(who, "2026-Q3", 500000, on="2026-06-01")
    aimed(who, "2026-Q3", 660000, on="2026-06-20")
    aimed(who, "2026-Q3", 330000, on="2026-08-19", approver=second)
    assert target(who, "2026-Q3") == D("505000.00")


@pytest.fixture
def promoted() -> Person:
    """A newcomer for 35 of 66 days, mature for 31; 280,000 sold before, 310,000 after.

    By hand: targets 660,000 × 35/66 = 350,000 and × 31/66 = 310,000 (the ramp is over); 80 % is
    60 points, 100 % is 85; nothing else was measured; (60 × 35 + 85 × 31) / 66 = 71.74.
    """
    who = person(layer="newcomer", joined_on=day("2026-02-19"))
    LayerSpell.objects.filter(person=who).update(ends_on=day("2026-08-19"))
    LayerSpell.objects.create(person=who, layer="mature", starts_on=day("2026-08-19"))
    aimed(who, "2026-Q3", 660000)
    for on, amount in (
        ("2026-07-10", 150000),
        ("2026-08-18", 130000),
        ("2026-08-19", 155000),
        ("2026-09-30", 155000),
    ):
        sold(buyer(who), on, amount)
    return who


def test_2_1_2_two_layers_are_scored_apart_and_weighed_by_their_days(promoted: Person) -> None:
    card = card_of(promoted, "2026-Q3").card
    told = [(part.layer, part.days, part.card.total) for part in card.parts]
    assert told == [("newcomer", 35, D("60.00")), ("mature", 31, D("85.00"))]
    values = [part.card.line("sales_amount").target.value for part in card.parts]  # type: ignore[union-attr]
    assert values == [D("350000.00"), D("310000.00")]
    assert (card.total, card.layer) == (D("71.74"), "mature")
    assert card.exact_total == Fraction(60 * 35 + 85 * 31, 66)
    assert card.band is not None and card.band.factor == 1


def test_2_1_2_the_lines_of_both_parts_make_the_total(promoted: Person) -> None:
    card = card_of(promoted, "2026-Q3").card
    assert sum(line.earned for line in card.lines) == card.total
    assert sum(line.effective_weight for line in card.lines) == 100
    assert sum(line.weight for line in card.lines) == 100
    line = card.line("sales_amount")
    assert (line.measure.value, line.points) == (590000, D("71.74"))
    assert line.target is not None and line.target.value == D("660000.00")
    assert card.line("collection_rate").points is None


def test_2_1_2_the_evidence_reckons_each_part(promoted: Person) -> None:
    found = evidence.evidence_of(card_of(promoted, "2026-Q3"), "sales_amount", LATER)
    assert found.steps[-1] == "(60.00 × 35 + 85.00 × 31) / 66 = 71.74"
    assert found.count == 4


def test_2_3_8_a_result_over_two_layers_is_frozen_with_both(promoted: Person) -> None:
    director = person("zhao", roles=["director"])
    appraisal.freeze(promoted, by=director, at=LATER, period="2026-Q3", reason="few figures")
    found, _, verdict = standing.among(promoted, Period.read("2026-Q3"), LATER)
    live = card_of(promoted, "2026-Q3").card
    assert found is not None and verdict is not None
    assert found.card.total == verdict.total == D("71.74")
    assert [(part.layer, part.days, part.card.total) for part in found.card.parts] == [
        (part.layer, part.days, part.card.total) for part in live.parts
    ]


def test_2_1_2_a_change_that_is_still_ahead_changes_nothing_yet() -> None:
    who = person(layer="newcomer", joined_on=day("2026-02-19"))
    LayerSpell.objects.filter(person=who).update(ends_on=day("2026-08-19"))
    LayerSpell.objects.create(person=who, layer="mature", starts_on=day("2026-08-19"))
    card = card_of(who, "2026-Q3", moment("2026-08-01")).card
    assert (card.layer, card.parts) == ("newcomer", ())
