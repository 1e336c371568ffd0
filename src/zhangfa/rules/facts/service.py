"""Clause 1.4: what happens to an issue that a customer has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from .base import What


@dataclass(frozen=True, slots=True)
class TicketRaised(What):
    key: ClassVar[str] = "ticket_raised"
    source: str
    priority: int


@dataclass(frozen=True, slots=True)
class TicketAnswered(What):
    key: ClassVar[str] = "ticket_answered"


@dataclass(frozen=True, slots=True)
class SolutionProposed(What):
    key: ClassVar[str] = "solution_proposed"
    document: int


@dataclass(frozen=True, slots=True)
class TicketResolved(What):
    """Done on our side; the customer's word is still wanted."""

    key: ClassVar[str] = "ticket_resolved"


@dataclass(frozen=True, slots=True)
class TicketConfirmed(What):
    key: ClassVar[str] = "ticket_confirmed"
    mode: str


@dataclass(frozen=True, slots=True)
class TicketClosedSilently(What):
    key: ClassVar[str] = "ticket_closed_silently"


@dataclass(frozen=True, slots=True)
class TicketReopened(What):
    key: ClassVar[str] = "ticket_reopened"


@dataclass(frozen=True, slots=True)
class TaskForceFormed(What):
    key: ClassVar[str] = "task_force_formed"
    due: datetime | None


@dataclass(frozen=True, slots=True)
class ProgressSynced(What):
    key: ClassVar[str] = "progress_synced"
