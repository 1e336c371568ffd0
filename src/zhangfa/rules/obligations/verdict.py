"""What became of a window: met, late, waived, cancelled or still open; and who answers for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from .. import facts as f
from .kind import Kind
from .obligation import Obligation
from .story import Story
from .terms import Terms

Owes = tuple[int | None, str | None]


@dataclass(slots=True)
class Window:
    """One window as it was found in the story, before it is judged.

    `open_end`: what is given before this moment is in time even after `due`, the last second of a
    period. `given` is what was done for it, `met_at` when it was enough.
    """

    terms: Terms
    opening: f.Fact
    read: tuple[str, ...]
    opens_at: datetime
    due: datetime
    promised: datetime
    given: Sequence[f.Fact] = ()
    met_at: datetime | None = None
    cancelled: datetime | None = None
    lapses_at: datetime | None = None
    label: str = ""
    wanted: int = 1
    open_end: datetime | None = None
    provisional: bool = False
    paused: float = 0.0
    stopped: bool = False


def judged(window: Window, story: Story) -> Obligation | None:
    """The obligation that a window is (0.6); none where there is nobody who could owe it."""
    kind, opening = window.terms.kind, window.opening
    met_at, due, given = window.met_at, window.due, window.given
    lapses, cancelled = window.lapses_at, window.cancelled
    outcome: str | None = None
    if cancelled is not None and (met_at is None or met_at > cancelled):
        met_at, given = None, ()
        outcome = "cancelled" if cancelled <= due else None
        lapses = cancelled if lapses is None else min(lapses, cancelled)
    elif met_at is not None:
        in_time = met_at <= due or (window.open_end is not None and met_at < window.open_end)
        outcome = "met" if in_time else "late"
    owner, role = owes(kind, opening, story, due if met_at is None else min(due, met_at))
    if owner is None and role is None:
        return None
    if story.waived and waived(story, kind, opening, window.label, owner):
        outcome = "waived"
    return Obligation(
        kind,
        opening.story,
        opening,
        window.label,
        window.opens_at,
        due,
        window.promised,
        window.wanted,
        tuple(given),
        met_at,
        outcome,
        owner,
        role,
        window.provisional,
        window.paused,
        lapses,
        story.book.calendar.version,
        window.terms.reading,
        window.read,
        window.stopped and outcome is None,
    )


def waived(story: Story, kind: Kind, opening: f.Fact, label: str, owner: int | None) -> bool:
    """Whether somebody else than who owes it has waived it (0.6)."""
    key = (kind.key, opening.id, label)
    if key not in story.waived:
        return False
    by = story.waived[key].by
    return by is None or by != owner


def settled(window: Window, story: Story, now: datetime) -> datetime:
    """Until when the clock of a window can matter: it was met, pointless or waived, or is open."""
    key = (window.terms.kind.key, window.opening.id, window.label)
    waiver = story.when[story.waived[key].id] if key in story.waived else None
    over = (window.met_at, window.cancelled, waiver)
    return min((moment for moment in over if moment is not None), default=now)


def owes(kind: Kind, opening: f.Fact, story: Story, moment: datetime) -> Owes:
    """Who answers at a moment: a person, or a role whose people share it."""
    how = kind.owed_by
    if how == "owner":
        owner = story.owner_at(opening, moment) if story.handovers else opening.owner
        owner = owner or opening.owner
        return owner, None if owner else kind.otherwise or None
    if how == "person":
        return int(opening.story.partition("/")[2]), None
    how, _, name = how.partition(":")
    if how == "role":
        return None, name
    person: int | None = attrgetter(name)(opening.what)
    return (person, None) if person else (None, getattr(opening.what, "role", None) or name)
