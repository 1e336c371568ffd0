"""Clause 0.6 for every kind: met, late, waived, cancelled and breached are told apart."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

import pytest
from story_help import SELLER, moment, telling

from zhangfa.rules.obligations import BY_KEY

SECOND = timedelta(seconds=1)


class Case(NamedTuple):
    """A kind, what opens it and closes it, and the last moment in time by its clause."""

    clause: str
    kind: str
    about: str
    opening: str
    closing: str
    due: str
    window: str = ""
    who: int | str = SELLER
    lapses: bool = False


CASES = [
    Case("1.1.2", "channel_report", "person/7", "03-01 09:00 role_started role=seller",
         "channel_report_submitted period=2026-03", "04-03 18:00:00", "2026-03"),
    Case("1.1.6", "customer_touch", "customer/1", "03-02 10:00 customer_graded grade=A",
         "customer_touched", "03-09 18:00:00"),
    Case("1.1.7", "weekly_update", "customer/1", "03-02 10:00 customer_entered owner=7",
         "status_updated kind=no_change", "03-08 23:59:59", "2026-W10", lapses=True),
    Case("1.1.8", "customer_regrade", "customer/1", "03-02 10:00 customer_entered owner=7",
         "customer_graded grade=C", "04-09 18:00:00"),
    Case("1.2.3", "needs_report", "deal/1", "03-02 10:00 discovery_held", "needs_reported",
         "03-05 18:00:00"),
    Case("1.2.4", "technical_contribution", "proposal/1",
         "03-02 10:00 contribution_asked role=technical person=9",
         "contribution_given role=technical", "03-04 18:00:00", who=9),
    Case("1.2.4", "product_contribution", "proposal/1",
         "03-02 10:00 contribution_asked role=product", "contribution_given role=product",
         "03-04 18:00:00", who="product"),
    Case("1.2.7", "question_answer", "question/1", "03-02 10:00 question_asked",
         "question_answered", "03-04 10:00:00"),
    Case("1.2.10", "negotiation_entry", "deal/1", "03-02 10:00 negotiation_held",
         "negotiation_logged", "03-03 10:00:00"),
    Case("1.3.2", "legal_review", "contract/1", "03-02 10:00 draft_submitted legal=3 finance=4",
         "legal_approved", "03-04 18:00:00", who=3),
    Case("1.3.2", "finance_review", "contract/1", "03-02 10:00 draft_submitted legal=3",
         "finance_returned", "03-04 18:00:00", who="finance"),
    Case("1.3.2", "draft_resubmission", "contract/1", "03-02 10:00 legal_returned round=1",
         "draft_submitted round=2", "03-05 18:00:00"),
    Case("1.3.5", "production_schedule", "order/1", "03-02 10:00 order_signed",
         "production_scheduled", "03-03 18:00:00", who="production"),
    Case("1.3.5", "logistics_schedule", "order/1", "03-02 10:00 order_signed",
         "logistics_scheduled", "03-03 18:00:00", who="logistics"),
    Case("1.3.6", "order_tracking", "order/1", "03-02 10:00 order_signed", "order_tracked",
         "03-03 18:00:00", "2026-03-03"),
    Case("1.3.7", "delivery_confirmation", "delivery/1",
         "03-02 10:00 delivery_planned on=03-20T14:00", "delivery_confirmed", "03-17 18:00:00"),
    Case("1.3.8", "delivery_documents", "delivery/1",
         "03-02 10:00 delivery_planned on=03-20T14:00", "documents_prepared kind=set",
         "03-17 18:00:00", who="technical"),
    Case("1.3.9", "delivery_sign_off", "delivery/1", "03-02 10:00 delivered", "signed_off",
         "03-03 10:00:00"),
    Case("1.3.10", "exception_apology", "exception/1", "03-02 10:00 exception_raised",
         "apology_given", "03-02 12:00:00"),
    Case("1.3.10", "exception_alternative", "exception/1", "03-02 10:00 exception_raised",
         "alternative_offered", "03-03 10:00:00"),
    Case("1.3.11", "department_task", "exception/1",
         "03-02 10:00 task_assigned role=production due=03-06T12:00", "task_done",
         "03-06 12:00:00", who="production"),
    Case("1.4.1", "quarterly_visit", "customer/1", "01-01 00:00 customer_won",
         "quarterly_visited", "03-31 23:59:59", "2026-Q1", lapses=True),
    Case("1.4.1", "yearly_interview", "customer/1", "01-01 00:00 customer_won",
         "yearly_interviewed", "12-31 23:59:59", "2026", lapses=True),
    Case("1.4.3", "ticket_response", "ticket/1", "03-02 10:00 ticket_raised", "ticket_answered",
         "03-02 11:00:00"),
    Case("1.4.4", "ticket_solution", "ticket/1", "03-02 10:00 ticket_raised",
         "solution_proposed", "03-03 10:00:00"),
    Case("1.4.5", "ticket_closure", "ticket/1", "03-02 10:00 ticket_raised", "ticket_confirmed",
         "03-05 10:00:00"),
    Case("1.4.6", "task_force_sync", "ticket/1", "03-02 10:00 task_force_formed",
         "progress_synced", "03-08 23:59:59", "2026-W10", lapses=True),
    Case("1.4.7", "customer_push", "customer/1", "03-02 10:00 customer_won", "customer_pushed",
         "04-01 18:00:00"),
    Case("1.4.9", "value_proposals", "customer/1", "01-01 00:00 customer_won", "value_proposed",
         "06-30 23:59:59", "2026/1"),
    Case("2.3.1", "monthly_brief", "person/7", "03-01 09:00 role_started role=supervisor",
         "brief_issued period=2026-03", "04-03 18:00:00", "2026-03"),
    Case("2.3.4", "self_evaluation", "person/7", "01-01 09:00 role_started role=seller",
         "self_evaluated period=2026-Q1", "04-08 18:00:00", "2026-Q1"),
    Case("2.3.5", "superior_evaluation", "person/7", "01-01 09:00 role_started role=supervisor",
         "superior_evaluated period=2026-Q1", "04-13 18:00:00", "2026-Q1"),
    Case("2.3.7", "appeal_answer", "verdict/1", "03-02 10:00 appeal_raised", "appeal_answered",
         "03-09 18:00:00", who="hr"),
    Case("2.4.3", "coaching_plan", "person/7", "03-02 10:00 coaching_offered period=2025-Q4",
         "coaching_planned period=2025-Q4", "03-16 18:00:00"),
    Case("3.1.1", "policy_training", "person/7", "03-02 10:00 training_assigned course=p2",
         "training_passed course=p2", "03-16 18:00:00"),
    Case("3.2.1", "quarterly_review", "policy/1", "01-01 09:00 edition_adopted",
         "review_held period=2026-Q1", "04-15 18:00:00", "2026-Q1", "policy_officer"),
    Case("3.2.2", "improvement_action", "policy/1",
         "03-02 10:00 improvement_planned item=5 role=production due=03-20T18:00",
         "improvement_done item=5", "03-20 18:00:00", who="production"),
    Case("3.2.3", "yearly_revision", "policy/1", "01-01 09:00 edition_adopted",
         "revision_proposed period=2026", "12-31 23:59:59", "2026", "policy_officer"),
]  # fmt: skip
every_kind = pytest.mark.parametrize("case", CASES, ids=[case.kind for case in CASES])


def after(due: str, by: timedelta) -> str:
    """A moment a little later than one, as stories write it."""
    return (moment(due) + by).replace(tzinfo=None).isoformat(" ", "seconds")


def look(case: Case, *more: str, now: str):
    """The obligation of the case's own window."""
    told = telling("\n".join((case.opening, *more)), now=now, about=case.about)
    return next(one for one in told.all(case.kind) if one.window_key == case.window)


