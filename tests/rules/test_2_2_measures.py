"""Metric by metric: the cases that had to be decided (metrics of clause 2.2)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal as D
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from score_help import steady

from zhangfa.rules.credit import Credit
from zhangfa.rules.measures import (
    Answer,
    Average,
    Blend,
    Count,
    Drill,
    FirstOrder,
    Instalment,
    Kept,
    Owed,
    OwnPast,
    Planned,
    RaterEffects,
    Rating,
    Ratio,
    Receipt,
    Recommendation,
    SharedItem,
    SkillStep,
    Sum,
    ValidVisit,
    Visit,
    VisitRecord,
    ability_growth,
    active,
    allocate,
    carried_on,
    collection_rate,
    cross_department_rating,
    customer_retention,
    customer_satisfaction,
    due_in,
    first_pass,
    knowledge_sharing,
    mutual_pairs,
    new_customers,
    nps,
    process_compliance,
    sales_amount,
    sample,
    shrunk,
    visit_attainment,
    visit_quality,
)
from zhangfa.rules.terms import Period, Span

MARCH = Period.read("2026-03")
DAY = date(2026, 3, 10)
FIVE = (1, 5)


def credit(amount: str, what: str = "signed", on: date = DAY, **more: object) -> Credit:
    return Credit(
        f"{what}-{amount}", str(more.pop("deal", "d1")), "li", D(amount), on, what, **more
    )


# --- 2.2.1 sales amount


def test_2_2_1_a_refund_after_the_window_stays_with_the_company() -> None:
    window = Span.read("90 days")
    last_day = credit("-10", "returned", DAY + timedelta(90), signed_on=DAY)
    too_late = credit("-10", "returned", DAY + timedelta(91), signed_on=DAY)

    assert sales_amount([last_day], "CNY", window).value == -10
    assert sales_amount([too_late], "CNY", window).value == 0
    assert sales_amount([too_late], "CNY").value == -10


def test_2_2_1_nobody_sold_is_a_figure_and_an_overlay_is_not_summed() -> None:
    assert sales_amount([], "CNY").value == 0
    assert sales_amount([credit("500", kind="overlay")], "CNY").value == 0


def test_2_2_1_a_negative_rest_is_carried_or_dropped_by_policy() -> None:
    sales = sales_amount([credit("-300", "cancelled")], "CNY")

    assert carried_on(sales, "drop") == 0
    assert carried_on(sales, "carry") == -300
    assert sales_amount([credit("500")], "CNY", carried=-300).value == 200
    assert carried_on(sales_amount([credit("5")], "CNY"), "carry") == 0


def test_2_2_1_the_formula_has_the_real_numbers() -> None:
    credits = [credit("60000", deal="a"), credit("-12000", "returned", deal="b")]

    sales = sales_amount(credits, "CNY")

    assert sales.formula() == "60,000 − 12,000 = 48,000 CNY"
    assert sales.rows() == ("signed-60000", "returned--12000")


def test_2_2_1_grouped_rows_give_the_same_amount_as_single_ones() -> None:
    single = [credit("0.10", deal=f"d{i % 3}") for i in range(7)]
    grouped = [credit("0.30", deal="d0"), credit("0.20", deal="d1"), credit("0.20", deal="d2")]

    assert sales_amount(single, "CNY").exact == sales_amount(grouped, "CNY").exact
    assert sales_amount(single, "CNY").terms == sales_amount(grouped, "CNY").terms


# --- 2.2.2 collection


def test_2_2_2_nothing_due_is_not_applicable_and_never_0_or_100() -> None:
    rate = collection_rate(due_in(MARCH, [Instalment("a", date(2026, 4, 1), D(9))], []))

    assert rate.value is None
    assert rate.reason_na == "nothing_due"
    assert rate.formula() == ""


def test_2_2_2_early_money_counts_when_it_is_due_and_at_most_in_full() -> None:
    schedule = [Instalment("a", date(2026, 3, 31), D(100))]
    early = allocate([Receipt("r", date(2026, 1, 5), D(130), "a")], schedule)

    assert sum(a.amount for a in early) == 100
    assert collection_rate(due_in(MARCH, schedule, early)).value == 100
    assert due_in(Period.read("2026-02"), schedule, early) == ()


def test_2_2_2_money_without_a_name_pays_the_oldest_due() -> None:
    schedule = [
        Instalment("new", date(2026, 3, 20), D(100)),
        Instalment("old", date(2026, 2, 1), D(50)),
    ]
    made = allocate([Receipt("r", date(2026, 3, 5), D(70))], schedule)

    assert [(a.instalment, a.amount) for a in made] == [("old", 50), ("new", 20)]
    assert collection_rate(due_in(MARCH, schedule, made)).formula() == "70 / 150 = 46.7 %"


def test_2_2_2_credit_notes_and_disputes_leave_what_is_due_but_write_offs_stay() -> None:
    schedule = [
        Instalment("credited", date(2026, 3, 2), D(100), credited=D(40)),
        Instalment("disputed", date(2026, 3, 3), D(100), disputed=True),
        Instalment("written off", date(2026, 3, 4), D(40)),
    ]
    paid = allocate([Receipt("r", date(2026, 3, 9), D(60), "credited")], schedule)

    assert collection_rate(due_in(MARCH, schedule, paid)).formula() == "60 / 100 = 60.0 %"
    included = collection_rate(due_in(MARCH, schedule, paid, "included"))
    assert included.formula() == "60 / 200 = 30.0 %"


def test_2_2_2_a_bill_counts_on_receipt_or_on_cashing_by_policy() -> None:
    schedule = [Instalment("a", date(2026, 3, 2), D(100))]
    bill = Receipt("b", date(2026, 3, 2), D(100), "a", bill=True, cashed_on=date(2026, 9, 2))

    assert collection_rate(due_in(MARCH, schedule, allocate([bill], schedule))).value == 100
    cashing = allocate([bill], schedule, "cashing")
    assert collection_rate(due_in(MARCH, schedule, cashing)).value == 0


def test_2_2_2_what_was_overdue_stands_beside() -> None:
    schedule = [
        Instalment("old", date(2026, 2, 1), D(50)),
        Instalment("new", date(2026, 3, 20), D(100)),
    ]
    paid = allocate([Receipt("r", date(2026, 3, 20), D(100), "new")], schedule)

    overdue = collection_rate(due_in(MARCH, schedule, paid)).shown("overdue")

    assert overdue is not None
    assert overdue.value == 0


# --- 2.2.3 new customers


def fresh(orders: list[FirstOrder]) -> Sum:
    return new_customers(orders, 10000, Span.read("30 days"), Span.read("24 months"))


def test_2_2_3_small_cancelled_and_related_orders_make_no_new_customer() -> None:
    orders = [
        FirstOrder("1", "ok", DAY, D(10000)),
        FirstOrder("2", "small", DAY, D("9999.99")),
        FirstOrder("3", "cancelled", DAY, D(50000), cancelled_on=DAY + timedelta(29)),
        FirstOrder("4", "stood long enough", DAY, D(50000), cancelled_on=DAY + timedelta(30)),
        FirstOrder("5", "related", DAY, D(50000), related=True),
    ]

    assert fresh(orders).value == 2


def test_2_2_3_a_shared_customer_counts_in_fractions_and_twice_is_once() -> None:
    orders = [
        FirstOrder("1", "a", DAY, D(20000), D(60)),
        FirstOrder("2", "a", DAY + timedelta(3), D(20000), D(100)),
    ]

    assert fresh(orders).value == D("0.6")


def test_2_2_3_customers_who_come_back_have_their_own_line() -> None:
    back = FirstOrder("1", "back", DAY, D(20000), last_order_on=date(2024, 3, 10))
    soon = FirstOrder("2", "soon", DAY, D(20000), last_order_on=date(2024, 3, 11))

    found = fresh([back, soon])

    assert found.value == 0
    assert found.shown("won_back").value == 1


# --- 2.2.4 retention


def test_2_2_4_no_customers_at_the_start_is_not_applicable() -> None:
    rate = customer_retention([Kept("new", False, True)])

    assert (rate.value, rate.reason_na) == (None, "nobody_at_start")


def test_2_2_4_few_customers_are_shrunk_to_the_team_and_many_are_not() -> None:
    few = [Kept(f"c{i}", True, i > 0) for i in range(5)]
    many = [Kept(f"c{i}", True, i > 1) for i in range(10)]

    assert customer_retention(few, 10, 10, team=95).value == 90
    assert customer_retention(few, 10, 10, team=95).raw == 80
    assert customer_retention(many, 10, 10, team=95).value == 80


def test_2_2_4_excluded_customers_leave_both_sides_and_amounts_stand_beside() -> None:
    rows = [
        Kept("big", True, True, amount=D(900)),
        Kept("small", True, False, amount=D(100)),
        Kept("insolvent", True, False, amount=D(500), excluded=True),
    ]

    rate = customer_retention(rows)

    assert rate.value == 50
    assert rate.shown("by_amount").value == 90


def test_2_2_4_a_long_purchase_cycle_keeps_a_customer_active() -> None:
    year, last = Span.read("12 months"), date(2025, 1, 15)

    assert not active(date(2026, 2, 1), last, None, year, 100, D("1.5"))
    assert active(date(2026, 2, 1), last, None, year, 300, D("1.5"))
    assert active(date(2026, 2, 1), None, date(2026, 2, 1), year, None, D("1.5"))
    assert not active(date(2026, 2, 1), None, None, year, 300, D("1.5"))


# --- 2.2.5 and 2.2.10 visits


def visit(ref: str, hour: int, customer: str = "A", **more: object) -> Visit:
    at = datetime(2026, 3, 10, 0, 0) + timedelta(hours=hour)
    fields = {"minutes": 30, "complete": True} | more
    return Visit(ref, customer, at, at.date(), **fields)


def test_2_2_5_every_fault_of_a_visit_is_named() -> None:
    rule = ValidVisit(20, timedelta(hours=4), daily_cap=3, online_counts=False)
    visits = [
        visit("good", 9),
        visit("soon", 11),
        visit("later", 13),
        visit("short", 13, "B", minutes=10),
        visit("outcome", 14, "C", minutes=10, outcome=True),
        visit("blank", 15, "D", complete=False),
        visit("online", 15, "E", online=True),
        visit("fourth", 16, "F"),
        visit("next day", 33, "F"),
    ]

    assert rule.faults(visits) == {
        "good": None,
        "soon": "too_soon_again",
        "later": None,
        "short": "too_short",
        "outcome": None,
        "blank": "incomplete",
        "online": "online",
        "fourth": "over_daily_cap",
        "next day": None,
    }


def test_2_2_5_cancelled_by_the_customer_leaves_both_sides() -> None:
    assert visit_attainment([Planned("A", 2, 1, cancelled=1)]).value == 100
    only_cancelled = visit_attainment([Planned("A", 1, 0, cancelled=1)])
    assert (only_cancelled.value, only_cancelled.reason_na) == (None, "nothing_planned")


def test_2_2_10_a_small_sample_is_not_applicable() -> None:
    parts = {"completeness": 50, "sampling": 50}
    four = [VisitRecord(f"v{i}", 3, 3, D(80)) for i in range(4)]
    five = [*four, VisitRecord("v4", 0, 3, D(80))]

    assert visit_quality(four, parts, 5).reason_na == "sample_too_small"
    assert visit_quality(four, parts, 5).value is None
    assert visit_quality(five, parts, 5).value == 80
    assert visit_quality(five, parts, 5).formula() == "(50 × 80.0 + 50 × 80.0) / 100 = 80.0"


def test_2_2_10_two_raters_show_how_far_they_agree() -> None:
    records = [VisitRecord("a", 1, 1, D(80), D(70)), VisitRecord("b", 1, 1, D(60), D(60))]

    assert visit_quality(records, {"sampling": 1}, 1).shown("rater_agreement").value == 95


def test_2_2_10_the_sample_is_the_same_for_whoever_draws_it() -> None:
    refs = [f"v{i}" for i in range(80)]

    drawn = sample(refs, D("0.1"), 5, "li/2026-03")

    assert len(drawn) == 8
    assert drawn == sample(reversed(refs), D("0.1"), 5, "li/2026-03")
    assert drawn != sample(refs, D("0.1"), 5, "li/2026-04")
    assert len(sample(refs[:20], D("0.1"), 5, "x")) == 5
    assert len(sample(refs[:3], D("0.1"), 5, "x")) == 3


# --- 2.2.6 compliance


def test_2_2_6_what_is_open_waived_or_cancelled_is_left_out() -> None:
    owed = [Owed("k", state) for state in ("met", "open", "waived", "cancelled", "paused")]

    assert process_compliance(owed).formula() == "1 / 1 = 100.0 %"
    assert process_compliance(owed[1:]).reason_na == "nothing_due"


def test_2_2_6_kinds_weigh_and_stand_beside() -> None:
    owed = [Owed("big", "met", 3), Owed("small", "missed", 1)]

    rate = process_compliance(owed)

    assert rate.value == 75
    assert [(k, m.value) for k, m in rate.beside] == [("big", 100), ("small", 0)]


def test_2_2_6_drafts_accepted_the_first_time_are_the_sellers_part() -> None:
    assert process_compliance(first_pass(3, 1, 1)).value == 75
    assert first_pass(0, 0, 1) == ()


def test_2_2_6_grouped_rows_give_the_same_rate() -> None:
    single = [Owed("k", "met", D("0.2"))] * 5 + [Owed("k", "late", D("0.2"), D("0.5"))] * 2
    grouped = [Owed("k", "met", D("0.2"), n=5), Owed("k", "late", D("0.2"), D("0.5"), n=2)]

    assert process_compliance(single).exact == process_compliance(grouped).exact == Fraction(600, 7)


# --- 2.2.7, 2.2.8, 2.2.12 voices


def test_2_2_7_no_answer_is_not_0_and_top_two_box_stands_beside() -> None:
    none = customer_satisfaction([], FIVE, 5)
    assert (none.value, none.reason_na) == (None, "no_answers")

    found = customer_satisfaction([Answer("a", "c", (5, 4, 3))], FIVE, 1)
    assert found.value == 75
    assert found.shown("top_two_box").formula() == "2 / 3 = 66.7 %"


def test_2_2_7_one_answer_per_contact_and_none_noted_by_the_rated() -> None:
    answers = [
        Answer("1", "c", (1,), "mr. wu", "2026-03-01"),
        Answer("2", "c", (5,), "mr. wu", "2026-03-09"),
        Answer("3", "c", (1,), "ms. he", "2026-03-09", phone=True, noted_by_rated=True),
    ]

    found = customer_satisfaction(answers, FIVE, 1)

    assert found.value == 100
    assert found.rows() == ("2",)


def test_2_2_7_small_counts_are_shrunk_toward_the_team() -> None:
    answers = [Answer(f"a{i}", f"c{i}", (5,)) for i in range(4)]

    found = customer_satisfaction(answers, FIVE, 1, shrinkage=16, team=4)

    assert found.shrunk_mean == D("4.2")
    assert found.value == 80
    assert found.formula() == (
        "x̄ 5.00 (n 4) → (16 × 4.00 + 4 × 5.00) / 20 = 4.20 → (4.20 − 1) / 4 × 100 = 80.0"
    )


def test_2_2_12_too_few_answers_say_nothing_about_one_person() -> None:
    answers = [Recommendation(10, 29)]

    assert nps(answers, 9, 6, minimum_answers=30).reason_na == "too_few_answers"
    assert nps(answers, 9, 6, minimum_answers=30).promoters == 0
    assert nps([Recommendation(10, 30)], 9, 6, minimum_answers=30).value == 100
    assert nps([], 9, 6).value is None


def ratings(*rows: tuple[str, str, str, int]) -> list[Rating]:
    return [Rating(f"r{i}", a, dep, b, mark) for i, (a, dep, b, mark) in enumerate(rows)]


def test_2_2_8_a_strict_raters_strictness_is_taken_out() -> None:
    rows = ratings(
        ("strict", "legal", "li", 2),
        ("strict", "legal", "wang", 1),
        ("kind", "tech", "li", 5),
        ("kind", "tech", "wang", 4),
        ("fair", "finance", "li", 4),
        ("fair", "finance", "wang", 3),
    )
    effects = RaterEffects.of(rows)

    li = cross_department_rating([r for r in rows if r.rated == "li"], effects, FIVE, 3, 2)
    wang = cross_department_rating([r for r in rows if r.rated == "wang"], effects, FIVE, 3, 2)

    assert exact_mean(li) - exact_mean(wang) == 1
    assert li.shown("as_given").formula().startswith("x̄ 3.67")


def exact_mean(average: Average) -> Fraction:
    assert average.mean is not None
    return Fraction(average.mean)


def test_2_2_8_too_few_raters_or_departments_are_not_applicable() -> None:
    one_department = ratings(*((f"p{i}", "tech", "li", 4) for i in range(3)))
    two_raters = ratings(("a", "tech", "li", 4), ("b", "legal", "li", 4))
    for rows in (one_department, two_raters):
        found = cross_department_rating(rows, RaterEffects.of(rows), FIVE, 3, 2)
        assert (found.value, found.mean, found.reason_na) == (None, None, "too_few_raters")


def test_2_2_8_only_people_who_shared_a_task_rate_and_pairs_are_flagged() -> None:
    rows = [
        Rating("1", "a", "tech", "b", 5),
        Rating("2", "b", "legal", "a", 5),
        Rating("3", "c", "tech", "a", 1, shared=False),
    ]

    assert mutual_pairs(rows) == (("a", "b"),)
    about_a = [row for row in rows if row.rated == "a"]
    assert cross_department_rating(about_a, RaterEffects.of(rows), FIVE, 1, 1).n == 1


# --- 2.2.9, 2.2.11 sharing and ability


def test_2_2_9_quantity_of_one_type_is_capped_and_reuse_adds() -> None:
    weights = {"case": 2, "talk": 3}
    items = [SharedItem(f"i{n}", "case", "li", "boss", reused=1) for n in range(6)]

    found = knowledge_sharing(items, weights, cap_per_type=4, reuse_weight=D("0.2"))

    assert found.value == D("9.2")
    assert found.formula() == "8 + 1.2 = 9.2"


def test_2_2_9_own_acceptance_and_duplicates_do_not_count() -> None:
    items = [
        SharedItem("1", "case", "li", "li"),
        SharedItem("2", "case", "li", None),
        SharedItem("3", "case", "li", "boss", duplicate=True),
    ]

    assert knowledge_sharing(items, {"case": 2}, 4).value == 0


def test_2_2_11_parts_that_nothing_was_owed_in_give_their_weight_away() -> None:
    parts = {"training": 40, "drills": 20, "skills": 20, "own_growth": 20}

    only_training = ability_growth(parts, (1, 2))
    both = ability_growth(parts, (1, 2), drills=[Drill("d", 60, 90)])

    assert only_training.value == 50
    assert both.exact == Fraction(40 * 50 + 20 * 75, 60)
    assert ability_growth(parts, (0, 0)).reason_na == "nothing_counted"


def test_2_2_11_nobody_certifies_himself() -> None:
    steps = [SkillStep("1", "li", "boss"), SkillStep("2", "li", "li"), SkillStep("3", "li", None)]

    assert ability_growth({"skills": 1}, (0, 0), steps=steps, steps_owed=2).value == 50


def test_2_2_11_growth_is_corrected_for_regression_to_the_mean() -> None:
    lucky_low = OwnPast("process_compliance", before=40, now=70, n=4, layer_mean=80)

    plain = ability_growth({"own_growth": 1}, (0, 0), own=[lucky_low])
    corrected = ability_growth({"own_growth": 1}, (0, 0), own=[lucky_low], shrinkage=4)

    assert plain.value == 50
    assert corrected.value == 25


# --- measures themselves


def test_a_measure_that_is_not_applicable_has_no_value_and_no_formula() -> None:
    for measure in (
        Sum(None),
        Count(0, reason_na="nothing_counted"),
        Ratio(0, 0),
        Average(None, 0),
        Blend(()),
    ):
        assert measure.value is None
        assert measure.formula() == ""


def test_evidence_may_be_fetched_only_when_it_is_asked_for() -> None:
    asked = []

    def fetch() -> list[str]:
        asked.append(1)
        return ["row 1", "row 2"]

    measure = Ratio(1, 2, evidence=fetch)

    assert measure.value == 50
    assert not asked
    assert measure.rows() == ("row 1", "row 2")


def test_floats_are_refused_before_they_reach_pay() -> None:
    with pytest.raises(TypeError, match="exact number"):
        _ = Ratio(0.1, 2).value


def test_shrinking_follows_the_published_formula() -> None:
    assert shrunk(5, 4, 4, 16) == Fraction(16 * 4 + 4 * 5, 20)
    assert shrunk(5, 4, None, 16) == 5


def test_an_interval_narrows_with_the_number_of_answers() -> None:
    few, many = Ratio(8, 10, n=10).interval(), Ratio(800, 1000, n=1000).interval()

    assert few is not None and many is not None
    assert few[0] < many[0] < 80 < many[1] < few[1]
    assert Average(4, 1, 1, 5).interval() is None


@steady
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=8),
    st.randoms(use_true_random=False),
)
def test_2_2_5_attainment_is_at_most_100_and_does_not_depend_on_order(rows, random) -> None:
    plan = [Planned(f"c{i}", need, made) for i, (need, made) in enumerate(rows)]
    shuffled = random.sample(plan, len(plan))

    found = visit_attainment(plan)

    assert found.value is None or 0 <= found.value <= 100
    assert found.exact == visit_attainment(shuffled).exact


@steady
@given(st.lists(st.tuples(st.integers(1, 500), st.integers(1, 27)), min_size=1, max_size=6))
def test_2_2_2_allocation_never_pays_more_than_was_received_or_owed(rows) -> None:
    schedule = [Instalment(f"i{n}", date(2026, 3, d), D(a)) for n, (a, d) in enumerate(rows)]
    receipts = [Receipt(f"r{n}", date(2026, 3, d), D(a) / 2) for n, (a, d) in enumerate(rows)]

    made = allocate(receipts, schedule)

    assert sum(a.amount for a in made) == sum(r.amount for r in receipts)
    for each in schedule:
        assert sum(a.amount for a in made if a.instalment == each.ref) <= each.owed
