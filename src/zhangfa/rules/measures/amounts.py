"""Amounts, counts and shares: what is counted, and out of what."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Self

from ..exact import HUNDRED, Number, decimal, exact, root, text, total
from .base import Measured, pulled, shrunk


@dataclass(frozen=True)
class Sum(Measured):
    """An amount in a unit, with its terms by deal where there are any."""

    kind = "sum"
    amount_like = True

    amount: Number | None
    unit: str = ""
    terms: tuple[tuple[str, Number], ...] = ()

    @property
    def exact(self) -> Fraction | None:
        return None if self.amount is None or self.reason_na else exact(self.amount)

    def adjusted(self, part: Number, whole: Number = 0) -> Self:
        terms = (*self.terms, ("late", part)) if self.terms else ()
        return replace(self, amount=(self.exact or 0) + exact(part), terms=terms, reason_na=None)

    def hidden(self, reason: str) -> Self:
        return replace(super().hidden(reason), amount=None, terms=())

    def capped(self, limit: Number) -> Fraction | None:
        """The amount when no single term may give more than the limit; the raw one stays."""
        if self.exact is None:
            return None
        return self.exact - total(max(exact(t) - exact(limit), Fraction(0)) for _, t in self.terms)

    def formula(self) -> str:
        """ "60,000 − 12,000 = 48,000 CNY" """
        if self.exact is None:
            return ""
        unit = f" {self.unit}" if self.unit else ""
        terms = [exact(term) for _, term in self.terms]
        if not 1 < len(terms) <= 6 or total(terms) != self.exact:
            return f"{text(self.exact)}{unit}"
        said = text(terms[0]) + "".join(f" {'+−'[t < 0]} {text(abs(t))}" for t in terms[1:])
        return f"{said} = {text(self.exact)}{unit}"


@dataclass(frozen=True)
class Count(Measured):
    """How many there were."""

    kind = "count"
    amount_like = True

    count: int
    unit: str = ""

    @property
    def exact(self) -> Fraction | None:
        return None if self.reason_na else Fraction(self.count)

    def adjusted(self, part: Number, whole: Number = 0) -> Self:
        return replace(self, count=int(self.count + exact(part)))

    def formula(self) -> str:
        return "" if self.exact is None else f"{text(self.count)} {self.unit}".strip()


@dataclass(frozen=True)
class Ratio(Measured):
    """A part of a whole in percent; a whole of 0 is not applicable.

    `towards` and `pull` shrink a small sample to the mean of the team (see `shrunk`).
    """

    kind = "ratio"

    part: Number
    whole: Number
    unit: str = "%"
    towards: Number | None = None
    pull: Number = 0

    @property
    def raw(self) -> Fraction | None:
        """The percentage before shrinking."""
        return HUNDRED * exact(self.part) / exact(self.whole) if exact(self.whole) > 0 else None

    @property
    def exact(self) -> Fraction | None:
        if self.reason_na or self.raw is None:
            return None
        return shrunk(self.raw, exact(self.whole), self.towards, self.pull)

    def adjusted(self, part: Number, whole: Number = 0) -> Self:
        more = exact(self.whole) + exact(whole)
        reason = None if more > 0 else self.reason_na
        return replace(self, part=exact(self.part) + exact(part), whole=more, reason_na=reason)

    def hidden(self, reason: str) -> Self:
        return replace(super().hidden(reason), part=0, whole=0)

    def interval(self, z: Decimal = Decimal("1.96")) -> tuple[Decimal, Decimal] | None:
        """Where the true share lies, in percent (Wilson; 95 % at z = 1.96)."""
        if self.raw is None or self.n <= 0:
            return None
        p, zz, n = self.raw / 100, exact(z) ** 2, self.n
        p = min(max(p, Fraction(0)), Fraction(1))
        middle, wide = p + zz / (2 * n), exact(z) * exact(root(p * (1 - p) / n + zz / (4 * n * n)))
        return decimal(100 * (middle - wide) / (1 + zz / n)), decimal(
            100 * (middle + wide) / (1 + zz / n)
        )

    def formula(self) -> str:
        """ "135 / 147 = 91.8 %" """
        if self.exact is None or self.raw is None:
            return ""
        unit = f" {self.unit}" if self.unit else ""
        said = f"{text(self.part)} / {text(self.whole)} = {text(self.raw, 1)}{unit}"
        if self.exact == self.raw or self.towards is None:
            return said
        shrinking = pulled(self.pull, self.towards, exact(self.whole), self.raw)
        return f"{said} → {shrinking} = {text(self.exact, 1)}{unit}"
