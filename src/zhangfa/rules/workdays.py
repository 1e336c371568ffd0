"""The working calendar: when people work, by their zone, their holidays and their leave (0.1)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from hashlib import sha256
from typing import Literal
from zoneinfo import ZoneInfo

from zhangfa.rules.hours import Interval, check_intervals, length
from zhangfa.rules.terms import in_utc
from zhangfa.rules.timeline import (
    OutsideCalendar,
    Timeline,
    draw,
    in_micros,
    midnights,
    to_micros,
    to_moment,
)

DayKind = Literal["working", "make_up", "weekend", "holiday", "leave"]
Leave = tuple[datetime, datetime]


@dataclass(frozen=True, eq=False, repr=False)
class Calendar:
    """When people work: one zone, the same intervals each working day, exceptions by date.

    zone            the clock on the wall: any IANA zone
    intervals       in order, apart, whole seconds; an end of 00:00 means 24:00
    first, last     the days it covers; anything beyond raises OutsideCalendar
    weekdays        the ordinary working days of a week, 1 is Monday and 7 is Sunday
    exceptions      {day: is it worked?}: public holidays False, make-up working days True
    published_until the last day for which the exceptions are official (0.2)
    leave           stretches of time one person is away (half-open); a day on which nothing is
                    left to work is no working day for that person

    Calendars are equal when their ``version`` is: a short hash of all the above. They are never
    changed, and cheap to share; ``without`` gives a new one.
    """

    zone: ZoneInfo
    intervals: tuple[Interval, ...]
    first: date
    last: date
    weekdays: frozenset[int]
    exceptions: Mapping[date, bool]
    published_until: date
    leave: tuple[Leave, ...] = field(init=False, default=())
    official: str = field(init=False)
    version: str = field(init=False)
    timeline: Timeline = field(init=False)

    def __post_init__(self) -> None:
        _check(self)
        timeline = draw(self.zone, self.intervals, self.first, self.last, self._official_days())
        self._settle((), timeline, self._hash())

    def _settle(self, leave: tuple[Leave, ...], timeline: Timeline, official: str) -> None:
        away = repr([(to_micros(start), to_micros(end)) for start, end in leave])
        version = short_hash(official + away) if leave else official
        settled = {"leave": leave, "timeline": timeline, "official": official, "version": version}
        for name, value in settled.items():
            object.__setattr__(self, name, value)

    def _official_days(self) -> list[int]:
        origin, final = self.first.toordinal(), self.last.toordinal()
        days = {day for day in range(origin, final + 1) if (day - 1) % 7 + 1 in self.weekdays}
        for day, works in self.exceptions.items():
            if self.first <= day <= self.last:
                (days.add if works else days.discard)(day.toordinal())
        return sorted(days)

    def _hash(self) -> str:
        hours = [(start.isoformat(), end.isoformat()) for start, end in self.intervals]
        known = sorted((day.toordinal(), works) for day, works in self.exceptions.items())
        until = self.published_until
        defined = (self.zone.key, hours, self.first, self.last, sorted(self.weekdays), known, until)
        return short_hash(repr(defined))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Calendar) and self.version == other.version

    def __hash__(self) -> int:
        return hash(self.version)

    def __repr__(self) -> str:
        return f"<Calendar {self.zone.key} {self.first}..{self.last} {self.version}>"

    def without(self, leave: Iterable[Leave]) -> Calendar:
        """The calendar of a person who is away then: [start, end), several may overlap."""
        both = merged((*self.leave, *leave))
        person = copy(self)
        away = [(to_micros(start), to_micros(end)) for start, end in both]
        person._settle(both, self.timeline.without(away), self.official)
        return person

    # Days

    def day(self, moment: datetime) -> date:
        """The date of a moment on this calendar's wall. Raises ValueError without a zone."""
        return in_utc(moment).astimezone(self.zone).date()

    def is_workday(self, day: date) -> bool:
        """Whether there is any working time on that day."""
        index = self.index(day)
        days = self.timeline.days
        return index < len(days) and days[index] == day.toordinal()

    def kind(self, day: date) -> DayKind:
        """Why a day is worked or not: working, make_up, weekend, holiday or leave."""
        usual = day.isoweekday() in self.weekdays
        if self.is_workday(day):
            return "working" if usual else "make_up"
        if self.exceptions.get(day, usual):
            return "leave"
        return "holiday" if usual or day in self.exceptions else "weekend"

    def walk(self, first: date, last: date) -> Iterator[tuple[date, int | None]]:
        """Each day of a stretch, with the number of working days before it, or None if free."""
        if first > last:
            return
        days, index = self.timeline.days, self.index(first)
        for ordinal in range(first.toordinal(), last.toordinal() + 1):
            if index < len(days) and days[index] == ordinal:
                yield date.fromordinal(ordinal), index
                index += 1
            else:
                yield date.fromordinal(ordinal), None

    def index(self, day: date) -> int:
        """The number of working days before that day; refuses days outside the range."""
        if not self.first <= day <= self.last:
            raise self._outside(day)
        return bisect_left(self.timeline.days, day.toordinal())

    def workday(self, index: int) -> date:
        """The working day with so many working days before it; refuses what is not covered."""
        if not 0 <= index < len(self.timeline.days):
            raise OutsideCalendar(
                f"the count leaves the working calendar ({self.first} to {self.last})"
            )
        return date.fromordinal(self.timeline.days[index])

    def workdays_after(self, day: date, n: int) -> date:
        """The n-th working day after a day; negative n counts back; 0 is the day or the next."""
        index = self.index(day)
        return self.workday(index + n - (n > 0 and not self.is_workday(day)))

    def workdays_between(self, start: date, end: date) -> int:
        """How many working days lie in [start, end); negative when the end comes first."""
        return self._days_before(end) - self._days_before(start)

    def _days_before(self, day: date) -> int:
        one = timedelta(days=1)
        return len(self.timeline.days) if day == self.last + one else self.index(day)

    def opens(self, day: date) -> datetime:
        """When work begins on a working day; ValueError on a free day."""
        return self.moment(self.timeline.opening(self._worked(day)))

    def closes(self, day: date) -> datetime:
        """When work ends on a working day; ValueError on a free day."""
        return self.moment(self.timeline.closing(self._worked(day)))

    def closing(self, index: int) -> datetime:
        """When work ends on the working day with so many working days before it."""
        return self.moment(self.timeline.closing(index))

    def _worked(self, day: date) -> int:
        if not self.is_workday(day):
            raise ValueError(f"{day} is not a working day ({self.kind(day)})")
        return self.index(day)

    def begins(self, day: date) -> datetime:
        """The first moment of a day inside the range, or of the day after it."""
        number = day.toordinal() - self.first.toordinal()
        if not 0 <= number < len(self.midnights):
            raise self._outside(day)
        return self.moment(self.midnights[number])

    @cached_property
    def midnights(self) -> tuple[int, ...]:
        """The first moment of every day and of the day after the last, in microseconds."""
        return midnights(self.zone, self.first, self.last)

    def published(self, day: date) -> bool:
        """Whether the official calendar is known for that day (0.2)."""
        return day <= self.published_until

    # Working time

    @cached_property
    def day_length(self) -> timedelta:
        """The working time of an ordinary day, by the clock on the wall."""
        return sum((length(interval) for interval in self.intervals), timedelta())

    def add_working(self, start: datetime, length: timedelta) -> datetime:
        """The earliest moment with so much working time after ``start``.

        A negative length counts back, to the latest such moment; nothing added is the start itself.
        Raises OutsideCalendar when the count leaves the range.
        """
        begin, more = self._position(start), in_micros(length)
        if not more:
            return self.moment(to_micros(start))
        timeline = self.timeline
        found = timeline.moment(begin + more) if more > 0 else timeline.latest(begin + more)
        if found is None:
            raise OutsideCalendar(
                f"{length} of working time from {start} leaves the working calendar "
                f"({self.first} to {self.last})"
            )
        return self.moment(found)

    def working_between(self, start: datetime, end: datetime) -> timedelta:
        """The working time between two moments; negative when the end comes first."""
        return timedelta(microseconds=self._position(end) - self._position(start))

    def is_open(self, moment: datetime) -> bool:
        """Whether a moment is working time; at closing time it is no longer."""
        return self._next_open(moment) == to_micros(moment)

    def next_open(self, moment: datetime) -> datetime:
        """The moment itself if it is working time, else the next moment that is (0.7)."""
        return self.moment(self._next_open(moment))

    def _next_open(self, moment: datetime) -> int:
        micros = self.inside(moment)
        after = bisect_right(self.timeline.ends, micros)
        if after == len(self.timeline.ends):
            raise OutsideCalendar(f"no working time after {moment} up to {self.last}")
        return max(micros, self.timeline.starts[after])

    def inside(self, moment: datetime) -> int:
        """Microseconds since 1970 of a moment; refuses those outside the range."""
        micros = to_micros(moment)
        if not self.midnights[0] <= micros <= self.midnights[-1]:
            raise self._outside(moment)
        return micros

    def _outside(self, what: date) -> OutsideCalendar:
        return OutsideCalendar(
            f"{what} is outside the working calendar ({self.first} to {self.last})"
        )

    def _position(self, moment: datetime) -> int:
        return self.timeline.position(self.inside(moment))

    def moment(self, micros: int) -> datetime:
        """A moment so many microseconds after 1970, by the clock of this calendar's zone."""
        return to_moment(micros, self.zone)


def merged(stretches: Iterable[Leave]) -> tuple[Leave, ...]:
    """The same stretches of time in order, with those that meet or overlap made one.

    Empty ones vanish; ValueError when one ends before it begins.
    """
    found: list[Leave] = []
    for start, end in sorted((in_utc(start), in_utc(end)) for start, end in stretches):
        if end < start:
            raise ValueError(f"a stretch of time cannot end before it begins: {start} to {end}")
        if found and start <= found[-1][1]:
            start, end = found[-1][0], max(end, found.pop()[1])
        if start < end:
            found.append((start, end))
    return tuple(found)


def short_hash(text: str) -> str:
    """Twelve hexadecimal digits that stand for a text."""
    return sha256(text.encode()).hexdigest()[:12]


def _check(calendar: Calendar) -> None:
    """Refuse what cannot be a working calendar, with a sentence."""
    if calendar.first > calendar.last:
        raise ValueError("the first day of a working calendar must not come after the last")
    if not set(calendar.weekdays) <= set(range(1, 8)):
        raise ValueError("weekdays are numbers from 1 (Monday) to 7 (Sunday)")
    check_intervals(calendar.intervals)
