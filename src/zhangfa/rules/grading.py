"""1.1.5 The grade of a customer: intent, scale and industry potential, weighed by the policy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from .curves import Curve
from .exact import HUNDRED, decimal, exact
from .policy import Reading

INTERACTIONS = ("call", "visit", "message", "meeting", "demo")
FACTORS = ("intent", "scale", "potential")


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What is known of a customer; None where it is not.

    `intent` and `industry_potential` are rated answers from 0 to 100; `interactions` is how many
    contacts there were in the policy's recent time; amounts are in company currency a year.
    """

    intent: int | None = None
    interactions: int = 0
    decision_maker_met: bool = False
    budget_known: bool = False
    headcount: int | None = None
    annual_purchase: Decimal | None = None
    annual_revenue: Decimal | None = None
    industry: str = ""
    industry_potential: int | None = None


@dataclass(frozen=True)
class Sign:
    """One piece of evidence, what was seen and the points out of 100 it gave its factor."""

    key: str
    seen: str
    points: Decimal


@dataclass(frozen=True)
class Factor:
    """One factor: its own points (0 to 100), its weight, its part of the total, its signs."""

    key: str
    points: Decimal
    weight: Decimal
    part: Decimal
    signs: tuple[Sign, ...]


@dataclass(frozen=True)
class Grade:
    """The letter, the points it follows from, and how far the next letter is."""

    letter: str
    points: Decimal
    factors: tuple[Factor, ...]
    thresholds: tuple[tuple[str, Decimal], ...]
    to_next: Decimal | None

    def as_data(self) -> list[dict[str, Any]]:
        """The factors as JSON, amounts as text."""
        return [
            {
                "key": factor.key,
                "points": str(factor.points),
                "weight": str(factor.weight),
                "part": str(factor.part),
                "signs": [[sign.key, sign.seen, str(sign.points)] for sign in factor.signs],
            }
            for factor in self.factors
        ]


def grade(evidence: Evidence, reading: Reading) -> Grade:
    """Weigh the factors and compare with the thresholds; every point has its evidence."""
    signs = {
        "intent": _intent(evidence, reading),
        "scale": _scale(evidence, reading),
        "potential": _potential(evidence, reading),
    }
    factors = tuple(_factor(key, signs[key], reading) for key in FACTORS)
    points = _rounded(sum((exact(factor.part) for factor in factors), Fraction(0)))
    thresholds = tuple(
        sorted(
            ((letter, Decimal(floor)) for letter, floor in reading["grade.thresholds"].items()),
            key=lambda pair: -pair[1],
        )
    )
    letter = next((letter for letter, floor in thresholds if points >= floor), "C")
    above = [floor for _, floor in thresholds if floor > points]
    return Grade(letter, points, factors, thresholds, min(above) - points if above else None)


def _factor(key: str, signs: Iterable[Sign], reading: Reading) -> Factor:
    found = tuple(signs)
    points = min(HUNDRED, sum((exact(sign.points) for sign in found), Fraction(0)))
    weight = Decimal(reading[f"grade.weights.{key}"])
    part = _rounded(points * exact(weight) / 100)
    return Factor(key, _rounded(points), weight, part, found)


def _intent(evidence: Evidence, reading: Reading) -> list[Sign]:
    """The seller's answer, and signs that anybody can check."""
    signs = []
    if evidence.intent is not None:
        worth = exact(reading["grade.intent.rated"]) * evidence.intent / 100
        signs.append(Sign("rated", str(evidence.intent), _rounded(worth)))
    seen = (
        ("budget_known", evidence.budget_known, ""),
        ("decision_maker_met", evidence.decision_maker_met, ""),
        ("recent_progress", evidence.interactions > 0, str(evidence.interactions)),
    )
    for key, is_so, what in seen:
        if is_so:
            signs.append(Sign(key, what, _rounded(exact(reading[f"grade.intent.{key}"]))))
    return signs


def _scale(evidence: Evidence, reading: Reading) -> list[Sign]:
    """The best of what is known of the customer's size."""
    found = []
    for key in ("headcount", "annual_purchase", "annual_revenue"):
        value = getattr(evidence, key)
        if value is not None:
            curve = Curve.read(reading[f"grade.scale.{key}_curve"])
            found.append(Sign(key, str(value), _rounded(exact(curve.points(value)))))
    return [max(found, key=lambda sign: sign.points)] if found else []


def _potential(evidence: Evidence, reading: Reading) -> list[Sign]:
    """The rated answer, else the industry's standing in the policy, else the middle."""
    if evidence.industry_potential is not None:
        rated = Decimal(evidence.industry_potential)
        return [Sign("industry_rated", str(rated), _rounded(exact(rated)))]
    by_industry = reading.get("grade.potential.by_industry") or {}
    if evidence.industry in by_industry:
        points = _rounded(exact(by_industry[evidence.industry]))
        return [Sign("industry", evidence.industry, points)]
    return [Sign("unrated", "", _rounded(exact(reading["grade.potential.unrated"])))]


def _rounded(points: Fraction) -> Decimal:
    return decimal(points).quantize(Decimal("0.01"), ROUND_HALF_UP)
