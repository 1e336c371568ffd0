"""Due moments without the path of their counting: `clock.deadline_after` in a fraction of the time.

The answers are the clock's own; a test holds the two together. Whoever wants to show a person how
a deadline was counted asks the clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from ..clock import Calendar, Pause, Span, WorkingDayMode, closed_pauses, deadline_after
from ..counting import shifted
from ..terms import in_utc

Due = tuple[datetime, bool]
"""The moment, and whether it is provisional (0.2)."""


class Counter:
    """Counts due moments on one calendar; closing times are looked up once."""

    __slots__ = ("_closings", "calendar", "days", "zone")

    def __init__(self, calendar: Calendar) -> None:
        self.calendar, self.zone = calendar, calendar.zone
        self.days = calendar.timeline.days
        self._closings: dict[int, Due] = {}

    def after(
        self, start: datetime, span: Span, mode: WorkingDayMode, stops: Sequence[Pause] = ()
    ) -> Due:
        """As `deadline_after` for a start and stops that are all closed."""
        elapsed = span.elapsed
        if elapsed is not None:
            due = in_utc(start) + elapsed
            for begin, end in closed_pauses(stops, start, None) if stops else ():
                if begin < due:
                    due += end - begin
            return due.astimezone(self.zone), False
        if stops or not span.amount or span.unit == "working_hours" or mode != "end_of_day":
            told = deadline_after(start, span, self.calendar, stops, mode)
            return told.at, told.provisional
        day = self.calendar.day(start)
        if span.unit != "working_days":
            return self._closing(self.calendar.index(shifted(day, span, 1)))
        index = self.calendar.index(day)
        worked = index < len(self.days) and self.days[index] == day.toordinal()
        over = worked and start > self._closing(index)[0]
        return self._closing(index + over + span.amount)

    def _closing(self, index: int) -> Due:
        """Closing time of the working day with so many working days before it."""
        found = self._closings.get(index)
        if found is None:
            day: date = self.calendar.workday(index)
            closing = (self.calendar.closing(index), not self.calendar.published(day))
            found = self._closings[index] = closing
        return found


def time_of(stops: Iterable[Pause], since: datetime, until: datetime) -> timedelta:
    """How long a clock stood between two moments; what overlaps counts once."""
    held = timedelta()
    for begin, end in closed_pauses(stops, since, until):
        held += max(min(end, until) - begin, timedelta()) if begin < until else timedelta()
    return held
