"""The kinds themselves: each clause that sets a time has one, named, measured and translated."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from story_help import CALENDAR, POLICY

from zhangfa import policy
from zhangfa.rules import facts as f
from zhangfa.rules.clock import Span, deadline_after
from zhangfa.rules.obligations import BY_KEY, KINDS
from zhangfa.rules.obligations.due import Counter
from zhangfa.rules.obligations.terms import READ

HERE = Path(__file__).parent
TOLD = "\n".join(path.read_text("utf-8") for path in sorted(HERE.glob("test_[0123]_*.py")))
EDITION = POLICY.editions[0]
every_kind = pytest.mark.parametrize("kind", KINDS, ids=[kind.key for kind in KINDS])


def test_every_clause_that_sets_a_time_has_its_kinds():
    clauses = {}
    for kind in KINDS:
        clauses.setdefault(kind.clause, set()).add(kind.key)
    assert {clause: len(kinds) for clause, kinds in clauses.items()} == {
        "1.1.2": 1, "1.1.6": 1, "1.1.7": 1, "1.1.8": 1,
        "1.2.3": 1, "1.2.4": 2, "1.2.7": 1, "1.2.10": 1,
        "1.3.2": 3, "1.3.5": 2, "1.3.6": 1, "1.3.7": 1, "1.3.8": 1, "1.3.9": 1, "1.3.10": 2,
        "1.3.11": 1, "1.4.1": 2, "1.4.3": 1, "1.4.4": 1, "1.4.5": 1, "1.4.6": 1, "1.4.7": 1,
        "1.4.9": 1, "2.3.1": 1, "2.3.4": 1, "2.3.5": 1, "2.3.7": 1, "2.4.3": 1, "3.1.1": 1,
        "3.2.1": 1, "3.2.2": 1, "3.2.3": 1,
    }  # fmt: skip
    assert set(clauses) <= set(policy.clauses())


def test_kinds_have_names_of_their_own_and_stand_in_the_catalogue():
    assert len(BY_KEY) == len(KINDS)
    assert set(BY_KEY) == set(policy.catalogue().obligations)


@every_kind
def test_every_kind_is_told_in_a_story_that_names_its_clause(kind):
    """A test of the kind's clause asks for the kind by its name."""
    tests = re.split(r"\n(?=def test_|@pytest)", TOLD)
    clause = f"test_{kind.clause.replace('.', '_')}_"
    named = [test for test in tests if clause in test and f'"{kind.key}"' in test]
    assert named, f"no test of {kind.clause} tells {kind.key}"


@every_kind
def test_every_kind_has_its_parameters_in_the_edition(kind):
    said = [f"{kind.key}.{term}" for term in READ[kind.shape]]
    if kind.grades:
        said = [f"{key}.{grade}" for key in said for grade in "ABC"]
    if kind.all_of:
        said.append(f"{kind.key}.set")
    assert [key for key in said if key not in EDITION.values] == []
    assert {policy.catalogue().clause(key) for key in said} == {kind.clause}


@every_kind
def test_every_kind_is_called_something_in_three_languages(kind):
    term = policy.entry(f"obligation.{kind.key}")
    assert term.clause == kind.clause
    for form in policy.FORMS:
        words = {lang: term.said(lang, form) for lang in policy.LANGUAGES}
        assert all(words.values()) and words["en"] != words["zh-Hans"]


@every_kind
def test_every_kind_is_built_of_what_exists(kind):
    """A closing shares its field with the opening; what is named by the opening is there."""
    for what in (*kind.opens, *kind.closes):
        assert f.WHATS[what.key] is what
    if kind.same and kind.shape != "every":
        assert all(kind.same in what.__annotations__ for what in (*kind.opens, *kind.closes))
    if kind.same and kind.shape == "every":
        assert all(kind.same in what.__annotations__ for what in kind.closes)
    how, _, name = kind.owed_by.partition(":")
    assert how in ("owner", "person", "role", "fact")
    assert how != "fact" or all(name in what.__annotations__ for what in kind.opens)
    assert not kind.cancels_same or kind.same


@pytest.mark.parametrize("key", sorted(f.WHATS))
def test_every_fact_is_called_something_in_three_languages(key):
    words = {lang: policy.term(f"fact.{key}", lang) for lang in policy.LANGUAGES}
    assert all(words.values())


@pytest.mark.parametrize(
    "span", ["90 minutes", "48 hours", "2 working_days", "0 working_days", "10 working_days",
             "16 working_hours", "7 days", "0 days", "2 weeks", "1 months"]
)  # fmt: skip
@pytest.mark.parametrize("mode", ["end_of_day", "working_hours"])
def test_0_3_the_quick_count_is_the_clocks(span, mode):
    """Every hour of a season with holidays, make-up days and both ends of a year."""
    from datetime import UTC, datetime, timedelta

    counter, read = Counter(CALENDAR), Span.read(span)
    for hour in range(0, 24 * 130, 5):
        start = datetime(2026, 9, 1, tzinfo=UTC) + timedelta(hours=hour)
        told = deadline_after(start, read, CALENDAR, working_day_mode=mode)
        assert counter.after(start, read, mode) == (told.at, told.provisional)
    closing = CALENDAR.closes(datetime(2026, 9, 2).date())
    for start in (closing, closing + timedelta(microseconds=1)):
        told = deadline_after(start, read, CALENDAR, working_day_mode=mode)
        assert counter.after(start, read, mode) == (told.at, told.provisional)
