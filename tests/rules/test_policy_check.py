"""A policy that breaks its own bounds is refused, with key, clause and reason (2.1.3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from zhangfa import policy as shipped
from zhangfa.rules.policy import Edition, Policy
from zhangfa.rules.policy_check import Problem, check


def refused(values: dict) -> list[Problem]:
    """What is wrong once the shipped edition says this instead."""
    return check(shipped.load_editions().amended(values))


def only(problems: list[Problem], key: str) -> Problem:
    """The one problem, which must be about this key."""
    assert [problem.key for problem in problems] == [key]
    return problems[0]


def test_the_shipped_policy_is_sound():
    assert check(shipped.load_editions()) == []


def test_a_policy_without_a_catalogue_cannot_be_checked():
    bare = Policy((shipped.first_edition(),))
    with pytest.raises(ValueError, match="catalogue"):
        check(bare)


MATURE = "card.mature.quarter"


@pytest.mark.parametrize(
    ("key", "value", "clause", "reason"),
    [
        # kinds of values
        ("legal_review.within", "two days", "1.3.2", "“two days” is not a span of time"),
        ("legal_review.within", 2, "1.3.2", "“2” is not a span of time"),
        ("value_proposals.at_least", "2 days", "1.4.9", "“2 days” is not a whole number"),
        ("value_proposals.staged", 1, "1.4.9", "“1” is neither true nor false"),
        ("order_tracking.due_time", "25:00", "1.3.6", "“25:00” is not a time of day"),
        ("order_tracking.every", "fortnight", "1.3.6", "“fortnight” is no period"),
        ("calendar.zone", "Asia/Peking", "0.1", "“Asia/Peking” is not a time zone"),
        ("calendar.published_until", "soon", "0.2", "“soon” is not a date"),
        ("coaching.bottom_share", "few", "2.4.3", "“few” is not a number"),
        ("working_days.mode", "both", "0.3", "“both” cannot be chosen"),
        ("calendar.weekdays", [0, 1], "0.1", "is not a list of weekdays"),
        # bounds and units
        ("ticket_response.within", "1 working_days", "1.4.3", "wrong unit; minutes, hours"),
        ("legal_review.within", "21 working_days", "1.3.2", "not between 1 hours and 20 working"),
        ("coaching.bottom_share", 2, "2.4.3", "“2” is not between 0 and 1"),
        ("superior_evaluation.share", "1/4", "2.3.5", "“1/4” is not between 0 and 0.2"),
        ("survey.k", 2, "2.3.6", "“2” is not between 3 and 50"),
        ("legal_review.late_credit", -1, "2.2.6", "“-1” is not between 0 and 1"),
        # lists
        ("review.checklist", ["payment_terms"], "1.3.3", "breach_liability may not be left out"),
        ("delivery_documents.set", ["manual"], "1.3.8", "training_plan may not be left out"),
        ("channel.kinds", ["radio"], "1.1.1", "“radio” cannot be chosen"),
        ("pool.grades", ["C", "C"], "1.1.8", "stands in the list twice"),
        ("reminders.at", [0.8, 0.5], "0.7", "rise from one to the next"),
        ("reminders.at", [], "0.7", "rise from one to the next"),
        ("reminders.at", [0.5, 1.5], "0.7", "between 0 and 1"),
        ("calendar.intervals", [["09:00", "12:00"], ["11:00", "18:00"]], "0.1", "do not overlap"),
        ("calendar.intervals", [], "0.1", "follow one another"),
        ("calendar.weekdays", [1, 1], "0.1", "each named once"),
        # curves
        ("sales_amount.curve", [], "2.2.1", "at least two points"),
        ("sales_amount.curve", [[50, 0], [50, 60]], "2.2.1", "two points at 50"),
        ("sales_amount.curve", [[80, 0], [50, 60]], "2.2.1", "50 follows 80"),
        ("sales_amount.curve", [[50, 60], [80, 0]], "2.2.1", "at 80 it drops from 60 to 0"),
        ("sales_amount.curve", [[50, 0], [120, 101]], "2.2.1", "“101” is not between 0 and 100"),
        ("sales_amount.curve", [[50, 0, 1]], "2.2.1", "not a list of pairs"),
        # bands
        ("bonus.bands", [], "2.4.1", "lowest band must start at 0"),
        ("bonus.bands", [[90, 1.2], [60, 1]], "2.4.1", "lowest band must start at 0"),
        ("bonus.bands", [[60, 1], [60, 1], [0, 0.7]], "2.4.1", "60 follows 60"),
        ("bonus.bands", [[60, 1], [90, 1.2], [0, 0.7]], "2.4.1", "90 follows 60"),
        ("bonus.bands", [[90, 1], [0, 1.2]], "2.4.1", "1.2 stands below 1"),
        ("bonus.bands", [[101, 1.2], [0, 1]], "2.4.1", "“101” is not between 0 and 100"),
        ("bonus.bands", [[90, 4], [0, 1]], "2.4.1", "“4” is not between 0 and 3"),
        # thresholds
        ("grade.thresholds.B", 75, "1.1.5", "75 is not above 75"),
        ("nps.detractors_to", 9, "2.2.12", "9 is not above 9"),
        # words of a metric
        ("sales_amount.dimension", "luck", "2.1.1", "“luck” cannot be chosen"),
    ],
)
def test_a_wrong_value_is_refused(key, value, clause, reason):
    problem = refused({key: value})[0]
    assert problem.clause == clause
    assert reason in problem.reason
    assert problem.key in {key, "grade.thresholds.A", "nps.promoters_from"}


def test_0_3_a_duty_with_two_ways_to_be_due_is_refused():
    problems = refused({"legal_review.before": "3 days"})
    two = next(problem for problem in problems if problem.key == "legal_review")
    assert two.clause == "1.3.2"
    assert "it has within, before" in two.reason


def test_0_3_a_duty_that_is_never_due_is_refused():
    problems = [p for p in check(without("legal_review.within")) if p.key == "legal_review"]
    assert [p.clause for p in problems] == ["1.3.2"]
    assert "it has none" in problems[0].reason


def without(key: str) -> Policy:
    policy = shipped.load_editions()
    kept = {name: value for name, value in policy.editions[0].values.items() if name != key}
    return replace(policy, editions=(replace(policy.editions[0], values=kept),))


def test_a_key_that_is_missing_is_refused():
    problem = only(check(without("bonus.bands")), "bonus.bands")
    assert (problem.clause, problem.reason) == ("2.4.1", "The policy says nothing about this.")


def test_an_unknown_key_is_refused_with_the_nearest_known_one():
    problem = only(refused({"legal_review.witin": "2 working_days"}), "legal_review.witin")
    assert problem.reason == "The product knows no such key; is legal_review.within meant?"
    assert problem.clause == "1.3.2"
    assert only(refused({"qqqq": 1}), "qqqq").reason == "The product knows no such key."


def test_1_1_5_factors_that_do_not_add_up_to_a_hundred_are_refused():
    problem = only(refused({"grade.weights.intent": 50}), "grade.weights")
    assert (problem.clause, problem.reason) == ("1.1.5", "The parts add up to 110, not to 100.")


@pytest.mark.parametrize("parts", ["visit_quality.parts", "ability_growth.parts"])
def test_2_2_parts_of_a_metric_add_up_to_a_hundred(parts):
    first = next(iter(shipped.load_editions().on(date(2026, 1, 1))[parts]))
    assert "not to 100" in only(refused({f"{parts}.{first}": 0}), parts).reason


def test_2_1_1_dimensions_outside_the_documents_ranges_are_refused():
    problems = refused(
        {
            f"{MATURE}.dimensions": {"performance": 70, "behaviour": 22, "teamwork": 8},
            f"{MATURE}.weights": {
                "sales_amount": 38,
                "cross_department_rating": 4,
                "knowledge_sharing": 4,
            },
        }
    )
    assert [(p.key, p.clause, p.reason) for p in problems] == [
        (f"{MATURE}.dimensions.performance", "2.2.1", "“70” is not between 50 and 60."),
        (f"{MATURE}.dimensions.teamwork", "2.2.8", "“8” is not between 10 and 20."),
    ]


def test_2_2_8_newcomers_have_no_teamwork():
    card = "card.newcomer.month"
    problems = refused(
        {
            f"{card}.dimensions": {"teamwork": 10, "ability": 10},
            f"{card}.weights": {"knowledge_sharing": 10, "ability_growth": 10},
        }
    )
    assert only(problems, f"{card}.dimensions.teamwork").clause == "2.2.8"


def test_2_1_1_weights_that_do_not_add_up_are_refused_at_both_levels():
    problems = refused({f"{MATURE}.weights.sales_amount": 29})
    assert [(p.key, p.reason) for p in problems] == [
        (f"{MATURE}.weights", "The weights add up to 101, not to 100."),
        (
            f"{MATURE}.dimensions.performance",
            "The metrics of this dimension weigh 61, the dimension 60.",
        ),
    ]


def test_2_1_1_a_dimension_whose_metrics_weigh_something_else_is_refused():
    problems = refused({f"{MATURE}.weights": {"sales_amount": 27, "process_compliance": 10}})
    assert [p.key for p in problems] == [
        f"{MATURE}.dimensions.performance",
        f"{MATURE}.dimensions.behaviour",
    ]


@pytest.mark.parametrize(
    ("nature", "word"), [("result", "no process metric"), ("process", "no result metric")]
)
def test_2_1_4_a_scheme_needs_results_and_processes(nature, word):
    metrics = shipped.catalogue().groups["metric"]
    problems = refused({f"{metric}.nature": nature for metric in metrics})
    assert len(problems) == 9
    assert all(p.clause == "2.1.4" and word in p.reason for p in problems)


def amended_from(day: date, values: dict) -> Policy:
    return shipped.load_editions().followed_by(Edition(day.isoformat(), "next", day, values))


def test_2_1_3_editions_take_effect_one_after_another():
    problem = only(check(amended_from(date(2026, 1, 1), {})), "2026-01-01")
    assert problem.clause == "2.1.3"
    assert "not after the one before it" in problem.reason


@pytest.mark.parametrize("key", ["sales_amount.single_deal_cap", f"{MATURE}.weights.nps"])
def test_2_1_3_indicators_change_only_where_a_quarter_begins(key):
    was = shipped.load_editions().on(date(2026, 1, 1))[key]
    problem = only(check(amended_from(date(2026, 5, 1), {key: was})), key)
    assert (
        problem.reason == "Indicators change only on the first day of a quarter, not on 2026-05-01."
    )
    assert check(amended_from(date(2026, 4, 1), {key: was})) == []


def test_2_1_3_other_terms_may_change_on_any_day():
    assert check(amended_from(date(2026, 5, 7), {"legal_review.within": "1 working_days"})) == []


def test_a_problem_of_several_editions_is_told_once():
    policy = amended_from(date(2026, 4, 1), {}).amended({"survey.k": 1})
    assert only(check(policy), "survey.k").clause == "2.3.6"


def test_reasons_can_be_translated():
    problem = refused({"survey.k": 1})[0]
    assert problem.msgid == "“%(value)s” is not between %(low)s and %(high)s."
    assert dict(problem.params) == {"value": "1", "low": "3", "high": "50"}
    assert str(problem) == "survey.k (2.3.6): “1” is not between 3 and 50."
