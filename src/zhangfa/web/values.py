"""Values of the policy as people read them: spans, shares, curves, bands, words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext

from zhangfa import policy
from zhangfa.rules.exact import decimal
from zhangfa.rules.parameters import Parameter
from zhangfa.rules.terms import Span

from . import figures

AREAS = ("choice", "metric", "grade", "role", "stage", "document", "checklist", "alternative")


def parameter(key: str) -> Parameter | None:
    """What the catalogue knows of a key; None for a table of keys."""
    return policy.catalogue().get(key)


def word(key: str) -> str:
    """A word of the policy in the reader's language; itself where the glossary has none."""
    for area in AREAS:
        found = policy.glossary().get(f"{area}.{key}")
        if found is not None:
            return found.said(figures.language())
    found = policy.glossary().get(key)
    return found.said(figures.language()) if found is not None else key


def span(value: Span) -> str:
    """`2 个工作日`, `48 hours`."""
    unit = policy.term(f"unit.{value.unit}", figures.language())
    return f"{value.amount} {unit}"


def shown(value: Any, key: str = "") -> str:
    """A value of the policy as text; `key` tells percentages and factors apart."""
    known = parameter(key) if key else None
    kind = known.kind if known else ""
    if isinstance(value, str) and kind in ("span", "time"):
        value = _typed(value, kind)
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, Span):
        return span(value)
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | Decimal | Fraction):
        return _number(value, known)
    if isinstance(value, Mapping):
        return " · ".join(f"{word(str(k))} {shown(v, f'{key}.{k}')}" for k, v in value.items())
    if isinstance(value, list | tuple):
        return _listed(value, kind)
    return word(str(value)) if value != "" else figures.NONE


def _typed(value: str, kind: str) -> Any:
    try:
        return Span.read(value) if kind == "span" else time.fromisoformat(value)
    except ValueError:
        return value


def _number(value: int | Decimal | Fraction, known: Parameter | None) -> str:
    exact = value if isinstance(value, int | Decimal) else None
    kind = known.kind if known else ""
    if kind == "share":
        if exact is None and isinstance(value, Fraction) and value.denominator > 1:
            return f"{value.numerator}/{value.denominator}"
        return figures.percent(decimal(value), 0 if decimal(value) * 100 % 1 == 0 else 1)
    text = figures.number(decimal(value))
    units = known.units if known and kind != "span" else ()
    if len(units) == 1:
        if units[0] == "percent":
            return f"{text}%"
        return f"{text} {policy.term(f'unit.{units[0]}', figures.language())}"
    return text


def _listed(values: Any, kind: str) -> str:
    rows = list(values)
    if rows and all(isinstance(row, list | tuple) and len(row) == 2 for row in rows):
        if kind == "bands":
            return " · ".join(f"≥ {_plain(low)} × {_plain(factor)}" for low, factor in rows)
        if kind == "intervals":
            return ", ".join(f"{shown(a)}–{shown(b)}" for a, b in rows)
        return " · ".join(f"{_plain(x)} → {_plain(y)}" for x, y in rows)
    if kind == "weekdays":
        return ", ".join(str(row) for row in rows)
    if kind == "shares":
        return " · ".join(figures.percent(decimal(row), 0) for row in rows)
    return ", ".join(shown(row) for row in rows) or figures.NONE


def _plain(value: Any) -> str:
    if isinstance(value, str):
        value = Decimal(value)
    return figures.number(decimal(value))


def bounds(known: Parameter) -> str:
    """The allowed range of a parameter, `50%–60%`; empty without one."""
    if known.low is None and known.high is None:
        return ""
    low, high = (
        figures.NONE if v is None else shown(v, known.key) for v in (known.low, known.high)
    )
    return f"{low}–{high}"


def said_of(key: str) -> str:
    """The catalogue's line about a key; of a table of keys that of its first."""
    known = policy.catalogue()
    if key not in known:
        inside = (each for each in known if each.startswith(f"{key}."))
        key = next(inside, key)
    try:
        return policy.described(key, figures.language())
    except KeyError:
        return key
