"""From measures to one number per person, with its tree of reasons (2.2, 2.3)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal as D
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from score_help import DAY, METRICS, in_force, scheme, steady

from zhangfa.policy import load_editions
from zhangfa.rules.measures import Average, Count, Net, Ratio, Sum
from zhangfa.rules.scores import (
    FIRST,
    Adjustment,
    Decided,
    Evaluation,
    ReasonWanted,
    chained_hash,
    combined,
    effective_weights,
    first_break,
    score_card,
    score_interval,
    to_canonical,
)
from zhangfa.rules.targets import Target

FULL = {m: Ratio(90, 100, n=100) for m in METRICS}
TWO_BY_TWO = {
    "collection_rate": 40,
    "customer_retention": 20,
    "process_compliance": 25,
    "visit_attainment": 15,
}


def rates(**percent: int) -> dict[str, Ratio]:
    return {metric: Ratio(value, 100) for metric, value in percent.items()}


def test_2_2_a_metric_that_is_not_applicable_gives_its_weight_to_its_dimension() -> None:
    asked = scheme(TWO_BY_TWO, **{"customer_retention.target": 100})
    measures = rates(collection_rate=80, process_compliance=60, visit_attainment=40)

    card = score_card("mature", "month", measures, {}, asked)

    assert card.line("customer_retention").points is None
    assert card.line("customer_retention").effective_weight == 0
    assert card.line("collection_rate").effective_weight == 60
    assert card.line("collection_rate").redistributed
    assert card.total == D("69.00")
    assert not card.needs_decision


def test_2_2_or_to_the_whole_card_where_the_policy_says_so() -> None:
    asked = scheme(TWO_BY_TWO, rating__redistribute="whole_card")
    measures = rates(collection_rate=80, process_compliance=60, visit_attainment=40)

    card = score_card("mature", "month", measures, {}, asked)

    assert card.line("collection_rate").effective_weight == 50
    assert card.total == D("66.25")


def test_2_2_a_dimension_that_is_mostly_empty_wants_a_decision() -> None:
    asked = scheme(TWO_BY_TWO)
    measures = rates(customer_retention=80, process_compliance=60, visit_attainment=40)

    card = score_card("mature", "month", measures, {}, asked)
    (asked_for,) = card.needs_decision
    assert (asked_for.dimension, asked_for.weight, asked_for.empty) == ("performance", 60, 40)
    assert asked_for.metrics == ("collection_rate",)
    assert card.provisional

    settled = Decided("performance", "boss", "took over a book without receivables")
    assert not score_card("mature", "month", measures, {}, asked, decided=[settled]).provisional
    refused = Decided("performance", "boss", "nothing to judge by", "not_rated")
    card = score_card("mature", "month", measures, {}, asked, decided=[refused])
    assert (card.total, card.not_rated, card.band) == (None, "decided", None)


def test_2_2_exactly_half_of_a_dimension_empty_needs_nobody() -> None:
    asked = scheme({"collection_rate": 30, "new_customers": 30, "process_compliance": 40})

    card = score_card(
        "mature", "month", rates(collection_rate=80, process_compliance=80), {}, asked
    )

    assert not card.needs_decision


def test_2_2_a_whole_dimension_without_figures_goes_to_the_others() -> None:
    asked = scheme({"collection_rate": 60, "process_compliance": 20, "cross_department_rating": 20})
    measures = rates(collection_rate=90, process_compliance=50)

    card = score_card("mature", "month", measures, {}, asked)

    assert card.line("collection_rate").effective_weight == 75
    assert card.total == D("80.00")
    assert [each.dimension for each in card.needs_decision] == ["teamwork"]


def test_2_2_no_figures_at_all_is_not_rated_and_never_0() -> None:
    card = score_card("mature", "month", {}, {}, in_force())

    assert (card.total, card.not_rated, card.band) == (None, "no_figures", None)


def test_2_2_1_an_amount_without_a_target_is_not_applicable() -> None:
    for target in ({}, {"sales_amount": D(0)}):
        card = score_card("mature", "month", {"sales_amount": Sum(500, "CNY")}, target, in_force())
        assert card.line("sales_amount").reason_na == "no_target"
        assert card.total is None


def test_2_2_1_a_single_deal_fills_at_most_its_share_of_the_target_in_points_only() -> None:
    one_deal = Sum(900, "CNY", terms=(("whale", 900),))
    two_deals = Sum(900, "CNY", terms=(("a", 450), ("b", 450)))
    asked = scheme({"sales_amount": 100}, sales_amount__single_deal_cap=60)

    whale = score_card("mature", "month", {"sales_amount": one_deal}, {"sales_amount": 1000}, asked)
    pair = score_card("mature", "month", {"sales_amount": two_deals}, {"sales_amount": 1000}, asked)

    assert (whale.total, pair.total) == (60, 90)
    assert whale.line("sales_amount").capped
    assert whale.line("sales_amount").deal_cap == 600
    assert whale.line("sales_amount").measure.value == 900
    assert not pair.line("sales_amount").capped


def test_2_2_1_a_negative_amount_earns_0_points() -> None:
    card = score_card(
        "mature", "month", {"sales_amount": Sum(-50)}, {"sales_amount": 100}, in_force()
    )

    assert card.line("sales_amount").points == 0
    assert card.line("sales_amount").attainment == -50


def test_2_2_targets_that_the_policy_sets_are_relieved_for_amounts_and_not_for_rates() -> None:
    asked = in_force()
    measures = {"knowledge_sharing": Count(3), "customer_retention": Ratio(80, 100)}

    card = score_card("mature", "quarter", measures, {}, asked, owed_share=Fraction(1, 2))

    assert card.line("knowledge_sharing").target.value == 3
    assert card.line("knowledge_sharing").points == 100
    assert card.line("customer_retention").target.value == 85


def test_2_3_8_a_late_fact_is_a_named_line_and_the_raw_figure_stays() -> None:
    late = Adjustment("sales_amount", "2026-Q1", D(-12000), fact="return 7", reason="noted late")
    rate = Adjustment("process_compliance", "2026-Q1", 1, 2)
    measures = {"sales_amount": Sum(D(60000), "CNY"), "process_compliance": Ratio(8, 8)}

    card = score_card(
        "mature", "quarter", measures, {"sales_amount": 60000}, in_force(), adjustments=[late, rate]
    )

    assert card.line("sales_amount").attainment == 80
    assert card.line("sales_amount").before_late == measures["sales_amount"]
    assert card.line("process_compliance").measure.formula() == "9 / 10 = 90.0 %"
    assert card.adjustments == (late, rate)


def test_2_3_8_a_late_fact_counts_even_where_nothing_else_happened() -> None:
    late = Adjustment("collection_rate", "2026-Q1", 30, 40)

    card = score_card("mature", "quarter", {}, {}, in_force(), adjustments=[late])

    assert card.line("collection_rate").measure.value == 75


def test_2_3_5_the_superiors_evaluation_has_its_bounded_share() -> None:
    said = Evaluation("boss", D(85), "carried the exhibition")

    card = score_card("mature", "quarter", _all(70), _targets(), _as_is(), evaluation=said)

    assert card.evaluation is not None
    assert (card.evaluation.weight, card.evaluation.earned, card.evaluation.lost) == (20, 17, 3)
    assert card.total == D("73.00")
    assert sum(line.effective_weight for line in card.lines) == 80


def test_2_3_5_an_evaluation_that_departs_from_the_data_gives_a_reason() -> None:
    with pytest.raises(ReasonWanted, match="needs a reason"):
        score_card(
            "mature", "quarter", _all(70), _targets(), _as_is(), evaluation=Evaluation("b", D(80))
        )
    near = Evaluation("boss", D("79.99"))
    card = score_card("mature", "quarter", _all(70), _targets(), _as_is(), evaluation=near)
    assert card.total == D("72.00")


def _as_is():
    return in_force(**{f"{metric}.curve": [[0, 0], [100, 100]] for metric in METRICS})


def _all(points: int) -> dict[str, Ratio]:
    return {metric: Ratio(points, 100) for metric in METRICS}


def _targets() -> dict[str, Target]:
    return {"customer_retention": Target(100), "knowledge_sharing": Target(100)}


def test_2_4_1_the_card_tells_what_the_next_band_would_have_taken() -> None:
    asked = scheme({"sales_amount": 60, "process_compliance": 40})
    measures = {"sales_amount": Sum(D(85000), "CNY"), "process_compliance": Ratio(90, 100)}

    card = score_card("mature", "month", measures, {"sales_amount": D(100000)}, asked)

    assert card.total == D("87.00")
    assert card.next_band is not None
    assert card.next_band.gap == D("3.00")
    sales, compliance = card.next_band.ways
    assert (sales.metric, sales.points, sales.value, sales.more) == (
        "sales_amount",
        90,
        90000,
        5000,
    )
    assert (compliance.points, compliance.more) == (D("97.5"), D("7.5"))


def test_2_4_1_what_is_said_to_be_needed_really_reaches_the_band() -> None:
    asked = in_force()
    targets = _targets() | {"sales_amount": D(300000), "new_customers": 3}
    nearly = {metric: Ratio(97, 100) for metric in METRICS}
    measures = nearly | {"sales_amount": Sum(D(271234)), "new_customers": Sum(D("2.7"))}
    card = score_card("mature", "quarter", measures, targets, asked)
    assert card.next_band is not None

    tried = [way for way in card.next_band.ways if way.value is not None]
    for way in tried:
        better = Sum(way.value) if measures[way.metric].amount_like else Ratio(way.value, 100)
        again = score_card("mature", "quarter", measures | {way.metric: better}, targets, asked)
        assert again.total >= card.next_band.band.floor
    assert tried


@steady
@given(st.integers(1, 99), st.integers(0, 9999), st.integers(0, 9999))
def test_2_4_1_the_points_said_to_be_needed_are_enough_and_hardly_more(weight, one, other) -> None:
    asked = scheme({"collection_rate": weight, "process_compliance": 100 - weight})
    measures = {"collection_rate": Ratio(one, 10000), "process_compliance": Ratio(other, 10000)}

    card = score_card("mature", "month", measures, {}, asked)

    for way in card.next_band.ways if card.next_band else ():
        if way.points is not None:
            line = card.line(way.metric)
            gained = Fraction(way.points - line.points) * line.exact_weight / 100
            assert card.exact_total + gained >= card.next_band.band.floor
            assert card.exact_total + gained < Fraction(card.next_band.band.floor) + Fraction(
                1, 100
            )


def test_2_4_1_lines_that_only_do_together_are_named() -> None:
    asked = scheme({"collection_rate": 50, "process_compliance": 50})

    card = score_card(
        "mature", "month", rates(collection_rate=50, process_compliance=60), {}, asked
    )
    assert card.next_band.together == ()
    asked = scheme(
        {"collection_rate": 50, "process_compliance": 50}, bonus__bands=[[95, 2], [0, 1]]
    )
    card = score_card(
        "mature", "month", rates(collection_rate=50, process_compliance=60), {}, asked
    )
    assert card.next_band.together == ("collection_rate", "process_compliance")


def test_2_2_12_a_metric_of_weight_0_is_shown_and_changes_nothing() -> None:
    with_nps = score_card("mature", "month", FULL | {"nps": Net(9, 0, 1)}, _targets(), in_force())
    without = {metric: m for metric, m in FULL.items() if metric != "nps"}

    assert with_nps.line("nps").points == 90
    assert with_nps.line("nps").earned == 0
    assert with_nps.total == score_card("mature", "month", without, _targets(), in_force()).total


def test_2_2_every_line_cites_what_it_rests_on() -> None:
    card = score_card("mature", "quarter", FULL, _targets(), load_editions().on(DAY))

    cited = {c.key: c for c in card.line("collection_rate").citations}

    assert set(cited) == {"collection_rate.curve", "card.mature.quarter.weights.collection_rate"}
    assert cited["collection_rate.curve"].clause == "2.2.2"
    assert cited["collection_rate.curve"].edition == "2026-01-01"
    assert cited["collection_rate.curve"].source in ("doc", "house")
    assert "bonus.bands" in {c.key for c in card.citations}


def test_2_1_1_a_scheme_that_does_not_make_100_is_refused() -> None:
    with pytest.raises(ValueError, match="not 100"):
        score_card("mature", "month", {}, {}, scheme({"collection_rate": 90}))


def test_2_3_3_the_year_of_several_cards_is_weighed_by_days() -> None:
    asked = scheme({"collection_rate": 100})
    cards = [
        score_card("mature", "month", rates(collection_rate=x), {}, asked) for x in (60, 90, 90)
    ]

    year = combined([(cards[0], 60), (cards[1], 60), (cards[2], 60)], asked)

    assert year.total == D("80.00")
    assert year.band.factor == 1


def test_2_4_3_the_interval_of_a_score_comes_from_its_samples_only() -> None:
    asked = scheme({"collection_rate": 50, "cross_department_rating": 50})
    sampled = Average(80, 4, spread=D(10))
    measures = rates(collection_rate=80) | {"cross_department_rating": sampled}

    low, high = score_interval(score_card("mature", "month", measures, {}, asked))

    assert (round(low, 2), round(high, 2)) == (D("75.10"), D("84.90"))


# --- the canonical form and the chain


def test_2_3_8_equal_results_have_equal_text() -> None:
    east = timezone(timedelta(hours=8))
    assert to_canonical({"b": D("1.50"), "a": Fraction(3, 2), "c": 2}) == (
        '{"a":"1.5","b":"1.5","c":"2"}'
    )
    assert to_canonical(datetime(2026, 3, 1, 8, tzinfo=east)) == to_canonical(
        datetime(2026, 3, 1, 0, tzinfo=UTC)
    )
    assert to_canonical(Fraction(1, 3)) == '"1/3"'
    assert to_canonical(D("-0.00")) == '"0"'


@pytest.mark.parametrize("value", [0.1, datetime(2026, 3, 1), D("NaN"), object()])
def test_2_3_8_what_has_no_exact_form_cannot_be_frozen(value: object) -> None:
    with pytest.raises(TypeError):
        to_canonical({"x": value})


def test_2_3_8_a_frozen_card_holds_facts_parameters_and_trace() -> None:
    measures = FULL | {"collection_rate": Ratio(135, 147, n=2, evidence=lambda: ["row 1", "row 2"])}

    card = score_card("mature", "quarter", measures, _targets(), in_force(), person="li")
    held = json.loads(to_canonical(card))

    lines = {ln["metric"]: ln for d in held["dimensions"] for ln in d["lines"]}
    assert held["total"] == f"{card.total.normalize():f}"
    assert lines["collection_rate"]["measure"]["evidence"] == ["row 1", "row 2"]
    assert lines["collection_rate"]["measure"]["kind"] == "ratio"
    assert lines["collection_rate"]["curve"]["anchors"][0] == ["70", "0"]
    assert to_canonical(card) == to_canonical(card)


def test_2_3_8_a_changed_result_breaks_the_chain_where_it_was_changed() -> None:
    texts = [to_canonical({"score": n}) for n in (81, 92, 77)]
    chain, previous = [], FIRST
    for text in texts:
        previous = chained_hash(previous, text)
        chain.append((text, previous))

    assert first_break(chain) is None
    assert first_break([chain[0], (texts[1].replace("92", "93"), chain[1][1]), chain[2]]) == 1
    assert first_break([chain[0], chain[2]]) == 1


# --- properties


percents = st.one_of(st.none(), st.fractions(-20, 130, max_denominator=997))
weightings = st.permutations([28, 16, 8, 8, 5, 9, 5, 3, 0, 10, 8, 0])


@steady
@given(st.lists(percents, min_size=12, max_size=12), weightings)
def test_2_2_a_card_is_between_0_and_100_and_its_parts_are_its_total(values, weights) -> None:
    asked = scheme(dict(zip(METRICS, weights, strict=True)))
    measures = {
        m: Average(value, 1) for m, value in zip(METRICS, values, strict=True) if value is not None
    }

    card = score_card("mature", "month", measures, _targets(), asked)

    if card.total is None:
        assert card.not_rated == "no_figures"
        return
    assert 0 <= card.total <= 100
    assert sum(line.earned for line in card.lines) == card.total
    assert sum(line.lost for line in card.lines) == 100 - card.total
    assert sum(line.effective_weight for line in card.lines) == 100
    assert sum(line.exact_weight for line in card.lines) == 100
    assert all(line.earned >= 0 and line.lost >= 0 for line in card.lines)


@steady
@given(st.lists(st.fractions(0, 100, max_denominator=997), min_size=12, max_size=12), st.randoms())
def test_2_2_the_order_of_measures_does_not_matter(values, random) -> None:
    pairs = [(m, Average(value, 1)) for m, value in zip(METRICS, values, strict=True)]
    shuffled = random.sample(pairs, len(pairs))
    asked = in_force()

    one = score_card("mature", "quarter", dict(pairs), _targets(), asked)
    other = score_card("mature", "quarter", dict(shuffled), _targets(), asked)

    assert to_canonical(one) == to_canonical(other)


@steady
@given(
    st.lists(st.fractions(0, 100, max_denominator=997), min_size=12, max_size=12),
    st.integers(0, 11),
    st.fractions(0, 100, max_denominator=997),
)
def test_2_2_a_better_figure_never_lowers_the_score(values, place, more) -> None:
    asked = in_force()
    before = {m: Average(value, 1) for m, value in zip(METRICS, values, strict=True)}
    after = before | {METRICS[place]: Average(values[place] + more, 1)}

    worse = score_card("mature", "quarter", before, _targets(), asked)
    better = score_card("mature", "quarter", after, _targets(), asked)

    assert better.total >= worse.total


@steady
@given(st.sets(st.sampled_from(METRICS)), st.sampled_from(["within_dimension", "whole_card"]))
def test_2_2_redistribution_keeps_100_and_dimensions_that_have_figures(empty, mode) -> None:
    asked = in_force()
    weights = asked["card.supervisor.quarter.weights"]
    dimension_of = {metric: asked[f"{metric}.dimension"] for metric in weights}

    found = effective_weights(weights, dimension_of, empty, mode)

    assert not set(found) & empty
    if found:
        assert sum(found.values()) == 100
    alive = {dimension_of[metric] for metric in found}
    whole = {dimension_of[m] for m, w in weights.items() if w}
    if mode == "within_dimension" and alive == whole:
        for dimension in alive:
            given_weight = sum(w for m, w in weights.items() if dimension_of[m] == dimension)
            assert given_weight == sum(w for m, w in found.items() if dimension_of[m] == dimension)
