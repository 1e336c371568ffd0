"""Chapters 2 and 3: what happens to people and to the policy itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

from .base import What


@dataclass(frozen=True, slots=True)
class RoleStarted(What):
    key: ClassVar[str] = "role_started"
    role: str


@dataclass(frozen=True, slots=True)
class RoleEnded(What):
    key: ClassVar[str] = "role_ended"
    role: str


@dataclass(frozen=True, slots=True)
class LeaveTaken(What):
    key: ClassVar[str] = "leave_taken"
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class TargetSet(What):
    key: ClassVar[str] = "target_set"
    metric: str
    period: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class BriefIssued(What):
    key: ClassVar[str] = "brief_issued"
    period: str


@dataclass(frozen=True, slots=True)
class SelfEvaluated(What):
    key: ClassVar[str] = "self_evaluated"
    period: str


@dataclass(frozen=True, slots=True)
class SuperiorEvaluated(What):
    key: ClassVar[str] = "superior_evaluated"
    period: str


@dataclass(frozen=True, slots=True)
class AppealRaised(What):
    """A person objects to a line of their result. `appeal` tells several in one story apart."""

    key: ClassVar[str] = "appeal_raised"
    person: int
    appeal: int | None = None


@dataclass(frozen=True, slots=True)
class AppealAnswered(What):
    key: ClassVar[str] = "appeal_answered"
    upheld: bool
    appeal: int | None = None


@dataclass(frozen=True, slots=True)
class ResultFrozen(What):
    key: ClassVar[str] = "result_frozen"
    period: str
    person: int


@dataclass(frozen=True, slots=True)
class CoachingOffered(What):
    key: ClassVar[str] = "coaching_offered"
    period: str


@dataclass(frozen=True, slots=True)
class CoachingPlanned(What):
    key: ClassVar[str] = "coaching_planned"
    period: str


@dataclass(frozen=True, slots=True)
class TrainingAssigned(What):
    key: ClassVar[str] = "training_assigned"
    course: str


@dataclass(frozen=True, slots=True)
class TrainingPassed(What):
    key: ClassVar[str] = "training_passed"
    course: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class EditionAdopted(What):
    key: ClassVar[str] = "edition_adopted"
    edition: str


@dataclass(frozen=True, slots=True)
class ReviewHeld(What):
    key: ClassVar[str] = "review_held"
    period: str


@dataclass(frozen=True, slots=True)
class RevisionProposed(What):
    key: ClassVar[str] = "revision_proposed"
    period: str


@dataclass(frozen=True, slots=True)
class ImprovementPlanned(What):
    """An item of the improvement list, with who does it (or which role) and by when."""

    key: ClassVar[str] = "improvement_planned"
    item: int
    due: datetime
    role: str
    person: int | None = None


@dataclass(frozen=True, slots=True)
class ImprovementDone(What):
    key: ClassVar[str] = "improvement_done"
    item: int


@dataclass(frozen=True, slots=True)
class ImprovementDropped(What):
    key: ClassVar[str] = "improvement_dropped"
    item: int


@dataclass(frozen=True, slots=True)
class ImportFinished(What):
    key: ClassVar[str] = "import_finished"
    imported: int


@dataclass(frozen=True, slots=True)
class ImportUndone(What):
    key: ClassVar[str] = "import_undone"
    imported: int
