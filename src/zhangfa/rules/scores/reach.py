"""How far the next band is, and which lines would have led there (2.4.1)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate

from ..bands import Bands
from ..exact import HUNDRED, exact, rounded
from .card import Line, NextBand, Way


def next_band(
    score: Decimal, exact_score: Fraction, lines: Sequence[Line], bands: Bands, places: int = 2
) -> NextBand | None:
    """The next higher band with every line that could help, the smallest change first."""
    above = bands.above(score)
    if above is None:
        return None
    short = exact(above.floor) - exact_score
    ways = [way for line in lines if (way := _way(line, short, places)) is not None]
    ways.sort(key=lambda way: (way.value is None, -way.most, way.metric))
    alone = any(way.value is not None for way in ways)
    together = () if alone else _together(ways, short)
    return NextBand(
        above, rounded(exact(above.floor) - exact(score), places), tuple(ways), together
    )


def _way(line: Line, short: Fraction, places: int) -> Way | None:
    if line.points is None or not line.exact_weight or line.counted is None:
        return None
    room = min(max(exact(y) for _, y in line.curve.anchors), exact(line.curve.cap))
    most = (room - exact(line.points)) * line.exact_weight / HUNDRED
    if most <= 0:
        return None
    shown = rounded(most, places, "down")
    wanted = rounded(exact(line.points) + short * HUNDRED / line.exact_weight, places, "up")
    value = line.curve.value_for(wanted)
    if value is None:
        return Way(line.metric, shown)
    if line.target is not None:
        value = value * exact(line.target.value) / HUNDRED
    better = "up" if line.curve.polarity == "higher" else "down"
    needed = rounded(value, places, better)
    return Way(line.metric, shown, wanted, needed, rounded(value - line.counted, places, better))


def _together(ways: Sequence[Way], short: Fraction) -> tuple[str, ...]:
    best = sorted(ways, key=lambda way: (-way.most, way.metric))
    for n, reached in enumerate(accumulate(exact(way.most) for way in best), start=1):
        if reached >= short:
            return tuple(way.metric for way in best[:n])
    return ()
