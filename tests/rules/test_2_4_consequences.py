"""What follows from scores, all of it proposals until a named person decides (2.4)."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal as D
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from score_help import in_force, scheme, steady

from zhangfa.rules.consequences import (
    NotTheirs,
    QuarterScore,
    Standing,
    bonus,
    bottom_ten_percent,
    mentoring_suggestions,
    training_suggestions,
    two_quarter_rule,
)
from zhangfa.rules.measures import Ratio
from zhangfa.rules.scores import Card, score_card
from zhangfa.rules.whatif import compare, line_changes

NOON = datetime(2026, 10, 12, 4, tzinfo=UTC)


# --- 2.4.1 bonus


def test_2_4_1_every_step_of_the_bonus_is_shown() -> None:
    found = bonus(D("86.40"), 12000, in_force())

    assert [(step.key, step.formula) for step in found.steps] == [
        ("score", "86.40"),
        ("band", "86.40 ≥ 60"),
        ("factor", "1"),
        ("amount", "12,000.00 × 1 = 12,000.00"),
        ("change", "12,000.00 − 12,000.00 = 0.00"),
    ]
    assert found.next is not None
    assert (found.next.gap, found.next.amount, found.next.gain) == (D("3.60"), 14400, 2400)
    assert {c.key for c in found.citations} >= {"bonus.bands", "bonus.method", "rounding.points"}


def test_2_4_1_the_highest_band_has_nothing_above() -> None:
    assert bonus(D("95"), 12000, in_force()).next is None


@pytest.mark.parametrize(
    ("score", "factor"), [("0", "0.7"), ("60", "1"), ("75", "1.1"), ("90", "1.2"), ("100", "1.2")]
)
def test_2_4_1_the_curve_meets_the_steps_at_60_and_90(score: str, factor: str) -> None:
    curve = bonus(D(score), 10000, in_force(bonus__method="curve"))
    steps = bonus(D(score), 10000, in_force())

    assert curve.factor == D(factor)
    assert curve.amount == D(factor) * 10000
    assert (curve.other_amount, steps.other_amount) == (steps.amount, curve.amount)
    if score in ("60", "90"):
        assert curve.amount == steps.amount


def test_2_4_1_the_curve_shows_how_its_factor_is_found() -> None:
    found = bonus(D("75"), 10000, in_force(bonus__method="curve"))

    assert found.steps[2].formula == "1 + (75 − 60) / (90 − 60) × (1.2 − 1) = 1.1"
    assert found.next is not None
    assert found.next.amount == 12000


def test_2_4_1_amounts_round_to_the_cent_half_up() -> None:
    assert bonus(50, D("10000.05"), in_force()).amount == D("7000.04")
    assert bonus(D("59.995"), D("0.05"), in_force()).amount == D("0.05")


@steady
@given(
    st.fractions(0, 100, max_denominator=997),
    st.fractions(0, 100, max_denominator=997),
    st.integers(0, 10**7),
)
def test_2_4_1_a_higher_score_never_pays_less(one: Fraction, more: Fraction, cents: int) -> None:
    base = D(cents) / 100
    for method in ("steps", "curve"):
        asked = in_force(bonus__method=method)
        assert bonus(one, base, asked).amount <= bonus(min(one + more, 100), base, asked).amount


def test_2_4_1_nothing_is_in_force_before_a_named_person_decided() -> None:
    proposed = bonus(D(95), 12000, in_force()).proposal("li")

    assert not proposed.in_force
    assert proposed.amount == 14400
    assert proposed.decided("boss", NOON, True).in_force
    assert not proposed.decided("boss", NOON, False, "an appeal is open").in_force


def test_2_4_nobody_decides_for_himself_or_twice_or_refuses_without_a_reason() -> None:
    proposed = bonus(D(95), 12000, in_force()).proposal("li")

    for by, accepted in (("li", True), ("", True), ("boss", False)):
        with pytest.raises(NotTheirs):
            proposed.decided(by, NOON, accepted)
    with pytest.raises(NotTheirs, match="already"):
        proposed.decided("boss", NOON, True).decided("chief", NOON, False, "no")


# --- 2.4.3 the lowest tenth


def people(*totals: str | None, layer: str = "mature") -> list[Standing]:
    return [
        Standing(f"{layer[0]}{i:02}", layer, None if t is None else D(t))
        for i, t in enumerate(totals)
    ]


def ladder(n: int, start: int = 60) -> list[str]:
    return [str(start + i) for i in range(n)]


def test_2_4_3_layers_are_reckoned_apart() -> None:
    scores = people(*ladder(10)) + people(*ladder(10, 40), layer="newcomer")

    apart = bottom_ten_percent(scores, in_force())
    together = bottom_ten_percent(scores, in_force(coaching__by_layer=False))

    assert sorted(p.person for p in apart.proposals) == ["m00", "n00"]
    assert sorted(p.person for p in together.proposals) == ["n00", "n01"]


def test_2_4_3_who_is_not_rated_is_in_no_group() -> None:
    found = bottom_ten_percent(people(*ladder(9), None), in_force())

    assert found.groups[0].size == 9
    assert found.proposals == ()


def test_2_4_3_a_tie_at_the_edge_leaves_those_below_it_picked() -> None:
    found = bottom_ten_percent(people("50", "60", "60", *ladder(17, 70)), in_force())

    assert [p.person for p in found.proposals] == ["m00"]
    assert found.groups[0].tied == ("m01", "m02")
    assert found.groups[0].wanted == 2
    everybody = bottom_ten_percent(
        people("50", "60", "60", *ladder(17, 70)), in_force(coaching__ties="everybody")
    )
    assert [p.person for p in everybody.proposals] == ["m00", "m01", "m02"]


def test_2_4_3_a_tie_inside_the_lowest_share_is_no_tie_at_its_edge() -> None:
    found = bottom_ten_percent(people("60", "60", *ladder(18, 70)), in_force())

    assert [p.person for p in found.proposals] == ["m00", "m01"]
    assert found.groups[0].tied == ()


def test_2_4_3_whoever_could_as_well_stand_higher_is_shown() -> None:
    scores = people(*ladder(10))
    scores[0] = Standing("m00", "mature", D(60), D(55), D(65))
    scores[1] = Standing("m01", "mature", D(61), D(58), D(64))

    assert bottom_ten_percent(scores, in_force()).groups[0].overlapping == ("m00",)
    assert bottom_ten_percent(people(*ladder(10)), in_force()).groups[0].overlapping == ()


def test_2_4_3_the_proposal_says_why() -> None:
    (proposal,) = bottom_ten_percent(people(*ladder(14)), in_force()).proposals

    assert (proposal.kind, proposal.clause, proposal.in_force) == ("coaching", "2.4.3", False)
    assert dict(proposal.reasons[0].values) == {
        "score": D(60),
        "place": 1,
        "of": 14,
        "wanted": 1,
    }
    assert "coaching.bottom_share" in {c.key for c in proposal.citations}


@steady
@given(st.lists(st.integers(40, 60), max_size=40), st.randoms())
def test_2_4_3_never_more_than_a_tenth_and_never_by_the_order(totals: list[int], random) -> None:
    scores = people(*map(str, totals))
    found = bottom_ten_percent(scores, in_force()).proposals

    assert len(found) <= len(totals) // 10
    shuffled = random.sample(scores, len(scores))
    again = bottom_ten_percent(shuffled, in_force()).proposals
    assert {p.person for p in found} == {p.person for p in again}
    by_name = {s.person: s.total for s in scores}
    left = [t for name, t in by_name.items() if name not in {p.person for p in found}]
    assert all(by_name[p.person] < min(left) for p in found)


# --- 2.4.2 two excellent quarters


def test_2_4_2_two_excellent_quarters_in_a_row_make_a_candidate() -> None:
    history = {
        "both": [QuarterScore("2026-Q2", D(91)), QuarterScore("2026-Q3", D("90.00"))],
        "just below": [QuarterScore("2026-Q2", D(95)), QuarterScore("2026-Q3", D("89.99"))],
        "a gap": [QuarterScore("2026-Q1", D(95)), QuarterScore("2026-Q3", D(95))],
        "not rated": [QuarterScore("2026-Q2", None), QuarterScore("2026-Q3", D(95))],
        "over the year": [QuarterScore("2026-Q3", D(95)), QuarterScore("2026-Q2", D(92))],
        "long ago": [QuarterScore("2025-Q3", D(95)), QuarterScore("2025-Q4", D(92))],
    }

    found = two_quarter_rule(history, "2026-Q3", in_force())

    assert [p.person for p in found] == ["over the year", "both"]
    assert [reason.value("period") for reason in found[0].reasons] == ["2026-Q3", "2026-Q2"]
    assert not found[0].in_force


def test_2_4_2_the_row_goes_over_the_new_year() -> None:
    history = {"li": [QuarterScore("2025-Q4", D(91)), QuarterScore("2026-Q1", D(93))]}

    assert len(two_quarter_rule(history, "2026-Q1", in_force())) == 1


# --- 2.4.4, 2.4.5 help where a metric is weak


def card(person: str, **percent: int) -> Card:
    weights = {"collection_rate": 60, "visit_attainment": 20, "process_compliance": 20}
    measures = {metric: Ratio(value, 100) for metric, value in percent.items()}
    return score_card("mature", "month", measures, {}, scheme(weights), person=person)


def test_2_4_4_weak_behaviour_suggests_the_courses_that_aim_at_it() -> None:
    weak = card("li", collection_rate=20, visit_attainment=59, process_compliance=30)
    courses = {"process_compliance": ["process drill", "needs analysis"]}

    found = training_suggestions(weak, in_force(), courses)

    assert [(p.metric, p.partner) for p in found] == [
        ("process_compliance", "process drill"),
        ("process_compliance", "needs analysis"),
        ("visit_attainment", None),
    ]
    at_the_edge = card("li", collection_rate=20, visit_attainment=60, process_compliance=60)
    assert training_suggestions(at_the_edge, in_force()) == ()


def test_2_4_5_weak_results_are_matched_with_whoever_is_strong_in_them() -> None:
    weak = card("li", collection_rate=40)
    strong, stronger = card("wang", collection_rate=92), card("zhao", collection_rate=95)
    average = card("sun", collection_rate=80)

    def mentor(others: list[Card], busy: dict[str, int] | None = None) -> str | None:
        (found,) = mentoring_suggestions(weak, others, in_force(), busy)
        return found.partner

    assert mentor([strong, stronger, average]) == "zhao"
    assert mentor([strong, stronger], {"zhao": 2}) == "wang"
    assert mentor([weak, average]) is None
    assert mentoring_suggestions(card("li", collection_rate=60), [strong], in_force()) == ()


# --- what-if


def test_what_if_shows_scores_bands_bonuses_and_the_lines_that_moved() -> None:
    weights = {"collection_rate": 50, "process_compliance": 50}
    was, other = scheme(weights), scheme({"collection_rate": 70, "process_compliance": 30})
    facts = {
        "li": {"collection_rate": Ratio(95, 100), "process_compliance": Ratio(80, 100)},
        "wang": {"collection_rate": Ratio(70, 100), "process_compliance": Ratio(70, 100)},
    }
    before = {p: score_card("mature", "month", m, {}, was, person=p) for p, m in facts.items()}
    after = {p: score_card("mature", "month", m, {}, other, person=p) for p, m in facts.items()}

    found = compare(before, after, (was, other), {"li": D(10000)})

    (li,) = found.moved
    assert (li.person, li.score_change, li.changes_band) == ("li", D("3.00"), True)
    assert (li.bonus_change, found.bonus_change) == (2000, 2000)
    assert [(c.metric, c.earned_change) for c in li.lines] == [
        ("collection_rate", D("19.00")),
        ("process_compliance", D("-16.00")),
    ]
    assert [(b.people, b.share) for b in found.bands_before] == [(0, 0), (2, 100), (0, 0)]
    assert [(b.people, b.share) for b in found.bands_after] == [(1, 50), (1, 50), (0, 0)]


def test_what_if_of_the_same_policy_moves_nothing() -> None:
    asked = scheme({"collection_rate": 100})
    cards = {"li": score_card("mature", "month", {"collection_rate": Ratio(7, 9)}, {}, asked)}

    found = compare(cards, cards, (asked, asked), {"li": D(10000)})

    assert found.moved == ()
    assert line_changes(cards["li"], cards["li"]) == ()
    with pytest.raises(KeyError, match="not the same people"):
        compare(cards, {}, (asked, asked))
