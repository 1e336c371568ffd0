"""How the time a policy grants is counted: deadlines and periods on a working calendar.

Two kinds of time (0.3). Elapsed time runs day and night; working time runs while people work.
A clock stops while it waits for somebody else (0.4): those stops are the ``pauses``. Exactly at
a deadline is in time.

How each unit is counted from a start:

minutes, hours   elapsed time. The time of every pause that began before the deadline is added.
working_hours    working time. The working time of such pauses is added.
working_days     "end_of_day": until closing time of the n-th working day after the opening day,
                 the day of the start, which does not count itself. A start after closing time or
                 on a free day is taken for the next working day's opening
                 (``late_submission="next_opening"``), or its day stays the opening day
                 ("same_day"). A start at closing time is not after it. A day of which a pause
                 takes any working time, all or part, does not count, and the next one does
                 instead; a pause on the opening day itself costs nothing.
                 "working_hours": n times an ordinary day's length, as working time.
days, weeks,     closing time of the day so many days, weeks or months after the day of the start
months           (31 January + 1 month is the last of February); if that is no working day, the
                 next one. A calendar day touched by a pause does not count, and the due day is
                 never one of which a pause takes working time.

A deadline is reached once: a pause that begins at it or later changes nothing. A pause that is
still open lasts until ``now``, so the deadline moves on with every asking until the pause ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Literal

from zhangfa.rules import counting
from zhangfa.rules.hours import read_intervals
from zhangfa.rules.terms import (
    Deadline,
    Every,
    Period,
    Span,
    Step,
    in_utc,
    read_every,
    share_left,
)
from zhangfa.rules.timeline import OutsideCalendar
from zhangfa.rules.workdays import Calendar, Leave, merged

Pause = tuple[datetime, datetime | None]
WorkingDayMode = Literal["end_of_day", "working_hours"]
LateSubmission = Literal["next_opening", "same_day"]

DAY = timedelta(days=1)


def deadline_after(
    start: datetime,
    span: Span,
    calendar: Calendar,
    pauses: Iterable[Pause] = (),
    working_day_mode: WorkingDayMode = "end_of_day",
    late_submission: LateSubmission = "next_opening",
    now: datetime | None = None,
) -> Deadline:
    """The deadline a span after a start, by the clock of the calendar's zone (0.1 to 0.4).

    Elapsed spans never ask the calendar and are never provisional. Raises OutsideCalendar when
    the count leaves the calendar, ValueError for a moment without a zone or for a pause that
    is still open when ``now`` is not given.
    """
    check_modes(working_day_mode, late_submission)
    stops = closed_pauses(pauses, start, now)
    if span.elapsed is not None:
        return counting.elapsed(start, span, calendar, stops)
    if span.unit == "working_hours":
        return counting.working_time(start, timedelta(hours=span.amount), calendar, stops)
    if span.unit != "working_days":
        return counting.calendar_days(start, span, calendar, stops)
    if working_day_mode == "working_hours":
        length = span.amount * calendar.day_length
        return counting.working_time(start, length, calendar, stops)
    move = late_submission == "next_opening"
    return counting.working_days(start, span.amount, calendar, stops, move)


def check_modes(working_day_mode: str, late_submission: str) -> None:
    """Refuse, with ValueError, ways of counting that do not exist."""
    if working_day_mode not in ("end_of_day", "working_hours"):
        raise ValueError(f"“{working_day_mode}” is no way to count working days")
    if late_submission not in ("next_opening", "same_day"):
        raise ValueError(f"“{late_submission}” is no way to treat a late submission")


def closed_pauses(
    pauses: Iterable[Pause], start: datetime, now: datetime | None
) -> tuple[Leave, ...]:
    """Pauses as the clock sees them: from the start on, in order, apart, the open ones until now.

    Raises ValueError when one is open and ``now`` is not given, or ends before it begins.
    """
    begin = in_utc(start)
    stops = []
    for paused, resumed in pauses:
        if resumed is None and now is None:
            raise ValueError(f"the pause since {paused} is still open: say until when to count")
        since = max(in_utc(paused), begin)
        if resumed is not None:
            if in_utc(resumed) < in_utc(paused):
                raise ValueError(f"a pause cannot end before it begins: {paused} to {resumed}")
            stops.append((since, max(in_utc(resumed), since)))
        elif now is not None:
            stops.append((since, max(in_utc(now), since)))
    return merged(stops)


def deadline_before(moment: datetime | date, span: Span, calendar: Calendar) -> Deadline:
    """The deadline a span before a date that is known beforehand, such as a delivery (1.3.7).

    days, weeks, months   closing time of the day so many days before; if that is no working day,
                          of the last working day before it
    working_days          closing time of the n-th working day before the date
    minutes, hours        elapsed time before the moment, whatever the hour
    working_hours         the latest moment with so much working time left

    A bare date means its first moment. Raises OutsideCalendar, or ValueError without a zone.
    """
    if not isinstance(moment, datetime):
        moment = calendar.begins(moment)
    if span.elapsed is not None or span.unit == "working_hours":
        return counting.time_before(moment, span, calendar)
    return counting.days_before(moment, span, calendar)


def periods(
    every: Every, start: datetime | date, end: datetime | date, calendar: Calendar
) -> Iterator[Period]:
    """The periods of a kind that lie wholly or partly in [start, end), in order.

    "working_day" gives the calendar's working days only. A bare date means its first moment.
    """
    kind = read_every(every)
    begin, finish = (_moment(each, calendar) for each in (start, end))
    if begin >= finish:
        return
    until = calendar.day(finish)
    if in_utc(calendar.begins(until)) < finish:
        until += DAY
    for period in Period.containing(kind, calendar.day(begin)).following():
        if period.start >= until:
            return
        if kind != "working_day" or calendar.is_workday(period.start):
            yield period


def _moment(value: datetime | date, calendar: Calendar) -> datetime:
    return in_utc(value if isinstance(value, datetime) else calendar.begins(value))


__all__ = [
    "Calendar",
    "Deadline",
    "Every",
    "LateSubmission",
    "OutsideCalendar",
    "Pause",
    "Period",
    "Span",
    "Step",
    "WorkingDayMode",
    "deadline_after",
    "deadline_before",
    "periods",
    "read_intervals",
    "share_left",
]
