"""The bonus that follows a score, with every step (2.4.1)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from ..bands import Band, Bands
from ..curves import Curve
from ..exact import Number, decimal, exact, rounded, text
from ..policy import Citation, Reading
from .proposals import Proposal, because

Method = Literal["steps", "curve"]


@dataclass(frozen=True)
class BonusStep:
    """One step of the reckoning: what it finds, and how in real numbers.

    Keys: "score" (rounding), "band" (from which score), "factor", "amount", "change".
    """

    key: str
    value: Decimal
    formula: str


@dataclass(frozen=True)
class NextFactor:
    """The next band: from which score, how far off, and what it would have brought."""

    floor: Decimal
    gap: Decimal
    factor: Decimal
    amount: Decimal
    gain: Decimal


@dataclass(frozen=True)
class Bonus:
    """A bonus as the policy reckons it: proposed, and paid only once a named person decided.

    `lifted_by_rounding`: the score lies in its band only because it is read after rounding
    (89.995 is 90.00). `other_amount` is what the other method (steps or curve) would give.
    """

    score: Decimal
    base: Decimal
    method: Method
    band: Band
    factor: Decimal
    amount: Decimal
    steps: tuple[BonusStep, ...]
    next: NextFactor | None
    other_factor: Decimal
    other_amount: Decimal
    lifted_by_rounding: bool = False
    currency: str = ""
    citations: tuple[Citation, ...] = ()

    @property
    def change(self) -> Decimal:
        """More (or less) than the base."""
        return self.amount - self.base

    def proposal(self, person: str) -> Proposal:
        """The bonus as a proposal for a person."""
        reason = because("bonus", score=self.score, factor=self.factor, base=self.base)
        return Proposal("bonus", person, "2.4.1", (reason,), self.citations, amount=self.amount)


def bonus(points: Number, base: Number, reading: Reading) -> Bonus:
    """2.4.1: base × factor, the factor by the band of the stored score (rounded to its decimals).

    `points` may be the exact score; `base` is an amount in the policy's currency. Under the
    method "curve" the factor follows the policy's continuous curve; steps are reckoned beside.
    """
    asked = reading.again()
    score = rounded(points, asked["rounding.points"], asked["rounding.mode"])
    places, mode = asked["rounding.money"], asked["rounding.mode"]
    bands, curve = Bands.read(asked["bonus.bands"]), Curve.read(asked["bonus.curve"])
    method: Method = asked["bonus.method"]
    band = bands.of(score)
    factors: dict[Method, Fraction] = {
        "steps": exact(band.factor),
        "curve": curve.exact_points(score),
    }
    other: Method = "curve" if method == "steps" else "steps"
    amounts = {m: rounded(exact(base) * factor, places, mode) for m, factor in factors.items()}
    base = rounded(base, places, mode)
    amount, factor = amounts[method], decimal(factors[method])
    return Bonus(
        score=score,
        base=base,
        method=method,
        band=band,
        factor=factor,
        amount=amount,
        steps=_steps(
            points, score, band, factor, _factor_said(method, band, curve, score), base, amount
        ),
        next=_next(
            score, amount, base, bands, curve if method == "curve" else None, (places, mode)
        ),
        other_factor=decimal(factors[other]),
        other_amount=amounts[other],
        lifted_by_rounding=bands.of(points) != band,
        currency=str(asked.get("money.currency", "")),
        citations=tuple(asked.cited),
    )


def _steps(
    points: Number,
    score: Decimal,
    band: Band,
    factor: Decimal,
    factor_said: str,
    base: Decimal,
    amount: Decimal,
) -> tuple[BonusStep, ...]:
    same = exact(points) == exact(score)
    change = amount - base
    return (
        BonusStep("score", score, f"{score}" if same else f"{text(points)} → {score}"),
        BonusStep("band", band.floor, f"{score} ≥ {text(band.floor)}"),
        BonusStep("factor", factor, factor_said),
        BonusStep("amount", amount, f"{text(base, 2)} × {text(factor)} = {text(amount, 2)}"),
        BonusStep("change", change, f"{text(amount, 2)} − {text(base, 2)} = {text(change, 2)}"),
    )


def _factor_said(method: Method, band: Band, curve: Curve, score: Decimal) -> str:
    """ "1.2", or on the curve "1 + (75 − 60) / (90 − 60) × (1.2 − 1) = 1.1" """
    if method == "steps":
        return text(band.factor)
    found = curve.exact_points(score)
    for (x, y), (next_x, next_y) in zip(curve.anchors, curve.anchors[1:], strict=False):
        if exact(x) <= exact(score) < exact(next_x):
            along = f"({text(score)} − {text(x)}) / ({text(next_x)} − {text(x)})"
            return f"{text(y)} + {along} × ({text(next_y)} − {text(y)}) = {text(found)}"
    return text(found)


def _next(
    score: Decimal,
    amount: Decimal,
    base: Decimal,
    bands: Bands,
    curve: Curve | None,
    rounding: tuple[int, str],
) -> NextFactor | None:
    above = bands.above(score)
    if above is None:
        return None
    factor = exact(above.factor) if curve is None else curve.exact_points(above.floor)
    there = rounded(exact(base) * factor, *rounding)
    return NextFactor(above.floor, above.floor - score, decimal(factor), there, there - amount)
