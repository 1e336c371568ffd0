"""From raw values to points, who is credited, and what is to be reached (2.2)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from score_help import METRICS, in_force, steady

from zhangfa.rules.bands import Bands
from zhangfa.rules.credit import (
    Share,
    SharesNotWhole,
    check_shares,
    credits_of,
    handed_over,
    team_total,
)
from zhangfa.rules.curves import BadCurve, Curve
from zhangfa.rules.exact import apportioned, exact, rounded, split
from zhangfa.rules.targets import (
    LayerPart,
    attainment,
    blended,
    month_of_tenure,
    over_parts,
    owed_days,
    ramp_factor,
    relieved,
)

HOUSE = Curve.read([[50, 0], [80, 60], [100, 85], [120, 100]])


@pytest.mark.parametrize(
    ("value", "points"),
    [(-5, 0), (50, 0), (65, 30), (80, 60), (90, "72.5"), (100, 85), (120, 100), (500, 100)],
)
def test_2_2_a_curve_is_linear_between_anchors_and_flat_outside(value: int, points: str) -> None:
    assert HOUSE.points(value) == D(points)


def test_2_2_points_round_half_up_and_never_pass_through_floats() -> None:
    third = Curve.read([[0, 0], [3, 1]])

    assert third.exact_points(1) == Fraction(1, 3)
    assert str(third.points(1)) == "0.33"
    assert Curve.read([[0, 0], [100, 100]]).points(D("89.995")) == D("90.00")


def test_2_2_steps_and_lower_is_better_and_caps() -> None:
    steps = Curve.read({"anchors": [[0, 0], [60, 60], [90, 100]], "step": True})
    days_late = Curve.read({"anchors": [[0, 100], [10, 0]], "polarity": "lower"})
    capped = Curve.read({"anchors": [[0, 0], [100, 100]], "cap": 80})

    assert [steps.points(x) for x in (59, 60, 89, 90)] == [0, 60, 60, 100]
    assert [days_late.points(x) for x in (0, 5, 10, 30)] == [100, 50, 0, 0]
    assert capped.points(95) == 80
    assert capped.value_for(81) is None


@pytest.mark.parametrize(
    ("anchors", "said"),
    [
        ([[0, 0]], "at least two"),
        ([[0, 0], [0, 5]], "of a curve rise"),
        ([[0, 50], [10, 40]], "must not earn less"),
        ([[0, 0], [10, 120]], "0 to 100"),
        ([[0, 0, 1], [1, 2, 3]], "a pair"),
    ],
)
def test_2_2_an_unsound_curve_is_refused_with_the_reason(anchors: list, said: str) -> None:
    with pytest.raises(BadCurve, match=said):
        Curve.read(anchors)


def test_2_2_every_curve_of_the_first_edition_is_sound() -> None:
    reading = in_force()
    for metric in METRICS:
        assert Curve.read(reading[f"{metric}.curve"]).anchors


def test_2_2_the_value_that_points_would_have_needed() -> None:
    late = Curve.read({"anchors": [[0, 100], [10, 0]], "polarity": "lower"})

    assert HOUSE.value_for(85) == 100
    assert HOUSE.value_for(D("72.5")) == 90
    assert HOUSE.value_for(0) == 50
    assert late.value_for(50) == 5
    assert late.value_for(100) == 0
    assert HOUSE.value_for(101) is None


anchors = st.lists(
    st.tuples(st.integers(0, 200), st.integers(0, 100)),
    min_size=2,
    max_size=6,
    unique_by=lambda p: p[0],
).map(lambda p: list(zip(sorted(x for x, _ in p), sorted(y for _, y in p), strict=True)))


@steady
@given(anchors, st.integers(-50, 300), st.integers(0, 100))
def test_2_2_more_never_earns_less_and_the_inverse_earns_what_was_asked(
    pairs: list, value: int, more: int
) -> None:
    curve = Curve.read(pairs)
    lowest, highest = pairs[0][1], pairs[-1][1]

    assert curve.exact_points(value) <= curve.exact_points(value + more)
    assert lowest <= curve.exact_points(value) <= highest
    needed = curve.value_for(more)
    if needed is None:
        assert more > highest
    else:
        assert curve.exact_points(needed) >= more
        assert needed == pairs[0][0] or curve.exact_points(needed - Fraction(1, 1000)) < more


def test_2_4_1_bands_have_no_gap_and_begin_at_0() -> None:
    bands = Bands.read([[60, D("1.00")], [90, D("1.20")], [0, D("0.70")]])

    assert [b.floor for b in bands.bands] == [90, 60, 0]
    assert bands.above(D("59.99")).floor == 60
    assert bands.above(90) is None
    with pytest.raises(ValueError, match="score of 0"):
        Bands.read([[60, 1]])


# --- credit


def test_2_2_1_direct_shares_make_exactly_100_percent() -> None:
    check_shares([Share("a", D("33.33")), Share("b", D("66.67")), Share("c", D(50), "overlay")])
    for wrong in (
        [Share("a", D("33.33")), Share("b", D("33.33")), Share("c", D("33.33"))],
        [Share("a", D(60)), Share("a", D(40))],
        [Share("a", D(120)), Share("b", D(-20))],
        [],
    ):
        with pytest.raises(SharesNotWhole):
            check_shares(wrong)


def test_2_2_1_a_third_each_adds_up_to_the_cent_and_a_return_mirrors_it() -> None:
    shares = [Share("a", D("33.3")), Share("b", D("33.3")), Share("c", D("33.4"))]
    sold = credits_of("o", "d", D("100.01"), date(2026, 3, 2), shares)
    back = credits_of("r", "d", D("-100.01"), date(2026, 4, 2), shares, "returned")

    assert [c.amount for c in sold] == [D("33.30"), D("33.30"), D("33.41")]
    assert [c.amount + r.amount for c, r in zip(sold, back, strict=True)] == [0, 0, 0]


def test_2_2_1_an_overlay_is_shown_but_never_in_the_teams_total() -> None:
    shares = [Share("a", D(100)), Share("tech", D(30), "overlay")]

    credits = credits_of("o", "d", D(1000), date(2026, 3, 2), shares)

    assert {c.person: c.amount for c in credits} == {"a": 1000, "tech": 300}
    assert team_total(credits) == 1000


def test_2_2_1_a_handover_changes_nothing_dated_before_it() -> None:
    shares = handed_over([Share("old", D(60)), Share("x", D(40))], "old", "new", date(2026, 4, 1))

    def credited(day: date) -> dict[str, D]:
        return {c.person: c.amount for c in credits_of("o", "d", D(100), day, shares)}

    assert credited(date(2026, 3, 31)) == {"old": 60, "x": 40}
    assert credited(date(2026, 4, 1)) == {"new": 60, "x": 40}


def test_2_2_1_a_holdover_share_lasts_its_days() -> None:
    moved = date(2026, 4, 1)
    shares = handed_over([Share("old", D(100))], "old", "new", moved, D("0.3"), 30)

    def credited(day: date) -> dict[str, D]:
        return {c.person: c.amount for c in credits_of("o", "d", D(100), day, shares)}

    assert credited(moved + timedelta(29)) == {"old": 30, "new": 70}
    assert credited(moved + timedelta(30)) == {"new": 100}


def test_2_2_1_handing_over_to_somebody_with_a_share_adds_it() -> None:
    shares = handed_over([Share("a", D(60)), Share("b", D(40))], "a", "b", date(2026, 4, 1))

    assert credits_of("o", "d", D(9), date(2026, 5, 1), shares)[0].amount == 9
    with pytest.raises(ValueError, match="no direct share"):
        handed_over(shares, "a", "c", date(2026, 5, 1))


@steady
@given(
    st.integers(-(10**12), 10**12),
    st.lists(st.integers(0, 1000), min_size=1, max_size=9).filter(any),
)
def test_2_2_1_parts_add_up_to_the_amount_and_are_off_by_less_than_a_cent(
    cents: int, weights: list[int]
) -> None:
    amount = D(cents) / 100

    parts = split(amount, weights)

    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(exact(part) - exact(amount) * weight / sum(weights)) < Fraction(1, 100)
    assert split(-amount, weights) == [-part for part in parts]


@steady
@given(st.lists(st.fractions(0, 100, max_denominator=997), min_size=1, max_size=12))
def test_2_2_rounded_parts_are_the_rounded_whole(parts: list[Fraction]) -> None:
    whole = rounded(sum(parts))

    shown = apportioned(parts, whole)

    assert sum(shown) == whole
    assert all(s == 0 for s, p in zip(shown, parts, strict=True) if p == 0)


@pytest.mark.parametrize(
    ("value", "mode", "said"),
    [
        ("0.125", "half_up", "0.13"),
        ("-0.125", "half_up", "-0.13"),
        ("0.125", "half_even", "0.12"),
        ("0.135", "half_even", "0.14"),
        ("0.129", "down", "0.12"),
        ("0.121", "up", "0.13"),
    ],
)
def test_2_2_rounding_is_what_the_policy_says(value: str, mode: str, said: str) -> None:
    assert str(rounded(D(value), 2, mode)) == said


# --- targets


def test_2_2_only_long_leave_relieves_and_a_ramp_is_weighed_by_days() -> None:
    ramp = in_force()["layer.ramp"]

    assert owed_days(63, [2, 4, 5, 10], counts_from=5) == 48
    assert ramp_factor({1: 20, 2: 22, 3: 21}, ramp) == Fraction(127, 5) / 63
    assert ramp_factor({5: 20, 9: 20}, ramp) == 1
    assert relieved(600000, Fraction(1, 2), ramp[0]) == 60000


def test_2_2_months_of_tenure_are_counted_from_the_day_of_joining() -> None:
    joined = date(2026, 1, 31)

    assert month_of_tenure(joined, joined) == 1
    assert month_of_tenure(joined, date(2026, 2, 27)) == 1
    assert month_of_tenure(joined, date(2026, 2, 28)) == 2
    with pytest.raises(ValueError, match="before joining"):
        month_of_tenure(joined, date(2026, 1, 30))


def test_2_2_two_layers_in_a_period_are_weighed_by_days() -> None:
    parts = [LayerPart("newcomer", D(80), 20), LayerPart("mature", D(90), 43)]

    assert over_parts(parts) == D("86.83")
    assert over_parts([*parts, LayerPart("supervisor", None, 10)]) == D("86.83")
    assert over_parts([LayerPart("newcomer", None, 20)]) is None


def test_2_2_a_target_changed_in_mid_period_counts_by_days() -> None:
    assert blended([(600000, 21), (900000, 42)]) == 800000


def test_2_2_no_target_is_not_infinite() -> None:
    assert attainment(Fraction(5), 0) is None
    assert attainment(Fraction(-5), 10) == -50
