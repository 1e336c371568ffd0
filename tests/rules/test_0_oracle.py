"""Clauses 0.1 to 0.4: deadlines against a clock that counts minute after minute.

The oracle below knows nothing of the product's arithmetic: it lays out every minute of some months,
looks at the wall clock of each, and steps.
"""

from __future__ import annotations

import calendar as calendar_module
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest

from zhangfa.rules.calendars import build_calendar
from zhangfa.rules.clock import Calendar, Span, deadline_after, deadline_before
from zhangfa.rules.columns import Columns, seconds_of

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
Stretch = tuple[int, int]


class MinuteClock:
    """Every minute of a range of days: is it worked, and what date is on the wall?"""

    def __init__(
        self,
        zone: ZoneInfo,
        workday: Callable[[date], bool],
        intervals: list[tuple[time, time]],
        first: date,
        days: int,
    ) -> None:
        self.begin = datetime.combine(first, time(), tzinfo=zone).astimezone(UTC)
        self.open = bytearray()
        self.dates: list[date] = []
        self.minutes: dict[date, list[int]] = {}
        hours = [(s.hour * 60 + s.minute, e.hour * 60 + e.minute) for s, e in intervals]
        shift = bytes(any(s <= wall < (e or 1440) for s, e in hours) for wall in range(1440))
        furthest, works = (first, 0), workday(first)
        for quarter in range(days * 96 + 8):  # no zone here changes its clock within a quarter
            wall = (self.begin + 15 * quarter * MINUTE).astimezone(zone)
            day = wall.date()
            if day >= first + days * DAY:
                break
            listed = self.minutes.setdefault(day, [])
            for minute in range(wall.hour * 60 + wall.minute, wall.hour * 60 + wall.minute + 15):
                if (day, minute) > furthest:  # an hour that is repeated is one long minute
                    works = works if day == furthest[0] else workday(day)
                    furthest = (day, minute)
                listed.append(len(self.open))
                self.open.append(works and shift[furthest[1]])
                self.dates.append(day)

    def away(self, leave: Iterable[Stretch]) -> MinuteClock:
        person = object.__new__(MinuteClock)
        person.__dict__ = {**self.__dict__, "open": bytearray(self.open)}
        for start, end in leave:
            person.open[start:end] = bytes(end - start)
        return person

    def moment(self, minute: int) -> datetime:
        return self.begin + minute * MINUTE

    def paused(self, pauses: Iterable[Stretch]) -> bytearray:
        stopped = bytearray(len(self.open))
        for start, end in pauses:
            stopped[start:end] = b"\1" * (end - start)
        return stopped

    def elapsed(self, minute: int, left: int, stopped: bytearray) -> int:
        while left:
            left -= not stopped[minute]
            minute += 1
        return minute

    def working(self, minute: int, left: int, stopped: bytearray) -> int:
        works = self.open
        while left:
            if works[minute] and not stopped[minute]:
                left -= 1
            minute += 1
        return minute

    def closing(self, day: date) -> int | None:
        """The minute after the last worked one of a day."""
        worked = [minute for minute in self.minutes[day] if self.open[minute]]
        return worked[-1] + 1 if worked else None

    def touched(self, day: date, stopped: bytearray, *, asleep: bool) -> bool:
        minutes = self.minutes[day]
        return any(stopped[minute] and (asleep or self.open[minute]) for minute in minutes)

    def from_day(self, day: date) -> Iterator[date]:
        while True:
            yield day
            day += DAY

    def working_days(self, minute: int, left: int, stopped: bytearray, late: str) -> int:
        day = self.dates[minute]
        closing = self.closing(day)
        over = closing is None or minute > closing
        if over and late == "next_opening":
            day = next(each for each in self.from_day(day + DAY) if self.closing(each))
            over = False
        if not left:
            left, day = 1, day if over else day - DAY
        for each in self.from_day(day + DAY):
            closing = self.closing(each)
            if closing is not None and not self.touched(each, stopped, asleep=False):
                left -= 1
                if not left:
                    return closing
        raise AssertionError

    def calendar_days(self, minute: int, days: int, pauses: list[Stretch]) -> int:
        """Pauses count one after another, as long as each begins before the deadline so far."""
        kept: list[Stretch] = []
        for pause in sorted(pauses):
            since = max(pause[0], minute)
            if since < pause[1] and since < self.days_later(minute, days, self.paused(kept)):
                kept.append((since, pause[1]))
        return self.days_later(minute, days, self.paused(kept))

    def days_later(self, minute: int, days: int, stopped: bytearray) -> int:
        day = self.dates[minute]
        left = days or 1
        for each in self.from_day(day + DAY if days else day):
            left -= not self.touched(each, stopped, asleep=True)
            if not left:
                break
        for each in self.from_day(each):  # noqa: B020
            closing = self.closing(each)
            fine = closing is not None and closing >= minute
            if fine and not self.touched(each, stopped, asleep=False):
                return closing
        raise AssertionError

    def days_before(self, minute: int, days: int) -> int:
        day = self.dates[minute] - days * DAY
        while self.closing(day) is None:
            day -= DAY
        return self.closing(day)

    def working_days_before(self, minute: int, left: int) -> int:
        day = self.dates[minute]
        if not left:
            return self.days_before(minute, 0)
        while left:
            day -= DAY
            left -= self.closing(day) is not None
        return self.closing(day)


