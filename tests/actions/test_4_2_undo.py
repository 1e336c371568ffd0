"""Clause 4.2: what one has just done is taken back; the facts stay in the ledger, retracted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from acting_help import MONDAY, owed, told
from django.db.models import Model

from zhangfa.actions import customers, deals, duties, exceptions, orders, tickets
from zhangfa.actions.action import NotAllowed, NotNow
from zhangfa.records.models import Activity, LedgerLine

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def question(people):
    return deals.ask_question(people.deal(), by=people.lin, at=MONDAY, text="多久？").record


def exception(people):
    told_ = {"kind": "quality", "text": "有划痕"}
    return exceptions.raise_exception(people.order(), by=people.lin, at=MONDAY, **told_).record


def negotiated(people):
    return people.deal()


CASES = [
    (customers.log_activity, lambda p: p.customer(), "lin", {"kind": "call", "text": "电话"}),
    (customers.update_status, lambda p: p.customer(), "lin", {"because": "放假"}),
    (customers.grade_customer, lambda p: p.customer(), "lin", {}),
    (customers.visit_quarterly, lambda p: p.order().customer, "lin", {"text": "回访"}),
    (customers.interview_yearly, lambda p: p.order().customer, "lin", {"text": "深访"}),
    (deals.log_negotiation, negotiated, "lin", {"kind": "concession", "text": "让步"}),
    (deals.answer_question, question, "lin", {"answer": "六周"}),
    (orders.schedule_production, lambda p: p.order(), "shi", {}),
    (orders.schedule_logistics, lambda p: p.order(), "wan", {}),
    (orders.confirm_delivery, lambda p: p.delivery(), "lin", {}),
    (orders.prepare_documents, lambda p: p.delivery(), "tang", {}),
    (exceptions.apologise, exception, "lin", {}),
    (tickets.answer_ticket, lambda p: p.ticket(), "lin", {}),
    (tickets.propose_solution, lambda p: p.ticket(), "lin", {"text": "换件"}),
    (tickets.sync_progress, lambda p: p.ticket(), "lin", {"text": "进展"}),
]
IDS = [do.key for do, *_ in CASES]
STAY = {"progressed_at", "status", "answered_at", "acceptance", "grade_points", "touched_at"}


def columns(record: Model) -> dict:
    found = type(record)._base_manager.filter(pk=record.pk).values().get()
    return {name: value for name, value in found.items() if name not in STAY}


@pytest.mark.parametrize(("do", "make", "by", "given"), CASES, ids=IDS)
def test_4_2_taken_back_it_is_owed_as_before_and_the_ledger_says_both(people, do, make, by, given):
    record = make(people)
    doer = getattr(people, by)
    before, stored, logged = owed(record), columns(record), Activity.objects.count()
    lines = do(record, by=doer, at=LATER, **given).lines
    duties.undo([line.pk for line in lines], by=doer, at=LATER + MINUTE)
    assert owed(record) == before
    assert columns(record) == stored
    assert Activity.objects.count() == logged
    said = LedgerLine.objects.filter(pk__in=[line.pk for line in lines])
    assert said.count() == len(lines)
    back = LedgerLine.objects.filter(what="fact_retracted")
    assert {line.body["fact"] for line in back} == {line.pk for line in lines}


def answered(people):
    return tickets.answer_ticket(people.ticket(), by=people.lin, at=LATER)


def test_4_2_nobody_takes_back_what_another_did(people):
    done = answered(people)
    with pytest.raises(NotAllowed):
        duties.undo([line.pk for line in done.lines], by=people.gu, at=LATER)


def test_4_2_after_half_an_hour_it_is_corrected_and_not_taken_back(people):
    done = answered(people)
    keys = [line.pk for line in done.lines]
    with pytest.raises(NotNow, match="too late"):
        duties.undo(keys, by=people.lin, at=LATER + duties.UNDO_WITHIN + MINUTE)
    duties.undo(keys, by=people.lin, at=LATER + duties.UNDO_WITHIN)


def test_4_2_taken_back_twice_what_was_done_in_between_stays(people):
    done = answered(people)
    keys = [line.pk for line in done.lines]
    duties.undo(keys, by=people.lin, at=LATER + MINUTE)
    again = tickets.answer_ticket(done.record, by=people.lin, at=LATER + 2 * MINUTE)
    with pytest.raises(NotNow, match="cannot be undone"):
        duties.undo(keys, by=people.lin, at=LATER + 3 * MINUTE)
    again.record.refresh_from_db()
    assert again.record.answered_at == LATER + 2 * MINUTE
    assert owed(again.record)["ticket_response"] in ("met", "late")


def test_4_2_what_has_no_way_back_is_not_undone(people):
    done = customers.lose_customer(people.customer(), by=people.lin, at=LATER, reason="price")
    with pytest.raises(NotNow, match="cannot be undone"):
        duties.undo([line.pk for line in done.lines], by=people.lin, at=LATER)
    assert "fact_retracted" not in told(done.record)


def test_4_2_nothing_named_is_nothing_undone(people):
    with pytest.raises(NotNow):
        duties.undo([], by=people.lin, at=LATER)
