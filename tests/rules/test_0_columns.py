"""The same deadlines by columns: equal to the single ones in every case, only faster."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from zhangfa.rules.calendars import build_calendar
from zhangfa.rules.clock import (
    Calendar,
    OutsideCalendar,
    Span,
    deadline_after,
    deadline_before,
)
from zhangfa.rules.columns import Columns, columns, seconds_of

CHINA = ZoneInfo("Asia/Shanghai")
HOUSE = ["09:00-12:00", "13:30-18:00"]
BASE = datetime(2018, 1, 1, tzinfo=UTC)
SPANS = [
    Span.read(text)
    for text in (
        "45 minutes",
        "48 hours",
        "0 working_hours",
        "16 working_hours",
        "0 working_days",
        "2 working_days",
        "0 days",
        "3 days",
        "2 weeks",
        "1 months",
        "11 months",
    )
]


@cache
def calendars() -> list[Calendar]:
    known = date(2026, 12, 31)
    china = build_calendar("CN", CHINA, HOUSE, range(1, 6), known)
    away = datetime(2026, 11, 2, tzinfo=CHINA), datetime(2026, 11, 4, 11, tzinfo=CHINA)
    return [
        china,
        china.without([away]),
        build_calendar("TW", "Asia/Taipei", HOUSE, range(1, 6), known),
        build_calendar(None, "Europe/Berlin", ["00:00-02:30", "22:00-24:00"], range(1, 8), known),
        build_calendar(None, "America/New_York", ["00:00-24:00"], range(1, 8), known),
    ]


def moments(dice: random.Random, n: int) -> list[datetime]:
    """Any second of ten years, and often a whole quarter of an hour."""
    seconds = [dice.randrange(10 * 365 * 86_400) for _ in range(n)]
    rounded = [each - each % 900 if dice.random() < 0.5 else each for each in seconds]
    return [BASE + timedelta(seconds=each) for each in rounded]


def seconds(found: datetime) -> int:
    return int(found.timestamp())


@pytest.mark.parametrize("number", range(5))
def test_0_1_working_time_by_columns_is_the_same(number: int) -> None:
    calendar, dice = calendars()[number], random.Random(number)
    fast, starts = columns(calendar), moments(dice, 300)
    ends = moments(dice, 300)
    lengths = [dice.choice([0, dice.randrange(-400_000, 400_000)]) for _ in starts]
    added = fast.add_working(seconds_of(starts), np.array(lengths))
    between = fast.working_between(seconds_of(starts), seconds_of(ends))
    for start, end, length, one, two in zip(starts, ends, lengths, added, between, strict=True):
        assert seconds(calendar.add_working(start, timedelta(seconds=length))) == one
        assert calendar.working_between(start, end) == timedelta(seconds=int(two))


@pytest.mark.parametrize("number", range(5))
def test_0_3_deadlines_by_columns_are_the_same(number: int) -> None:
    calendar, dice = calendars()[number], random.Random(number)
    for span in SPANS:
        for mode in ("end_of_day", "working_hours"):
            for late in ("next_opening", "same_day"):
                starts = moments(dice, 25)
                found = columns(calendar).deadline_after(seconds_of(starts), span, None, mode, late)
                single = [deadline_after(each, span, calendar, (), mode, late) for each in starts]
                assert [seconds(each.at) for each in single] == found.at.tolist()
                assert [each.provisional for each in single] == found.provisional.tolist()


@pytest.mark.parametrize("number", range(5))
def test_0_4_pauses_by_columns_are_the_same(number: int) -> None:
    calendar, dice = calendars()[number], random.Random(number)

    def pause(start: datetime) -> tuple[datetime, datetime]:
        begin = start + timedelta(minutes=15 * dice.randrange(-200, 1500))
        return begin, begin + timedelta(minutes=15 * dice.randrange(300))

    for span in SPANS:
        starts = moments(dice, 30)
        rows = [[pause(start) for _ in range(dice.randrange(4))] for start in starts]
        fast = columns(calendar)
        found = fast.deadline_after(seconds_of(starts), span, fast.pauses(rows))
        single = [deadline_after(a, span, calendar, b) for a, b in zip(starts, rows, strict=True)]
        assert [seconds(each.at) for each in single] == found.at.tolist()
        assert [each.provisional for each in single] == found.provisional.tolist()


@pytest.mark.parametrize("number", range(5))
def test_1_3_7_deadlines_before_a_date_by_columns_are_the_same(number: int) -> None:
    calendar, dice = calendars()[number], random.Random(number)
    for span in SPANS:
        dates = moments(dice, 40)
        found = columns(calendar).deadline_before(seconds_of(dates), span)
        single = [deadline_before(each, span, calendar) for each in dates]
        assert [seconds(each.at) for each in single] == found.at.tolist()
        assert [each.provisional for each in single] == found.provisional.tolist()


def test_0_1_columns_refuse_what_single_ones_refuse() -> None:
    calendar = calendars()[0]
    fast = columns(calendar)
    late = seconds_of([datetime(2026, 11, 23, tzinfo=UTC), datetime(2035, 12, 31, 2, tzinfo=UTC)])
    for span in ("2 working_days", "20 working_hours", "2 days", "1 months"):
        with pytest.raises(OutsideCalendar):
            fast.deadline_after(late, Span.read(span))
    with pytest.raises(OutsideCalendar):
        fast.day(seconds_of([datetime(1999, 12, 31, tzinfo=UTC)]))
    with pytest.raises(OutsideCalendar):
        fast.deadline_before(seconds_of([datetime(2000, 1, 3, tzinfo=UTC)]), Span(9, "days"))
    with pytest.raises(ValueError, match="time zone"):
        seconds_of([datetime(2026, 11, 23)])
    with pytest.raises(ValueError, match="whole seconds"):
        seconds_of([datetime(2026, 11, 23, 0, 0, 0, 1, tzinfo=UTC)])
    with pytest.raises(ValueError, match="no way to count"):
        fast.deadline_after(late, Span(1, "days"), None, "never")  # type: ignore[arg-type]


def test_0_1_no_rows_are_no_trouble_and_arrays_are_kept_with_the_calendar() -> None:
    calendar = calendars()[0]
    fast = columns(calendar)
    assert columns(calendar) is fast and isinstance(fast, Columns)
    none = seconds_of([])
    for span in SPANS:
        assert fast.deadline_after(none, span, fast.pauses([])).at.size == 0
