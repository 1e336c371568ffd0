"""docs/reference/clauses.md: every clause, how far it works, what implements and what tests it.

How far is said by people, in docs/clause-states.toml; code and tests are found by the clause's id
in the sources. A clause that is said to work, and that no test names, fails the check.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from zhangfa import policy

from . import places

STATES = {
    "works": "works end to end",
    "part": "partly: see the note",
    "core": "the rules count it; its screens come later",
    "later": "not yet",
}
ID = re.compile(r"(?<![\d.])([0-4]\.\d{1,2}(?:\.\d{1,2})?)(?![\d.]*\d)")
TEST_ID = re.compile(r"(?<!\d)([0-4]_\d{1,2}(?:_\d{1,2})?)(?!\d)")
MOST = 8  # places named per clause


def clauses_page() -> str:
    """The page. Raises FileNotFoundError outside a checkout."""
    root = places.checkout() or Path.cwd()
    states = tomllib.loads((root / "docs" / "clause-states.toml").read_text("utf-8"))
    code = _named(root / "src" / "zhangfa", root)
    tests = _named(root / "tests", root)
    parts = ["<!-- Written by `make fmt` from the program; changes here are lost. -->\n\n"]
    parts.append("# Clauses\n\nWhat each clause asks, how far it works, what implements it and ")
    parts.append("what tests it.\n")
    titles, chapter = policy.chapters(), ""
    for one in policy.clauses().values():
        if one.chapter != chapter:
            chapter = one.chapter
            told = titles.get(chapter, {})
            parts.append(f"\n## {chapter} {told.get('en', '')} {told.get('zh-Hans', '')}\n")
        state = states.get(one.id, {})
        parts.append(f"\n### {one.id} {one.title('en')} ({one.title('zh-Hans')})\n\n")
        parts.append(f"{one.text('en')}\n\n")
        parts.append(f"- State: **{STATES[state.get('state', 'later')]}**")
        parts.append(f". {state['note']}\n" if state.get("note") else "\n")
        parts.append(f"- Implemented by: {_places(code[one.id])}\n")
        parts.append(f"- Tested by: {_places(tests[one.id])}\n")
    return "".join(parts)


def unproved() -> list[str]:
    """Clauses that are said to work and that no test names."""
    root = places.checkout() or Path.cwd()
    states = tomllib.loads((root / "docs" / "clause-states.toml").read_text("utf-8"))
    tests = _named(root / "tests", root)
    return [key for key, one in states.items() if one["state"] == "works" and not tests[key]]


def _places(found: list[str]) -> str:
    if not found:
        return "nothing yet"
    more = f" and {len(found) - MOST} more" if len(found) > MOST else ""
    return ", ".join(f"`{place}`" for place in found[:MOST]) + more


def _named(folder: Path, root: Path) -> dict[str, list[str]]:
    """The files that name each clause, by its id."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(folder.rglob("*.py")):
        if "__pycache__" in path.parts:
            continue
        for key in sorted(set(_ids(path))):
            found[key].append(path.relative_to(root).as_posix())
    return found


def _ids(path: Path) -> Iterator[str]:
    text = path.read_text("utf-8")
    yield from ID.findall(text)
    yield from (key.replace("_", ".") for key in TEST_ID.findall(f"{path.name}\n{text}"))
