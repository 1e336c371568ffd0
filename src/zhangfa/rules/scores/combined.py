"""Several cards as one: two layers in a period, or the periods of a year (2.2, 2.3.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..bands import Band, Bands
from ..exact import HUNDRED, decimal, exact, root, total
from ..measures import Average, Net
from ..policy import Reading
from ..targets import LayerPart, over_parts
from .card import Card, Line


@dataclass(frozen=True)
class Combined:
    """One score of several cards, each weighted by its working days."""

    parts: tuple[tuple[Card, int], ...]
    total: Decimal | None
    band: Band | None


def combined(parts: Sequence[tuple[Card, int]], reading: Reading) -> Combined:
    """The scores weighted by working days; cards that are not rated are left out."""
    score = over_parts(
        (LayerPart(card.layer, card.total, days) for card, days in parts),
        reading["rounding.points"],
        reading["rounding.mode"],
    )
    bands = Bands.read(reading["bonus.bands"])
    return Combined(tuple(parts), score, None if score is None else bands.of(score))


def score_interval(card: Card, z: Decimal = Decimal("1.96")) -> tuple[Decimal, Decimal] | None:
    """Where the score lies, given that answers and ratings are samples; for comparing people.

    Counts and amounts are taken as known. None for a card that is not rated.
    """
    if card.total is None:
        return None
    halves = [_half_width(line, z) for line in card.lines]
    wide = root(total(half * half for half in halves))
    low, high = card.total - wide, card.total + wide
    return max(low, Decimal(0)), min(high, Decimal(HUNDRED.numerator))


def _half_width(line: Line, z: Decimal) -> Decimal:
    """How many points of the score a line may be off."""
    ends = None
    if isinstance(line.measure, Average):
        ends = line.measure.interval(z)
    elif isinstance(line.measure, Net) and line.measure.exact is not None:
        off = z * (line.measure.standard_error or 0)
        middle = line.measure.value or Decimal(0)
        ends = middle - off, middle + off
    if ends is None or line.points is None:
        return Decimal(0)
    low, high = (exact(line.curve.points(end, 10)) for end in ends)
    return decimal(abs(high - low) / 2 * line.exact_weight / HUNDRED)