def test_0_6_no_kind_is_left_out():
    assert sorted(case.kind for case in CASES) == sorted(BY_KEY)
    assert {case.kind: case.clause for case in CASES} == {k.key: k.clause for k in BY_KEY.values()}


@every_kind
def test_0_6_it_is_due_when_its_clause_says_and_owed_by_whom(case):
    one = look(case, now=case.due)
    assert one.due == one.promised == moment(case.due)
    assert (one.owner or one.role) == case.who
    assert one.citations and {said.clause for said in one.citations} == {case.clause}


@every_kind
def test_0_6_done_at_the_very_moment_it_is_met(case):
    one = look(case, f"{case.due} {case.closing}", now="2027-06-01 12:00")
    assert (one.outcome, one.met_at) == ("met", moment(case.due))
    assert [fact.id for fact in one.given] == [2]


@every_kind
def test_0_6_a_second_later_it_is_late_or_too_late(case):
    """Late where it can still be made good; a week that is over cannot be updated any more."""
    one = look(case, f"{after(case.due, SECOND)} {case.closing}", now="2027-06-01 12:00")
    state = "missed" if case.lapses else "late"
    assert one.state(moment("2027-06-01 12:00")) == state
    assert (one.met_at is None) == case.lapses


@every_kind
def test_0_6_without_it_open_to_the_moment_and_breached_after_it(case):
    one = look(case, now=case.due)
    assert one.outcome is None and one.given == () and one.met_at is None
    assert one.state(moment(case.due)) == "open"
    assert one.state(moment(case.due) + SECOND) == "missed"
    assert one.state(one.opens_at - SECOND) == "waiting"


