"""What another policy would have made of the same facts: cards beside cards (2.1.3, 3.2.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from .bands import Band, Bands
from .consequences import Bonus, bonus
from .exact import HUNDRED
from .policy import Reading
from .scores import Card, Line


@dataclass(frozen=True)
class LineChange:
    """A metric that moved: its points, weight and part of the score before and after."""

    metric: str
    before: Line | None
    after: Line | None

    @property
    def earned_change(self) -> Decimal:
        """How much of the score it brings more, or less."""
        return _earned(self.after) - _earned(self.before)


@dataclass(frozen=True)
class PersonChange:
    """One person under the policy as it was and as it might be."""

    person: str
    before: Card
    after: Card
    bonus_before: Bonus | None
    bonus_after: Bonus | None
    lines: tuple[LineChange, ...]

    @property
    def score_change(self) -> Decimal | None:
        """None where either score is not rated."""
        if self.before.total is None or self.after.total is None:
            return None
        return self.after.total - self.before.total

    @property
    def changes_band(self) -> bool:
        """Whether the factor of the bonus is another."""
        return _factor(self.before.band) != _factor(self.after.band)

    @property
    def bonus_change(self) -> Decimal:
        """How much more, or less, would be paid."""
        return _paid(self.bonus_after) - _paid(self.bonus_before)


@dataclass(frozen=True)
class BandShare:
    """How many people a band holds, and which share of those rated, in percent."""

    band: Band
    people: int
    share: Fraction


@dataclass(frozen=True)
class Comparison:
    """A company before and after: everybody, the bands, the sum of bonuses."""

    people: tuple[PersonChange, ...]
    bands_before: tuple[BandShare, ...]
    bands_after: tuple[BandShare, ...]

    @property
    def moved(self) -> tuple[PersonChange, ...]:
        """Those whose score or bonus changes, the largest change of pay first."""
        changed = [p for p in self.people if p.bonus_change or p.before.total != p.after.total]
        return tuple(sorted(changed, key=_by_size))

    @property
    def bonus_change(self) -> Decimal:
        """What it would cost, or save, in all."""
        return sum((person.bonus_change for person in self.people), Decimal(0))


def compare(
    before: Mapping[str, Card],
    after: Mapping[str, Card],
    readings: tuple[Reading, Reading],
    bases: Mapping[str, Decimal] | None = None,
) -> Comparison:
    """Cards of the same people and period under two readings (as it was, as it might be).

    `bases` are the bonus bases; who has none has no bonus. Raises KeyError where the cards are
    not of the same people.
    """
    if before.keys() != after.keys():
        raise KeyError(f"not the same people: {sorted(before.keys() ^ after.keys())}")
    people = tuple(
        PersonChange(
            person,
            before[person],
            after[person],
            _bonus(before[person], (bases or {}).get(person), readings[0]),
            _bonus(after[person], (bases or {}).get(person), readings[1]),
            line_changes(before[person], after[person]),
        )
        for person in sorted(before)
    )
    return Comparison(people, band_shares(before, readings[0]), band_shares(after, readings[1]))


def line_changes(before: Card, after: Card) -> tuple[LineChange, ...]:
    """The metrics whose points, weight or part of the score differ, the largest change first."""
    was = {line.metric: line for line in before.lines}
    now = {line.metric: line for line in after.lines}
    changes = [LineChange(m, was.get(m), now.get(m)) for m in {**was, **now}]
    moved = [c for c in changes if _marks(c.before) != _marks(c.after)]
    return tuple(sorted(moved, key=lambda c: (-abs(c.earned_change), c.metric)))


def band_shares(cards: Mapping[str, Card], reading: Reading) -> tuple[BandShare, ...]:
    """The share of rated people in each band, the highest first: shown when an anchor is edited."""
    held = [card.band for card in cards.values() if card.band is not None]
    return tuple(
        BandShare(band, n, HUNDRED * n / len(held) if held else Fraction(0))
        for band in Bands.read(reading["bonus.bands"]).bands
        for n in [held.count(band)]
    )


def _bonus(card: Card, base: Decimal | None, reading: Reading) -> Bonus | None:
    return None if card.total is None or base is None else bonus(card.total, base, reading)


def _by_size(change: PersonChange) -> tuple[Decimal, Decimal, str]:
    return -abs(change.bonus_change), -abs(change.score_change or Decimal(0)), change.person


def _marks(line: Line | None) -> tuple[object, ...]:
    return () if line is None else (line.points, line.exact_weight, line.earned)


def _earned(line: Line | None) -> Decimal:
    return Decimal(0) if line is None else line.earned


def _paid(found: Bonus | None) -> Decimal:
    return Decimal(0) if found is None else found.amount


def _factor(band: Band | None) -> Decimal | None:
    return None if band is None else band.factor
