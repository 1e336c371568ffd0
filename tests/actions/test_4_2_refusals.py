"""What is refused, with the sentence a person reads, and nothing of it is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from acting_help import MONDAY, at

from zhangfa.actions import (
    appraisal,
    calendars,
    contracts,
    customers,
    deals,
    duties,
    money,
    orders,
    tickets,
)
from zhangfa.actions import (
    people as staff,
)
from zhangfa.actions.action import Invalid, NotAllowed, NotNow
from zhangfa.records.models import LedgerLine, Owed

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(hours=2)


class Refusal(NamedTuple):
    """An action somebody may do, but not like this or not now; the field is of an Invalid."""

    do: Any
    record: Callable[[Any], Any]
    by: str
    given: dict[str, Any]
    says: str
    field: str = ""


def nothing(people) -> None:
    return None


def closed(people):
    return tickets.close_silently(people.ticket(), by=people.bai, at=MONDAY).record


def answered(people):
    deal = people.deal()
    question = deals.ask_question(deal, by=people.lin, at=MONDAY, text="价格？").record
    return deals.answer_question(question, by=people.lin, at=MONDAY, answer="见报价").record


def lost(people):
    return deals.lose_deal(people.deal(), by=people.lin, at=MONDAY, reason="price").record


def gone(people):
    return customers.lose_customer(people.customer(), by=people.lin, at=MONDAY, reason="x").record


APPROVE = {"approve": True, "checked": ["payment_terms"]}
CHANGE = {"kind": "returned", "amount": Decimal(1), "reason": "x"}
REFUSALS = [
    Refusal(customers.enter_customer, nothing, "lin", {"name": "  "}, "needs a name", "name"),
    Refusal(customers.rate_customer, lambda p: p.customer(), "lin", {"intent": 101},
            "between 0 and 100", "intent"),
    Refusal(customers.log_activity, lambda p: p.customer(), "lin", {"kind": "fax", "text": "x"},
            "no activity kind fax", "kind"),
    Refusal(customers.log_activity, lambda p: p.customer(), "lin", {"kind": "call", "text": " "},
            "in a sentence", "text"),
    Refusal(customers.update_status, lambda p: p.customer(), "lin", {"because": " "},
            "why nothing has changed", "because"),
    Refusal(customers.lose_customer, lambda p: p.customer(), "lin", {"reason": ""},
            "why the customer is lost", "reason"),
    Refusal(customers.propose_value, lambda p: p.customer(), "lin", {"text": "x"},
            "existing customers"),
    Refusal(deals.open_deal, lambda p: p.customer(), "lin", {"title": ""}, "needs a title",
            "title"),
    Refusal(deals.open_deal, lambda p: p.customer(), "lin", {"title": "x", "amount": Decimal(-1)},
            "cannot be negative", "amount"),
    Refusal(deals.open_deal, gone, "lin", {"title": "x"}, "is lost"),
    Refusal(deals.move_deal, lambda p: p.deal(), "lin", {"to": "moon"}, "no stage moon", "to"),
    Refusal(deals.move_deal, lambda p: p.deal(), "lin", {"to": "won"}, "signing its contract"),
    Refusal(deals.move_deal, lambda p: p.deal(), "lin", {"to": "lost"}, "why the deal is lost"),
    Refusal(deals.move_deal, lambda p: p.deal(), "lin", {"to": "solution"},
            "needs analysis report first"),
    Refusal(deals.lose_deal, lambda p: p.deal(), "lin", {"reason": "bored"},
            "Choose why the deal is lost", "reason"),
    Refusal(deals.lose_deal, lost, "lin", {"reason": "price"}, "closed already"),
    Refusal(deals.reopen_deal, lambda p: p.deal(), "lin", {}, "Only a lost deal"),
    Refusal(deals.report_needs, lambda p: p.deal(), "lin", {"pains": ""}, "customer needs",
            "pains"),
    Refusal(deals.send_proposal, lambda p: p.deal(), "lin", {"summary": ""}, "what is proposed",
            "summary"),
    Refusal(deals.ask_contribution, lambda p: p.deal(), "lin", {"department": "legal"},
            "technical and the product team", "department"),
    Refusal(deals.answer_question, answered, "lin", {"answer": "x"}, "answered already"),
    Refusal(deals.log_negotiation, lambda p: p.deal(), "lin", {"kind": "chat", "text": "x"},
            "no entry kind chat", "kind"),
    Refusal(contracts.draft_contract, lambda p: p.customer(), "lin",
            {"number": "C-2", "amount": Decimal(0)}, "above zero", "amount"),
    Refusal(contracts.draft_contract, lambda p: p.customer(), "lin",
            {"number": "C-2", "amount": Decimal(1), "payment_terms": [{"percent": 90}]},
            "add up to the whole", "payment_terms"),
    Refusal(contracts.edit_draft, lambda p: p.submitted(), "lin", {"title": "x"},
            "with its author"),
    Refusal(contracts.review_legally, lambda p: p.contract(), "fang", APPROVE,
            "waits for no such review"),
    Refusal(contracts.review_legally, lambda p: p.submitted(), "fang", APPROVE,
            "breach liability must be checked", "breach_checked"),
    Refusal(contracts.review_legally, lambda p: p.submitted(), "fang",
            {"approve": False, "findings": " "}, "what has to be changed", "findings"),
    Refusal(contracts.sign_contract, lambda p: p.submitted(), "lin", {}, ""),
    Refusal(contracts.submit_draft, lambda p: p.submitted(), "lin", {}, ""),
    Refusal(orders.deliver, lambda p: p.delivery(), "wan", {}, "documents are missing"),
    Refusal(orders.sign_off_delivery, lambda p: p.delivery(), "lin", {"name": "王"},
            "Nothing has been delivered"),
    Refusal(orders.change_order, lambda p: p.order(), "lin", {**CHANGE, "kind": "gift"},
            "no change gift", "kind"),
    Refusal(orders.change_order, lambda p: p.order(), "lin", {**CHANGE, "amount": Decimal(-1)},
            "positive number", "amount"),
    Refusal(orders.change_order, lambda p: p.order(), "lin", {**CHANGE, "amount": Decimal(1001)},
            "not worth as much", "amount"),
    Refusal(orders.change_order, lambda p: p.order(), "lin", {**CHANGE, "reason": ""},
            "why the order changes", "reason"),
    Refusal(money.receive_payment, lambda p: p.customer(), "qian",
            {"amount": Decimal(0), "paid_on": date(2026, 3, 2)}, "above zero", "amount"),
    Refusal(money.receive_payment, lambda p: p.customer(), "qian",
            {"amount": Decimal(1), "paid_on": date(2026, 3, 9)}, "not happened yet", "paid_on"),
    Refusal(tickets.raise_ticket, lambda p: p.customer(), "bai", {"title": " "}, "what is wrong",
            "title"),
    Refusal(tickets.answer_ticket, closed, "lin", {}, "is closed"),
    Refusal(tickets.propose_solution, closed, "lin", {"text": "x"}, "is closed"),
    Refusal(tickets.propose_solution, lambda p: p.ticket(), "lin", {"text": ""},
            "Write the solution down", "text"),
    Refusal(tickets.confirm_ticket, lambda p: p.ticket(), "lin", {}, "Somebody else"),
    Refusal(tickets.reopen_ticket, lambda p: p.ticket(), "lin", {}, "is open"),
    Refusal(tickets.go_on, lambda p: p.ticket(), "lin", {}, "does not wait"),
    Refusal(tickets.sync_progress, lambda p: p.ticket(), "lin", {"text": ""},
            "customer was told", "text"),
    Refusal(staff.enrol_person, nothing, "yuan", {"username": "lin", "name": "L", "roles": []},
            "is taken", "username"),
    Refusal(staff.enrol_person, nothing, "yuan", {"username": "x", "name": "X", "roles": ["king"]},
            "no role king", "roles"),
    Refusal(staff.change_roles, lambda p: p.yuan, "yuan", {"roles": ["director"]},
            "Somebody else has to change", "roles"),
    Refusal(staff.assign_layer, lambda p: p.lin, "yuan", {"layer": "guru"}, "no layer guru",
            "layer"),
    Refusal(staff.take_leave, lambda p: p.lin, "lin",
            {"starts_on": date(2026, 3, 5), "ends_on": date(2026, 3, 5)}, "end after it starts",
            "ends_on"),
    Refusal(staff.hand_in, lambda p: p.lin, "lin",
            {"kind": "poem", "period": "2026-02", "text": "x"}, "Nothing of this kind", "kind"),
    Refusal(staff.hand_in, lambda p: p.lin, "lin",
            {"kind": "channel_report", "period": "2026-02", "text": ""}, "what you conclude",
            "text"),
    Refusal(appraisal.set_target, lambda p: p.lin, "gu",
            {"metric": "sales_amount", "period": "2026-Q2", "value": Decimal(-1)},
            "cannot be negative", "value"),
    Refusal(appraisal.plan_visits, lambda p: p.lin, "gu", {"period": "2025-Q4", "required": {}},
            "is frozen"),
    Refusal(appraisal.freeze, lambda p: p.lin, "gu", {"period": "2026-Q1"}, "not over yet"),
    Refusal(calendars.enter_notice, nothing, "yuan", {"days": {}, "year": 2027},
            "Paste the notice", "text"),
    Refusal(calendars.enter_notice, nothing, "yuan",
            {"days": {date(2026, 3, 1): False}, "year": 2026}, "is past", "text"),
]  # fmt: skip


@pytest.mark.parametrize(
    "case", REFUSALS, ids=[f"{n}-{each.do.key}" for n, each in enumerate(REFUSALS)]
)
def test_4_2_it_is_refused_with_a_sentence_and_nothing_is_written(people, case):
    record = case.record(people)
    lines = LedgerLine.objects.count()
    stored = record and type(record).objects.filter(pk=record.pk).values().get()
    wanted = Invalid if case.field else NotNow
    with pytest.raises(wanted) as refused:
        case.do(record, by=getattr(people, case.by), at=LATER, **case.given)
    assert case.says in str(refused.value)
    assert getattr(refused.value, "field", "") == case.field
    assert LedgerLine.objects.count() == lines
    if record:
        assert type(record).objects.filter(pk=record.pk).values().get() == stored


def test_1_1_4_a_credit_code_belongs_to_one_customer(people):
    people.customer(credit_code="91310000MA1FL0000X")
    with pytest.raises(Invalid) as refused:
        people.customer(name="另一家", credit_code="91310000MA1FL0000X")
    assert refused.value.field == "credit_code"


def test_1_3_4_one_order_number_once(people):
    order = people.order()
    with pytest.raises(Invalid) as refused:
        orders.enter_order(order.customer, by=people.lin, at=LATER, number="O-1", amount=Decimal(1))
    assert refused.value.field == "number"


def test_2_1_3_a_target_of_a_running_period_needs_a_second_person(people):
    told = {"metric": "sales_amount", "period": "2026-Q1", "value": Decimal(5)}
    appraisal.set_target(people.lin, by=people.gu, at=LATER, **told)
    for approver in (None, people.gu):
        with pytest.raises(Invalid) as refused:
            appraisal.set_target(people.lin, by=people.gu, at=LATER, approver=approver, **told)
        assert refused.value.field == "approver"
    appraisal.set_target(people.lin, by=people.gu, at=LATER, approver=people.zhao, **told)


def test_0_1_leave_of_one_person_never_overlaps(people):
    told = {"starts_on": date(2026, 3, 9), "ends_on": date(2026, 3, 12)}
    staff.take_leave(people.lin, by=people.lin, at=LATER, deputy=people.zhou, **told)
    with pytest.raises(Invalid) as refused:
        staff.take_leave(people.lin, by=people.lin, at=LATER, **told)
    assert refused.value.field == "starts_on"
    told = {"starts_on": date(2026, 3, 12), "ends_on": date(2026, 3, 13)}
    with pytest.raises(Invalid) as refused:
        staff.take_leave(people.lin, by=people.lin, at=LATER, deputy=people.lin, **told)
    assert refused.value.field == "deputy"


def response(people) -> Owed:
    return Owed.objects.get(story=people.ticket().ref, kind="ticket_response")


def test_4_2_only_who_owes_puts_it_aside_and_for_a_week_at_most(people):
    owed = response(people)
    with pytest.raises(NotAllowed):
        duties.snooze(owed, by=people.gu, at=LATER, hours=1)
    for hours in (0, 169):
        with pytest.raises(Invalid):
            duties.snooze(owed, by=people.lin, at=LATER, hours=hours)
    due = owed.due
    assert duties.snooze(owed, by=people.lin, at=LATER, hours=2).due == due


def test_4_2_what_is_settled_is_not_done_again(people):
    owed = response(people)
    duties.complete(owed, by=people.lin, at=MONDAY)
    owed.refresh_from_db()
    with pytest.raises(NotNow, match="settled already"):
        duties.complete(owed, by=people.lin, at=LATER)


def test_0_6_a_waiver_needs_a_reason_and_ends_the_obligation(people):
    owed = response(people)
    record = duties.record_of(owed.story)
    with pytest.raises(Invalid, match="why this is waived"):
        duties.waive(record, by=people.gu, at=LATER, owed=owed, reason=" ")
    duties.waive(record, by=people.gu, at=LATER, owed=owed, reason="customer moved")
    owed.refresh_from_db()
    assert owed.outcome == "waived" and owed.next_at is None


def test_1_3_2_a_review_before_the_draft_was_handed_in_is_refused(people):
    told = {"approve": False, "findings": "x"}
    with pytest.raises(Invalid) as refused:
        contracts.review_legally(people.submitted(), by=people.fang, at=at("03-01 10:00"), **told)
    assert refused.value.field == "at"
