"""Clause 2.3.8: what becomes known after the freezing counts in the next open period, once.

The third quarter of lin: target 100,000; 100,000 sold in two orders of 50,000: 100 %, 85 points.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from appraised_help import aimed, buyer, card_of, day, moment, person
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from zhangfa.actions import appraisal, duties, money, orders
from zhangfa.answers import evidence
from zhangfa.answers.cards import cards_as_data
from zhangfa.answers.verify import verify
from zhangfa.records.editions import current_policy
from zhangfa.records.models import Customer, Instalment, LedgerLine, Order, Owed, Person, Verdict
from zhangfa.rules.terms import Period

pytestmark = pytest.mark.django_db
FROZEN = moment("2026-10-12")
NOTED = moment("2026-10-20")
LATER = moment("2026-11-20")
Q3, Q4 = Period.read("2026-Q3"), Period.read("2026-Q4")


class Firm:
    """Lin and who judges, a customer and two orders of the quarter."""

    def __init__(self) -> None:
        self.lin = person()
        self.he = person("he")
        self.zhao = person("zhao", roles=["director"])
        self.customer = buyer(self.lin)
        self.orders = [self.sells("2026-07-10", 50000), self.sells("2026-08-10", 50000)]
        aimed(self.lin, "2026-Q3", 100000)
        aimed(self.lin, "2026-Q4", 200000)

    def sells(self, on: str, amount: int, noted: datetime | None = None, **more: Any) -> Order:
        at = moment(on)
        number = f"N-{Order.objects.count() + 1}"
        return orders.enter_order(
            more.pop("to", self.customer), by=self.zhao, at=at, noted_at=noted or at,
            number=number, amount=D(amount), owner=more.pop("owner", self.lin), **more,
        ).record  # fmt: skip

    def freezes(self, period: str, at: datetime, who: Person | None = None) -> Verdict:
        appraisal.freeze(who or self.lin, by=self.zhao, at=at, period=period, reason="few figures")
        return Verdict.objects.filter(person=who or self.lin, period=period).latest("version")

    def line(self, period: str = "2026-Q4", metric: str = "sales_amount") -> Any:
        return card_of(self.lin, period, LATER).card.line(metric)

    def late(self, period: str = "2026-Q4", metric: str = "sales_amount") -> list[tuple]:
        found = self.line(period, metric).adjustments
        return [(each.of_period, each.fact, each.part, each.whole, each.reason) for each in found]


@pytest.fixture
def firm(db: None) -> Firm:
    return Firm()


def returns(firm: Firm, order: Order, amount: int, on: str, noted: datetime = NOTED) -> None:
    orders.change_order(
        order,
        by=firm.zhao,
        at=moment(on),
        noted_at=noted,
        kind="returned",
        amount=D(amount),
        reason="broken",
    )


def test_2_3_8_an_order_noted_late_counts_in_the_next_quarter_by_name(firm: Firm) -> None:
    verdict = firm.freezes("2026-Q3", FROZEN)
    late = firm.sells("2026-09-20", 30000, noted=NOTED)
    firm.sells("2026-10-15", 90000)
    assert firm.late() == [("2026-Q3", late.ref, 30000, 0, "order_signed")]
    line = firm.line()
    assert (line.measure.value, line.before_late.value) == (120000, 90000)
    assert (line.attainment, line.points) == (60, D("20.00"))
    assert line.adjustments[0].noted_at == NOTED
    again = Verdict.objects.get(person=firm.lin, period="2026-Q3")
    assert (again.card, again.digest) == (verdict.card, verdict.digest)


def test_2_3_8_vector_3_a_return_of_the_frozen_quarter_takes_off_in_the_next(firm: Firm) -> None:
    shared = firm.sells("2026-09-01", 100000, shares={firm.lin: D(60), firm.he: D(40)})
    aimed(firm.he, "2026-Q3", 100000)
    firm.freezes("2026-Q3", FROZEN)
    firm.freezes("2026-Q3", FROZEN, firm.he)
    returns(firm, shared, 20000, "2026-09-25")
    assert firm.late() == [("2026-Q3", shared.ref, -12000, 0, "goods_returned")]
    other = card_of(firm.he, "2026-Q4", LATER).card.line("sales_amount").adjustments
    assert [each.part for each in other] == [-8000]


def test_2_3_8_a_return_on_its_own_day_is_no_late_fact(firm: Firm) -> None:
    firm.freezes("2026-Q3", FROZEN)
    returns(firm, firm.orders[0], 5000, "2026-10-02", noted=moment("2026-10-14"))
    assert firm.late() == []
    assert firm.line().measure.value == -5000


def test_2_3_8_nothing_is_late_before_the_result_is_frozen(firm: Firm) -> None:
    firm.sells("2026-09-20", 30000, noted=NOTED)
    assert firm.late() == []
    assert firm.line("2026-Q3").measure.value == 130000
    firm.freezes("2026-Q3", moment("2026-10-21"))
    assert firm.late() == []


def test_2_3_8_the_row_is_among_the_evidence(firm: Firm) -> None:
    firm.freezes("2026-Q3", FROZEN)
    late = firm.sells("2026-09-20", 30000, noted=NOTED)
    firm.sells("2026-10-15", 90000)
    found = evidence.evidence_of(card_of(firm.lin, "2026-Q4", LATER), "sales_amount", LATER)
    rows = [(row.ref, row.value, row.at, row.of_period) for row in found.rows]
    assert rows[-1] == (late.ref, D("30000.00"), day("2026-09-20"), "2026-Q3")
    assert sum(row.part for row in found.rows) == found.line.measure.value


def test_2_3_8_what_a_frozen_card_has_counted_is_not_counted_again(firm: Firm) -> None:
    firm.freezes("2026-Q3", FROZEN)
    firm.sells("2026-09-20", 30000, noted=NOTED)
    fourth = firm.freezes("2026-Q4", moment("2027-01-11"))
    assert "2026-09-20" in fourth.card
    aimed(firm.lin, "2027-Q1", 100000)
    now = moment("2027-02-10")
    assert card_of(firm.lin, "2027-Q1", now).card.adjustments == ()
    second = firm.sells("2026-09-25", 7000, noted=moment("2027-01-20"))
    late = card_of(firm.lin, "2027-Q1", now).card.line("sales_amount").adjustments
    assert [(each.of_period, each.fact, each.part) for each in late] == [
        ("2026-Q3", second.ref, 7000)
    ]
    assert verify(now)["differences"] == []


def test_2_3_8_a_correction_takes_back_what_the_next_card_has_counted(firm: Firm) -> None:
    firm.freezes("2026-Q3", FROZEN)
    late = firm.sells("2026-09-20", 30000, noted=NOTED)
    firm.freezes("2026-Q4", moment("2027-01-11"))
    corrected = firm.freezes("2026-Q3", moment("2027-01-12"))
    assert corrected.version == 2
    aimed(firm.lin, "2027-Q1", 100000)
    found = card_of(firm.lin, "2027-Q1", moment("2027-02-10")).card.line("sales_amount")
    assert [(each.fact, each.part) for each in found.adjustments] == [(late.ref, -30000)]


def test_2_3_8_each_cadence_has_its_own_next_period(firm: Firm) -> None:
    """September's card is frozen and the quarter is not: October hears of it, Q3 counts it."""
    aimed(firm.lin, "2026-10", 100000)
    firm.freezes("2026-09", FROZEN)
    late = firm.sells("2026-09-20", 30000, noted=NOTED)
    assert firm.late("2026-10") == [("2026-09", late.ref, 30000, 0, "order_signed")]
    assert firm.late("2026-Q4") == []
    assert firm.line("2026-Q3").measure.value == 130000


