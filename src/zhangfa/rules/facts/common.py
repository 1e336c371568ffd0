"""Clause 0: what can happen to any record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .base import What


@dataclass(frozen=True, slots=True)
class OwnerChanged(What):
    key: ClassVar[str] = "owner_changed"
    owner: int | None
    previous: int | None


@dataclass(frozen=True, slots=True)
class ClockStopped(What):
    """The clocks of these kinds (all pausable ones if empty) wait."""

    key: ClassVar[str] = "clock_stopped"
    reason: str
    kinds: str


@dataclass(frozen=True, slots=True)
class ClockResumed(What):
    key: ClassVar[str] = "clock_resumed"


@dataclass(frozen=True, slots=True)
class ObligationWaived(What):
    key: ClassVar[str] = "obligation_waived"
    kind: str
    opening: int
    window: str


@dataclass(frozen=True, slots=True)
class FactRetracted(What):
    """An earlier fact is taken back: read on as if it had not been said."""

    key: ClassVar[str] = "fact_retracted"
    fact: int
