"""Clause 4.1: who may do what, for every action and every role; the refused change nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from acting_help import MONDAY, ROLES

from zhangfa.actions import (
    appraisal,
    calendars,
    contacts,
    contracts,
    customers,
    deal_details,
    deals,
    duties,
    exceptions,
    money,
    orders,
    tickets,
)
from zhangfa.actions import (
    people as staff,
)
from zhangfa.actions.action import NotAllowed
from zhangfa.records.models import Change, LedgerLine, Owed

pytestmark = pytest.mark.django_db
LEADS = {"gu", "zhao"}
OWN = {"lin"} | LEADS  # Lin owns every record here; Gu leads her, Zhao leads all
SELL = {"lin", "zhou", "he"} | LEADS
HELP = {"bai", "tang"}
EVERYBODY = set(ROLES)

MATRIX = [
    (customers.enter_customer, None, SELL),
    (customers.rate_customer, "customer", OWN),
    (customers.grade_customer, "customer", OWN),
    (customers.log_activity, "customer", OWN | HELP),
    (customers.update_status, "customer", OWN),
    (customers.hand_over, "customer", LEADS | {"admin"}),
    (customers.lose_customer, "customer", OWN),
    (customers.merge_customers, "customer", LEADS),
    (customers.edit_details, "customer", OWN),
    (customers.visit_quarterly, "customer", OWN),
    (customers.interview_yearly, "customer", OWN),
    (customers.propose_value, "customer", OWN),
    (customers.push_news, "customer", OWN),
    (contacts.add_contact, "customer", OWN | {"bai"}),
    (deals.open_deal, "customer", OWN),
    (deals.move_deal, "deal", OWN),
    (deals.win_deal, "deal", OWN),
    (deals.lose_deal, "deal", OWN),
    (deals.reopen_deal, "deal", OWN),
    (deals.report_needs, "deal", OWN),
    (deals.send_proposal, "deal", OWN),
    (deals.ask_contribution, "deal", OWN),
    (deals.give_contribution, "deal", {"tang", "pan"}),
    (deals.ask_question, "deal", SELL),
    (deals.log_negotiation, "deal", OWN),
    (deal_details.edit_deal, "deal", OWN),
    (contracts.draft_contract, "customer", OWN),
    (contracts.edit_draft, "contract", OWN),
    (contracts.submit_draft, "contract", {"lin"}),
    (contracts.review_legally, "contract", {"fang"}),
    (contracts.review_financially, "contract", {"qian"}),
    (contracts.withdraw_contract, "contract", OWN),
    (contracts.sign_contract, "contract", OWN),
    (orders.enter_order, "customer", OWN),
    (orders.track_order, "order", OWN),
    (orders.schedule_production, "order", {"shi"}),
    (orders.schedule_logistics, "order", {"wan"}),
    (orders.plan_delivery, "order", OWN | {"wan"}),
    (orders.reschedule_delivery, "delivery", OWN | {"wan"}),
    (orders.cancel_delivery, "delivery", OWN | {"wan"}),
    (orders.confirm_delivery, "delivery", OWN),
    (orders.prepare_documents, "delivery", {"tang"}),
    (orders.deliver, "delivery", OWN | {"wan"}),
    (orders.sign_off_delivery, "delivery", OWN),
    (orders.change_order, "order", OWN),
    (exceptions.raise_exception, "order", OWN),
    (money.receive_payment, "customer", OWN | {"qian"}),
    (tickets.raise_ticket, "customer", SELL | HELP),
    (tickets.answer_ticket, "ticket", OWN | HELP),
    (tickets.propose_solution, "ticket", OWN | HELP),
    (tickets.resolve_ticket, "ticket", OWN | HELP),
    (tickets.confirm_ticket, "ticket", OWN | HELP),
    (tickets.close_silently, "ticket", OWN | HELP),
    (tickets.reopen_ticket, "ticket", OWN | HELP),
    (tickets.wait_for_customer, "ticket", OWN | HELP),
    (tickets.go_on, "ticket", OWN | HELP),
    (tickets.form_task_force, "ticket", OWN | HELP),
    (tickets.sync_progress, "ticket", OWN | HELP),
    (tickets.assign_ticket, "ticket", OWN | {"bai"}),
    (duties.waive, "ticket", LEADS | {"cheng"}),
    (staff.enrol_person, None, {"yuan", "admin"}),
    (staff.change_roles, "person", {"yuan", "admin"}),
    (staff.join_team, "person", {"yuan", "admin"}),
    (staff.assign_layer, "person", {"yuan", "admin"}),
    (staff.take_leave, "person", OWN | {"yuan", "admin"}),
    (staff.hand_in, "person", {"lin"}),
    (appraisal.set_target, "person", LEADS | {"cheng", "yuan"}),
    (appraisal.plan_visits, "person", LEADS | {"cheng"}),
    (appraisal.adopt_edition, None, {"cheng", "zhao"}),
    (appraisal.freeze, "person", LEADS | {"cheng", "yuan"}),
    (appraisal.freeze_all, None, LEADS | {"cheng", "yuan"}),
    (calendars.enter_notice, None, {"yuan", "cheng", "admin"}),
]
NAMES = [do.key for do, _, _ in MATRIX]


def record_for(people, kind: str | None):
    if kind is None:
        return None
    return people.lin if kind == "person" else getattr(people, kind)()


@pytest.mark.parametrize(("do", "kind", "allowed"), MATRIX, ids=NAMES)
def test_4_1_these_and_nobody_else(people, do, kind, allowed):
    record = record_for(people, kind)
    found = {name for name in ROLES if do.may(getattr(people, name), record)}
    assert found == allowed


@pytest.mark.parametrize(("do", "kind", "allowed"), MATRIX, ids=NAMES)
def test_4_1_whoever_is_refused_leaves_no_trace(people, do, kind, allowed):
    record = record_for(people, kind)
    before = (LedgerLine.objects.count(), Owed.objects.count(), Change.objects.count())
    for name in sorted(EVERYBODY - allowed):
        with pytest.raises(NotAllowed):
            do(record, by=getattr(people, name), at=MONDAY)
    assert (LedgerLine.objects.count(), Owed.objects.count(), Change.objects.count()) == before


def test_4_1_the_review_of_ones_own_contract_is_refused_even_to_a_reviewer(people):
    people.lin.roles = ["seller", "legal", "finance"]
    people.lin.save()
    contract = people.submitted()
    for do in (contracts.review_legally, contracts.review_financially):
        with pytest.raises(NotAllowed):
            do(contract, by=people.lin, at=MONDAY, approve=True)


def test_4_1_a_former_lead_leads_no_more(people):
    customer = people.customer()
    people.gu.memberships.update(ends_on=date(2026, 3, 1))
    gu = type(people.gu).objects.get(pk=people.gu.pk)
    with pytest.raises(NotAllowed):
        customers.hand_over(customer, by=gu, at=MONDAY, to=people.zhou)


def test_4_1_nobody_sets_their_own_target_or_waives_their_own_duty(people):
    told = {"metric": "sales_amount", "period": "2026-Q2", "value": Decimal(1)}
    with pytest.raises(NotAllowed):
        appraisal.set_target(people.lin, by=people.lin, at=MONDAY, **told)
    ticket = people.ticket()
    owed = Owed.objects.filter(story=ticket.ref).first()
    with pytest.raises(NotAllowed):
        duties.waive(ticket, by=people.lin, at=MONDAY, owed=owed, reason="please")
