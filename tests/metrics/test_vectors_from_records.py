"""The acceptance vectors of chapter 2 by the whole path: rows in the database to the card.

`tests/rules/test_2_vectors.py` holds the rules to the same numbers. Vector 10 from records is in
`test_owed_days_from_records.py`; vector 8 and 9 wait for the records of answers.
"""

from __future__ import annotations

from decimal import Decimal as D
from typing import Any

import pytest
from appraised_help import aimed, buyer, card_of, day, moment, person, planned, sold

from zhangfa.actions import appraisal, contracts, customers
from zhangfa.answers import standing
from zhangfa.answers.scorecard import Result
from zhangfa.metrics import METRICS
from zhangfa.records.editions import current_policy
from zhangfa.records.models import (
    Activity,
    Allocation,
    Instalment,
    LedgerLine,
    OrderChange,
    Owed,
    Payment,
    Person,
    Verdict,
)
from zhangfa.rules.consequences import bonus
from zhangfa.rules.terms import Period

pytestmark = pytest.mark.django_db


def scored(name: str, points: dict[str, str], period: str = "2026-Q3") -> Result:
    """A seller with so much of a target of 100,000 sold in each quarter, and the result of one."""
    who = person(name)
    for quarter, percent in points.items():
        aimed(who, quarter, 100000)
        amount = D(percent) * 1000
        start = Period.read(quarter).start
        customer = buyer(who)
        for part in (amount / 2, amount - amount / 2):
            sold(customer, start.isoformat(), str(part))
    return card_of(who, period)


@pytest.mark.parametrize(
    ("attained", "total", "paid"),
    [
        ("106.668", "90.00", "12000.00"),
        ("106.66", "90.00", "12000.00"),
        ("106.65", "89.99", "10000.00"),
        ("80", "60.00", "10000.00"),
        ("79.994", "59.99", "7000.00"),
    ],
)
def test_2_4_1_vector_1_the_band_of_the_stored_total_decides_the_bonus(
    attained: str, total: str, paid: str
) -> None:
    """85 + 15 × (a − 100) / 20 points above the target, 60 × (a − 50) / 30 below 80 %; 106.66 %
    is 89.995, which is 90.00 when it is stored."""
    result = scored("lin", {"2026-Q3": attained})
    assert result.bonus is not None
    assert (result.card.total, result.bonus.amount) == (D(total), D(paid))


def test_2_4_1_vector_1_the_rounding_that_lifted_is_told() -> None:
    card = scored("lin", {"2026-Q3": "106.66"}).card
    line = card.line("sales_amount")
    assert line.curve.exact_points(line.attainment or 0) == D("89.995")
    assert card.total == D("90.00")
    assert bonus(D("89.995"), D(10000), current_policy().on(day("2026-07-01"))).lifted_by_rounding


def test_2_2_vector_2_the_lines_of_a_card_make_exactly_its_total() -> None:
    """The weights that apply make 100 and points × weights the total, here of three metrics:
    sales 85 points at 28, collection 60 at 16, visits 50 at 8, of a mature seller's quarter."""
    who = person()
    customer = buyer(who)
    aimed(who, "2026-Q3", 100000)
    first = sold(customer, "2026-07-01", 50000)
    sold(customer, "2026-07-02", 50000)
    part = Instalment.objects.create(order=first, due_on=day("2026-07-20"), amount=50000)
    receive(customer, {part: 45000}, "2026-07-21")
    planned(who, customer, "2026-07", 2)
    visit(who, customer, "2026-07-08")
    card = card_of(who, "2026-Q3").card
    weights = current_policy().on(day("2026-07-01"))["card.mature.quarter.weights"]
    assert {ln.metric: ln.points for ln in card.lines if ln.points is not None} == {
        "sales_amount": D("85.00"),
        "collection_rate": D("60.00"),
        "visit_attainment": D("50.00"),
    }
    performance = (D(85) * weights["sales_amount"] + D(60) * weights["collection_rate"]) / (
        weights["sales_amount"] + weights["collection_rate"]
    )
    by_hand = (performance * 60 + D(50) * 22) / 82
    assert card.total == by_hand.quantize(D("0.01"))
    assert sum(line.earned for line in card.lines) == card.total


def receive(customer: Any, parts: dict[Instalment, int], on: str) -> None:
    payment = Payment.objects.create(customer=customer, paid_on=day(on), amount=sum(parts.values()))
    for part, amount in parts.items():
        Allocation.objects.create(payment=payment, instalment=part, amount=amount)


def visit(who: Person, customer: Any, on: str) -> None:
    at = moment(on)
    Activity.objects.create(
        customer=customer, person=who, kind="visit", at=at, noted_at=at, minutes=60, outcome="ok"
    )


def test_2_2_1_vector_3_a_return_hits_its_own_quarter_and_never_the_frozen_one() -> None:
    lin, he, zhao = person(), person("he"), person("zhao", roles=["director"])
    for who in (lin, he):
        aimed(who, "2026-Q1", 100000)
        aimed(who, "2026-Q2", 100000)
    order = sold(buyer(lin), "2026-03-02", 100000, {lin: 60, he: 40})
    now = moment("2026-04-10")
    appraisal.freeze(lin, by=zhao, at=now, period="2026-Q1", reason="few figures")
    kept = Verdict.objects.get(person=lin).card
    OrderChange.objects.create(
        order=order, kind="returned", amount=20000, on=day("2026-04-20"), at=moment("2026-04-20")
    )

    def sales(who: Person, period: str) -> D | None:
        return card_of(who, period).card.line("sales_amount").measure.value

    assert (sales(lin, "2026-Q1"), sales(he, "2026-Q1")) == (60000, 40000)
    assert (sales(lin, "2026-Q2"), sales(he, "2026-Q2")) == (-12000, -8000)
    assert card_of(lin, "2026-Q2").card.line("sales_amount").points == 0
    assert card_of(lin, "2026-Q2").card.adjustments == ()
    assert Verdict.objects.get(person=lin).card == kept


