"""Clause 0.1: working time, with lunch, holidays, make-up days, leave and zones."""

from __future__ import annotations

import pickle
import time as stopwatch
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest

from zhangfa.rules.calendars import build_calendar, official_days
from zhangfa.rules.clock import Calendar, OutsideCalendar, read_intervals
from zhangfa.rules.terms import first_moment

CHINA = ZoneInfo("Asia/Shanghai")
HOURS = ("09:00-12:00", "13:30-18:00")
WEEK = (1, 2, 3, 4, 5)
KNOWN = date(2026, 12, 31)


def at(text: str, zone: ZoneInfo = CHINA) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def hours(amount: float) -> timedelta:
    return timedelta(hours=amount)


@pytest.fixture(scope="module")
def china() -> Calendar:
    return build_calendar("CN", CHINA, HOURS, WEEK, KNOWN)


def test_0_1_every_day_of_nine_years_agrees_with_a_second_source(china: Calendar) -> None:
    first = date(2018, 1, 1).toordinal()
    days = [date.fromordinal(each) for each in range(first, date(2026, 12, 31).toordinal() + 1)]
    assert len(days) == 3287
    assert [day for day in days if china.is_workday(day) != chinese_calendar.is_workday(day)] == []


def test_0_1_the_official_tables_of_2018_to_2026_hold_nothing_else(china, shared_data) -> None:
    """Checked against the arrangement of each year as it was announced."""
    import json

    wrong, seen = [], 0
    for year in range(2018, 2027):
        table = json.loads((shared_data / "cn_calendar" / f"{year}.json").read_text())
        for entry in table["days"]:
            seen += 1
            if china.is_workday(date.fromisoformat(entry["date"])) == entry["isOffDay"]:
                wrong.append(entry)
    assert seen > 250
    assert wrong == []


def test_0_1_lunch_is_no_working_time(china: Calendar) -> None:
    assert china.working_between(at("2026-11-23 11:00"), at("2026-11-23 14:00")) == hours(1.5)
    assert china.add_working(at("2026-11-23 11:30"), hours(1)) == at("2026-11-23 14:00")
    assert china.add_working(at("2026-11-23 12:45"), hours(1)) == at("2026-11-23 14:30")
    assert not china.is_open(at("2026-11-23 12:00"))
    assert china.next_open(at("2026-11-23 12:00")) == at("2026-11-23 13:30")
    assert china.day_length == hours(7.5)


def test_0_1_time_that_ends_with_the_day_ends_that_evening_not_next_morning(china) -> None:
    assert china.add_working(at("2026-11-23 09:00"), hours(7.5)) == at("2026-11-23 18:00")
    assert china.add_working(at("2026-11-24 09:00"), hours(-7.5)) == at("2026-11-23 09:00")
    assert china.add_working(at("2026-11-23 20:00"), hours(0)) == at("2026-11-23 20:00")


def test_0_1_spring_festival_2026_is_off_and_its_make_up_days_are_worked(china) -> None:
    """Off 15 to 23 February; worked on Saturday 14 and Saturday 28 February."""
    off = [day for day in range(1, 29) if not china.is_workday(date(2026, 2, day))]
    assert off == [1, 7, 8, 15, 16, 17, 18, 19, 20, 21, 22, 23]
    assert china.kind(date(2026, 2, 14)) == "make_up"
    assert china.kind(date(2026, 2, 17)) == "holiday"
    assert china.kind(date(2026, 2, 7)) == "weekend"
    assert china.kind(date(2026, 2, 24)) == "working"
    assert china.add_working(at("2026-02-14 17:00"), hours(2)) == at("2026-02-24 10:00")


def test_0_1_working_days_are_counted_over_weekends_and_make_up_days(china: Calendar) -> None:
    friday = date(2026, 9, 18)
    assert china.workdays_after(friday, 1) == date(2026, 9, 20)  # a Sunday that is worked
    assert china.workdays_after(friday, 2) == date(2026, 9, 21)
    assert china.workdays_after(friday, 0) == friday
    assert china.workdays_after(date(2026, 9, 19), 0) == date(2026, 9, 20)
    assert china.workdays_after(date(2026, 9, 19), 1) == date(2026, 9, 20)
    assert china.workdays_after(date(2026, 10, 8), -1) == date(2026, 9, 30)
    assert china.workdays_after(date(2026, 10, 31), 3) == date(2026, 11, 4)  # working day 3
    assert china.workdays_between(date(2026, 2, 1), date(2026, 3, 1)) == 16
    assert china.workdays_between(date(2035, 12, 1), date(2036, 1, 1)) > 15


