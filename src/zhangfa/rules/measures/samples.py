"""What samples say: means of answers and ratings, the NPS, and blends of parts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Self

from ..exact import HUNDRED, Number, decimal, exact, root, text, total
from .base import Measured, pulled, shrunk


@dataclass(frozen=True)
class Average(Measured):
    """A mean on a scale, shrunk to the team's, told from 0 to 100.

    `mean` is on the scale `low`..`high`; `units` is how many means it is a mean of (customers,
    ratings); `spread` their standard deviation, for the interval.
    """

    kind = "average"

    mean: Number | None
    units: int
    low: Number = 0
    high: Number = 100
    towards: Number | None = None
    pull: Number = 0
    spread: Decimal | None = None

    @property
    def shrunk_mean(self) -> Fraction | None:
        """The mean on its own scale after shrinking."""
        if self.mean is None or self.reason_na:
            return None
        return shrunk(exact(self.mean), self.units, self.towards, self.pull)

    @property
    def exact(self) -> Fraction | None:
        return None if self.shrunk_mean is None else self._of_hundred(self.shrunk_mean)

    def interval(self, z: Decimal = Decimal("1.96")) -> tuple[Decimal, Decimal] | None:
        """Where the true value lies, from 0 to 100; None where the spread is not known."""
        if self.shrunk_mean is None or self.spread is None or not self.units:
            return None
        half = exact(z) * exact(self.spread) / exact(root(self.units + exact(self.pull)))
        ends = (self._of_hundred(self.shrunk_mean + sign * half) for sign in (-1, 1))
        low, high = (decimal(min(max(end, Fraction(0)), HUNDRED)) for end in ends)
        return low, high

    def hidden(self, reason: str) -> Self:
        return replace(super().hidden(reason), mean=None, units=0, spread=None)

    def formula(self) -> str:
        """ "x̄ 4.12 (n 37) → (16 × 3.9 + 37 × 4.12) / 53 = 4.05 → 76.3" """
        if self.exact is None or self.mean is None or self.shrunk_mean is None:
            return ""
        said = f"x̄ {text(self.mean, 2)} (n {self.units})"
        if self.towards is not None and self.pull:
            shrinking = pulled(self.pull, self.towards, exact(self.units), exact(self.mean))
            said += f" → {shrinking} = {text(self.shrunk_mean, 2)}"
        if self.low == 0 and self.high == 100:
            return said
        width = text(exact(self.high) - exact(self.low))
        scale = f"({text(self.shrunk_mean, 2)} − {text(self.low)}) / {width}"
        return f"{said} → {scale} × 100 = {text(self.exact, 1)}"

    def _of_hundred(self, x: Fraction) -> Fraction:
        return HUNDRED * (x - exact(self.low)) / (exact(self.high) - exact(self.low))


@dataclass(frozen=True)
class Net(Measured):
    """Promoters less detractors in percent of all answers: the NPS, from -100 to 100 (2.2.12)."""

    kind = "net"

    promoters: int
    passives: int
    detractors: int

    @property
    def answers(self) -> int:
        return self.promoters + self.passives + self.detractors

    @property
    def exact(self) -> Fraction | None:
        if self.reason_na or not self.answers:
            return None
        return HUNDRED * (self.promoters - self.detractors) / self.answers

    @property
    def standard_error(self) -> Decimal | None:
        """100 × sqrt((p + d − (p − d)²) / n), in points."""
        if self.exact is None:
            return None
        apart = Fraction(self.promoters + self.detractors, self.answers)
        return 100 * root((apart - (self.exact / 100) ** 2) / self.answers)

    def hidden(self, reason: str) -> Self:
        return replace(super().hidden(reason), promoters=0, passives=0, detractors=0)

    def formula(self) -> str:
        """ "(5 − 2) / 10 = +30 (± 24.7)" """
        if self.exact is None or self.standard_error is None:
            return ""
        sign = "+" if self.exact > 0 else ""
        return (
            f"({self.promoters} − {self.detractors}) / {self.answers} = "
            f"{sign}{text(self.exact, 0)} (± {text(self.standard_error, 1)})"
        )


@dataclass(frozen=True)
class Blend(Measured):
    """Parts with weights, each from 0 to 100; a part that says nothing gives its weight away."""

    kind = "blend"

    parts: tuple[tuple[str, Number, Number | None], ...]
    """Name, weight, value of each part."""

    @property
    def exact(self) -> Fraction | None:
        told = [(exact(w), exact(x)) for _, w, x in self.parts if x is not None and w]
        if self.reason_na or not told:
            return None
        return total(w * x for w, x in told) / total(w for w, _ in told)

    def formula(self) -> str:
        """ "(50 × 80 + 50 × 90) / 100 = 85.0" """
        told = [(w, x) for _, w, x in self.parts if x is not None and w]
        if self.exact is None:
            return ""
        terms = " + ".join(f"{text(w)} × {text(x, 1)}" for w, x in told)
        return f"({terms}) / {text(total(w for w, _ in told))} = {text(self.exact, 1)}"
