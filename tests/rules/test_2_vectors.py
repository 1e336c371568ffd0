"""The acceptance vectors of chapter 2, worked by hand. Vector 11 is the clock's."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D
from fractions import Fraction

import pytest
from score_help import scheme

from zhangfa.policy import load_editions
from zhangfa.rules.consequences import Standing, bonus, bottom_ten_percent
from zhangfa.rules.credit import Share, credits_of, team_total
from zhangfa.rules.measures import (
    Answer,
    Instalment,
    Kept,
    Owed,
    Planned,
    Ratio,
    Receipt,
    Recommendation,
    allocate,
    collection_rate,
    customer_retention,
    customer_satisfaction,
    due_in,
    nps,
    process_compliance,
    sales_amount,
    visit_attainment,
)
from zhangfa.rules.policy import Reading
from zhangfa.rules.scores import score_card, to_canonical
from zhangfa.rules.targets import is_rated, owed_share, relieved
from zhangfa.rules.terms import Period


@pytest.fixture
def reading() -> Reading:
    return load_editions().on(date(2026, 9, 30))


@pytest.mark.parametrize(
    ("score", "amount"),
    [
        ("90.00", "12000.00"),
        ("89.99", "10000.00"),
        ("60.00", "10000.00"),
        ("59.99", "7000.00"),
        ("89.995", "12000.00"),
    ],
)
def test_2_4_1_vector_1_the_band_is_read_from_the_stored_total(
    reading: Reading, score: str, amount: str
) -> None:
    found = bonus(D(score), D(10000), reading)

    assert found.amount == D(amount)
    assert found.lifted_by_rounding is (score == "89.995")


def test_2_4_1_vector_1_the_rounding_that_lifts_is_printed(reading: Reading) -> None:
    found = bonus(D("89.995"), D(10000), reading)

    assert found.steps[0].formula == "89.995 → 90.00"
    assert found.steps[3].formula == "10,000.00 × 1.2 = 12,000.00"


def test_2_2_vector_2_weights_and_points_make_exactly_90() -> None:
    asked = scheme({"collection_rate": 60, "process_compliance": 25, "cross_department_rating": 15})
    points = {"collection_rate": 87, "process_compliance": 93, "cross_department_rating": 97}

    card = score_card("mature", "month", {m: Ratio(p, 100) for m, p in points.items()}, {}, asked)

    assert card.total == D("90.00")
    assert [line.earned for line in card.lines] == [D("52.20"), D("23.25"), D("14.55")]
    assert card.band is not None and card.band.factor == D("1.2")


def test_2_2_1_vector_3_a_return_hits_its_own_quarter_and_team_totals_count_once(
    reading: Reading,
) -> None:
    shares = [Share("li", D(60)), Share("wang", D(40)), Share("zhao", D(30), "overlay")]
    sold = credits_of("o1", "d1", D(100000), date(2026, 3, 2), shares)
    back = credits_of(
        "r1", "d1", D(-20000), date(2026, 4, 20), shares, "returned", date(2026, 3, 2)
    )
    window = reading["sales_amount.refund_window"]

    def sales(person: str, rows: tuple) -> D | None:
        return sales_amount([c for c in rows if c.person == person], "CNY", window).value

    assert (sales("li", sold), sales("wang", sold)) == (60000, 40000)
    assert (sales("li", back), sales("wang", back)) == (-12000, -8000)
    assert sales("zhao", sold) == 0
    assert team_total(sold) == 100000
    assert team_total(back) == -20000


def test_2_3_8_vector_3_the_card_of_the_first_quarter_is_the_same_after_the_return(
    reading: Reading,
) -> None:
    shares = [Share("li", D(60)), Share("wang", D(40))]
    sold = credits_of("o1", "d1", D(100000), date(2026, 3, 2), shares)
    back = credits_of("r1", "d1", D(-20000), date(2026, 4, 20), shares, "returned")

    def card(quarter: str, known: tuple) -> str:
        mine = [c for c in known if c.person == "li" and c.on in Period.read(quarter)]
        measures = {"sales_amount": sales_amount(mine, "CNY")}
        targets = {"sales_amount": D(60000)}
        return to_canonical(score_card("mature", "quarter", measures, targets, reading))

    assert card("2026-Q1", sold + back) == card("2026-Q1", sold)
    assert card("2026-Q2", sold + back) != card("2026-Q2", sold)


def test_2_2_2_vector_4_money_for_next_months_instalment_waits() -> None:
    march = Period.read("2026-03")
    schedule = [
        Instalment("overdue", date(2026, 2, 10), D(50)),
        Instalment("due", date(2026, 3, 15), D(100)),
        Instalment("next", date(2026, 4, 15), D(60)),
    ]
    receipts = [
        Receipt("a", date(2026, 3, 3), D(40), "overdue"),
        Receipt("b", date(2026, 3, 16), D(80), "due"),
        Receipt("c", date(2026, 3, 20), D(30), "next"),
    ]

    rate = collection_rate(due_in(march, schedule, allocate(receipts, schedule)))

    assert rate.value == 80
    assert rate.formula() == "120 / 150 = 80.0 %"


def test_2_2_4_vector_5_new_customers_do_not_raise_retention() -> None:
    start = [Kept(f"c{i}", True, i >= 2) for i in range(10)]
    new = [Kept(f"n{i}", False, True) for i in range(3)]

    assert customer_retention(start + new).value == 80


def test_2_2_5_vector_6_visits_stacked_on_an_easy_customer_do_not_count() -> None:
    rate = visit_attainment([Planned("A", 4, 1), Planned("B", 2, 7)])

    assert rate.value == 50
    assert rate.formula() == "3 / 6 = 50.0 %"


def test_2_2_6_vector_7_late_ones_count_half() -> None:
    owed = [Owed("k", "met", 1, D("0.5"), n=8)]
    owed += [Owed("k", "late", 1, D("0.5")), Owed("k", "missed", 1, D("0.5"))]

    assert process_compliance(owed).value == 85


def test_2_2_7_vector_8_customers_count_alike_and_few_answers_stay_hidden() -> None:
    answers = [Answer(f"a{i}", "customer 1", (5,)) for i in range(3)]
    answers.append(Answer("a3", "customer 2", (1,)))

    for_team = customer_satisfaction(answers, (1, 5), minimum_answers=1)
    for_person = customer_satisfaction(answers, (1, 5), minimum_answers=5)

    assert for_team.mean == 3
    assert for_team.value == 50
    assert for_person.value is None
    assert for_person.mean is None
    assert for_person.reason_na == "too_few_answers"
    assert for_person.rows() == ()


def test_2_2_12_vector_9_the_nps_tells_its_standard_error() -> None:
    score = nps([Recommendation(10, 5), Recommendation(8, 3), Recommendation(3, 2)], 9, 6)

    assert score.value == 30
    assert round(score.standard_error, 1) == D("24.7")
    assert score.formula() == "(5 − 2) / 10 = +30 (± 24.7)"


def test_2_2_vector_10_a_joiner_has_a_smaller_target_or_is_not_rated(reading: Reading) -> None:
    minimum = reading["rating.minimum_days_share"]

    assert relieved(600000, owed_share(31, 63)) == D("295238.10")
    assert is_rated(owed_share(31, 63), minimum)
    assert is_rated(owed_share(21, 63), minimum)
    assert not is_rated(owed_share(20, 63), minimum)
    card = score_card("mature", "quarter", {}, {}, reading, owed_share=Fraction(20, 63))
    assert (card.total, card.not_rated) == (None, "too_few_days")


def _standings(*scores: str) -> list[Standing]:
    return [Standing(f"p{i:02}", "mature", D(score)) for i, score in enumerate(scores)]


def test_2_4_3_vector_12_one_of_fourteen_and_none_of_nine(reading: Reading) -> None:
    fourteen = bottom_ten_percent(_standings(*(f"{60 + i}" for i in range(14))), reading)
    nine = bottom_ten_percent(_standings(*(f"{60 + i}" for i in range(9))), reading)

    assert [p.person for p in fourteen.proposals] == ["p00"]
    assert nine.proposals == ()
    assert nine.groups[0].why_none == "too_small"


def test_2_4_3_vector_12_two_tied_at_the_edge_are_shown_and_not_picked(reading: Reading) -> None:
    tied = bottom_ten_percent(_standings("60", "60", *(f"{70 + i}" for i in range(12))), reading)

    assert tied.proposals == ()
    assert tied.groups[0].tied == ("p00", "p01")
    assert tied.groups[0].why_none == "tied"
