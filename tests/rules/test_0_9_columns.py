"""Clauses 0.3 to 0.6: obligations by the column are the story engine's, whatever happens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from story_help import CALENDAR, POLICY, followed

from zhangfa.rules import facts as f
from zhangfa.rules.columns import Pauses
from zhangfa.rules.obligations import BY_KEY, derive
from zhangfa.rules.obligations.columns import NEVER, OUTCOMES, Windows, judge
from zhangfa.rules.policy import Policy

START = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
SPANS = ["30 minutes", "48 hours", "16 working_hours", "1 working_days", "2 working_days",
         "10 working_days", "7 days", "2 weeks", "1 months"]  # fmt: skip
moments = st.integers(0, 300 * 86_400).map(lambda second: START + second)
waits = st.integers(0, 40 * 86_400)


@st.composite
def windows(draw):
    """One window: when it opens and closes, its stops in order, and what makes it pointless."""
    opened = draw(moments)
    closed = draw(st.none() | waits.map(lambda wait: opened + wait + 1))
    ticks = sorted(draw(st.lists(waits, max_size=5, unique=True)))
    stops = [opened + tick - 86_400 for tick in ticks]
    cancelled = draw(st.none() | waits.map(lambda wait: opened + wait + 1))
    return opened, closed, stops, cancelled


def moment(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


def as_story(row, opening: f.What, closing: f.What, cancelling: f.What) -> list[f.Fact]:
    opened, closed, stops, cancelled = row
    told = [(opened, opening)]
    told += [(closed, closing)] if closed else []
    told += [(cancelled, cancelling)] if cancelled else []
    told += [
        (tick, f.ClockResumed() if n % 2 else f.ClockStopped("", ""))
        for n, tick in enumerate(stops)
    ]
    return [
        f.Fact(n, what, "deal/1", 7, moment(s), moment(s), 7) for n, (s, what) in enumerate(told)
    ]


def as_columns(rows) -> Windows:
    width = max((len(stops) + 1) // 2 for _, _, stops, _ in rows) or 1
    begin = np.zeros((len(rows), width), np.int64)
    end = np.zeros((len(rows), width), np.int64)
    for n, (_, _, stops, _) in enumerate(rows):
        for slot in range((len(stops) + 1) // 2):
            begin[n, slot] = stops[2 * slot]
            end[n, slot] = stops[2 * slot + 1] if 2 * slot + 1 < len(stops) else NEVER
    opened, closed, cancelled = (
        np.array([row[n] or NEVER for row in rows], np.int64) for n in (0, 1, 3)
    )
    return Windows(opened, closed, Pauses(begin, end), cancelled)


def same(kind: str, rows, whats, policy: Policy, now: int) -> None:
    found = judge(BY_KEY[kind], as_columns(rows), policy, CALENDAR, now)
    for n, row in enumerate(rows):
        (one,) = (o for o in derive(as_story(row, *whats), policy, CALENDAR, moment(now))
                  if o.kind.key == kind)  # fmt: skip
        state = one.state(moment(now)).replace("waiting", "open")
        told = (OUTCOMES[found.outcome[n]], int(found.due[n]), int(found.promised[n]))
        assert told == (state, one.due.timestamp(), one.promised.timestamp()), row
        assert bool(found.provisional[n]) == one.provisional


@settings(max_examples=150, deadline=None)
@given(st.lists(windows(), min_size=1, max_size=8), st.sampled_from(SPANS), moments)
def test_0_9_a_column_is_judged_as_its_stories_are(rows, span, now):
    """Any span, stops and ends; a deal's needs report, which also can be cancelled."""
    policy = POLICY.amended({"needs_report.within": span})
    whats = (f.DiscoveryHeld(1), f.NeedsReported(1), f.DealLost("price"))
    same("needs_report", rows, whats, policy, now)


@settings(max_examples=50, deadline=None)
@given(st.lists(windows(), min_size=1, max_size=8), moments)
def test_0_9_each_row_is_read_under_the_edition_of_its_day(rows, now):
    policy = followed("05-01", needs_report__within="36 hours").followed_by(
        followed("08-01", needs_report={"within": "5 days", "pausable": False}).editions[-1]
    )
    whats = (f.DiscoveryHeld(1), f.NeedsReported(1), f.DealLost("price"))
    same("needs_report", rows, whats, policy, now)


def test_0_9_grades_are_read_row_by_row():
    grades = np.array(["A", "B", "C", "A"])
    opened = np.full(4, int(datetime(2026, 3, 2, 2, tzinfo=UTC).timestamp()), np.int64)
    rows = Windows(opened, np.full(4, NEVER), grades=grades)
    found = judge(BY_KEY["customer_touch"], rows, POLICY, CALENDAR, int(opened[0]))
    for grade, due in zip(grades, found.due, strict=True):
        what = f.CustomerGraded(str(grade), "", Decimal(1), True)
        fact = f.Fact(1, what, "customer/1", 7, moment(opened[0]), moment(opened[0]), 7)
        (one,) = derive([fact], POLICY, CALENDAR, moment(opened[0]))
        assert one.due.timestamp() == due


def test_0_9_an_edition_that_asks_for_nothing_owes_nothing():
    from zhangfa.rules.policy import Edition

    gone = Edition("x", "x", (moment(START) + timedelta(100)).date(), {},
                   without=frozenset({"question_answer.within"}))  # fmt: skip
    rows = Windows(np.array([START, START + 200 * 86_400]), np.full(2, NEVER))
    policy = POLICY.followed_by(gone)
    found = judge(BY_KEY["question_answer"], rows, policy, CALENDAR, START)
    assert found.counted()["not_owed"] == 1 and found.counted()["open"] == 1


def test_0_9_other_shapes_are_refused_with_a_sentence():
    rows = Windows(np.array([START]), np.array([NEVER]))
    with pytest.raises(ValueError, match="no window of a span"):
        judge(BY_KEY["weekly_update"], rows, POLICY, CALENDAR, START)
    with pytest.raises(ValueError, match="goes by the customer's grade"):
        judge(BY_KEY["customer_touch"], rows, POLICY, CALENDAR, START)
