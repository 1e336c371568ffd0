"""Clauses 0.1 to 0.4: what holds for every moment, span, leave and pause."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from zhangfa.rules.calendars import build_calendar
from zhangfa.rules.clock import Calendar, Span, deadline_after, deadline_before
from zhangfa.rules.terms import UNITS

ZERO = timedelta()


@cache
def calendar(name: str) -> Calendar:
    known = date(2026, 12, 31)
    house = ["09:00-12:00", "13:30-18:00"]
    if name == "china":
        return build_calendar("CN", "Asia/Shanghai", house, range(1, 6), known)
    night = ["00:00-02:30", "05:00-09:00", "22:15-24:00"]
    return build_calendar(None, name, night, range(1, 8), known)


CALENDARS = st.sampled_from(["china", "Europe/Berlin", "America/New_York"]).map(calendar)
MOMENTS = st.datetimes(
    datetime(2018, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)
)  # to the microsecond
LENGTHS = st.timedeltas(ZERO, timedelta(hours=200))
SPANS = st.builds(Span, st.integers(0, 20), st.sampled_from(UNITS))


@st.composite
def stretches(draw: st.DrawFn, start: datetime) -> list[tuple[datetime, datetime]]:
    hour = timedelta(hours=1)
    pairs = st.tuples(st.integers(-48, 300), st.integers(0, 60))
    return [
        (start + a * hour, start + (a + b) * hour) for a, b in draw(st.lists(pairs, max_size=3))
    ]


MODES = st.sampled_from(["end_of_day", "working_hours"])
LATE = st.sampled_from(["next_opening", "same_day"])


@settings(deadline=None)
@given(CALENDARS, MOMENTS, LENGTHS)
def test_0_1_what_was_added_has_been_worked(calendar, moment, length) -> None:
    end = calendar.add_working(moment, length)
    assert calendar.working_between(moment, end) == length
    assert calendar.working_between(end, moment) == -length
    back = calendar.add_working(end, -length)
    assert calendar.working_between(back, end) == length


@settings(deadline=None)
@given(CALENDARS, MOMENTS, LENGTHS)
def test_0_1_it_is_the_earliest_such_moment_and_back_the_latest(calendar, moment, length) -> None:
    instant = timedelta(microseconds=1)
    if length:
        end = calendar.add_working(moment, length).astimezone(UTC)
        assert calendar.working_between(moment, end - instant) < length
        begin = calendar.add_working(moment, -length).astimezone(UTC)
        assert calendar.working_between(begin + instant, moment) < length


@settings(deadline=None)
@given(CALENDARS, MOMENTS, MOMENTS, MOMENTS)
def test_0_1_working_time_adds_up(calendar, a, b, c) -> None:
    between = calendar.working_between
    assert between(a, b) + between(b, c) == between(a, c)


@settings(deadline=None)
@given(CALENDARS, MOMENTS)
def test_0_1_the_next_open_moment_is_open_with_nothing_worked_before(calendar, moment) -> None:
    found = calendar.next_open(moment)
    assert calendar.is_open(found)
    assert calendar.working_between(moment, found) == ZERO
    assert found.astimezone(UTC) >= moment


@settings(deadline=None)
@given(CALENDARS, MOMENTS, st.data())
def test_0_1_leave_takes_exactly_its_working_time(calendar, moment, data) -> None:
    away = data.draw(stretches(moment))[:1]
    person = calendar.without(away)
    begin, end = moment - timedelta(days=30), moment + timedelta(days=30)
    taken = sum((calendar.working_between(a, b) for a, b in away), ZERO)
    assert person.working_between(begin, end) == calendar.working_between(begin, end) - taken


@settings(deadline=None)
@given(CALENDARS, MOMENTS, SPANS, MODES, LATE, st.data())
def test_0_4_pauses_never_bring_a_deadline_forward(cal, start, span, mode, late, data) -> None:
    pauses = data.draw(stretches(start))
    plain = deadline_after(start, span, cal, (), mode, late)
    paused = deadline_after(start, span, cal, pauses, mode, late)
    assert start <= plain.at.astimezone(UTC) <= paused.at.astimezone(UTC)
    assert paused.provisional >= plain.provisional
    if all(a >= plain.at or b <= start for a, b in pauses):
        assert paused.at == plain.at
    for a, b in pauses:
        assert not max(a, start) < paused.at.astimezone(UTC) < b, "never due inside a pause"


@settings(deadline=None)
@given(CALENDARS, MOMENTS, st.timedeltas(ZERO, timedelta(days=9)), SPANS, MODES, LATE)
def test_0_3_who_starts_later_is_never_due_earlier(cal, start, more, span, mode, late) -> None:
    first = deadline_after(start, span, cal, (), mode, late)
    second = deadline_after(start + more, span, cal, (), mode, late)
    assert first.at.astimezone(UTC) <= second.at.astimezone(UTC)


@settings(deadline=None)
@given(CALENDARS, MOMENTS, SPANS, MODES, LATE)
def test_0_3_more_time_is_never_due_earlier(cal, start, span, mode, late) -> None:
    more = Span(span.amount + 1, span.unit)
    first, second = (deadline_after(start, each, cal, (), mode, late) for each in (span, more))
    assert first.at.astimezone(UTC) <= second.at.astimezone(UTC)


@settings(deadline=None)
@given(CALENDARS, MOMENTS, SPANS, MODES, LATE, st.data())
def test_0_3_the_path_leads_to_the_deadline(cal, start, span, mode, late, data) -> None:
    pauses = data.draw(stretches(start))
    found = deadline_after(start, span, cal, pauses, mode, late)
    path = found.path
    assert path[0].key == "opened" and path[0].moment.astimezone(UTC) == start
    assert path[-1].key == "due" and path[-1].moment == found.at
    keys = [step.key for step in path]
    if span.unit == "working_days" and mode == "end_of_day":
        assert keys.count("counted") == max(span.amount, 1)
    elif span.unit == "working_hours":
        worked = sum((s.detail["worked"] for s in path if s.key == "worked"), ZERO)
        assert worked == timedelta(hours=span.amount)
    elif span.elapsed is not None:
        added = sum((s.detail["added"] for s in path if s.key == "paused"), ZERO)
        assert found.at.astimezone(UTC) == start + span.elapsed + added
    assert len(found.explain().splitlines()) == len(path) + found.provisional


@settings(deadline=None)
@given(CALENDARS, MOMENTS, SPANS)
def test_0_3_days_end_at_closing_time_of_a_working_day(cal, start, span) -> None:
    if span.unit in ("working_days", "days", "weeks", "months"):
        after, before = deadline_after(start, span, cal), deadline_before(start, span, cal)
        for found in (after, before):
            due_day = found.path[-2].detail.get("day") or cal.day(found.at)
            assert found.at.astimezone(UTC) in {
                cal.closes(day).astimezone(UTC)
                for day in (cal.day(found.at), cal.day(found.at) - timedelta(days=1), due_day)
                if cal.is_workday(day)
            }


@settings(deadline=None)
@given(CALENDARS, MOMENTS, SPANS)
def test_0_3_a_deadline_before_a_moment_does_not_come_after_its_day(cal, moment, span) -> None:
    found = deadline_before(moment, span, cal)
    assert cal.day(found.at - timedelta(microseconds=1)) <= cal.day(moment)


def test_0_3_moments_compare_by_what_they_are_not_by_what_the_wall_shows() -> None:
    """Twice 02:30 in Berlin, an hour apart: the deadline lies between the two."""
    berlin = ZoneInfo("Europe/Berlin")
    cal = calendar("Europe/Berlin")
    start = datetime(2026, 10, 25, 1, 45, tzinfo=berlin)
    found = deadline_after(start, Span(1, "hours"), cal)
    assert found.in_time(datetime(2026, 10, 25, 2, 30, tzinfo=berlin))
    assert not found.in_time(datetime(2026, 10, 25, 2, 30, tzinfo=berlin, fold=1))
