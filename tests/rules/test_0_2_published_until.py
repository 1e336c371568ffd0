"""Clause 0.2: the official calendar is known only until a date, and grows by notices."""

from __future__ import annotations

import json
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from zhangfa.rules.calendars import build_calendar
from zhangfa.rules.clock import Calendar, Span, deadline_after, deadline_before
from zhangfa.rules.notices_cn import NotUnderstood, read_notice

CHINA = ZoneInfo("Asia/Shanghai")
WEEK = (1, 2, 3, 4, 5)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return build_calendar("CN", CHINA, ["09:00-18:00"], WEEK, date(2026, 12, 31))


@pytest.mark.parametrize(
    ("span", "provisional"),
    [
        ("1 working_days", False),  # Thursday 31 December
        ("2 working_days", True),
        ("12 working_hours", False),
        ("19 working_hours", True),
        ("1 days", False),
        ("2 days", True),  # 1 January is free, the next working day is not certain
        ("1 months", True),
        ("72 hours", False),  # elapsed time asks no calendar
        ("200 hours", False),
    ],
)
def test_0_2_a_count_past_the_published_calendar_is_provisional(
    calendar, span, provisional
) -> None:
    deadline = deadline_after(at("2026-12-30 10:00"), Span.read(span), calendar)
    assert deadline.provisional is provisional


def test_0_2_a_count_back_is_provisional_when_it_looks_at_unpublished_days(calendar) -> None:
    """The Saturday before the delivery is not published, though the deadline itself is."""
    back = deadline_before(date(2027, 1, 5), Span(3, "days"), calendar)
    assert (back.at, back.provisional) == (at("2026-12-31 18:00"), True)
    assert deadline_before(date(2027, 1, 5), Span(5, "days"), calendar).provisional is False
    assert deadline_before(date(2027, 1, 5), Span(1, "working_days"), calendar).provisional is True
    assert deadline_before(date(2027, 1, 1), Span(1, "working_days"), calendar).provisional is False


def test_0_2_entering_the_notice_moves_the_deadline_and_changes_the_version(calendar) -> None:
    notice = "2月5日（周五）至13日（周六）放假调休，共9天。2月14日（周日）上班。"
    days = read_notice(notice, 2027)
    later = build_calendar("CN", CHINA, ["09:00-18:00"], WEEK, date(2027, 12, 31), overrides=days)
    start, span = at("2027-02-04 10:00"), Span(2, "working_days")
    before, after = (deadline_after(start, span, each) for each in (calendar, later))
    assert before.provisional and not after.provisional
    assert after.at == at("2027-02-15 18:00")
    assert calendar.version != later.version


def test_0_2_the_real_notice_sentences_are_all_read(shared_data) -> None:
    cases = json.loads((shared_data / "cn_calendar" / "notice_sentences_to_dates.json").read_text())
    assert len(cases) == 49
    wrong = []
    for case in cases:
        expected = {date.fromisoformat(e["date"]): not e["isOffDay"] for e in case["expected"]}
        if read_notice(case["description"], case["year"]) != expected:
            wrong.append(case["description"])
    assert wrong == []


def test_0_2_a_stretch_with_make_up_days_is_read() -> None:
    found = read_notice("10月1日(周四)至3日(周六)放假调休，共3天。10月10日(周六)上班。", 2026)
    free = {date(2026, 10, day): False for day in (1, 2, 3)}
    assert found == {**free, date(2026, 10, 10): True}


def test_0_2_december_belongs_to_the_year_before_where_the_weekday_says_so() -> None:
    found = read_notice("1月1日至3日放假调休，共3天。12月28日（星期日）上班。", 2026)
    assert found[date(2025, 12, 28)] is True
    assert list(found) == [date(2025, 12, 28), *(date(2026, 1, day) for day in (1, 2, 3))]


def test_0_2_a_free_day_moved_elsewhere_is_worked_unless_it_is_a_holiday_itself() -> None:
    text = (
        "5月1日（星期五）公休日调至5月4日（星期一）。5月1日放假。5月9日（星期六）公休日调至5月5日。"
    )
    assert read_notice(text, 2026) == {
        date(2026, 5, 1): False,
        date(2026, 5, 4): False,
        date(2026, 5, 5): False,
        date(2026, 5, 9): True,
    }


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("2月4日（星期一）放假。", "weekday"),
        ("2月4日至10日放假，共8天。", "7 days"),
        ("2月30日放假。", "no date"),
        ("4日放假。", "month"),
        ("2月4日上班，2月4日放假。", "both"),
        ("延长假期至2月2日。", "not clear"),
        ("2月4日不上班。", "not clear"),
        ("2月10日至4日放假。", "no stretch"),
        ("祝大家节日快乐。", "no day"),
    ],
)
def test_0_2_what_is_not_certain_is_refused_with_the_reason(sentence: str, why: str) -> None:
    with pytest.raises(NotUnderstood, match=why):
        read_notice(sentence, 2026)
