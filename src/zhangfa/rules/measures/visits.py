"""Visits: which of them are valid, how many of the owed were made, how good they were.

Clauses 2.2.5 and 2.2.10.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from typing import Literal

from ..exact import HUNDRED, Number, exact, total
from .amounts import Ratio
from .samples import Average, Blend

Fault = Literal["incomplete", "too_short", "online", "too_soon_again", "over_daily_cap"]
FAULTS: dict[Fault, str] = {
    "incomplete": "The record is not complete",
    "too_short": "Too short, and no outcome was noted",
    "online": "Online visits do not count",
    "too_soon_again": "Too soon after another visit to this customer",
    "over_daily_cap": "Beyond the most visits that count on one day",
}
"""Why a visit does not count: a sentence for each fault."""


@dataclass(frozen=True)
class Visit:
    """A visit made. `day` is the company's day of it; `outcome` whether one was noted."""

    ref: str
    customer: str
    at: datetime
    day: date
    minutes: int
    complete: bool
    outcome: bool = False
    online: bool = False


@dataclass(frozen=True)
class ValidVisit:
    """What makes a visit valid (2.2.5); the numbers come from the policy."""

    minimum_minutes: int
    second_visit_after: timedelta
    daily_cap: int
    online_counts: bool = True

    def faults(self, visits: Iterable[Visit]) -> dict[str, Fault | None]:
        """For each of one person's visits why it does not count, or None where it does.

        A visit counts when its record is complete, it was long enough or had an outcome, no other
        counting visit to the same customer was shortly before, and the day's cap is not reached.
        """
        found: dict[str, Fault | None] = {}
        last: dict[str, datetime] = {}
        on_day: Counter[date] = Counter()
        for visit in sorted(visits, key=lambda v: (v.at, v.ref)):
            fault = found[visit.ref] = self._fault(visit, last.get(visit.customer), on_day)
            if fault is None:
                last[visit.customer] = visit.at
                on_day[visit.day] += 1
        return found

    def _fault(self, visit: Visit, before: datetime | None, on_day: Counter[date]) -> Fault | None:
        if not visit.complete:
            return "incomplete"
        if visit.online and not self.online_counts:
            return "online"
        if visit.minutes < self.minimum_minutes and not visit.outcome:
            return "too_short"
        if before is not None and visit.at - before < self.second_visit_after:
            return "too_soon_again"
        return "over_daily_cap" if on_day[visit.day] >= self.daily_cap else None


@dataclass(frozen=True)
class Planned:
    """How many visits a customer is owed in the period, and how many valid ones there were.

    The plan is frozen at the period's start; `required` is already relieved for leave;
    `cancelled` visits were called off by the customer with notice and leave both sides.
    """

    customer: str
    required: Number
    valid: int
    cancelled: int = 0


def visit_attainment(plan: Iterable[Planned]) -> Ratio:
    """2.2.5: valid visits of the owed ones, in %; visits beyond a customer's need add nothing."""
    rows = list(plan)
    owed = [(row, max(exact(row.required) - row.cancelled, Fraction(0))) for row in rows]
    whole = total(required for _, required in owed)
    return Ratio(
        total(min(exact(row.valid), required) for row, required in owed),
        whole,
        n=sum(row.valid for row in rows),
        evidence=tuple(row.customer for row in rows),
        reason_na=None if whole else "nothing_planned",
    )


@dataclass(frozen=True)
class VisitRecord:
    """How a visit was written up: fields filled of those wanted, and its rating where sampled.

    `rating` and `second_rating` are from 0 to 100; `n` how many records alike.
    """

    ref: str
    filled: int
    wanted: int
    rating: Decimal | None = None
    second_rating: Decimal | None = None
    n: int = 1


def visit_quality(
    records: Iterable[VisitRecord], parts: Mapping[str, Number], minimum_sample: int
) -> Blend:
    """2.2.10: completeness and the supervisor's sampling, blended by `parts`; 0 to 100.

    Without a large enough sample the metric says nothing. The agreement of two raters stands
    beside as "rater_agreement": 100 less their mean distance.
    """
    rows = list(records)
    rated = [row for row in rows if row.rating is not None]
    sampled = sum(row.n for row in rated)
    values: dict[str, Number | None] = {
        "completeness": _mean(
            [(100 * Fraction(row.filled, row.wanted), row.n) for row in rows if row.wanted]
        ),
        "sampling": _mean([(row.rating, row.n) for row in rated if row.rating is not None]),
    }
    return Blend(
        tuple((name, weight, values[name]) for name, weight in sorted(parts.items())),
        n=sum(row.n for row in rows),
        evidence=tuple(row.ref for row in rows),
        reason_na=None if sampled and sampled >= minimum_sample else "sample_too_small",
        beside=(("rater_agreement", _agreement(rated)),),
    )


def sample(refs: Iterable[str], share: Number, minimum: int, seed: str) -> tuple[str, ...]:
    """Draw visits for rating: the system draws, so nobody chooses, and anybody can draw again.

    `seed` names person and period. At least `minimum`, at most all of them.
    """
    drawn = sorted(set(refs), key=lambda ref: sha256(f"{seed}/{ref}".encode()).digest())
    wanted = -(-len(drawn) * exact(share).numerator // exact(share).denominator)
    return tuple(drawn[: max(wanted, minimum)])


def _agreement(rated: Sequence[VisitRecord]) -> Average:
    apart = [
        (HUNDRED - abs(exact(r.rating) - exact(r.second_rating)), r.n)
        for r in rated
        if r.rating is not None and r.second_rating is not None
    ]
    n = sum(n for _, n in apart)
    return Average(_mean(apart), n, n=n, reason_na=None if apart else "nothing_counted")


def _mean(values: Sequence[tuple[Number, int]]) -> Fraction | None:
    n = sum(n for _, n in values)
    return total(exact(value) * n for value, n in values) / n if n else None