@pytest.fixture
def owing(firm: Firm) -> tuple[Firm, list[Instalment]]:
    """Instalments of 60,000 due in September and 40,000 due in November."""
    order = firm.sells("2026-08-20", 100000)
    Instalment.objects.all().delete()
    make = Instalment.objects.create
    return firm, [
        make(order=order, due_on=day("2026-09-15"), amount=60000),
        make(order=order, due_on=day("2026-11-10"), amount=40000),
    ]


def pays(firm: Firm, part: Instalment, amount: int, on: str, noted: str) -> None:
    customer = Customer.objects.get(pk=part.order.customer_id)
    money.receive_payment(
        customer, by=firm.lin, at=moment(noted), amount=D(amount), paid_on=day(on),
        to=[(part, D(amount))],
    )  # fmt: skip


def test_2_3_8_money_that_had_come_in_time_is_added_when_it_is_found(
    owing: tuple[Firm, list[Instalment]],
) -> None:
    """Frozen 0 / 60,000; 45,000 had come on 28 September. In the fourth quarter 15,000 were open
    at its start and 40,000 fell due: (0 + 45,000) / (15,000 + 40,000)."""
    firm, parts = owing
    firm.freezes("2026-Q3", FROZEN)
    pays(firm, parts[0], 45000, "2026-09-28", "2026-10-20")
    ref = parts[0].order.ref
    assert firm.late(metric="collection_rate") == [("2026-Q3", ref, 45000, 0, "payment_received")]
    line = firm.line(metric="collection_rate")
    assert line.measure.formula() == "45,000 / 55,000 = 81.8 %"


def test_2_2_2_money_that_came_after_the_quarter_is_no_late_fact(
    owing: tuple[Firm, list[Instalment]],
) -> None:
    firm, parts = owing
    firm.freezes("2026-Q3", FROZEN)
    pays(firm, parts[0], 60000, "2026-10-05", "2026-10-20")
    assert firm.late(metric="collection_rate") == []
    line = firm.line(metric="collection_rate")
    assert line.measure.formula() == "60,000 / 100,000 = 60.0 %"


