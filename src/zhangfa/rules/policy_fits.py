"""Whether a value is of the kind that its parameter takes, and within its bounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .parameters import Parameter
from .policy_values import Value
from .terms import EVERY, Span

Wrong = tuple[str, dict[str, object]]
"""A message id and its parameters."""

ROUGHLY = {  # minutes, to compare a span with its bounds; never used to count a deadline
    "minutes": 1,
    "hours": 60,
    "working_hours": 180,
    "working_days": 1440,
    "days": 1440,
    "weeks": 10080,
    "months": 43200,
}


def misfit(parameter: Parameter, value: Value) -> Wrong | None:
    """Why the value cannot stand under this parameter, or None where it can."""
    fits, kind_msgid = KINDS[parameter.kind]
    if not fits(value):
        return kind_msgid, {"value": shown(value)}
    looks = LOOKS.get(parameter.kind)
    return looks(parameter, value) if looks else None


def shown(value: Value) -> str:
    """The value as a person would write it."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(shown, value))}]"
    return value.isoformat("minutes") if isinstance(value, time) else str(value)


def is_number(value: Value) -> bool:
    return isinstance(value, int | Decimal | Fraction) and not isinstance(value, bool)


def _is_zone(value: Value) -> bool:
    try:
        return isinstance(value, str) and bool(ZoneInfo(value))
    except (ZoneInfoNotFoundError, ValueError):
        return False


def _are_pairs(value: Value) -> bool:
    return isinstance(value, tuple) and all(
        isinstance(pair, tuple) and len(pair) == 2 and all(map(is_number, pair)) for pair in value
    )


def _are_intervals(value: Value) -> bool:
    return isinstance(value, tuple) and all(
        isinstance(pair, tuple) and len(pair) == 2 and all(isinstance(t, time) for t in pair)
        for pair in value
    )


def _tuple_of(test: Callable[[Value], bool]) -> Callable[[Value], bool]:
    return lambda value: isinstance(value, tuple) and all(map(test, value))


KINDS: Mapping[str, tuple[Callable[[Value], bool], str]] = {
    "span": (
        lambda v: isinstance(v, Span),
        "“%(value)s” is not a span of time such as “2 working_days”.",
    ),
    "integer": (
        lambda v: isinstance(v, int) and not isinstance(v, bool),
        "“%(value)s” is not a whole number.",
    ),
    "number": (is_number, "“%(value)s” is not a number."),
    "points": (is_number, "“%(value)s” is not a number."),
    "weight": (is_number, "“%(value)s” is not a number."),
    "share": (is_number, "“%(value)s” is not a number."),
    "flag": (lambda v: isinstance(v, bool), "“%(value)s” is neither true nor false."),
    "word": (lambda v: isinstance(v, str), "“%(value)s” is not a word."),
    "text": (lambda v: isinstance(v, str), "“%(value)s” is not a word."),
    "words": (_tuple_of(lambda v: isinstance(v, str)), "“%(value)s” is not a list of words."),
    "zone": (_is_zone, "“%(value)s” is not a time zone such as “Asia/Shanghai”."),
    "time": (lambda v: isinstance(v, time), "“%(value)s” is not a time of day such as “18:00”."),
    "date": (
        lambda v: isinstance(v, date) and not isinstance(v, datetime),
        "“%(value)s” is not a date.",
    ),
    "every": (
        lambda v: v in EVERY,
        "“%(value)s” is no period; known are working_day, week, month, quarter, half_year, year.",
    ),
    "intervals": (_are_intervals, "“%(value)s” is not a list of working hours."),
    "weekdays": (
        _tuple_of(lambda v: isinstance(v, int) and 1 <= v <= 7),
        "“%(value)s” is not a list of weekdays from 1 (Monday) to 7.",
    ),
    "curve": (_are_pairs, "“%(value)s” is not a list of pairs of numbers."),
    "bands": (_are_pairs, "“%(value)s” is not a list of pairs of numbers."),
    "shares": (_tuple_of(is_number), "“%(value)s” is not a list of numbers."),
}


def _span(parameter: Parameter, span: Span) -> Wrong | None:
    if parameter.units and span.unit not in parameter.units:
        msgid = "“%(value)s” is in the wrong unit; %(units)s can be used."
        return msgid, {"value": span, "units": ", ".join(parameter.units)}
    if parameter.low is None:
        return None
    low, high = Span.read(parameter.low), Span.read(parameter.high)
    return None if _rough(low) <= _rough(span) <= _rough(high) else _outside(span, low, high)


