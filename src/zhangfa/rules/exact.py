"""Numbers without loss: fractions while counting, decimals where a person reads or is paid.

Between a row and a score every number is a `Fraction`, so the order of counting cannot change it
and one third stays one third. Floats are refused: they have already lost something.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Context, Decimal
from fractions import Fraction
from functools import lru_cache

Number = int | Decimal | Fraction

HUNDRED = Fraction(100)
CENT_PLACES = 2
_WIDE = Context(prec=40)
_KINDS = (int, Decimal, Fraction, str)
_MODES = ("half_up", "half_even", "down", "up")


class Refused(ValueError):
    """Something that cannot stand, as a sentence a person reads: `msgid` with its `params`."""

    def __init__(self, msgid: str, **params: object) -> None:
        super().__init__(msgid % params if params else msgid)
        self.msgid, self.params = msgid, params


def exact(value: Number | str) -> Fraction:
    """The number itself. Raises TypeError for floats, booleans and what is no number."""
    kind = type(value)
    if kind is Fraction:
        return value  # type: ignore[return-value]
    if kind is Decimal or kind is int:
        return _fraction(value)
    if kind is bool or not isinstance(value, _KINDS):
        raise TypeError(f"an exact number is needed, not {type(value).__name__} {value!r}")
    return Fraction(value)


@lru_cache(65536)
def _fraction(value: int | Decimal) -> Fraction:
    """Points, weights and shares come again for everybody."""
    return Fraction(value)


def total(values: Iterable[Number]) -> Fraction:
    """The exact sum of numbers; 0 of none."""
    return sum((exact(value) for value in values), Fraction(0))


def rounded(value: Number, places: int = CENT_PLACES, mode: str = "half_up") -> Decimal:
    """The number at so many decimals; "half_up" takes a tie away from zero."""
    number = exact(value)
    negative = number.numerator < 0
    whole, rest = divmod(abs(number.numerator) * 10**places, number.denominator)
    twice = 2 * rest - number.denominator
    if mode not in _MODES:
        raise ValueError(f"rounding is one of {', '.join(_MODES)}, not {mode!r}")
    if (
        (mode == "half_up" and twice >= 0)
        or (mode == "half_even" and (twice > 0 or (twice == 0 and whole % 2)))
        or (mode == "up" and rest)
    ):
        whole += 1
    return Decimal(f"{'-' if negative and whole else ''}{whole}E{-places}")


def decimal(value: Number) -> Decimal:
    """The number as a Decimal: itself where it ends, else to 40 digits."""
    number = exact(value)
    return _WIDE.divide(Decimal(number.numerator), Decimal(number.denominator))


def root(value: Number) -> Decimal:
    """The square root to 40 digits; for standard errors, which never reach pay."""
    return _WIDE.sqrt(decimal(value))


def split(amount: Number, weights: Sequence[Number], places: int = CENT_PLACES) -> list[Decimal]:
    """Parts of an amount by weight, at so many decimals, that add up to it exactly.

    Largest remainder: everybody gets the part rounded toward zero, what is left goes out unit by
    unit to the largest remainders, the earlier place first. A negative amount mirrors the
    positive one. Raises ValueError where there is no weight, a weight is negative, or the amount
    itself has more decimals.
    """
    sizes = [exact(weight) for weight in weights]
    units = exact(amount) * 10**places
    if units.denominator != 1:
        raise ValueError(f"{amount} has more than {places} decimals")
    if min(sizes, default=Fraction(0)) < 0 or not sum(sizes):
        raise ValueError("an amount is split by weights of which none is negative and one is not 0")
    parts = [abs(units) * size / sum(sizes) for size in sizes]
    return _apportioned(parts, abs(units.numerator), places, -1 if units < 0 else 1)


def apportioned(
    parts: Sequence[Number], whole: Decimal, places: int = CENT_PLACES
) -> list[Decimal]:
    """Parts, none negative, rounded so that they add up to the whole: their own rounded sum."""
    units = [exact(part) * 10**places for part in parts]
    return _apportioned(units, int(exact(whole) * 10**places), places, 1)


def _apportioned(parts: list[Fraction], units: int, places: int, sign: int) -> list[Decimal]:
    floors = [part.numerator // part.denominator for part in parts]
    left = units - sum(floors)
    if not 0 <= left <= len(parts):
        raise ValueError("the parts do not add up to the whole")
    order = sorted(range(len(parts)), key=lambda i: (floors[i] - parts[i], i))
    for place in order[:left]:
        floors[place] += 1
    return [rounded(Fraction(sign * floor, 10**places), places) for floor in floors]


def text(value: Number, places: int | None = None) -> str:
    """The number for a formula: thousands grouped, at so many decimals or as it is (at most 4)."""
    shown = rounded(value, 4 if places is None else places)
    plain = f"{shown:,f}"
    if places is None and "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return plain.replace("-", "\N{MINUS SIGN}")