HOUSE = [(time(9), time(12)), (time(13, 30), time(18))]
NIGHT = [(time(0), time(2, 20)), (time(5), time(11)), (time(22, 15), time(0))]
AROUND = [(time(0), time(0))]
WEEK = frozenset({1, 2, 3, 4, 5})


@dataclass(frozen=True)
class World:
    """A place for some months, as the product sees it and as the oracle does."""

    calendar: Calendar
    oracle: MinuteClock
    columns: Columns


def world(
    zone: str,
    intervals: list[tuple[time, time]],
    first: date,
    days: int,
    country: str | None = None,
    exceptions: dict[date, bool] | None = None,
    weekdays: frozenset[int] = WEEK,
) -> World:
    own = exceptions or {}
    usual: Callable[[date], bool] = (
        chinese_calendar.is_workday if country == "CN" else lambda day: day.isoweekday() in weekdays
    )
    oracle = MinuteClock(
        ZoneInfo(zone), lambda day: own[day] if day in own else usual(day), intervals, first, days
    )
    given = {} if country == "TW" else own
    calendar = build_calendar(
        country,
        zone,
        intervals,
        weekdays,
        date(2026, 12, 31),
        given,
        first,
        first + (days - 1) * DAY,
    )
    return World(calendar, oracle, Columns(calendar))


TAIWAN = dict.fromkeys([date(2025, 1, day) for day in (1, 27, 28, 29, 30, 31)], False) | {
    date(2025, 2, 8): True,
    date(2025, 2, 28): False,
}
GERMANY = dict.fromkeys([date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 1)], False)


@cache
def worlds() -> list[World]:
    return [
        world("Asia/Shanghai", HOUSE, date(2026, 1, 20), 90, "CN"),
        world("Asia/Shanghai", HOUSE, date(2026, 9, 1), 100, "CN"),
        world("Asia/Taipei", HOUSE, date(2025, 1, 10), 80, "TW", TAIWAN),
        world("Asia/Hong_Kong", [(time(9), time(18))], date(2026, 6, 1), 70),
        world("Europe/Berlin", NIGHT, date(2026, 3, 1), 75, exceptions=GERMANY),
        world("Europe/Berlin", NIGHT, date(2026, 10, 5), 70, weekdays=frozenset(range(1, 8))),
        world("America/New_York", NIGHT, date(2026, 2, 25), 70, weekdays=frozenset(range(1, 8))),
        world("America/Sao_Paulo", AROUND, date(2018, 10, 15), 70, weekdays=frozenset(range(1, 8))),
        world("America/Sao_Paulo", NIGHT, date(2018, 10, 15), 70, weekdays=frozenset(range(1, 8))),
        world("Australia/Lord_Howe", HOUSE, date(2026, 3, 20), 60),
    ]


def anywhere(dice: random.Random, oracle: MinuteClock, begin: int, end: int) -> int:
    """A minute of a stretch; often where a day or working time begins or ends, or next to it."""
    minute = dice.randrange(begin, end)
    if dice.random() < 0.5:
        return minute
    day = oracle.minutes[oracle.dates[minute]]
    edges = [each for each in day if each and oracle.open[each] != oracle.open[each - 1]]
    return max(0, dice.choice([day[0], *edges]) + dice.choice([-1, 0, 0, 0, 1]))


def stretches(
    dice: random.Random, oracle: MinuteClock, at_most: int, begin: int, end: int
) -> list[Stretch]:
    """Up to so many leaves or pauses that begin in a stretch of minutes; some are empty."""
    found = []
    for _ in range(dice.randrange(at_most + 1)):
        start = anywhere(dice, oracle, begin, end)
        last = dice.choice([start, start + 15, anywhere(dice, oracle, start + 1, start + 4300)])
        found.append((start, max(start, last)))
    return found


UNITS = ["minutes", "hours", "working_hours", "working_days", "days", "weeks", "months"]
MOST = dict(zip(UNITS, [2000, 100, 50, 7, 12, 2, 1], strict=True))