def _rough(span: Span) -> int:
    return span.amount * ROUGHLY[span.unit]


def _outside(value: Value, low: Value, high: Value) -> Wrong:
    return "“%(value)s” is not between %(low)s and %(high)s.", {
        "value": shown(value),
        "low": low,
        "high": high,
    }


def _bounds(parameter: Parameter, value: Any) -> Wrong | None:
    low, high = parameter.low, parameter.high
    if parameter.kind == "share" and low is None:
        low, high = 0, 1
    if low is None or low <= value <= high:
        return None
    return _outside(value, low, high)


def _word(parameter: Parameter, word: str) -> Wrong | None:
    if parameter.choices and word not in parameter.choices:
        msgid = "“%(value)s” cannot be chosen; %(choices)s can."
        return msgid, {"value": word, "choices": ", ".join(parameter.choices)}
    return None


def _words(parameter: Parameter, words: tuple[str, ...]) -> Wrong | None:
    for word in words:
        if wrong := _word(parameter, word):
            return wrong
    if len(set(words)) < len(words):
        return "A word stands in the list twice.", {}
    missing = [word for word in parameter.required if word not in words]
    if missing:
        return "%(missing)s may not be left out.", {"missing": ", ".join(missing)}
    return None


def _curve(parameter: Parameter, points: tuple[tuple[Any, Any], ...]) -> Wrong | None:
    """At least two points, values strictly rising, points never falling, within bounds."""
    if len(points) < 2:
        return "A curve needs at least two points.", {}
    for (x, y), (further, higher) in pairwise(points):
        if further == x:
            return "The curve has two points at %(x)s.", {"x": x}
        if further < x:
            return "The values of a curve rise; %(after)s follows %(before)s.", {
                "before": x,
                "after": further,
            }
        if higher < y:
            return "A curve never falls; at %(x)s it drops from %(before)s to %(after)s.", {
                "x": further,
                "before": y,
                "after": higher,
            }
    return next((w for _, y in points if (w := _bounds(parameter, y))), None)


def _bands(parameter: Parameter, bands: tuple[tuple[Any, Any], ...]) -> Wrong | None:
    """From the highest score down to 0, no two alike, the factor never rising downward."""
    if not bands or bands[-1][0] != 0:
        return "The lowest band must start at 0, or some scores fall into none.", {}
    for (floor, factor), (lower, smaller) in pairwise(bands):
        if lower >= floor:
            return "Bands go from high to low; %(lower)s follows %(floor)s.", {
                "lower": lower,
                "floor": floor,
            }
        if smaller > factor:
            return "A lower score may not earn more: %(smaller)s stands below %(factor)s.", {
                "smaller": smaller,
                "factor": factor,
            }
    if bands[0][0] > 100:
        return _outside(bands[0][0], 0, 100)
    return next((w for _, factor in bands if (w := _bounds(parameter, factor))), None)


def _shares(_: Parameter, shares: tuple[Any, ...]) -> Wrong | None:
    rising = all(a < b for a, b in pairwise(shares))
    if not shares or not rising or not all(0 <= share <= 1 for share in shares):
        return "The shares rise from one to the next, between 0 and 1.", {}
    return None


def _intervals(_: Parameter, intervals: tuple[tuple[time, time], ...]) -> Wrong | None:
    moments = [moment for pair in intervals for moment in pair]
    if not moments or any(a >= b for a, b in pairwise(moments)):
        return "Working hours follow one another in the day and do not overlap.", {}
    return None


def _weekdays(_: Parameter, days: tuple[int, ...]) -> Wrong | None:
    if not days or len(set(days)) < len(days):
        return "At least one weekday is worked, each named once.", {}
    return None


LOOKS: Mapping[str, Callable[[Parameter, Any], Wrong | None]] = {
    "span": _span,
    "integer": _bounds,
    "number": _bounds,
    "points": _bounds,
    "weight": _bounds,
    "share": _bounds,
    "word": _word,
    "words": _words,
    "curve": _curve,
    "bands": _bands,
    "shares": _shares,
    "intervals": _intervals,
    "weekdays": _weekdays,
}
