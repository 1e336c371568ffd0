"""Targets: relief for who joined late or was on leave, ramps, two layers in one period (2.2.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from .exact import HUNDRED, Number, exact, rounded, total
from .terms import add_months


def owed_share(owed_days: int, period_days: int) -> Fraction:
    """Which part of a period's working days a person owed. Raises ValueError out of 0..1."""
    if not 0 <= owed_days <= period_days or not period_days:
        raise ValueError(f"{owed_days} of {period_days} working days is no part of a period")
    return Fraction(owed_days, period_days)


def owed_days(days_in_layer: int, leaves: Iterable[int], counts_from: int) -> int:
    """Working days owed: those in the layer, less each approved leave of at least so many days."""
    return max(days_in_layer - sum(days for days in leaves if days >= counts_from), 0)


def is_rated(share: Fraction, minimum: Number) -> bool:
    """Whether enough of the period was owed; below the minimum a person is not rated, never 0."""
    return share >= exact(minimum)


def ramp_factor(days_by_month: Mapping[int, int], ramp: Sequence[Number]) -> Fraction:
    """The ramp of a newcomer: the mean of each month of tenure's factor, by working days in it.

    Months count from 1; after the ramp's last month its last factor holds. Without days: 1.
    """
    days = sum(days_by_month.values())
    if not days or not ramp:
        return Fraction(1)
    weighed = (exact(ramp[min(month, len(ramp)) - 1]) * n for month, n in days_by_month.items())
    return total(weighed) / days


def month_of_tenure(joined_on: date, day: date) -> int:
    """1 in the first month after joining. Raises ValueError for a day before it."""
    if day < joined_on:
        raise ValueError(f"{day} is before joining on {joined_on}")
    month = (day.year - joined_on.year) * 12 + day.month - joined_on.month
    return month + 1 if add_months(joined_on, month) <= day else month


def relieved(
    target: Number, share: Fraction, ramp: Number = 1, places: int = 2, mode: str = "half_up"
) -> Decimal:
    """The target for the part of the period that was owed: 600,000 × 31/63 = 295,238.10."""
    return rounded(exact(target) * share * exact(ramp), places, mode)


def blended(parts: Iterable[tuple[Number, int]]) -> Fraction:
    """A target changed in mid-period: each value by the working days for which it was in force."""
    return _by_days(parts)


@dataclass(frozen=True)
class LayerPart:
    """The score of the part of a period spent in one layer, and its working days."""

    layer: str
    total: Decimal | None
    days: int


def over_parts(
    parts: Iterable[LayerPart], places: int = 2, mode: str = "half_up"
) -> Decimal | None:
    """Two layers, or several periods, in one: scores weighted by days; None if none is rated."""
    rated = [(part.total, part.days) for part in parts if part.total is not None and part.days]
    return rounded(_by_days(rated), places, mode) if rated else None


@dataclass(frozen=True)
class Target:
    """What is to be reached in a period, and how it came to it, for the card.

    `full` is the target as set and approved; `share` the owed part; `ramp` a newcomer's factor.
    """

    full: Number
    share: Fraction = Fraction(1)
    ramp: Number = 1
    author: str = ""
    approver: str = ""
    places: int = 2

    @property
    def value(self) -> Decimal:
        """The target that counts."""
        return relieved(self.full, self.share, self.ramp, self.places)


def attainment(value: Fraction, target: Number) -> Fraction | None:
    """Value over target in percent; without a target above 0 there is none, never infinity."""
    return HUNDRED * value / exact(target) if exact(target) > 0 else None


def _by_days(parts: Iterable[tuple[Number, int]]) -> Fraction:
    pairs = list(parts)
    days = sum(n for _, n in pairs)
    if days <= 0:
        raise ValueError("there are no days to weigh by")
    return total(exact(value) * n for value, n in pairs) / days