def test_0_1_overrides_win_over_the_official_days() -> None:
    own = {date(2026, 10, 2): True, date(2026, 10, 10): False, date(2026, 11, 23): False}
    calendar = build_calendar("CN", CHINA, HOURS, WEEK, KNOWN, overrides=own)
    assert {day: calendar.is_workday(day) for day in own} == own
    assert calendar.kind(date(2026, 11, 23)) == "holiday"
    assert calendar.version != build_calendar("CN", CHINA, HOURS, WEEK, KNOWN).version


def test_0_1_taiwan_and_hong_kong_have_their_own_days() -> None:
    taiwan = build_calendar("TW", "Asia/Taipei", HOURS, WEEK, KNOWN)
    assert taiwan.kind(date(2025, 2, 8)) == "make_up"
    assert taiwan.kind(date(2026, 10, 9)) == "holiday"  # 10 October falls on a Saturday
    assert taiwan.is_workday(date(2026, 10, 5))
    hongkong = build_calendar("HK", "Asia/Hong_Kong", HOURS, range(1, 7), KNOWN)
    assert hongkong.kind(date(2026, 7, 1)) == "holiday"
    assert hongkong.is_workday(date(2026, 10, 3))  # Saturdays are worked there by this policy
    assert set(official_days("HK", 2026, 2026).values()) == {False}
    with pytest.raises(ValueError, match="no calendar here"):
        build_calendar("XX", CHINA, HOURS, WEEK, KNOWN)


def test_0_1_leave_takes_time_away_and_a_whole_day_of_it_is_no_working_day(china) -> None:
    away = [
        (at("2026-11-23 13:00"), at("2026-11-24 18:00")),
        (at("2026-11-25 09:00"), at("2026-11-25 10:30")),
    ]
    alice = china.without(away)
    assert alice.is_workday(date(2026, 11, 23))
    assert alice.closes(date(2026, 11, 23)) == at("2026-11-23 12:00")
    assert alice.kind(date(2026, 11, 24)) == "leave"
    assert alice.opens(date(2026, 11, 25)) == at("2026-11-25 10:30")
    assert alice.add_working(at("2026-11-23 11:00"), hours(2)) == at("2026-11-25 11:30")
    assert china.is_workday(date(2026, 11, 24)), "the calendar itself stays as it was"
    assert alice.without([]) == alice
    assert china.without(away[:1]).without(away[1:]) == alice
    assert alice.version != china.version


def test_0_1_leave_that_ends_before_it_begins_is_refused(china: Calendar) -> None:
    with pytest.raises(ValueError, match="cannot end before it begins"):
        china.without([(at("2026-11-24 09:00"), at("2026-11-23 09:00"))])


def test_0_1_working_time_is_real_time_when_the_clock_is_changed() -> None:
    """A shift from 22:00 to 06:00 in Berlin: an hour less in March, an hour more in October."""
    berlin = ZoneInfo("Europe/Berlin")
    shift = (("00:00", "06:00"), ("22:00", "24:00"))
    calendar = build_calendar(None, berlin, shift, range(1, 8), KNOWN)
    spring = at("2026-03-28 22:00", berlin), at("2026-03-29 06:00", berlin)
    autumn = at("2026-10-24 22:00", berlin), at("2026-10-25 06:00", berlin)
    assert calendar.working_between(*spring) == hours(7)
    assert calendar.working_between(*autumn) == hours(9)
    assert calendar.add_working(spring[0], hours(7)) == spring[1]
    assert calendar.add_working(autumn[0], hours(9)).astimezone(UTC) == autumn[1].astimezone(UTC)


