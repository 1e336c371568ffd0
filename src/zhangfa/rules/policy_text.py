"""An edition as text: the TOML that a person can read, and that is kept once adopted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time
from typing import Any

from .policy import Edition
from .policy_values import Table, Value, nested

BARE = re.compile(r"[A-Za-z0-9_-]+")


def toml_of(edition: Edition) -> str:
    """The edition as TOML; reading it again gives the same edition."""
    head = [
        f"key = {_text(edition.key)}",
        f"title = {_text(edition.title)}",
        f"effective = {edition.effective.isoformat()}",
    ]
    if edition.without:
        head.append(f"without = {_value(tuple(sorted(edition.without)))}")
    return "\n".join([*head, *_tables(nested(edition.values), ())]) + "\n"


def _tables(table: Mapping[str, Value], path: tuple[str, ...]) -> list[str]:
    """A table's own values under its heading, then the tables inside it."""
    values = {name: value for name, value in table.items() if not isinstance(value, Table)}
    lines = [f"{_name(name)} = {_value(value)}" for name, value in values.items()]
    if path and lines:
        lines = ["", f"[{'.'.join(map(_name, path))}]", *lines]
    for name, value in table.items():
        if isinstance(value, Table):
            lines += _tables(value, (*path, name))
    return lines


def _name(name: str) -> str:
    return name if BARE.fullmatch(name) else _text(name)


def _value(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, time):
        return _text(value.isoformat("minutes"))
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if _is_plain_number(value) else _text(str(value))


def _is_plain_number(value: Any) -> bool:
    """Whole numbers and decimals; a fraction such as 1/3 stands as text."""
    return not isinstance(value, str) and bool(re.fullmatch(r"-?\d+(\.\d+)?", str(value)))


def _text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
