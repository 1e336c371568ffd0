"""One obligation: a window of time in which something is wanted, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ..facts import Fact
from ..policy import Citation, Reading
from .kind import Kind


@dataclass(slots=True)
class Obligation:
    """A promise made concrete. `due` counts now; `promised` is what was first said.

    `outcome` is None while it is open (a breached one too: missed is open past its due moment),
    else "met", "late", "waived" or "cancelled". `lapses_at` is when it can no longer be made good,
    if that moment comes. `paused_seconds` is the time the clock stood; `stopped` says that it
    stands now, so that `due` moves on with every asking (0.4). Never changed once made.
    """

    kind: Kind
    story: str
    opening: Fact
    window_key: str
    opens_at: datetime
    due: datetime
    promised: datetime
    wanted: int
    given: tuple[Fact, ...]
    met_at: datetime | None
    outcome: str | None
    owner: int | None
    role: str | None
    provisional: bool
    paused_seconds: float
    lapses_at: datetime | None
    calendar: str
    reading: Reading
    read: tuple[str, ...]
    stopped: bool = False

    @property
    def key(self) -> tuple[str, int, str]:
        """What makes it itself: kind, opening fact, window."""
        return self.kind.key, self.opening.id, self.window_key

    @property
    def edition(self) -> str:
        """The edition under which it was opened, which governs to the end (0.5)."""
        return self.reading.edition_key

    @property
    def citations(self) -> tuple[Citation, ...]:
        """What the policy said to make it so."""
        return tuple(self.reading.citation(key) for key in self.read)

    def state(self, now: datetime) -> str:
        """waiting, open or missed; or its outcome."""
        if self.outcome is not None:
            return self.outcome
        if now < self.opens_at:
            return "waiting"
        return "missed" if now > self.due else "open"