def test_2_3_8_a_first_order_that_did_not_stand_is_taken_off_the_next_count(firm: Firm) -> None:
    fresh = buyer(firm.lin)
    order = firm.sells("2026-09-25", 20000, to=fresh)
    aimed(firm.lin, "2026-Q3", 2, metric="new_customers")
    aimed(firm.lin, "2026-Q4", 2, metric="new_customers")
    firm.freezes("2026-Q3", FROZEN)
    orders.change_order(
        order,
        by=firm.zhao,
        at=moment("2026-10-15"),
        kind="cancelled",
        amount=D(20000),
        reason="no budget",
    )
    assert firm.late(metric="new_customers") == [("2026-Q3", order.ref, -1, 0, "order_cancelled")]
    assert firm.late() == []
    assert firm.line().measure.value == -20000


def test_2_2_6_what_was_met_in_time_and_noted_late_counts_as_kept(firm: Firm) -> None:
    """The order was tracked on the quarter's last afternoon; it is noted the next morning, within
    the grace for noting, an hour after the results were frozen."""
    order = firm.sells("2026-09-29", 20000)
    verdict = firm.freezes("2026-Q3", moment("2026-10-01 09:00"))
    orders.track_order(
        order, by=firm.lin, at=moment("2026-09-30 16:00"), noted_at=moment("2026-10-01 10:00")
    )
    owed = Owed.objects.get(kind="order_tracking", story=order.ref, window="2026-09-30")
    assert owed.outcome == "met"
    weight = current_policy().on(Q3.start)["order_tracking.weight"]
    assert firm.late(metric="process_compliance") == [
        ("2026-Q3", order.ref, weight, 0, "order_tracked")
    ]
    assert Verdict.objects.get(pk=verdict.pk).card == verdict.card


def test_2_2_6_what_is_done_after_the_quarter_is_no_late_fact(firm: Firm) -> None:
    order = firm.sells("2026-09-29", 20000)
    firm.freezes("2026-Q3", moment("2026-10-01 09:00"))
    orders.track_order(order, by=firm.lin, at=moment("2026-10-08 10:00"))
    assert firm.late(metric="process_compliance") == []


def test_2_3_8_what_is_taken_back_after_the_freezing_is_taken_off_the_next(firm: Firm) -> None:
    firm.freezes("2026-Q3", FROZEN)
    order = firm.orders[0]
    line = LedgerLine.objects.get(story=order.ref, what="order_signed")
    duties.retract(order, by=firm.zhao, at=NOTED, fact=line.pk)
    Order.objects.filter(pk=order.pk).delete()
    assert firm.late() == [("2026-Q3", order.ref, -50000, 0, "order_signed")]


def test_2_3_8_the_data_names_the_late_fact(firm: Firm) -> None:
    firm.freezes("2026-Q3", FROZEN)
    late = firm.sells("2026-09-20", 30000, noted=NOTED)
    (card,) = cards_as_data(Q4, LATER, username="lin")["people"]
    line = card["dimensions"][0]["lines"][0]
    assert line["late_facts"] == [
        {
            "of_period": "2026-Q3",
            "row": late.ref,
            "what": "order_signed",
            "part": "30000",
            "whole": "0",
        }
    ]


def test_2_3_8_a_frozen_card_with_late_facts_reads_back_the_same(firm: Firm) -> None:
    firm.freezes("2026-Q3", FROZEN)
    firm.sells("2026-09-20", 30000, noted=NOTED)
    now = moment("2027-01-11")
    live = card_of(firm.lin, "2026-Q4", now).card
    firm.freezes("2026-Q4", now)
    (told,) = cards_as_data(Q4, now + timedelta(days=1), username="lin")["people"]
    assert told["frozen"] is not None and told["total"] == str(live.total)
    assert told["dimensions"][0]["lines"][0]["late_facts"][0]["part"] == "30000"


def test_2_3_8_the_card_and_its_evidence_show_the_late_fact_with_its_row(firm: Firm) -> None:
    """The page speaks of the present: the next open quarter is the one that runs."""
    running = Period.containing("quarter", timezone.now().date())
    before, today = running.previous(), timezone.now()
    for period in (before, running):
        aimed(firm.lin, period.label, 100000)
    firm.sells(before.start.isoformat(), 40000)
    firm.freezes(before.label, today)
    late = firm.sells(before.last.isoformat(), 30000, noted=today)
    browser = Client(headers={"accept-language": "en"})
    firm.lin.language = "en"
    firm.lin.save()
    browser.force_login(firm.lin)
    card = browser.get(reverse("scorecard", args=[firm.lin.pk, running.label]))
    assert card.status_code == 200 and "late facts" in card.content.decode()
    found = browser.get(reverse("evidence", args=[firm.lin.pk, running.label, "sales_amount"]))
    page = found.content.decode()
    assert found.status_code == 200 and "Late fact" in page and before.label in page
    assert reverse("order", args=[late.pk]) in page
