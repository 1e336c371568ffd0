"""Clause 0.5: what is owed follows from the ledger alone; replayed, it is the same to the row."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import numpy as np
import pytest

from zhangfa.actions.renewal import renew
from zhangfa.demo.tell import tell
from zhangfa.records.editions import current_calendar, current_policy
from zhangfa.records.models import LedgerLine, Owed
from zhangfa.rules.obligations import BY_KEY, derive, told
from zhangfa.rules.obligations.columns import NEVER, OUTCOMES, Windows, judge

pytestmark = pytest.mark.django_db
JUDGED = (
    "kind", "story", "opening", "window", "person_id", "role", "customer_id", "opens_at", "due",
    "promised", "wanted", "given", "closing", "met_at", "outcome", "provisional", "paused",
    "edition", "calendar", "lapses_at",
)  # fmt: skip


@pytest.fixture
def now(db) -> datetime:
    """A company of forty customers and four months."""
    moment = datetime(2026, 11, 23, 2, 24, tzinfo=UTC)
    tell(moment, customers=40, days=120)
    return moment


def table(*more: str) -> list[tuple]:
    return list(Owed.objects.order_by("kind", "opening", "window").values_list(*JUDGED, *more))


def stories() -> list[str]:
    return list(LedgerLine.objects.order_by("story").values_list("story", flat=True).distinct())


def test_0_5_the_whole_ledger_replayed_gives_the_same_table(now):
    before = table("id", "next_at")
    assert len(before) > 1000 and len({row[0] for row in before}) > 20
    assert renew(stories(), now, quiet=True) == 0, "a second telling writes nothing"
    assert table("id", "next_at") == before


def test_0_5_a_table_lost_is_rebuilt_from_the_ledger_in_any_order(now):
    before = table()
    Owed.objects.all().delete()
    order = stories()
    random.Random(7).shuffle(order)
    for start in range(0, len(order), 17):
        renew(order[start : start + 17], now, quiet=True)
    assert table() == before


def test_0_5_what_is_stored_is_what_the_rules_say(now):
    """The facts read back from the database give each stored row, and no other."""
    facts = told(line.as_fact() for line in LedgerLine.objects.order_by("?"))
    policy, calendar = current_policy(), current_calendar()
    found = {
        owed.key: (owed.due, owed.promised, owed.outcome or "", owed.met_at, owed.owner)
        for each in facts.values()
        for owed in derive(each, policy, calendar, now)
    }
    fields = ("kind", "opening", "window", "due", "promised", "outcome", "met_at", "person_id")
    stored = {row[:3]: row[3:] for row in Owed.objects.values_list(*fields)}
    assert stored == found


def test_0_6_the_columns_judge_a_companys_questions_and_answers_alike(now):
    rows = list(Owed.objects.filter(kind="question_answer", paused=0).order_by("id"))
    lines = {line.pk: line for line in LedgerLine.objects.filter(what="question_asked")}

    def seconds(moments) -> np.ndarray:
        return np.array([NEVER if at is None else int(at.timestamp()) for at in moments], np.int64)

    opened = seconds(lines[row.opening].at.replace(microsecond=0) for row in rows)
    windows = Windows(opened, seconds(row.met_at for row in rows))
    found = judge(
        BY_KEY["question_answer"], windows, current_policy(), current_calendar(),
        int(now.timestamp()),
    )  # fmt: skip
    told_so = [OUTCOMES[code].replace("missed", "open") for code in found.outcome]
    assert len(rows) > 5
    assert told_so == [row.outcome or "open" for row in rows]
    assert found.due.tolist() == [int(row.due.timestamp()) for row in rows]
