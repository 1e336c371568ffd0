"""What may follow from a score is a proposal until a named person decides (2.4)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from ..exact import Refused
from ..policy import Citation

GROUNDS = {
    "bonus": "Score %(score)s: factor %(factor)s on %(base)s",
    "lowest": "%(score)s points, place %(place)s from below of %(of)s; coaching for the lowest "
    "%(wanted)s",
    "excellent": "%(score)s points in %(period)s",
    "weak": "%(points)s points in %(metric)s",
    "mentor": "%(person)s has %(points)s points in the same metric",
}
"""A sentence for each ground of a proposal, with its values."""

Kind = Literal["bonus", "coaching", "promotion", "training", "mentoring"]


class NotTheirs(Refused):
    """Nobody decides about himself, and nothing is decided twice."""


@dataclass(frozen=True)
class Reason:
    """One ground of a proposal: a key with its values, for a person to read in his language."""

    key: str
    values: tuple[tuple[str, Any], ...] = ()

    def value(self, name: str) -> Any:
        """One of its values. Raises KeyError."""
        return dict(self.values)[name]


@dataclass(frozen=True)
class Decision:
    """Who decided, when, what, and why."""

    by: str
    at: datetime
    accepted: bool
    reason: str = ""


@dataclass(frozen=True)
class Proposal:
    """Something that the policy suggests for a person. It does nothing by itself."""

    kind: Kind
    person: str
    clause: str
    reasons: tuple[Reason, ...] = ()
    citations: tuple[Citation, ...] = ()
    metric: str | None = None
    amount: Decimal | None = None
    partner: str | None = None
    decision: Decision | None = None

    @property
    def in_force(self) -> bool:
        """Whether a named person has accepted it."""
        return self.decision is not None and self.decision.accepted

    def decided(self, by: str, at: datetime, accepted: bool, reason: str = "") -> Proposal:
        """The same with a decision. Raises NotTheirs for one's own, or a decided, proposal."""
        if not by or by == self.person:
            raise NotTheirs("A named person decides, and never the one it is about.")
        if self.decision is not None:
            raise NotTheirs("This has been decided already.")
        if not accepted and not reason.strip():
            raise NotTheirs("A refusal needs a reason.")
        return replace(self, decision=Decision(by, at, accepted, reason))


def because(key: str, **values: Any) -> Reason:
    """A reason with its values in the order given."""
    return Reason(key, tuple(values.items()))
