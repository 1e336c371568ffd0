"""Clause 0.3: elapsed time, working time, and what "n working days" means."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from zhangfa.rules.calendars import build_calendar
from zhangfa.rules.clock import Calendar, OutsideCalendar, Span, deadline_after, deadline_before

CHINA = ZoneInfo("Asia/Shanghai")
WEEK = (1, 2, 3, 4, 5)
KNOWN = date(2026, 12, 31)


def at(text: str, zone: ZoneInfo = CHINA) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.fixture(scope="module")
def nine_to_six() -> Calendar:
    return build_calendar("CN", CHINA, ["09:00-18:00"], WEEK, KNOWN)


@pytest.fixture(scope="module")
def china() -> Calendar:
    return build_calendar("CN", CHINA, ["09:00-12:00", "13:30-18:00"], WEEK, KNOWN)


def due(start: str, span: str, calendar: Calendar, **how: str) -> datetime:
    return deadline_after(at(start), Span.read(span), calendar, **how).at  # type: ignore[arg-type]


def test_0_3_vector_11_two_working_days_over_the_national_holiday(nine_to_six: Calendar) -> None:
    """Handed in Wed 30 Sep 2026 15:00: Fri 9 Oct 18:00, or 15:00 as 18 working hours."""
    start = "2026-09-30 15:00"
    assert due(start, "2 working_days", nine_to_six) == at("2026-10-09 18:00")
    hours = due(start, "2 working_days", nine_to_six, working_day_mode="working_hours")
    assert hours == at("2026-10-09 15:00")
    assert due(start, "18 working_hours", nine_to_six) == at("2026-10-09 15:00")


@pytest.mark.parametrize(
    ("start", "next_opening", "same_day"),
    [
        ("2026-11-23 08:00", "2026-11-25 18:00", "2026-11-25 18:00"),  # before opening
        ("2026-11-23 12:30", "2026-11-25 18:00", "2026-11-25 18:00"),  # at lunch
        ("2026-11-23 18:00", "2026-11-25 18:00", "2026-11-25 18:00"),  # at closing, still in time
        ("2026-11-23 18:01", "2026-11-26 18:00", "2026-11-25 18:00"),  # after closing
        ("2026-11-21 10:00", "2026-11-25 18:00", "2026-11-24 18:00"),  # a Saturday
        ("2026-09-18 17:30", "2026-09-21 18:00", "2026-09-21 18:00"),  # Sunday 20 is worked
        ("2026-10-03 10:00", "2026-10-10 18:00", "2026-10-09 18:00"),  # in the holiday
    ],
)
def test_0_3_a_late_submission_counts_from_the_next_opening_or_from_its_day(
    china: Calendar, start: str, next_opening: str, same_day: str
) -> None:
    assert due(start, "2 working_days", china) == at(next_opening)
    assert due(start, "2 working_days", china, late_submission="same_day") == at(same_day)


def test_0_3_elapsed_hours_run_day_and_night_and_over_holidays(china: Calendar) -> None:
    """1.2.7, 1.4.3 to 1.4.5: 48 h, 1 h, 24 h, 72 h."""
    assert due("2026-09-30 17:00", "48 hours", china) == at("2026-10-02 17:00")
    assert due("2026-11-23 23:30", "1 hours", china) == at("2026-11-24 00:30")
    assert due("2026-11-20 17:00", "90 minutes", china) == at("2026-11-20 18:30")


def test_0_3_elapsed_hours_are_real_hours_when_the_clock_is_changed() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    calendar = build_calendar(None, berlin, ["09:00-17:00"], WEEK, KNOWN)
    start = at("2026-10-24 12:00", berlin)
    deadline = deadline_after(start, Span(24, "hours"), calendar)
    assert deadline.at.astimezone(UTC) == start.astimezone(UTC) + timedelta(hours=24)
    assert deadline.at.hour == 11
    wall = deadline_after(start, Span(3, "days"), calendar)
    assert wall.at == at("2026-10-27 17:00", berlin)


def test_0_3_working_hours_stop_at_lunch_and_at_night(china: Calendar) -> None:
    assert due("2026-11-23 11:00", "2 working_hours", china) == at("2026-11-23 14:30")
    assert due("2026-11-27 17:00", "2 working_hours", china) == at("2026-11-30 10:00")
    assert due("2026-11-28 12:00", "1 working_hours", china) == at("2026-11-30 10:00")


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ("7 days", "2026-11-30 18:00"),
        ("2 weeks", "2026-12-07 18:00"),
        ("5 days", "2026-11-30 18:00"),  # a Saturday moves on to Monday
        ("1 months", "2026-12-23 18:00"),
        ("0 days", "2026-11-23 18:00"),
    ],
)
def test_0_3_calendar_days_end_at_closing_time_of_a_working_day(china, span, expected) -> None:
    assert due("2026-11-23 10:00", span, china) == at(expected)


def test_0_3_a_month_from_the_31st_ends_with_the_month(china: Calendar) -> None:
    assert due("2026-03-31 10:00", "1 months", china) == at("2026-04-30 18:00")
    assert due("2027-11-30 10:00", "3 months", china) == at("2028-02-29 18:00")


def test_0_3_nothing_granted_is_due_the_same_day_or_the_next_if_that_is_over(china) -> None:
    assert due("2026-11-23 10:00", "0 working_days", china) == at("2026-11-23 18:00")
    assert due("2026-11-23 19:00", "0 working_days", china) == at("2026-11-24 18:00")
    assert due("2026-11-23 19:00", "0 days", china) == at("2026-11-24 18:00")
    late = due("2026-11-23 19:00", "0 working_days", china, late_submission="same_day")
    assert late == at("2026-11-24 18:00")


def test_0_3_exactly_at_the_deadline_is_in_time(china: Calendar) -> None:
    deadline = deadline_after(at("2026-11-23 10:00"), Span(2, "working_days"), china)
    assert deadline.in_time(datetime(2026, 11, 25, 10, 0, tzinfo=UTC))
    assert not deadline.in_time(datetime(2026, 11, 25, 10, 0, 0, 1, tzinfo=UTC))
    with pytest.raises(ValueError, match="time zone"):
        deadline.in_time(datetime(2026, 11, 25, 10, 0))


def test_0_3_a_moment_in_utc_and_the_same_moment_in_china_have_the_same_deadline(china) -> None:
    """Monday 00:30 in China is still Sunday in UTC."""
    here = at("2026-11-23 00:30")
    for span in ("2 working_days", "8 working_hours", "7 days", "48 hours"):
        one = deadline_after(here, Span.read(span), china)
        assert deadline_after(here.astimezone(UTC), Span.read(span), china) == one


def test_0_3_one_persons_leave_moves_one_persons_deadline(china: Calendar) -> None:
    alice = china.without([(at("2026-11-24 00:00"), at("2026-11-25 00:00"))])
    assert due("2026-11-23 10:00", "2 working_days", alice) == at("2026-11-26 18:00")
    assert due("2026-11-23 10:00", "2 working_days", china) == at("2026-11-25 18:00")


def test_1_3_7_three_days_before_the_delivery_moves_back_to_a_working_day(china: Calendar) -> None:
    def before(day: date, span: str) -> datetime:
        return deadline_before(day, Span.read(span), china).at

    assert before(date(2026, 11, 27), "3 days") == at("2026-11-24 18:00")
    assert before(date(2026, 11, 25), "3 days") == at("2026-11-20 18:00")  # a Sunday
    assert before(date(2026, 10, 9), "3 days") == at("2026-09-30 18:00")  # in the holiday
    assert before(date(2026, 9, 23), "3 days") == at("2026-09-20 18:00")  # a Sunday that is worked
    assert before(date(2026, 10, 9), "2 working_days") == at("2026-09-30 18:00")
    assert before(date(2026, 11, 22), "0 days") == at("2026-11-20 18:00")
    assert before(date(2026, 11, 22), "0 working_days") == at("2026-11-20 18:00")
    assert before(date(2026, 3, 31), "1 months") == at("2026-02-28 18:00")  # a Saturday, worked
    assert before(date(2026, 12, 7), "2 weeks") == at("2026-11-23 18:00")


def test_1_3_7_hours_before_a_moment_are_exact(china: Calendar) -> None:
    moment = at("2026-11-23 10:00")
    assert deadline_before(moment, Span(24, "hours"), china).at == at("2026-11-22 10:00")
    assert deadline_before(moment, Span(2, "working_hours"), china).at == at("2026-11-20 17:00")
    assert deadline_before(moment, Span(3, "days"), china).at == at("2026-11-20 18:00")


def test_0_3_the_path_says_how_each_day_counted(china: Calendar) -> None:
    deadline = deadline_after(at("2026-09-18 19:00"), Span(2, "working_days"), china)
    told = [(step.key, step.moment.isoformat()[:16], dict(step.detail)) for step in deadline.path]
    assert told == [
        ("opened", "2026-09-18T19:00", {}),
        (
            "moved_to_opening",
            "2026-09-20T09:00",
            {"day": date(2026, 9, 20), "reason": "after_closing"},
        ),
        (
            "counted",
            "2026-09-21T18:00",
            {"day": date(2026, 9, 21), "number": 1, "kind": "working"},
        ),
        (
            "counted",
            "2026-09-22T18:00",
            {"day": date(2026, 9, 22), "number": 2, "kind": "working"},
        ),
        ("due", "2026-09-22T18:00", {"day": date(2026, 9, 22)}),
    ]


def test_0_3_the_path_gives_the_reason_for_each_day_skipped(china: Calendar) -> None:
    alice = china.without([(at("2026-09-30 00:00"), at("2026-10-01 00:00"))])
    deadline = deadline_after(at("2026-09-26 10:00"), Span(4, "working_days"), alice)
    told = [(s.key, s.detail.get("reason") or s.detail.get("number")) for s in deadline.path[1:-1]]
    assert told[:4] == [
        ("moved_to_opening", "weekend"),
        ("counted", 1),
        ("skipped", "leave"),
        ("skipped", "holiday"),
    ]
    assert told[-3:] == [("counted", 2), ("counted", 3), ("counted", 4)]
    make_up = deadline_after(at("2026-09-18 10:00"), Span(1, "working_days"), china).path[-2]
    assert make_up.detail["kind"] == "make_up"


def test_0_3_the_path_of_working_hours_gives_the_time_of_each_day(china: Calendar) -> None:
    deadline = deadline_after(at("2026-11-27 17:00"), Span(9, "working_hours"), china)
    worked = [(s.detail["day"], s.detail["worked"]) for s in deadline.path if s.key == "worked"]
    hour = timedelta(hours=1)
    assert worked == [
        (date(2026, 11, 27), hour),
        (date(2026, 11, 30), 7.5 * hour),
        (date(2026, 12, 1), 0.5 * hour),
    ]


def test_0_3_the_path_reads_as_plain_english(china: Calendar) -> None:
    text = deadline_after(at("2026-12-31 19:00"), Span(1, "working_days"), china).explain()
    assert text.splitlines() == [
        "Thu 2026-12-31 19:00  opened",
        "Mon 2027-01-04 09:00  counting begins at this opening (after_closing)",
        "Tue 2027-01-05 18:00  working day 1",
        "Tue 2027-01-05 18:00  due",
        "provisional: the official calendar is not published that far",
    ]


def test_0_3_a_count_that_leaves_the_calendar_and_unknown_ways_are_refused(china: Calendar) -> None:
    last = at("2035-12-31 10:00")
    for span in ("2 working_days", "20 working_hours", "2 days", "1 months"):
        with pytest.raises(OutsideCalendar):
            deadline_after(last, Span.read(span), china)
    assert deadline_after(last, Span(48, "hours"), china).at == at("2036-01-02 10:00")
    with pytest.raises(OutsideCalendar):
        deadline_before(date(2000, 1, 3), Span(5, "working_days"), china)
    with pytest.raises(ValueError, match="no way to count"):
        due("2026-11-23 10:00", "1 working_days", china, working_day_mode="half")
    with pytest.raises(ValueError, match="late submission"):
        due("2026-11-23 10:00", "1 working_days", china, late_submission="never")


@pytest.mark.parametrize("text", ["48 hours", "2 working_days", "1 months", "0 days"])
def test_0_3_a_span_reads_as_it_is_written(text: str) -> None:
    assert str(Span.read(text)) == text


def test_0_3_the_singular_is_understood() -> None:
    assert Span.read("1 hour") == Span(1, "hours")
    assert Span(36, "hours").elapsed == timedelta(hours=36)
    assert Span(2, "days").elapsed is None


@pytest.mark.parametrize(
    "text", ["", "two days", "2", "2 fortnights", "-1 days", "1.5 hours", "2days"]
)
def test_0_3_what_is_no_span_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match="is not a span of time: write"):
        Span.read(text)


def test_0_3_a_span_cannot_be_negative_or_of_an_unknown_unit() -> None:
    with pytest.raises(ValueError, match="negative"):
        Span(-1, "days")
    with pytest.raises(ValueError, match="no unit"):
        Span(1, "years")  # type: ignore[arg-type]
