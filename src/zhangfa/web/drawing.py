"""Where the marks of our small charts stand: plain numbers for SVG attributes.

A strict content policy forbids style attributes, so data becomes geometry: percentages along the
width, pixels along the height. Everything here is arithmetic on values; the macros draw.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from . import figures, showing

CLOSE = 2.2  # marks nearer than this, in per cent of the width, are stacked
STEP = 9  # pixels from one stacked mark to the next


def share(value: Any, whole: Any, most: float = 100.0) -> float:
    """`value` of `whole` in per cent, two decimals, between 0 and `most`; of nothing it is 0."""
    if not whole or value is None:
        return 0.0
    return round(min(max(float(value) / float(whole) * 100, 0.0), most), 2)


@dataclass(frozen=True)
class Line:
    """A polyline's points and its last point."""

    points: str
    x: float
    y: float


def sparkline(values: Sequence[Any], width: int = 72, height: int = 22) -> Line:
    """A little line through the values, which may hold None; it keeps 3 px from every edge."""
    known = [(i, float(v)) for i, v in enumerate(values) if v is not None]
    if not known:
        return Line("", 0, height / 2)
    low, high = min(v for _, v in known), max(v for _, v in known)
    reach = (high - low) or 1.0
    steps = max(len(values) - 1, 1)
    placed = [
        (
            round(3 + i * (width - 6) / steps, 1),
            round(height - 3 - (v - low) / reach * (height - 6), 1),
        )
        for i, v in known
    ]
    return Line(" ".join(f"{x},{y}" for x, y in placed), *placed[-1])


@dataclass(frozen=True)
class Block:
    """One earned block of the waterfall and the lost part after it, in per cent of 100 points."""

    x: float
    earned: float
    lost_x: float
    lost: float
    full: bool


def waterfall(rows: Iterable[tuple[Any, Any]]) -> list[Block]:
    """(weight, earned) rows, each beginning where the last one's earnings ended.

    A row whose earned value is None (not applicable) takes no room.
    """
    at, blocks = 0.0, []
    for weight, earned in rows:
        got = float(earned or 0)
        lost = 0.0 if earned is None else max(float(weight) - got, 0.0)
        blocks.append(
            Block(
                round(at, 2),
                round(got, 2),
                round(at + got, 2),
                round(lost, 2),
                earned is not None and lost < 0.05,
            )
        )
        at += got
    return blocks


@dataclass(frozen=True)
class Step:
    """One step of the funnel: its share of the first, its conversion from the one before."""

    width: float
    rate: float | None
    weak: bool


def funnel(counts: Sequence[Any]) -> list[Step]:
    """Widths by the largest step; the step with the lowest conversion is the weak one."""
    widest = max((float(n or 0) for n in counts), default=0)
    rates = [None] + [
        float(here or 0) / float(before) if before else None for before, here in pairwise(counts)
    ]
    lowest = min((rate for rate in rates if rate is not None), default=None)
    return [
        Step(share(n, widest), rate, rate is not None and rate == lowest and rate < 1)
        for n, rate in zip(counts, rates, strict=True)
    ]


@dataclass(frozen=True)
class Part:
    """A part of a stacked bar, in per cent."""

    x: float
    width: float


def stack(values: Iterable[Any], whole: Any = 100) -> list[Part]:
    """Parts laid end to end on a bar that is `whole` long."""
    at, parts = 0.0, []
    for value in values:
        width = share(value, whole)
        parts.append(Part(round(at, 2), width))
        at += width
    return parts


def heat(value: Any) -> str:
    """The class of a heat cell for an on-time rate in per cent: five steps and n/a."""
    if value is None:
        return "heat-na"
    for least, name in ((97, "heat-5"), (92, "heat-4"), (85, "heat-3"), (75, "heat-2")):
        if value >= least:
            return name
    return "heat-1"


@dataclass(frozen=True)
class Mark:
    """One deadline on the day rail."""

    row: Any
    x: float
    y: int
    tone: str
    radius: float


@dataclass(frozen=True)
class Rail:
    """The day as a line: its hours, its deadlines and where now stands."""

    hours: list[tuple[int, float]]
    marks: list[Mark]
    now: float


def day_rail(rows: Iterable[Any], now: datetime, opens: float = 8.5, closes: float = 18.5) -> Rail:
    """Today's deadlines from `opens` to `closes` o'clock; earlier ones stand at the left edge.

    Each row has `due` and perhaps `customer.grade`. Marks too close together are stacked upward.
    """

    def along(moment: datetime) -> float:
        here = figures.local(moment)
        hour = here.hour + here.minute / 60
        return round(min(max((hour - opens) / (closes - opens) * 100, 0.4), 99.6), 2)

    today = figures.day_of(now)
    due_today = [(along(row.due), row) for row in rows if figures.day_of(row.due) == today]
    marks: list[Mark] = []
    last, level = -100.0, 0
    for x, row in sorted(due_today, key=lambda pair: pair[0]):
        level = level + 1 if x - last < CLOSE else 0
        last = x
        top = getattr(getattr(row, "customer", None), "grade", "") == "A"
        tone = showing.tone_of(row.due, now)
        marks.append(Mark(row, x, 29 - min(level, 2) * STEP, tone, 5.5 if top else 4.5))
    first, final = int(opens) + 1, int(closes)
    hours = [(h, round((h - opens) / (closes - opens) * 100, 2)) for h in range(first, final + 1)]
    return Rail(hours, marks, along(now))
