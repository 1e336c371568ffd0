"""Clause 0.5 and 0.6 for random stories of every area: what must hold whatever happens."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from story_help import CALENDAR, POLICY, what_of

from zhangfa.rules import facts as f
from zhangfa.rules.obligations import BY_KEY, KINDS, derive

START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
ANY = ("owner_changed owner=8", "clock_stopped", "clock_resumed")
AREAS = {
    "customer/1": ("customer_entered owner=7", "customer_claimed owner=8", "customer_pooled",
                   "customer_lost", "customer_won", "customer_touched", "status_updated",
                   "status_updated kind=no_change", "customer_graded grade=A",
                   "customer_graded grade=B", "customer_graded grade=A changed=no",
                   "customer_pushed", "quarterly_visited", "yearly_interviewed", "value_proposed"),
    "deal/1": ("discovery_held", "needs_reported", "deal_lost", "deal_won", "deal_reopened",
               "negotiation_held", "negotiation_logged", "question_asked", "question_answered",
               "contribution_asked role=technical", "contribution_given role=technical"),
    "contract/1": ("draft_submitted round=1", "draft_submitted round=2", "legal_approved round=1",
                   "legal_returned round=1", "finance_returned round=1", "finance_approved round=2",
                   "contract_withdrawn"),
    "order/1": ("order_signed", "order_tracked", "production_scheduled", "order_closed",
                "delivery_planned on=2026-06-01T10:00", "delivery_rescheduled on=2026-07-01T10:00",
                "delivery_confirmed", "documents_prepared kind=set", "delivered", "signed_off"),
    "ticket/1": ("ticket_raised", "ticket_answered", "solution_proposed", "ticket_resolved",
                 "ticket_confirmed", "ticket_closed_silently", "ticket_reopened",
                 "task_force_formed due=2026-05-01T10:00", "task_force_formed", "progress_synced"),
    "person/7": ("role_started role=seller", "role_ended role=seller",
                 "self_evaluated period=2026-Q1", "channel_report_submitted period=2026-03",
                 "training_assigned course=a",
                 "training_passed course=a", "leave_taken start=2026-04-01 end=2026-04-08"),
}  # fmt: skip


def what(text: str) -> f.What:
    name, *rest = text.split()
    return what_of(name, dict(each.split("=", 1) for each in rest))


@st.composite
def stories(draw) -> list[f.Fact]:
    """Up to twenty facts of one area in half a year; some written down days later."""
    about = draw(st.sampled_from(sorted(AREAS)))
    said = st.sampled_from(AREAS[about] + ANY)
    told = draw(st.lists(st.tuples(said, st.integers(0, 4000)), max_size=20))
    facts = []
    for number, (text, hours) in enumerate(told, 1):
        at = START + hours * HOUR
        noted = at + draw(st.sampled_from([0, 0, 0, 20, 100])) * HOUR
        facts.append(f.Fact(number, what(text), about, 7, at, noted, 7))
    return facts


moments = st.integers(0, 5000).map(lambda hours: START + hours * HOUR)
checked = settings(max_examples=120, deadline=None)


def told(facts: list[f.Fact], now: datetime) -> list[tuple]:
    return [
        (o.key, o.state(now), o.due, o.promised, o.opens_at, o.owner, o.role, o.met_at, o.wanted,
         [each.id for each in o.given], o.lapses_at, o.paused_seconds, o.stopped, o.edition)
        for o in derive(facts, POLICY, CALENDAR, now)
    ]  # fmt: skip


@checked
@given(stories(), moments, st.integers())
def test_0_5_the_order_in_which_facts_are_given_changes_nothing(facts, now, seed):
    shuffled = facts[:]
    random.Random(seed).shuffle(shuffled)
    assert told(shuffled, now) == told(facts, now)


@checked
@given(stories(), moments)
def test_0_5_deriving_twice_gives_the_same(facts, now):
    assert told(facts, now) == told(facts, now)


@checked
@given(stories(), moments)
def test_0_5_every_obligation_is_itself_once(facts, now):
    keys = [o.key for o in derive(facts, POLICY, CALENDAR, now)]
    assert len(keys) == len(set(keys))


@checked
@given(stories(), moments, st.sampled_from(["competitor_moved", "objection_raised", "target_set"]))
def test_0_5_a_fact_that_is_about_nothing_owed_changes_nothing(facts, now, name):
    at = START + 4100 * HOUR
    more = [*facts, f.Fact(999, what(name), "customer/1", 7, at, at, 7)]
    assert told(more, now) == told(facts, now)


@checked
@given(stories(), moments, moments)
def test_0_6_time_moving_on_never_unsettles_what_is_settled(facts, one, other):
    """Met, late, waived and cancelled stay what they are, with the same due moment and owner."""
    earlier, later = sorted((one, other))
    before = {row[0]: row for row in told(facts, earlier)}
    after = {row[0]: row for row in told(facts, later)}
    for key, row in before.items():
        if row[1] in ("met", "late", "cancelled", "waived"):
            assert after[key] == row
        else:
            assert key in after


@checked
@given(stories(), moments)
def test_0_6_what_is_found_makes_sense(facts, now):
    for one in derive(facts, POLICY, CALENDAR, now):
        assert one.kind.key in BY_KEY and one.wanted >= 1
        if one.outcome in ("met", "late"):
            assert one.met_at is not None and len(one.given) == one.wanted
            assert one.outcome == "late" or one.met_at - one.due < timedelta(seconds=1)
        else:
            assert one.met_at is None
        if one.stopped:
            assert one.outcome is None and one.due >= min(now, one.due)
        assert one.paused_seconds >= 0


@checked
@given(stories(), moments)
def test_0_4_what_was_promised_only_moves_later(facts, now):
    """Stops, hand-overs give time and never take it; an agreed plan alone may be shorter."""
    for one in derive(facts, POLICY, CALENDAR, now):
        if not one.kind.agreed:
            assert one.due >= one.promised


@checked
@given(stories(), moments)
def test_0_6_at_most_one_window_of_a_kind_covers_a_period(facts, now):
    """A customer claimed, won and entered twice owes one word a week."""
    for kind in KINDS:
        if kind.shape == "every" and kind.owed_by != "person":
            labels = [o.window_key for o in derive(facts, POLICY, CALENDAR, now) if o.kind is kind]
            starts = [o.opens_at for o in derive(facts, POLICY, CALENDAR, now) if o.kind is kind]
            assert all(a <= b for a, b in pairwise(starts)), labels


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_0_5_no_facts_owe_nothing(kind):
    assert derive([], POLICY, CALENDAR, START) == []
    assert kind.opens