def test_2_2_2_vector_4_money_for_next_months_instalment_waits() -> None:
    who = person()
    customer = buyer(who)
    order = sold(customer, "2026-01-05", 210)
    overdue, due, coming = (
        Instalment.objects.create(order=order, due_on=day(on), amount=amount)
        for on, amount in (("2026-02-10", 50), ("2026-03-15", 100), ("2026-04-15", 60))
    )
    receive(customer, {overdue: 40}, "2026-03-03")
    receive(customer, {due: 80, coming: 30}, "2026-03-16")
    line = card_of(who, "2026-03").card.line("collection_rate")
    assert line.measure.formula() == "120 / 150 = 80.0 %"
    assert line.points == D("30.00")


def test_2_2_4_vector_5_new_customers_do_not_raise_retention() -> None:
    who = person()
    for number in range(10):
        customer = buyer(who, first_order_on=day("2025-03-01"))
        sold(customer, "2025-03-01", 1000)
        if number >= 2:
            sold(customer, "2026-05-01", 1000)
    for _ in range(3):
        sold(buyer(who, first_order_on=day("2026-06-01")), "2026-06-01", 1000)
    line = card_of(who, "2026-Q3").card.line("customer_retention")
    assert line.measure.formula() == "8 / 10 = 80.0 %"


def test_2_2_5_vector_6_visits_stacked_on_an_easy_customer_do_not_count() -> None:
    who = person()
    hard, easy = buyer(who), buyer(who)
    planned(who, hard, "2026-10", 4)
    planned(who, easy, "2026-10", 2)
    visit(who, hard, "2026-10-08")
    for number in range(7):
        visit(who, easy, f"2026-10-{12 + number}")
    line = card_of(who, "2026-10").card.line("visit_attainment")
    assert line.measure.formula() == "3 / 6 = 50.0 %"


def test_2_2_6_vector_7_late_ones_count_half() -> None:
    """Ten of one kind fell due: eight in time, one late, one still open past its due moment."""
    who = person()
    outcomes = ["met"] * 8 + ["late", "", "waived", "cancelled"]
    for number, outcome in enumerate(outcomes):
        at = moment(f"2026-10-{number + 8:02}")
        Owed.objects.create(
            kind="question_answer", story="deal/1", opening=number, person=who, opens_at=at,
            due=at, promised=at, outcome=outcome,
        )  # fmt: skip
    line = card_of(who, "2026-10").card.line("process_compliance")
    assert line.measure.value == 85
    assert line.measure.n == 10


def test_2_2_vectors_8_and_9_wait_for_their_records_and_say_so() -> None:
    """Nobody is given 0 or 100 for answers that are not recorded yet."""
    who = person()
    aimed(who, "2026-Q3", 100000)
    card = card_of(who, "2026-Q3").card
    for metric in ("customer_satisfaction", "cross_department_rating"):
        if not METRICS[metric].measured:
            line = card.line(metric)
            assert (line.points, line.reason_na) == (None, "not_measured")


@pytest.mark.parametrize(
    ("asked", "due"),
    [("2026-09-30 15:00", "2026-10-09 18:00")],
)
def test_1_3_2_vector_11_a_draft_handed_in_before_the_holiday(asked: str, due: str) -> None:
    """Two working days are the end of the second one: Thursday the 8th, Friday the 9th."""
    who = person()
    fang, qian = person("fang", roles=["legal"]), person("qian", roles=["finance"])
    customer = customers.enter_customer(None, by=who, at=moment("2026-09-01"), name="华星").record
    draft = contracts.draft_contract(
        customer, by=who, at=moment("2026-09-29"), number="C-1", amount=D(1000)
    ).record
    contracts.submit_draft(draft, by=who, at=moment(asked), legal=fang, finance=qian)
    found = Owed.objects.filter(kind__in=["legal_review", "finance_review"])
    assert {row.due for row in found} == {moment(due)}
    assert LedgerLine.objects.filter(what="draft_submitted").count() >= 1


def group(size: int, lowest: list[str]) -> standing.Board:
    """So many mature sellers, the lowest with these attainments, and who looks at all of them."""
    for number in range(size):
        percent = lowest[number] if number < len(lowest) else str(90 + number)
        scored(f"seller{number:02}", {"2026-Q3": percent})
    director = person("zhao", roles=["director"])
    return standing.standing(director, Period.read("2026-Q3"), moment("2026-11-01"))


@pytest.mark.parametrize(
    ("size", "lowest", "picked", "why"),
    [
        (14, ["60"], 1, None),
        (9, ["60"], 0, "too_small"),
        (14, ["60", "60"], 0, "tied"),
    ],
)
def test_2_4_3_vector_12_the_lowest_tenth(
    size: int, lowest: list[str], picked: int, why: str | None
) -> None:
    (found,) = group(size, lowest).groups
    assert (found.size, len(found.picked), found.why_none) == (size, picked, why)
    assert len(found.tied) == (2 if why == "tied" else 0)


def test_2_4_2_two_excellent_quarters_in_a_row_make_a_candidate() -> None:
    scored("lin", {"2026-Q2": "120", "2026-Q3": "110"})
    scored("he", {"2026-Q2": "100", "2026-Q3": "120"})
    scored("shen", {"2026-Q3": "120"})
    director = person("zhao", roles=["director"])
    board = standing.standing(director, Period.read("2026-Q3"), moment("2026-11-01"))
    names = [board.people[each.person].username for each in board.candidates]
    assert names == ["lin"]
