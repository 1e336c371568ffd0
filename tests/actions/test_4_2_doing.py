"""Each action: the line it writes into the ledger, and what is owed or settled because of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from acting_help import MONDAY, at, owed, told

from zhangfa.actions import (
    contracts,
    customers,
    deals,
    exceptions,
    orders,
    tickets,
)
from zhangfa.actions import (
    people as staff,
)
from zhangfa.records.models import Activity, LedgerLine, Order, Question

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(hours=2)


class Doing(NamedTuple):
    """An action on a record by somebody; the last lines of its story, and what stands then."""

    do: Any
    record: Callable[[Any], Any]
    by: str
    given: dict[str, Any]
    said: list[str]
    stands: dict[str, str]


def asked(people) -> Question:
    deal = people.deal()
    return deals.ask_question(deal, by=people.lin, at=MONDAY, text="多久能交货？").record


def contribution(people):
    told_ = {"department": "technical", "person": people.tang}
    return deals.ask_contribution(people.deal(), by=people.lin, at=MONDAY, **told_).record


def discovered(people):
    deal = people.deal()
    customers.log_activity(
        deal.customer, by=people.lin, at=MONDAY, kind="meeting", text="谈了需求", deal=deal
    )
    return deal


def documented(people):
    delivery = people.delivery()
    return orders.prepare_documents(delivery, by=people.tang, at=MONDAY).record


def delivered(people):
    return orders.deliver(documented(people), by=people.wan, at=MONDAY).record


def existing(people):
    return people.order().customer


def returned(people):
    contract = people.submitted()
    told_ = {"approve": False, "findings": "付款条件不清"}
    return contracts.review_legally(contract, by=people.fang, at=MONDAY, **told_).record


def exception(people):
    told_ = {"kind": "quality", "text": "有划痕"}
    return exceptions.raise_exception(people.order(), by=people.lin, at=MONDAY, **told_).record


DOINGS = [
    Doing(customers.log_activity, lambda p: p.customer(intent=90), "lin",
          {"kind": "call", "text": "打了电话"}, ["customer_touched"], {"weekly_update": "met"}),
    Doing(customers.update_status, lambda p: p.customer(), "lin", {"because": "客户在放假"},
          ["status_updated"], {"weekly_update": "met"}),
    Doing(customers.lose_customer, lambda p: p.customer(), "lin", {"reason": "price"},
          ["customer_lost"], {"weekly_update": "cancelled"}),
    Doing(customers.push_news, existing, "lin", {"text": "行业动态"}, ["customer_pushed"],
          {"customer_push": "met"}),
    Doing(deals.report_needs, discovered, "lin", {"pains": "停机多"}, ["needs_reported"],
          {"needs_report": "met"}),
    Doing(deals.move_deal, discovered, "lin", {"to": "lost"}, [], {}),
    Doing(deals.lose_deal, discovered, "lin", {"reason": "price"}, ["deal_lost"],
          {"needs_report": "cancelled"}),
    Doing(deals.answer_question, asked, "lin", {"answer": "六周"}, ["question_answered"],
          {"question_answer": "met"}),
    Doing(deals.give_contribution, contribution, "tang",
          {"department": "technical", "text": "方案"}, ["contribution_given"],
          {"technical_contribution": "met"}),
    Doing(contracts.submit_draft, lambda p: p.contract(), "lin", {}, ["draft_submitted"],
          {"legal_review": "open", "finance_review": "open"}),
    Doing(contracts.review_legally, lambda p: p.submitted(), "fang",
          {"approve": False, "findings": "缺违约条款"}, ["legal_returned"],
          {"legal_review": "met", "finance_review": "open", "draft_resubmission": "open"}),
    Doing(contracts.submit_draft, returned, "lin", {}, ["draft_submitted"],
          {"draft_resubmission": "met"}),
    Doing(contracts.withdraw_contract, lambda p: p.submitted(), "lin", {}, ["contract_withdrawn"],
          {"legal_review": "cancelled", "finance_review": "cancelled"}),
    Doing(orders.track_order, lambda p: p.order(), "lin", {}, ["order_tracked"],
          {"production_schedule": "open", "logistics_schedule": "open"}),
    Doing(orders.schedule_production, lambda p: p.order(), "shi", {}, ["production_scheduled"],
          {"production_schedule": "met"}),
    Doing(orders.confirm_delivery, lambda p: p.delivery(), "lin", {}, ["delivery_confirmed"],
          {"delivery_confirmation": "met"}),
    Doing(orders.prepare_documents, lambda p: p.delivery(), "tang", {}, ["documents_prepared"],
          {"delivery_documents": "met"}),
    Doing(orders.deliver, documented, "wan", {}, ["delivered"], {"delivery_sign_off": "open"}),
    Doing(orders.sign_off_delivery, delivered, "lin", {"name": "王经理"}, ["signed_off"],
          {"delivery_sign_off": "met"}),
    Doing(orders.change_order, lambda p: p.order(), "lin",
          {"kind": "cancelled", "amount": Decimal(1000), "reason": "客户取消"}, ["order_cancelled"],
          {"production_schedule": "cancelled", "logistics_schedule": "cancelled"}),
    Doing(exceptions.apologise, exception, "lin", {}, ["apology_given"],
          {"exception_apology": "met", "exception_alternative": "open"}),
    Doing(exceptions.offer_alternative, exception, "lin", {"kind": "warranty_extension"},
          ["alternative_offered"], {"exception_alternative": "met"}),
    Doing(tickets.answer_ticket, lambda p: p.ticket(), "lin", {}, ["ticket_answered"],
          {"ticket_solution": "open", "ticket_closure": "open"}),
    Doing(tickets.propose_solution, lambda p: p.ticket(), "lin", {"text": "换传感器"},
          ["solution_proposed"], {"ticket_solution": "met", "ticket_closure": "open"}),
    Doing(tickets.confirm_ticket, lambda p: p.ticket(), "bai", {}, ["ticket_confirmed"],
          {"ticket_closure": "met"}),
    Doing(tickets.form_task_force, lambda p: p.ticket(), "bai", {}, ["task_force_formed"],
          {"task_force_sync": "open"}),
]  # fmt: skip
done = [each for each in DOINGS if each.said]


@pytest.mark.parametrize("case", done, ids=[f"{n}-{each.do.key}" for n, each in enumerate(done)])
def test_4_2_the_ledger_says_it_once_with_who_and_when_and_what_is_owed_follows(people, case):
    record = case.record(people)
    by = getattr(people, case.by)
    before = told(record)
    outcome = case.do(record, by=by, at=LATER, **case.given)
    own = [line for line in outcome.lines if line.story == record.ref]
    assert told(record)[: len(before)] == before
    assert told(record)[len(before) :] == [line.what for line in own]
    assert set(case.said) <= {line.what for line in own}
    assert {(line.by, line.at, line.noted_at) for line in outcome.lines} == {(by.pk, LATER, LATER)}
    stands = owed(record)
    assert {kind: stands.get(kind) for kind in case.stands} == case.stands


def test_1_3_4_the_signature_books_the_order_and_begins_what_is_owed_for_it(people):
    contract = people.approved()
    order = contracts.sign_contract(contract, by=people.lin, at=LATER).record
    assert (order.amount, order.contract_id) == (contract.amount, contract.pk)
    assert told(contract)[-1] == "contract_signed" and "order_signed" in told(order)
    stands = owed(order)
    assert stands["production_schedule"] == stands["logistics_schedule"] == "open"
    assert owed(contract.customer)["quarterly_visit"] == "open"


@pytest.mark.parametrize("do", [customers.visit_quarterly, customers.interview_yearly])
def test_1_4_1_a_visit_answers_its_quarter_and_an_interview_the_year_too(people, do):
    """Won in March, when less than half of the quarter is left: the next one is owed first."""
    customer = existing(people)
    do(customer, by=people.lin, at=at("04-20 10:00"), text="回访")
    yearly = do is customers.interview_yearly
    stands = owed(customer)
    assert stands["quarterly_visit"] == "met"
    assert stands["yearly_interview"] == ("met" if yearly else "open")
    assert ("yearly_interviewed" in told(customer)) == yearly


def test_4_4_a_customer_goes_over_with_its_deals_and_what_is_owed_moves(people):
    deal = discovered(people)
    customers.hand_over(deal.customer, by=people.gu, at=LATER, to=people.zhou)
    deal.refresh_from_db()
    assert deal.owner_id == people.zhou.pk
    lines = LedgerLine.objects.filter(what="owner_changed")
    assert {line.story for line in lines} == {deal.ref, deal.customer.ref}
    assert {line.body["owner"] for line in lines} == {people.zhou.pk}


def test_4_2_a_draft_sent_twice_is_one_activity_and_one_line(people):
    customer = people.customer()
    for _ in range(2):
        customers.log_activity(
            customer, by=people.lin, at=LATER, kind="call", text="打了电话", draft_key="d-1"
        )
    assert Activity.objects.filter(draft_key="d-1").count() == 1
    assert told(customer).count("customer_touched") == 1


def test_4_2_the_same_draft_key_of_somebody_else_is_another_activity(people):
    customer = people.customer()
    for by in (people.lin, people.gu):
        customers.log_activity(
            customer, by=by, at=LATER, kind="call", text="打了电话", draft_key="d-1"
        )
    assert Activity.objects.filter(draft_key="d-1").count() == 2


def test_1_2_1_a_deal_that_is_in_the_stage_already_says_nothing_again(people):
    deal = people.deal()
    assert deals.move_deal(deal, by=people.lin, at=LATER, to="discovery").lines == ()


def test_0_6_what_happened_earlier_keeps_its_time_and_the_time_of_noting(people):
    customer = people.customer()
    outcome = customers.log_activity(
        customer, by=people.lin, at=MONDAY, noted_at=LATER, kind="call", text="打了电话"
    )
    assert {(line.at, line.noted_at) for line in outcome.lines} == {(MONDAY, LATER)}


def test_2_1_2_roles_begin_and_end_in_the_ledger(people):
    staff.change_roles(people.lin, by=people.yuan, at=LATER, roles=["supervisor"])
    assert told(people.lin)[-2:] == ["role_started", "role_ended"]
    people.lin.refresh_from_db()
    assert people.lin.roles == ["supervisor"]


def test_0_8_what_is_refused_after_it_has_begun_to_write_leaves_nothing(people):
    """The order is made, then its shares are refused: order, facts and duties are all gone."""
    customer = people.customer()
    lines = LedgerLine.objects.count()
    with pytest.raises(Exception, match="add up"):
        orders.enter_order(
            customer, by=people.lin, at=at("03-03 10:00"), number="O-9", amount=Decimal(10),
            shares={people.lin: Decimal(99)},
        )  # fmt: skip
    assert not Order.objects.exists() and LedgerLine.objects.count() == lines
