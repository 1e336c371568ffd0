"""Values of the policy: from what TOML or JSON gives to exact types, and back to plain text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .terms import Span

Value = Any  # Span | Decimal | int | bool | str | date | time | Fraction | tuple | Table

SPAN = re.compile(r"\d+ [a-z_]+")
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
DATE = re.compile(r"\d{4}-\d\d-\d\d")
FRACTION = re.compile(r"\d+/[1-9]\d*")


def typed(value: Any) -> Value:
    """The exact value: "2 working_days" a Span, "18:00" a time, "1/3" a Fraction, 0.5 a Decimal.

    Lists become tuples. A float (JSON) is read as it is written, so 0.1 is Decimal("0.1").
    """
    if isinstance(value, str):
        return _typed_text(value)
    if isinstance(value, float):
        return Decimal(str(value))
    if isinstance(value, list | tuple):
        return tuple(typed(each) for each in value)
    return value


def _typed_text(text: str) -> Value:
    if SPAN.fullmatch(text):
        return _span(text)
    if TIME.fullmatch(text):
        return time.fromisoformat(text)
    if FRACTION.fullmatch(text):
        return Fraction(text)
    if DATE.fullmatch(text):
        return date.fromisoformat(text)
    return text


def _span(text: str) -> Span | str:
    """The span, or the text itself where it names no unit of time: the check will say so."""
    try:
        return Span.read(text)
    except ValueError:
        return text


class Table(dict[str, Value]):
    """A table of values, read-only."""

    def _refuse(self, *_: Any, **__: Any) -> Any:
        raise TypeError("the policy's values cannot be changed; amend the policy instead")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __deepcopy__(self, memo: dict[int, Any]) -> Table:
        return self

    def __reduce__(self) -> tuple[type[Table], tuple[dict[str, Value]]]:
        return Table, (dict(self),)


def flat(document: Mapping[str, Any], prefix: str = "") -> dict[str, Value]:
    """Nested tables as dotted keys with typed values: {"a": {"b": 1}} becomes {"a.b": 1}."""
    found: dict[str, Value] = {}
    for name, value in document.items():
        key = f"{prefix}{name}"
        if isinstance(value, Mapping):
            found.update(flat(value, f"{key}."))
        else:
            found[key] = typed(value)
    return found


def nested(values: Mapping[str, Value]) -> Table:
    """Dotted keys as nested read-only tables: the inverse of `flat`."""
    tables: dict[str, Any] = {}
    for key, value in values.items():
        *path, name = key.split(".")
        inside = tables
        for part in path:
            inside = inside.setdefault(part, {})
        inside[name] = value
    return _sealed(tables)


def _sealed(tables: dict[str, Any]) -> Table:
    return Table({name: _sealed(v) if isinstance(v, dict) else v for name, v in tables.items()})


def plain(value: Value) -> Any:
    """What JSON can hold, exactly: spans, numbers with decimals, dates and fractions as text."""
    if isinstance(value, bool | int | str) or value is None:
        return value
    if isinstance(value, Mapping):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    if isinstance(value, time):
        return value.isoformat("minutes")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
