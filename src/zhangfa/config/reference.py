"""The generated part of the documentation: `python -m zhangfa.config.reference [--check]`.

Commands, policy parameters and clauses are written from the program itself, so that the pages
cannot be behind it; `--check` ends with 1 when they are.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import time
from pathlib import Path
from typing import Any

import click

from zhangfa import policy

from . import places
from .cli import cli
from .reference_clauses import clauses_page, unproved

HEAD = "<!-- Written by `make fmt` from the program; changes here are lost. -->\n\n"


def commands_page() -> str:
    """docs/reference/commands.md: every command with its options."""
    parts = [HEAD, "# Commands\n\n", "Each command answers `--help`.\n"]
    for path, command in _commands("zhangfa", cli):
        if command.hidden:
            continue
        context = click.Context(command, info_name=path)
        told = command.get_help(context).replace("\b", "")
        parts.append(f"\n## {path}\n\n```text\n{_trimmed(told)}\n```\n")
    return "".join(parts)


def _commands(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            yield from _commands(f"{path} {name}", command.commands[name])


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def parameters_page() -> str:
    """docs/reference/policy-parameters.md: every key that an edition may set."""
    first = policy.first_edition()
    reading = policy.load_editions().on(first.effective)
    lines = [
        HEAD,
        "# Policy parameters\n\n",
        "What an edition of the policy may say: key, clause, shipped value, who said it "
        "(the document or the house), meaning.\n\n",
        "| key | clause | shipped value | from | meaning |\n|---|---|---|---|---|\n",
    ]
    for key, one in policy.catalogue().items():
        value = _cell(reading.get(key, ""))
        words = _cell(one.words.get("en", ""))
        lines.append(f"| `{key}` | {one.clause} | {value} | {one.source} | {words} |\n")
    return "".join(lines)


def _cell(value: Any) -> str:
    """A value on one line of a table."""
    return " ".join(_said(value).replace("|", "\\|").split())


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_said(each)}" for key, each in value.items())
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], time):
        return f"{value[0]:%H:%M}-{value[1]:%H:%M}"
    if isinstance(value, (list, tuple)):
        return ", ".join(_said(each) for each in value)
    if isinstance(value, (set, frozenset)):
        return ", ".join(sorted(_said(each) for each in value))
    return f"{value:%H:%M}" if isinstance(value, time) else str(value)


PAGES = {
    "commands.md": commands_page,
    "policy-parameters.md": parameters_page,
    "clauses.md": clauses_page,
}


def behind(folder: Path) -> list[str]:
    """The names of pages that differ from what the program says now."""
    return [
        name
        for name, write in PAGES.items()
        if not (folder / name).is_file() or (folder / name).read_text("utf-8") != write()
    ]


def main() -> None:
    """Write the pages, or with --check only compare them."""
    root = places.checkout()
    if root is None:
        raise SystemExit("the reference is written in a checkout")
    folder = root / "docs" / "reference"
    late = behind(folder)
    if "--check" in sys.argv:
        if late:
            raise SystemExit(f"behind the program: {', '.join(late)}; run make fmt")
        if untested := unproved():
            raise SystemExit(f"said to work, and no test names them: {', '.join(untested)}")
        return
    folder.mkdir(parents=True, exist_ok=True)
    for name in late:
        (folder / name).write_text(PAGES[name](), "utf-8")
        print(f"written: docs/reference/{name}")


if __name__ == "__main__":
    main()
