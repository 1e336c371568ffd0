"""The command line answers, or says in one line what is wrong with the question."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from zhangfa.config.cli import cli

COMMANDS = [
    ["run"],
    ["demo"],
    ["import"],
    ["score"],
    ["clock"],
    ["clock", "due"],
    ["policy"],
    ["policy", "check"],
    ["verify"],
    ["backup"],
    ["restore"],
    ["migrate"],
    ["assets"],
]


def zhangfa(*words: str) -> Result:
    return CliRunner().invoke(cli, list(words))


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(words: list[str]) -> None:
    told = zhangfa(*words, "--help")
    assert told.exit_code == 0
    assert len(told.output.splitlines()) > 3


def test_0_3_two_working_days_before_the_national_holiday_end_after_it() -> None:
    told = zhangfa("clock", "due", "2026-09-30T15:00", "2 working_days", "--json")
    answer = json.loads(told.output)
    assert answer["due"] == "2026-10-09T18:00:00+08:00"
    assert answer["provisional"] is False
    counted = [step["step"] for step in answer["path"]]
    assert counted.count("counted") == 2
    assert counted.count("skipped") == 7


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["clock", "due", "2026-09-30T15:00", "2 wirking_days"], "working_days"),
        (["clock", "due", "yesterday", "2 hours"], "yesterday"),
        (["clock", "due", "2199-01-01T10:00", "2 working_days"], "2199"),
        (["score", "--period", "2026-Q5"], "2026-Q5"),
        (["import", "/no/such/file"], "/no/such/file"),
        (["restore", "/no/such/file"], "/no/such/file"),
        (["policy", "check", "/no/such/file"], "/no/such/file"),
        (["run", "--port", "0"], "--port"),
    ],
)
def test_bad_input_ends_with_2_and_names_what_is_wrong(words: list[str], hint: str) -> None:
    told = zhangfa(*words)
    assert told.exit_code == 2
    assert hint in told.output
    assert "Traceback" not in told.output


def test_the_shipped_policy_has_no_problem() -> None:
    told = zhangfa("policy", "check", "--json")
    assert (told.exit_code, json.loads(told.output)) == (0, [])


def test_an_edition_that_breaks_a_bound_is_named_with_its_clause(tmp_path: Path) -> None:
    edition = tmp_path / "2027-01-01.toml"
    edition.write_text(
        'key = "2027-01-01"\ntitle = "x"\neffective = 2027-01-01\n\n'
        '[legal_review]\nwithin = "0 working_days"\n',
        encoding="utf-8",
    )
    told = zhangfa("policy", "check", str(edition), "--json")
    assert told.exit_code == 1, told.output
    assert [one["key"] for one in json.loads(told.output)] == ["legal_review.within"]


def test_4_3_more_words_than_a_profile_and_a_path_are_refused() -> None:
    told = zhangfa("import", "a", "b", "c")
    assert told.exit_code == 2
    assert "[PROFILE] PATH" in told.output
