"""Worked time as sorted numbers: all intervals of a calendar, looked up by bisection.

Everything here is in microseconds since 1970 (UTC) and in day ordinals, so nothing depends on
a zone any more and nothing is rounded. People use ``workdays.Calendar``.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate
from operator import sub
from zoneinfo import ZoneInfo

from zhangfa.rules.hours import Interval
from zhangfa.rules.terms import first_moment, in_utc

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_ORDINAL = EPOCH.toordinal()
SECOND = 1_000_000
DAY = 86_400 * SECOND


class OutsideCalendar(ValueError):
    """This moment or day lies outside the range of years the working calendar was built for."""


def to_micros(moment: datetime) -> int:
    """Microseconds since 1970; raises ValueError for a moment without a time zone."""
    passed = in_utc(moment) - EPOCH
    return (passed.days * 86_400 + passed.seconds) * SECOND + passed.microseconds


def to_moment(micros: int, zone: ZoneInfo) -> datetime:
    """The moment so many microseconds after 1970, by the clock of a zone."""
    return (EPOCH + timedelta(microseconds=micros)).astimezone(zone)


def in_micros(length: timedelta) -> int:
    """A length of time in microseconds."""
    return (length.days * 86_400 + length.seconds) * SECOND + length.microseconds


@dataclass(frozen=True, slots=True)
class Timeline:
    """Worked intervals in order: they do not overlap and none is empty."""

    starts: list[int]
    ends: list[int]
    ordinals: list[int]
    """The day each interval belongs to."""
    worked: list[int]
    """Worked time before each interval, and at last the whole."""
    days: list[int]
    """The days that have an interval, in order."""

    @classmethod
    def of(cls, starts: list[int], ends: list[int], ordinals: list[int]) -> Timeline:
        """Add up the intervals."""
        worked = list(accumulate(map(sub, ends, starts), initial=0))
        return cls(starts, ends, ordinals, worked, list(dict.fromkeys(ordinals)))

    def position(self, micros: int) -> int:
        """How much has been worked before a moment."""
        after = bisect_right(self.starts, micros)
        if not after:
            return 0
        return self.worked[after] - max(0, self.ends[after - 1] - micros)

    def moment(self, position: int) -> int | None:
        """The earliest moment at which so much has been worked; None if that never comes."""
        after = bisect_left(self.worked, position)
        if not 0 < after < len(self.worked):
            return None
        return self.ends[after - 1] - (self.worked[after] - position)

    def latest(self, position: int) -> int | None:
        """The latest moment at which no more than this has been worked; None if there is none."""
        after = bisect_right(self.worked, position)
        if not 0 < after < len(self.worked):
            return None
        return self.starts[after - 1] + (position - self.worked[after - 1])

    def opening(self, index: int) -> int:
        """When the work of the index-th working day begins."""
        return self.starts[bisect_left(self.ordinals, self.days[index])]

    def closing(self, index: int) -> int:
        """When the work of the index-th working day ends."""
        return self.ends[bisect_right(self.ordinals, self.days[index]) - 1]

    def touched(self, begin: int, end: int) -> tuple[int, int]:
        """First and last working day (as index) that lose working time between two moments.

        The first is greater than the last where none does.
        """
        first = bisect_right(self.ends, begin)
        last = bisect_left(self.starts, end) - 1
        if first > last:
            return 0, -1
        return (
            bisect_left(self.days, self.ordinals[first]),
            bisect_left(self.days, self.ordinals[last]),
        )

    def without(self, gaps: Iterable[tuple[int, int]]) -> Timeline:
        """The same with some stretches of time taken out."""
        starts, ends, ordinals = self.starts[:], self.ends[:], self.ordinals[:]
        for begin, end in gaps:
            first, last = bisect_right(ends, begin), bisect_left(starts, end)
            if begin >= end or first >= last:
                continue
            kept = [
                (ordinals[first], starts[first], min(begin, ends[first])),
                (ordinals[last - 1], max(end, starts[last - 1]), ends[last - 1]),
            ]
            kept = [piece for piece in kept if piece[1] < piece[2]]
            ordinals[first:last] = [piece[0] for piece in kept]
            starts[first:last] = [piece[1] for piece in kept]
            ends[first:last] = [piece[2] for piece in kept]
        return Timeline.of(starts, ends, ordinals)


@lru_cache(maxsize=32)
def midnights(zone: ZoneInfo, first: date, last: date) -> tuple[int, ...]:
    """The first moment of every day from ``first`` to the day after ``last``."""
    return tuple(
        to_micros(first_moment(date.fromordinal(day), time.min, zone))
        for day in range(first.toordinal(), last.toordinal() + 2)
    )


def draw(
    zone: ZoneInfo, intervals: Sequence[Interval], first: date, last: date, days: Iterable[int]
) -> Timeline:
    """Lay the daily intervals over the given days (ordinals in order, inside the range).

    An interval runs from the first moment the clock on the wall reaches its start until the first
    moment it reaches its end: on the days a clock is changed it can be shorter, longer or nothing.
    """
    begins = midnights(zone, first, last)
    origin = first.toordinal()
    offsets = [_after_midnight(start, end) for start, end in intervals]
    starts: list[int] = []
    ends: list[int] = []
    ordinals: list[int] = []
    for day in days:
        begin = begins[day - origin]
        ordinary = begins[day - origin + 1] - begin == DAY
        for (start, end), (early, late) in zip(intervals, offsets, strict=True):
            a, b = begin + early, begin + late
            if not ordinary:
                a, b = _by_the_wall(day, start, end, zone)
            if a < b:
                starts.append(a)
                ends.append(b)
                ordinals.append(day)
    return Timeline.of(starts, ends, ordinals)


def _after_midnight(start: time, end: time) -> tuple[int, int]:
    def micros(wall: time) -> int:
        return ((wall.hour * 60 + wall.minute) * 60 + wall.second) * SECOND

    return micros(start), micros(end) or DAY


def _by_the_wall(day: int, start: time, end: time, zone: ZoneInfo) -> tuple[int, int]:
    this = date.fromordinal(day)
    ending = this if end != time.min else this + timedelta(days=1)
    return to_micros(first_moment(this, start, zone)), to_micros(first_moment(ending, end, zone))