def test_0_1_a_time_the_clock_leaps_over_is_the_moment_of_the_leap() -> None:
    berlin, apia = ZoneInfo("Europe/Berlin"), ZoneInfo("Pacific/Apia")
    leap = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    for minute in (0, 1, 20, 59):
        assert first_moment(date(2026, 3, 29), time(2, minute), berlin).astimezone(UTC) == leap
    assert first_moment(date(2026, 3, 29), time(3), berlin).astimezone(UTC) == leap
    repeated = first_moment(date(2026, 10, 25), time(2, 30), berlin)
    assert repeated.astimezone(UTC) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    samoa = build_calendar(None, apia, HOURS, range(1, 8), KNOWN)
    assert not samoa.is_workday(date(2011, 12, 30)), "a day that never was cannot be worked"
    assert samoa.workdays_after(date(2011, 12, 29), 1) == date(2011, 12, 31)


def test_0_1_the_day_of_a_moment_is_the_day_on_the_calendars_wall(china: Calendar) -> None:
    """Moments come back from the database in UTC; working days must not slip by one."""
    late = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)  # Monday 01:00 in China
    assert china.day(late) == date(2026, 11, 23)
    assert china.add_working(late, hours(1)) == at("2026-11-23 10:00")


def test_0_1_moments_without_a_zone_and_outside_the_range_are_refused(china: Calendar) -> None:
    with pytest.raises(ValueError, match="needs a time zone"):
        china.add_working(datetime(2026, 11, 23, 9), hours(1))
    with pytest.raises(ValueError, match="needs a time zone"):
        china.day(datetime(2026, 11, 23, 9))
    with pytest.raises(OutsideCalendar, match="outside the working calendar"):
        china.working_between(at("1999-12-31 23:59"), at("2026-01-01 00:00"))
    with pytest.raises(OutsideCalendar, match="leaves the working calendar"):
        china.add_working(at("2035-12-31 17:00"), hours(2))
    with pytest.raises(OutsideCalendar, match="leaves the working calendar"):
        china.add_working(at("2000-01-01 17:00"), hours(-2))
    with pytest.raises(OutsideCalendar):
        china.is_workday(date(2036, 1, 1))
    with pytest.raises(ValueError, match="not a working day"):
        china.closes(date(2026, 10, 1))


@pytest.mark.parametrize(
    "given",
    [["12:00-09:00"], ["09:00-12:00", "11:00-18:00"], ["9 to 5"], [("09:00", "09:00")], []],
)
def test_0_1_hours_that_cannot_be_are_refused(given: list[str]) -> None:
    with pytest.raises(ValueError):
        build_calendar(None, CHINA, given, WEEK, KNOWN)


def test_0_1_hours_are_read_from_texts_and_times_alike() -> None:
    same = (time(9), time(12)), (time(13, 30), time(0))
    assert read_intervals(["09:00-12:00", "13:30 - 24:00"]) == same
    assert read_intervals([("09:00", time(12)), (time(13, 30), "24:00")]) == same


def test_0_1_weekdays_are_numbered_from_one() -> None:
    with pytest.raises(ValueError, match="from 1"):
        build_calendar(None, CHINA, HOURS, [0, 1], KNOWN)
    sunday = build_calendar(None, CHINA, HOURS, [7], KNOWN)
    assert sunday.is_workday(date(2026, 11, 22)) and not sunday.is_workday(date(2026, 11, 23))


def test_0_1_a_calendar_travels_and_is_the_same_by_what_defines_it(china: Calendar) -> None:
    again = pickle.loads(pickle.dumps(china))
    assert again == china and hash(again) == hash(china)
    assert again.closes(date(2026, 11, 23)) == at("2026-11-23 18:00")
    assert len(china.version) == 12 and china.version in repr(china)
    assert build_calendar("CN", CHINA, HOURS, WEEK, KNOWN) is china
    others = [
        build_calendar("CN", "Asia/Taipei", HOURS, WEEK, KNOWN),
        build_calendar("CN", CHINA, ["09:00-18:00"], WEEK, KNOWN),
        build_calendar("CN", CHINA, HOURS, range(1, 7), KNOWN),
        build_calendar("CN", CHINA, HOURS, WEEK, date(2027, 12, 31)),
        build_calendar("TW", CHINA, HOURS, WEEK, KNOWN),
    ]
    assert len({each.version for each in [china, *others]}) == 6


def test_0_1_thirty_six_years_are_built_in_a_blink(china: Calendar) -> None:
    begun = stopwatch.process_time()
    Calendar(
        CHINA, china.intervals, china.first, china.last, frozenset(WEEK), china.exceptions, KNOWN
    )
    assert stopwatch.process_time() - begun < 0.1
