"""A queue of moments: the demo's year runs through it in order, and only up to now."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from zhangfa.rules.clock import Calendar

from .company import Company


@dataclass(frozen=True)
class Character:
    """How somebody works: the chance to be in time, how late otherwise, luck and diligence."""

    punctual: float
    late_days: float
    logs: float
    wins: float
    size: float


CHARACTERS = {
    "punctual": Character(0.98, 0.5, 1.0, 0.42, 0.85),
    "steady": Character(0.94, 1.5, 0.95, 0.36, 0.9),
    "star": Character(0.84, 3.0, 0.72, 0.62, 1.5),
    "newcomer": Character(0.93, 1.5, 0.9, 0.25, 0.5),
    "slipping": Character(0.76, 4.0, 0.8, 0.22, 0.75),
}


@dataclass
class World:
    """The story's clock, dice and people."""

    now: datetime
    calendar: Calendar
    rng: random.Random
    company: Company
    days: int = 365
    queue: list[tuple[datetime, int, Callable[[datetime], None]]] = field(default_factory=list)
    told: int = 0
    _seq: int = 0

    def at(self, moment: datetime, do: Callable[[datetime], None]) -> None:
        """Do something at a moment, unless it lies in the future."""
        if moment <= self.now:
            self._seq += 1
            heapq.heappush(self.queue, (moment, self._seq, do))

    def run(self, until: datetime) -> None:
        """Everything that happens up to a moment, in order."""
        while self.queue and self.queue[0][0] <= until:
            moment, _, do = heapq.heappop(self.queue)
            do(moment)
            self.told += 1

    def working(self, moment: datetime, days: float = 0) -> datetime:
        """A moment in working hours about so many days later, and never before that."""
        asked = moment + timedelta(days=days)
        day = asked.astimezone(self.calendar.zone).date()
        for _ in range(12):
            if self.calendar.is_workday(day):
                break
            day += timedelta(days=1)
        found = self.on(day)
        if found >= asked:
            return found
        return self.calendar.add_working(asked, timedelta(minutes=self.rng.randrange(3, 80)))

    def on(self, day: date) -> datetime:
        """Some minute of a working day."""
        hour = self.rng.choice((9, 9, 10, 10, 11, 14, 14, 15, 15, 16, 17))
        return datetime.combine(day, time(hour, self.rng.randrange(60)), self.calendar.zone)

    def soon(self, moment: datetime, hours: float) -> datetime:
        """Within so many hours, at any hour of the day."""
        return moment + timedelta(minutes=self.rng.uniform(0.1, 1.0) * hours * 60)

    def character(self, person: Any) -> Character:
        return CHARACTERS[self.company.character.get(person.pk, "steady")]

    def delay(self, person: Any, allowed: timedelta) -> timedelta:
        """How long somebody takes for what is allowed this much time."""
        who = self.character(person)
        if self.rng.random() < who.punctual:
            return allowed * self.rng.uniform(0.15, 0.85)
        return allowed + timedelta(days=self.rng.uniform(0.1, who.late_days))

    def chance(self, share: float) -> bool:
        return self.rng.random() < share
