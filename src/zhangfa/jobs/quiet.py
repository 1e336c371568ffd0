"""0.7 When nobody is reminded: outside working time and in the quiet hours of the policy."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from zhangfa.rules.clock import Calendar, OutsideCalendar
from zhangfa.rules.policy import Reading
from zhangfa.rules.terms import first_moment

DAY = timedelta(days=1)


def wakes_at(now: datetime, reading: Reading, calendar: Calendar) -> datetime:
    """The first moment from now on at which people may be reminded; `now` itself if they may.

    Past the years of the working calendar nothing is known of working time, and nobody waits.
    """
    quiet = (reading["quiet_hours.from"], reading["quiet_hours.until"])
    moment = now
    try:
        while True:
            if reading["quiet_hours.outside_working_time"]:
                moment = calendar.next_open(moment)
            over = _over(moment, quiet, calendar)
            if over == moment:
                return moment
            moment = over
    except OutsideCalendar:
        return now


def _over(moment: datetime, quiet: tuple[time, time], calendar: Calendar) -> datetime:
    """When the quiet hours that a moment lies in are over; the moment itself outside them."""
    begins, ends = quiet
    told = moment.astimezone(calendar.zone)
    at, day = told.time(), told.date()
    within = begins <= at < ends if begins <= ends else at >= begins or at < ends
    if not within:
        return moment
    return first_moment(day if at < ends else day + DAY, ends, calendar.zone)
