"""Bands of a score: from this score on, this factor (2.4.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from .exact import Number, Refused, decimal, exact


@dataclass(frozen=True)
class Band:
    """A range of scores, `floor` included, and the factor that goes with it."""

    floor: Decimal
    factor: Decimal


@dataclass(frozen=True)
class Bands:
    """All bands, the highest first; the lowest begins at 0 and there are no gaps."""

    bands: tuple[Band, ...]

    @classmethod
    def read(cls, value: Any) -> Bands:
        """Of what a policy says: pairs (score, factor). Raises Refused."""
        if isinstance(value, Bands):
            return value
        return _read_once(value) if isinstance(value, tuple) else cls._read(value)

    @classmethod
    def _read(cls, value: Any) -> Bands:
        pairs: Iterable[tuple[Number, Number]] = value
        bands = sorted(
            (Band(decimal(floor), decimal(factor)) for floor, factor in pairs),
            key=lambda band: band.floor,
            reverse=True,
        )
        floors = [band.floor for band in bands]
        if not floors or floors[-1] != 0:
            raise Refused("The lowest band begins at a score of 0.")
        if len(set(floors)) < len(floors):
            raise Refused("Two bands begin at the same score.")
        return cls(tuple(bands))

    def of(self, score: Number) -> Band:
        """The band a score lies in: exactly at a floor is inside."""
        return next((b for b in self.bands if exact(b.floor) <= exact(score)), self.bands[-1])

    def above(self, score: Number) -> Band | None:
        """The next higher band; None in the highest."""
        return next((b for b in reversed(self.bands) if exact(b.floor) > exact(score)), None)


@lru_cache(64)
def _read_once(value: tuple[Any, ...]) -> Bands:
    """Everybody's card of a period reads the same bands."""
    return Bands._read(value)
