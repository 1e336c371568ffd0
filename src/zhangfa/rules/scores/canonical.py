"""The canonical form of a result and its chained hash, for freezing (2.3.8).

Equal results give equal text: keys sorted, numbers as text without trailing zeros, moments in
UTC. A hash covers the text and the hash before it, so no frozen result can be changed unseen.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from typing import Any

from ..exact import decimal, exact
from ..measures import Measured
from ..terms import Span

FIRST = "0" * 64
"""What the first hash of a chain is chained to."""


def to_canonical(result: Any) -> str:
    """The canonical JSON of a result. Raises TypeError for floats and what has no exact form."""
    plain = plain_form(result)
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def chained_hash(previous: str, canonical: str) -> str:
    """SHA-256, in hex, over the hash before and the canonical text."""
    return sha256(f"{previous}\n{canonical}".encode()).hexdigest()


def first_break(chain: Iterable[tuple[str, str]], start: str = FIRST) -> int | None:
    """The place of the first (canonical, hash) of a chain that does not hold; None if all do."""
    previous = start
    for place, (canonical, found) in enumerate(chain):
        if chained_hash(previous, canonical) != found:
            return place
        previous = found
    return None


def plain_form(value: Any) -> Any:
    """What JSON can hold, exactly: see the module."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int | Decimal | Fraction):
        return _number(value)
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Span):
        return str(value)
    if isinstance(value, Measured):
        return _measure(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain_form(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain_form(each) for key, each in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((plain_form(each) for each in value), key=str)
    if isinstance(value, Iterable) and not isinstance(value, bytes):
        return [plain_form(each) for each in value]
    raise TypeError(f"{type(value).__name__} has no canonical form: {value!r}")


def _number(value: int | Decimal | Fraction) -> str:
    if isinstance(value, Decimal) and not value.is_finite():
        raise TypeError(f"{value} has no canonical form")
    shown = decimal(value)
    if exact(shown) != exact(value):
        return str(exact(value))
    text = f"{shown:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _moment(value: datetime) -> str:
    if value.tzinfo is None:
        raise TypeError(f"a moment needs a time zone: {value.isoformat()}")
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _measure(measure: Measured) -> dict[str, Any]:
    kept = {f.name: getattr(measure, f.name) for f in fields(measure) if f.name != "evidence"}
    kept |= {"kind": measure.kind, "value": measure.exact, "evidence": measure.rows()}
    return {name: plain_form(each) for name, each in kept.items()}