def months_later(day: date, months: int) -> date:
    year, month = day.year + (day.month + months - 1) // 12, (day.month + months - 1) % 12 + 1
    return date(year, month, min(day.day, calendar_module.monthrange(year, month)[1]))


def expected(
    oracle: MinuteClock, start: int, span: Span, pauses: list[Stretch], mode: str, late: str
) -> int:
    stopped = oracle.paused(pauses)
    stopped[:start] = bytes(start)  # what stood still before the start is no concern
    amount = span.amount
    match span.unit:
        case "minutes" | "hours":
            return oracle.elapsed(start, amount * (60 if span.unit == "hours" else 1), stopped)
        case "working_hours":
            return oracle.working(start, amount * 60, stopped)
        case "working_days" if mode == "working_hours":
            return oracle.working(start, amount, stopped)  # the caller gives minutes
        case "working_days":
            return oracle.working_days(start, amount, stopped, late)
        case "weeks":
            return oracle.calendar_days(start, 7 * amount, pauses)
        case "months":
            day = oracle.dates[start]
            return oracle.calendar_days(start, (months_later(day, amount) - day).days, pauses)
    return oracle.calendar_days(start, amount, pauses)


def day_minutes(intervals: Iterable[tuple[time, time]]) -> int:
    def minutes(wall: time) -> int:
        return wall.hour * 60 + wall.minute

    return sum((minutes(end) or 1440) - minutes(start) for start, end in intervals)


def one_case(dice: random.Random) -> str | None:
    """A random deadline; None when product, columns and oracle agree, else what differed."""
    place = dice.choice(worlds())
    calendar, oracle, columns = place.calendar, place.oracle, place.columns
    start = anywhere(dice, oracle, 0, len(oracle.dates) - 45 * 1440)
    if dice.random() < 0.25:
        leave = stretches(dice, oracle, 2, start, start + 8000)
        oracle = oracle.away(leave)
        calendar = calendar.without((oracle.moment(a), oracle.moment(b)) for a, b in leave)
        columns = Columns(calendar)
    unit = dice.choice(UNITS)
    span = Span(dice.randrange(MOST[unit] + 1), unit)
    mode = dice.choice(["end_of_day", "working_hours"])
    late = dice.choice(["next_opening", "same_day"])
    pauses: list[Stretch] = []
    if dice.random() < 0.6:
        pauses = stretches(dice, oracle, 3, max(0, start - 2000), start + 7000)
    asked = span
    if unit == "working_days" and mode == "working_hours":
        asked = Span(span.amount * day_minutes(calendar.intervals), unit)
    right = oracle.moment(expected(oracle, start, asked, pauses, mode, late))
    between = [(oracle.moment(a), oracle.moment(b)) for a, b in pauses]
    found = deadline_after(oracle.moment(start), span, calendar, between, mode, late)
    fast = columns.deadline_after(
        seconds_of([oracle.moment(start)]),
        span,
        columns.pauses([between]),
        mode,
        late,
    )
    if found.at.astimezone(UTC) == right and fast.at[0] == right.timestamp():
        return None
    return (
        f"{calendar} {oracle.moment(start)} {span} {mode} {late} {between}: {found.at}, {fast.at}"
    )


def one_backward_case(dice: random.Random) -> str | None:
    """The same for a deadline before a date."""
    place = dice.choice(worlds())
    oracle = place.oracle
    minute = anywhere(dice, oracle, 20 * 1440, len(oracle.dates))
    amount = dice.randrange(12)
    if dice.random() < 0.5:
        span, right = Span(amount, "days"), oracle.days_before(minute, amount)
    else:
        span, right = Span(amount, "working_days"), oracle.working_days_before(minute, amount)
    found = deadline_before(oracle.moment(minute), span, place.calendar)
    if found.at.astimezone(UTC) == oracle.moment(right):
        return None
    return f"{place.calendar} {oracle.moment(minute)} {span} before: {found.at}"


def run(cases: int, seed: int) -> list[str]:
    dice = random.Random(seed)
    found = (one_case(dice) if turn % 8 else one_backward_case(dice) for turn in range(cases))
    return [wrong for wrong in found if wrong]


def test_0_two_thousand_random_deadlines_agree_with_counting_minutes() -> None:
    """0.1, 0.3, 0.4: lunch, make-up days, holidays, leave, pauses, zones, summer time."""
    assert run(2000, seed=2026) == []


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10))
def test_0_a_hundred_thousand_random_deadlines_agree_with_counting_minutes(seed: int) -> None:
    """0.1, 0.3, 0.4: ten runs of ten thousand."""
    assert run(10_000, seed) == []