@every_kind
def test_0_6_waived_by_somebody_else_and_never_by_who_owes_it(case):
    waiver = f"{case.due} obligation_waived kind={case.kind} opening=1 window={case.window}"
    assert look(case, f"{waiver} by=99", now="2027-06-01 12:00").outcome == "waived"
    if isinstance(case.who, int):
        assert look(case, f"{waiver} by={case.who}", now="2027-06-01 12:00").outcome is None


@every_kind
def test_0_6_a_fact_taken_back_never_was(case):
    done = f"{case.due} {case.closing}"
    one = look(case, done, f"{case.due} fact_retracted fact=2", now="2027-06-01 12:00")
    assert one.outcome is None and one.given == ()
    again = look(
        case, done, f"{case.due} fact_retracted fact=2", f"{case.due} fact_retracted fact=3",
        now="2027-06-01 12:00",
    )  # fmt: skip
    assert again.outcome == "met"


CANCELS = [
    ("customer_touch", "customer_lost"),
    ("customer_touch", "customer_pooled"),
    ("customer_touch", "customer_graded grade=B"),
    ("weekly_update", "customer_lost"),
    ("needs_report", "deal_lost"),
    ("legal_review", "contract_withdrawn"),
    ("finance_review", "contract_withdrawn"),
    ("draft_resubmission", "contract_withdrawn"),
    ("production_schedule", "order_cancelled"),
    ("logistics_schedule", "order_cancelled"),
    ("order_tracking", "order_closed"),
    ("delivery_confirmation", "delivery_rescheduled on=03-30T14:00"),
    ("delivery_confirmation", "delivery_cancelled"),
    ("delivery_documents", "delivery_cancelled"),
    ("department_task", "exception_resolved"),
    ("quarterly_visit", "customer_pooled"),
    ("task_force_sync", "ticket_confirmed"),
    ("customer_push", "customer_lost"),
    ("value_proposals", "customer_lost"),
    ("channel_report", "role_ended role=seller"),
    ("improvement_action", "improvement_dropped item=5"),
]


@pytest.mark.parametrize(("kind", "pointless"), CANCELS)
def test_0_6_what_became_pointless_in_time_is_cancelled_and_after_a_breach_it_stays(
    kind, pointless
):
    case = next(case for case in CASES if case.kind == kind)
    one = look(case, f"{case.due} {pointless}", now="2027-06-01 12:00")
    assert (one.outcome, one.given) == ("cancelled", ())
    if case.lapses:
        return
    one = look(case, f"{after(case.due, SECOND)} {pointless}", now="2027-06-01 12:00")
    assert one.outcome is None
    assert one.state(moment("2027-06-01 12:00")) == "missed"
    assert one.lapses_at == moment(case.due) + SECOND or one.kind.same == "period"


def test_0_6_done_before_it_became_pointless_it_is_met(story):
    told = story("""
        03-02 10:00 discovery_held
        03-03 10:00 needs_reported
        03-03 11:00 deal_lost
    """, about="deal/1")  # fmt: skip
    assert told.of("needs_report") == ["met, due 03-05 18:00"]
