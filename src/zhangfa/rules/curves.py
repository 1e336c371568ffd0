"""From a raw value to points: monotone, piecewise linear, flat outside its anchors (2.2).

One shape covers what is in use: proportion, interpolation between anchors, steps, all or nothing.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any, Literal

from .exact import HUNDRED, Number, Refused, exact, rounded

Polarity = Literal["higher", "lower"]


class BadCurve(Refused):
    """A curve that no points may be counted by; `problems` holds every reason."""

    def __init__(self, problems: list[Refused]) -> None:
        super().__init__(problems[0].msgid, **problems[0].params)
        self.problems = problems


@dataclass(frozen=True)
class Curve:
    """Anchors (value, points), the values rising; `step` holds each anchor's points to the next.

    `polarity` says whether higher or lower values are better; `cap` is the most points there
    are. Raises BadCurve where an anchor is out of order, or better values would earn less.
    """

    anchors: tuple[tuple[Number, Number], ...]
    polarity: Polarity = "higher"
    cap: Number = 100
    step: bool = False

    def __post_init__(self) -> None:
        if problems := curve_problems(self.anchors, self.polarity, self.step):
            raise BadCurve(problems)

    @classmethod
    def read(cls, value: Any) -> Curve:
        """Of what a policy says: a list of pairs, or a table with `anchors` and the other terms."""
        if isinstance(value, Curve):
            return value
        if isinstance(value, tuple):
            return _read_once(value)
        if isinstance(value, Mapping):
            rest = {name: term for name, term in value.items() if name != "anchors"}
            return cls(_pairs(value["anchors"]), **rest)
        return cls(_pairs(value))

    def exact_points(self, value: Number) -> Fraction:
        """The points of a value, without rounding."""
        x, (xs, ys) = exact(value), self._exact
        after = bisect_right(xs, x)
        if after == 0:
            points = ys[0]
        elif after == len(xs) or self.step:
            points = ys[after - 1]
        else:
            left, right = after - 1, after
            along = (x - xs[left]) / (xs[right] - xs[left])
            points = ys[left] + along * (ys[right] - ys[left])
        return min(points, exact(self.cap))

    def points(self, value: Number, places: int = 2, mode: str = "half_up") -> Decimal:
        """The points of a value, rounded (half up to 2 decimals)."""
        return rounded(self.exact_points(value), places, mode)

    def value_for(self, points: Number) -> Fraction | None:
        """The least good value that earns so many points; None if no value does."""
        wanted, (xs, ys) = exact(points), self._exact
        if wanted > min(max(ys), exact(self.cap)):
            return None
        return self._first(wanted, xs, ys) if self.polarity == "higher" else self._last(wanted)

    def _first(self, wanted: Fraction, xs: list[Fraction], ys: list[Fraction]) -> Fraction:
        at = bisect_left(ys, wanted)
        if at == 0 or self.step or ys[at] == wanted:
            return xs[at]
        along = (wanted - ys[at - 1]) / (ys[at] - ys[at - 1])
        return xs[at - 1] + along * (xs[at] - xs[at - 1])

    def _last(self, wanted: Fraction) -> Fraction:
        """Lower is better: the highest value that still earns the points."""
        xs, ys = self._exact
        at = max(i for i, y in enumerate(ys) if y >= wanted)
        if at == len(xs) - 1 or self.step or ys[at] == wanted:
            return xs[at]
        along = (ys[at] - wanted) / (ys[at] - ys[at + 1])
        return xs[at] + along * (xs[at + 1] - xs[at])

    @cached_property
    def _exact(self) -> tuple[list[Fraction], list[Fraction]]:
        return [exact(x) for x, _ in self.anchors], [exact(y) for _, y in self.anchors]


def curve_problems(
    anchors: Iterable[tuple[Number, Number]], polarity: str = "higher", step: bool = False
) -> list[Refused]:
    """What is wrong with a curve, a sentence each; nothing if it is sound."""
    points = [(exact(x), exact(y)) for x, y in anchors]
    found = []
    if polarity not in ("higher", "lower"):
        found.append(Refused("Better is “higher” or “lower”, not “%(said)s”.", said=polarity))
    if len(points) < (1 if step else 2):
        found.append(Refused("A curve needs at least two points."))
    for (x, y), (next_x, next_y) in pairwise(points):
        if next_x <= x:
            found.append(
                Refused(
                    "The values of a curve rise; %(after)s follows %(before)s.",
                    after=_said(next_x),
                    before=_said(x),
                )
            )
        if (next_y < y) if polarity == "higher" else (next_y > y):
            found.append(
                Refused(
                    "Better must not earn less: %(value)s gives %(points)s points, but "
                    "%(other)s gives %(others)s.",
                    value=_said(x),
                    points=_said(y),
                    other=_said(next_x),
                    others=_said(next_y),
                )
            )
    found += [
        Refused("Points run from 0 to 100, not %(points)s.", points=_said(y))
        for _, y in points
        if not 0 <= y <= HUNDRED
    ]
    return found


@lru_cache(maxsize=256)
def _read_once(value: tuple[tuple[Number, Number], ...]) -> Curve:
    """A policy's curves are read for every card; they are checked once."""
    return Curve(_pairs(value))


def _pairs(value: Iterable[Iterable[Number]]) -> tuple[tuple[Number, Number], ...]:
    pairs = tuple(tuple(pair) for pair in value)
    if any(len(pair) != 2 for pair in pairs):
        raise BadCurve([Refused("A point of a curve is a pair: a value and its points.")])
    return tuple((pair[0], pair[1]) for pair in pairs)


def _said(value: Fraction) -> str:
    return f"{rounded(value, 4).normalize():f}"
