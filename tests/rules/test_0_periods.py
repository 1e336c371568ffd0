"""Periods: what recurs is owed for working days, weeks, months, quarters, half-years, years."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhangfa.rules.calendars import build_calendar
from zhangfa.rules.clock import Calendar, Period, periods, share_left
from zhangfa.rules.terms import EVERY, add_months

CHINA = ZoneInfo("Asia/Shanghai")
DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))
KINDS = st.sampled_from(EVERY)


@pytest.fixture(scope="module")
def china() -> Calendar:
    return build_calendar("CN", CHINA, ["09:00-18:00"], (1, 2, 3, 4, 5), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("label", "kind", "start", "end"),
    [
        ("2026-11-23", "working_day", date(2026, 11, 23), date(2026, 11, 24)),
        ("2026-W47", "week", date(2026, 11, 16), date(2026, 11, 23)),
        ("2026-W01", "week", date(2025, 12, 29), date(2026, 1, 5)),
        ("2026-W53", "week", date(2026, 12, 28), date(2027, 1, 4)),
        ("2026-02", "month", date(2026, 2, 1), date(2026, 3, 1)),
        ("2026-12", "month", date(2026, 12, 1), date(2027, 1, 1)),
        ("2017-Q4", "quarter", date(2017, 10, 1), date(2018, 1, 1)),
        ("2026-H2", "half_year", date(2026, 7, 1), date(2027, 1, 1)),
        ("2026", "year", date(2026, 1, 1), date(2027, 1, 1)),
    ],
)
def test_0_a_label_is_read_and_written_alike(label, kind, start, end) -> None:
    period = Period.read(label)
    assert (period.kind, period.start, period.end, str(period)) == (kind, start, end, label)
    assert period.last == end - timedelta(days=1)
    assert period.days == (end - start).days


@pytest.mark.parametrize(
    "label",
    ["2026-13", "2026-Q5", "2025-W53", "2026-H3", "2026-02-30", "26", "", "2026-Q4 ", "2026-W00"],
)
def test_0_what_is_no_period_is_refused_with_a_sentence(label: str) -> None:
    with pytest.raises(ValueError, match="is no period: write"):
        Period.read(label)


@settings(deadline=None)
@given(KINDS, DAYS)
def test_0_periods_of_a_kind_meet_without_gap_or_overlap(kind, day) -> None:
    period = Period.containing(kind, day)
    assert day in period
    assert period.start in period and period.end not in period
    assert Period.read(period.label) == period
    assert period.next().start == period.end
    assert period.next().previous() == period
    assert Period.containing(kind, period.last) == period


def test_0_bounds_are_half_open_by_the_clock_of_the_zone() -> None:
    begin, end = Period.read("2026-11").bounds(CHINA)
    assert begin.astimezone(UTC) == datetime(2026, 10, 31, 16, tzinfo=UTC)
    assert end.astimezone(UTC) == datetime(2026, 11, 30, 16, tzinfo=UTC)
    paulo = ZoneInfo("America/Sao_Paulo")  # there midnight of 4 November 2018 never was
    begin, end = Period.read("2018-11-04").bounds(paulo)
    assert begin.astimezone(UTC) == datetime(2018, 11, 4, 3, tzinfo=UTC)
    assert end.astimezone(UTC) - begin.astimezone(UTC) == timedelta(hours=23)


def labels(every, start, end, calendar) -> list[str]:
    return [period.label for period in periods(every, start, end, calendar)]


def test_0_periods_between_two_dates_include_those_cut_in_two(china: Calendar) -> None:
    start, end = date(2026, 9, 30), date(2026, 12, 1)
    assert labels("month", start, end, china) == ["2026-09", "2026-10", "2026-11"]
    assert labels("quarter", start, end, china) == ["2026-Q3", "2026-Q4"]
    assert labels("half_year", start, end, china) == ["2026-H2"]
    assert labels("week", date(2026, 12, 27), date(2026, 12, 29), china) == ["2026-W52", "2026-W53"]
    assert labels("year", start, start, china) == []


def test_1_3_6_working_days_skip_holidays_and_keep_make_up_days(china: Calendar) -> None:
    found = labels("working_day", date(2026, 9, 30), date(2026, 10, 12), china)
    assert found == ["2026-09-30", "2026-10-08", "2026-10-09", "2026-10-10"]


def test_0_periods_between_two_moments_know_the_zone(china: Calendar) -> None:
    """An end at midnight belongs to the period before it; a moment later to the next."""
    start = datetime(2026, 10, 31, 17, tzinfo=UTC)  # 1 November, 01:00 in China
    midnight = datetime(2026, 11, 30, 16, tzinfo=UTC)
    assert labels("month", start, midnight, china) == ["2026-11"]
    assert labels("month", start, midnight + timedelta(seconds=1), china) == ["2026-11", "2026-12"]
    assert labels("month", start, start, china) == []
    assert labels("month", start, start + timedelta(seconds=1), china) == ["2026-11"]
    assert labels("week", midnight, start, china) == []


def test_0_an_unknown_kind_of_period_is_refused(china: Calendar) -> None:
    with pytest.raises(ValueError, match="no kind of period"):
        Period.containing("decade", date(2026, 1, 1))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no kind of period"):
        list(periods("fortnight", date(2026, 1, 1), date(2026, 2, 1), china))  # type: ignore[arg-type]


def test_0_a_period_is_owed_when_half_of_it_was_left() -> None:
    """architecture 4: first and last period of what recurs."""
    half = Fraction(1, 2)
    april = Period.read("2026-04")
    assert share_left(april, date(2026, 4, 16)) == half
    assert share_left(april, date(2026, 4, 17)) < half
    assert share_left(april, date(2026, 3, 1)) == 1
    assert share_left(april, date(2026, 5, 1)) == 0
    assert share_left(Period.read("2026"), date(2026, 7, 3)) == Fraction(182, 365)


def test_0_periods_go_on_from_one_to_the_next() -> None:
    found = [period.label for period in islice(Period.read("2026-Q3").following(), 4)]
    assert found == ["2026-Q3", "2026-Q4", "2027-Q1", "2027-Q2"]


@settings(deadline=None)
@given(DAYS, st.integers(-60, 60))
def test_0_months_are_added_by_the_calendar_and_end_with_short_months(day, months) -> None:
    later = add_months(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or ((later + timedelta(days=1)).day == 1 and later.day < day.day)


def test_0_periods_run_up_to_the_calendars_very_end(china: Calendar) -> None:
    assert labels("month", date(2035, 12, 5), date(2036, 1, 1), china) == ["2035-12"]
    assert labels("working_day", date(2035, 12, 31), date(2036, 1, 1), china) == ["2035-12-31"]
