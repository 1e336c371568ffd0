"""Numbers that remember what they were counted from.

Every measure has `.value` (a Decimal, or None: not applicable, which is never 0), `.exact` (the
same without rounding), `.n` (how many things were counted), `.rows()` (its evidence),
`.reason_na` (why it says nothing: a key of `REASONS`) and `.formula()` (with the real numbers).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Self

from ..exact import Number, decimal, exact, text

Evidence = tuple[Any, ...] | Callable[[], Iterable[Any]]

REASONS = {
    "nothing_counted": "Nothing to count in this period",
    "nothing_due": "Nothing fell due in this period",
    "nobody_at_start": "No active customers at the start of the window",
    "nothing_planned": "No visits were planned for this period",
    "no_answers": "No answers in this period",
    "too_few_answers": "Too few answers to be shown without giving anybody away",
    "too_few_raters": "Too few raters, or from too few departments",
    "sample_too_small": "The sample is too small",
    "no_target": "No target was set",
    "not_measured": "Not measured in this period",
}


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What all measures share. `evidence` is opaque: row references, or a callable giving them."""

    n: int = 0
    evidence: Evidence = ()
    reason_na: str | None = None
    beside: tuple[tuple[str, Measured], ...] = ()
    kind = ""
    """How it is told apart in what is stored: "sum", "count", "ratio" ..."""
    amount_like = False
    """True for amounts and counts, which mean nothing without a target."""

    @property
    def exact(self) -> Fraction | None:
        raise NotImplementedError

    @property
    def value(self) -> Decimal | None:
        """The number, to 40 digits; None = not applicable."""
        return None if self.exact is None else decimal(self.exact)

    def rows(self) -> tuple[Any, ...]:
        """The evidence itself: references of the rows behind this number."""
        return tuple(self.evidence() if callable(self.evidence) else self.evidence)

    def shown(self, key: str) -> Measured | None:
        """A figure shown beside this one and never scored, such as "top_two_box"."""
        return next((measure for name, measure in self.beside if name == key), None)

    def adjusted(self, part: Number, whole: Number = 0) -> Self:
        """This measure with a late fact added (2.3.8). Raises ValueError for means and blends."""
        raise ValueError(f"a late fact cannot be added to {type(self).__name__}")

    def hidden(self, reason: str) -> Self:
        """The same kind of measure without its number: what a person may see of it."""
        return replace(self, reason_na=reason, evidence=(), beside=())


def shrunk(x: Number, n: Number, towards: Number | None, pull: Number) -> Fraction:
    """(K × m + n × x) / (K + n): a small sample told as partly its team's (metrics.md).

    `pull` is K, the variance within a person over that between persons; without a team's mean
    the value stays as it is.
    """
    if towards is None or not pull:
        return exact(x)
    weight = exact(pull)
    return (weight * exact(towards) + exact(n) * exact(x)) / (weight + exact(n))


def pulled(pull: Number, towards: Number, n: Fraction, x: Fraction) -> str:
    terms = f"{text(pull)} × {text(towards, 2)} + {text(n)} × {text(x, 2)}"
    return f"({terms}) / {text(exact(pull) + n)}"
