"""Deadlines by the million: the arithmetic of ``clock`` on whole columns of moments.

Moments are whole seconds since 1970 (UTC) in int64 arrays. Every answer is exactly ``clock``'s
for the same question, without the path; tests hold the two together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from zhangfa.rules.clock import LateSubmission, WorkingDayMode, check_modes
from zhangfa.rules.terms import Span
from zhangfa.rules.timeline import (
    EPOCH_ORDINAL,
    SECOND,
    OutsideCalendar,
    in_micros,
    to_micros,
)
from zhangfa.rules.workdays import Calendar, Leave

Column = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Deadlines(NamedTuple):
    """The last moments in time, in seconds, and which of them are provisional (0.2)."""

    at: Column
    provisional: Flags


class Pauses(NamedTuple):
    """When clocks stood still: a row for each start, as many slots as the busiest row needs.

    A slot whose end is not after its begin is empty. Order and overlaps do not matter.
    """

    begin: Column
    end: Column


class _Days(NamedTuple):
    """First and last working day that a pause touches, by number; none if the last is before."""

    first: Column
    last: Column


def seconds_of(moments: Iterable[datetime]) -> Column:
    """A column of moments; ValueError when one has no zone or is not a whole second."""
    return _whole_seconds(np.fromiter(map(to_micros, moments), np.int64))


def _whole_seconds(micros: Column) -> Column:
    if (micros % SECOND).any():
        raise ValueError("columns hold whole seconds; this moment has a fraction of one")
    return micros // SECOND


class Columns:
    """A working calendar as arrays. Make one with ``columns(calendar)``, which keeps it."""

    def __init__(self, calendar: Calendar) -> None:
        """Raises ValueError when a leave begins or ends at a fraction of a second."""
        self.calendar = calendar
        line = calendar.timeline
        self.starts, self.ends, self.worked = (
            _whole_seconds(np.array(column, np.int64))
            for column in (line.starts, line.ends, line.worked)
        )
        ordinals = np.array(line.ordinals, np.int64)
        self.days = np.array(line.days, np.int64)
        self.day_of = np.searchsorted(self.days, ordinals)
        self.openings = self.starts[np.searchsorted(ordinals, self.days)]
        self.closings = self.ends[np.searchsorted(ordinals, self.days, "right") - 1]
        self.begins = np.array(calendar.midnights, np.int64) // SECOND
        self.origin = calendar.first.toordinal()
        every = np.arange(self.origin, self.origin + len(self.begins))
        self.before = np.searchsorted(self.days, every)
        self.works = np.isin(every, self.days)
        self.published = calendar.published_until.toordinal()

    # Days and working time

    def day(self, moments: Column) -> Column:
        """The day of each moment, as a number of days since the calendar's first."""
        self._inside(moments)
        found: Column = np.searchsorted(self.begins, moments, "right") - 1
        return found

    def add_working(self, start: Column, length: Column | int) -> Column:
        """As Calendar.add_working; ``length`` in seconds, one for all or one for each."""
        lengths = np.broadcast_to(np.asarray(length, np.int64), start.shape)
        wanted = self._position(start) + lengths
        ahead = np.searchsorted(self.worked, wanted, "left")
        self._reached((lengths <= 0) | ((ahead > 0) & (ahead < len(self.worked))))
        ahead = ahead.clip(1, len(self.worked) - 1)
        found = self.ends[ahead - 1] - (self.worked[ahead] - wanted)
        if (lengths < 0).any():
            found = np.where(lengths < 0, self._latest(wanted, lengths), found)
        answer: Column = np.where(lengths == 0, start, found)
        return answer

    def _latest(self, wanted: Column, lengths: Column) -> Column:
        back = np.searchsorted(self.worked, wanted, "right")
        self._reached((lengths >= 0) | ((back > 0) & (back < len(self.worked))))
        back = back.clip(1, len(self.worked) - 1)
        found: Column = self.starts[back - 1] + (wanted - self.worked[back - 1])
        return found

    def working_between(self, start: Column, end: Column) -> Column:
        """As Calendar.working_between, in seconds."""
        return self._position(end) - self._position(start)

    def _position(self, moments: Column) -> Column:
        self._inside(moments)
        after = np.searchsorted(self.starts, moments, "right")
        ahead = self.ends[after - 1] - moments
        found: Column = self.worked[after] - np.where(after > 0, ahead.clip(0), 0)
        return found

    def _inside(self, moments: Column) -> None:
        if moments.size and (moments.min() < self.begins[0] or moments.max() > self.begins[-1]):
            raise OutsideCalendar(f"a moment lies outside {self.calendar}")

    def _reached(self, reached: Flags) -> None:
        if not reached.all():
            raise OutsideCalendar(f"a count leaves {self.calendar}")

    # Deadlines

    def pauses(self, rows: Sequence[Sequence[Leave]]) -> Pauses:
        """Pauses of each row as arrays; an open one must be closed by the caller."""
        width = max(map(len, rows), default=0)
        begin = np.zeros((len(rows), width), np.int64)
        end = np.zeros((len(rows), width), np.int64)
        for number, row in enumerate(rows):
            for slot, stretch in enumerate(row):
                begin[number, slot], end[number, slot] = seconds_of(stretch)
        return Pauses(begin, end)

    def deadline_after(
        self,
        start: Column,
        span: Span,
        pauses: Pauses | None = None,
        working_day_mode: WorkingDayMode = "end_of_day",
        late_submission: LateSubmission = "next_opening",
    ) -> Deadlines:
        """As ``clock.deadline_after`` for each start. Raises OutsideCalendar if any leaves it."""
        check_modes(working_day_mode, late_submission)
        stops = self._stops(start, pauses)
        if span.elapsed is not None:
            return self._elapsed(start, in_micros(span.elapsed) // SECOND, stops)
        if span.unit == "working_hours":
            return self._working_time(start, span.amount * 3600, stops)
        if span.unit != "working_days":
            return self._calendar_days(start, span, stops)
        if working_day_mode == "working_hours":
            length = in_micros(self.calendar.day_length) // SECOND
            return self._working_time(start, span.amount * length, stops)
        return self._working_days(start, span.amount, stops, late_submission == "next_opening")

    def _stops(self, start: Column, pauses: Pauses | None) -> list[Pauses]:
        if pauses is None:
            return []
        begin = np.maximum(pauses.begin, start[:, None])
        end = np.where(pauses.end > pauses.begin, np.maximum(pauses.end, begin), begin)
        order = np.argsort(begin, axis=1, kind="stable")
        begin, end = (np.take_along_axis(each, order, axis=1) for each in (begin, end))
        stops, reached = [], start
        for slot in range(begin.shape[1]):
            a = np.maximum(begin[:, slot], reached)
            reached = np.maximum(end[:, slot], a)
            stops.append(Pauses(a, reached))
        return stops

    def _touched(self, stop: Pauses) -> _Days:
        first = np.searchsorted(self.ends, stop.begin, "right")
        last = np.searchsorted(self.starts, stop.end, "left") - 1
        lost = (stop.begin < stop.end) & (first <= last)
        first, last = (self.day_of[np.where(lost, each, 0)] for each in (first, last))
        return _Days(first, np.where(lost, last, -1))

    def _elapsed(self, start: Column, length: int, stops: list[Pauses]) -> Deadlines:
        due = start + length
        for stop in stops:
            due = due + np.where(stop.begin < due, stop.end - stop.begin, 0)
        return Deadlines(due, np.zeros(due.shape, np.bool_))

    def _working_time(self, start: Column, length: int, stops: list[Pauses]) -> Deadlines:
        due = self.add_working(start, length)
        for stop in stops:
            ran = stop.begin < due
            begin, end = (np.where(ran, each, start) for each in (stop.begin, stop.end))
            due = self.add_working(due, self.working_between(begin, end))
        return Deadlines(due, self.day(due) + self.origin > self.published)

    def _working_days(
        self, start: Column, amount: int, stops: list[Pauses], move: bool
    ) -> Deadlines:
        day = self.day(start)
        index, works = self.before[day], self.works[day]
        over = works & (start > self._closing(index, works))
        first = index + over
        if amount:
            first = first + 1 if move else index + works
        due, free = first + max(amount, 1) - 1, first
        for first, last in map(self._touched, stops):
            a = np.maximum(first, free)
            lost = (a <= last) & (a <= due)
            due = due + np.where(lost, last - a + 1, 0)
            free = np.where(lost, last + 1, free)
        return self._on(due)

    def _calendar_days(self, start: Column, span: Span, stops: list[Pauses]) -> Deadlines:
        day = self.day(start)
        target = self._shifted(day, span, 1)
        free = np.minimum(day + 1, target)
        touched = [self._touched(stop) for stop in stops]
        for stop in stops:
            due = self._on(self._due(target, start, touched)).at
            a = np.maximum(self.day(np.where(stop.begin < due, stop.begin, start)), free)
            b = self.day(np.where(stop.begin < due, np.maximum(stop.end - 1, start), start))
            lost = (stop.begin < np.minimum(due, stop.end)) & (a <= b) & (a <= target)
            target = target + np.where(lost, b - a + 1, 0)
            free = np.where(lost, b + 1, free)
        return self._on(self._due(target, start, touched))

    def _due(self, target: Column, start: Column, touched: list[_Days]) -> Column:
        """As ``counting._due_index``."""
        self._reached((target >= 0) & (target < len(self.begins) - 1))
        index, works = self.before[target], self.works[target]
        index = index + (works & (start > self._closing(index, works)))
        for first, last in touched:
            index = np.where((first <= index) & (index <= last), last + 1, index)
        return index

    def _closing(self, index: Column, works: Flags) -> Column:
        found: Column = self.closings[np.where(works, index, 0)]
        return found

    def _on(self, index: Column) -> Deadlines:
        """Closing time of working days by their number."""
        self._reached((index >= 0) & (index < len(self.days)))
        return Deadlines(self.closings[index], self.days[index] > self.published)

    def _shifted(self, day: Column, span: Span, sign: int) -> Column:
        if span.unit != "months":
            return day + sign * span.amount * (7 if span.unit == "weeks" else 1)
        shift = self.origin - EPOCH_ORDINAL
        dates = (day + shift).astype("datetime64[D]")
        month = dates.astype("datetime64[M]")
        into = dates - month.astype("datetime64[D]")
        later = month + np.timedelta64(sign * span.amount, "M")
        last = (later + np.timedelta64(1, "M")).astype("datetime64[D]") - np.timedelta64(1, "D")
        found = np.minimum(later.astype("datetime64[D]") + into, last)
        days: Column = found.astype(np.int64) - shift
        return days

    def deadline_before(self, moments: Column, span: Span) -> Deadlines:
        """As ``clock.deadline_before`` for each moment."""
        day = self.day(moments)
        if span.elapsed is not None:
            due = moments - in_micros(span.elapsed) // SECOND
            return Deadlines(due, np.zeros(due.shape, np.bool_))
        if span.unit == "working_hours":
            due = self.add_working(moments, -3600 * span.amount)
            return Deadlines(due, day + self.origin > self.published)
        if span.unit == "working_days" and span.amount:
            known, index = day - 1, self.before[day] - span.amount
        else:
            known = day if span.unit == "working_days" else self._shifted(day, span, -1)
            self._reached(known >= 0)
            index = self.before[known] - ~self.works[known]
        return Deadlines(self._on(index).at, known + self.origin > self.published)


@lru_cache(maxsize=64)
def columns(calendar: Calendar) -> Columns:
    """The arrays of a calendar, made once for each version."""
    return Columns(calendar)
