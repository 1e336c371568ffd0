"""Everything the rules of chapter 2 say to a person has its Chinese words."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from zhangfa.rules import consequences, measures, scores

SOURCE = Path(scores.__file__).parents[1]
LOCALE = SOURCE.parent / "locale" / "zh_Hans"
MODULES = ("bands", "credit", "curves", "consequences/proposals", "scores/scoring")


@pytest.fixture(scope="module")
def translated() -> set[str]:
    found = set()
    for path in LOCALE.glob("*.po"):
        with path.open("rb") as file:
            found |= {message.id for message in read_po(file) if message.id and message.string}
    return found


@pytest.mark.parametrize(
    "table",
    [
        measures.REASONS,
        measures.FAULTS,
        scores.NOT_RATED,
        consequences.WHY_NONE,
        consequences.GROUNDS,
    ],
)
def test_2_every_reason_is_translated(table: dict[str, str], translated: set[str]) -> None:
    assert not set(table.values()) - translated


@pytest.mark.parametrize("module", MODULES)
def test_2_every_refusal_is_translated(module: str, translated: set[str]) -> None:
    refusals = {"Refused", "SharesNotWhole", "ReasonWanted", "NotTheirs"}
    said = {
        call.args[0].value
        for call in ast.walk(ast.parse((SOURCE / f"{module}.py").read_text("utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in refusals
        and isinstance(call.args[0], ast.Constant)
    }

    assert said
    assert not said - translated
