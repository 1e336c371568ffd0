"""The words in which a policy speaks of time: spans, deadlines and periods.

A term is a value: it knows no calendar and reads no clock. How a span is counted on a
working calendar stands in ``clock``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import Literal, NamedTuple, get_args
from zoneinfo import ZoneInfo

Unit = Literal["minutes", "hours", "working_hours", "working_days", "days", "weeks", "months"]
Every = Literal["working_day", "week", "month", "quarter", "half_year", "year"]

UNITS: tuple[Unit, ...] = get_args(Unit)
EVERY: tuple[Every, ...] = get_args(Every)
ELAPSED: Mapping[str, timedelta] = {
    "minutes": timedelta(minutes=1),
    "hours": timedelta(hours=1),
}


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time the policy grants, such as "48 hours" or "2 working_days" (0.3)."""

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise ValueError(f"“{self.unit}” is no unit of time; known are {', '.join(UNITS)}")
        if self.amount < 0:
            raise ValueError(f"a span of time cannot be negative: {self.amount} {self.unit}")

    @classmethod
    def read(cls, text: str) -> Span:
        """Read "2 working_days"; the singular "1 hour" is understood too.

        Raises ValueError with a sentence when it is not a whole number and a unit.
        """
        found = re.fullmatch(r"\s*([0-9]+)\s+([a-z_]+)\s*", text)
        unit = found[2] if found else ""
        unit = unit if unit in UNITS else unit + "s"
        if found is None or unit not in UNITS:
            raise ValueError(
                f"“{text}” is not a span of time: "
                f"write a whole number and one of {', '.join(UNITS)}, such as “2 working_days”"
            )
        return cls(int(found[1]), unit)

    @property
    def elapsed(self) -> timedelta | None:
        """The span as plain elapsed time, or None where a calendar is needed."""
        one = ELAPSED.get(self.unit)
        return None if one is None else one * self.amount

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}"


class Step(NamedTuple):
    """One step of counting towards a deadline, for a person to read.

    Keys and what ``detail`` holds:

    ``opened``            the start, or for a deadline before a date that date; {}
    ``moved_to_opening``  counting begins at the next opening; {reason, day}
    ``added``             elapsed time or calendar days; {amount, unit}, and {day} for days
    ``subtracted``        the same before a date
    ``counted``           a working day that counts; {day, number, kind}
    ``worked``            working time used up on a day; {day, worked}
    ``skipped``           a day that does not count; {day, reason}
    ``paused``            the clock stood still; {until, added}: time or a number of days
    ``due``               the deadline; {day}

    Reasons are "weekend", "holiday", "leave", "paused", "after_closing"; kinds are "working"
    and "make_up" (a working day on a weekend).
    """

    key: str
    moment: datetime
    detail: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last moment that is in time, and how it was counted.

    ``provisional``: the count went past the day until which the official calendar is
    published, so it may move when the next notice is entered (0.2).
    """

    at: datetime
    provisional: bool = False
    path: tuple[Step, ...] = ()

    def in_time(self, moment: datetime) -> bool:
        """Whether something done at this moment is in time; exactly at the deadline is."""
        return in_utc(moment) <= in_utc(self.at)

    def explain(self) -> str:
        """The path in plain English, a line a step, for the command line and for logs."""
        lines = [f"{step.moment:%a %Y-%m-%d %H:%M}  {_sentence(step)}" for step in self.path]
        if self.provisional:
            lines.append("provisional: the official calendar is not published that far")
        return "\n".join(lines)


def _sentence(step: Step) -> str:
    detail = step.detail
    match step.key:
        case "moved_to_opening":
            return f"counting begins at this opening ({detail['reason']})"
        case "added" | "subtracted":
            after = "later" if step.key == "added" else "earlier"
            return f"{detail['amount']} {detail['unit']} {after}"
        case "counted":
            made_up = " (make-up day)" if detail["kind"] == "make_up" else ""
            return f"working day {detail['number']}{made_up}"
        case "worked":
            return f"worked {detail['worked']}"
        case "skipped":
            return f"{detail['day']} does not count ({detail['reason']})"
        case "paused":
            return f"paused until {detail['until']:%Y-%m-%d %H:%M}, adds {detail['added']}"
    return step.key


def in_utc(moment: datetime) -> datetime:
    """The same moment in UTC, where moments compare and subtract exactly.

    Raises ValueError for a moment without a time zone.
    """
    if moment.tzinfo is None:
        raise ValueError(f"a moment needs a time zone: {moment.isoformat()}")
    return moment.astimezone(UTC)


def first_moment(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """The first moment at which the clock on the wall reaches a time of that day.

    Where the clock is set forward over that time, it is the moment of the change; where an hour
    is repeated, it is the first of the two.
    """
    before = datetime.combine(day, wall, tzinfo=zone)
    after = before.replace(fold=1)
    offset = after.utcoffset()
    if before.utcoffset() == offset or before.astimezone(UTC) < after.astimezone(UTC):
        return before
    low, high = after.astimezone(UTC), before.astimezone(UTC)
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // timedelta(seconds=2) * timedelta(seconds=1)
        if middle.astimezone(zone).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return high.astimezone(zone)


def add_months(day: date, months: int) -> date:
    """The same day of the month so many months on; 31 January + 1 month is the last of February."""
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return min(first + timedelta(days=day.day - 1), following - timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of whole days with a name: from ``start`` up to but not including ``end``."""

    kind: Every
    start: date
    end: date
    label: str

    @classmethod
    def containing(cls, kind: Every, day: date) -> Period:
        """The period of that kind in which a day lies; a week begins on Monday."""
        if kind not in EVERY:
            raise ValueError(f"“{kind}” is no kind of period; known are {', '.join(EVERY)}")
        if kind == "working_day":
            return cls(kind, day, day + timedelta(days=1), day.isoformat())
        if kind == "week":
            year, week, weekday = day.isocalendar()
            monday = day - timedelta(days=weekday - 1)
            return cls(kind, monday, monday + timedelta(days=7), f"{year}-W{week:02d}")
        months = MONTHS[kind]
        number = (day.month - 1) // months
        start = date(day.year, number * months + 1, 1)
        return cls(kind, start, add_months(start, months), _label(kind, day.year, number + 1))

    @classmethod
    def read(cls, label: str) -> Period:
        """Read "2026", "2026-H2", "2026-Q4", "2026-11", "2026-W47" or "2026-11-23".

        A single day is read as kind "working_day". Raises ValueError with a sentence.
        """
        for kind, form in FORMS.items():
            found = re.fullmatch(form, label, flags=re.ASCII)
            if found is None:
                continue
            try:
                return cls.containing(kind, _first_day(kind, *map(int, found.groups())))
            except ValueError:
                break
        raise ValueError(
            f"“{label}” is no period: write 2026, 2026-H2, 2026-Q4, 2026-11, 2026-W47 or 2026-11-23"
        )

    @property
    def last(self) -> date:
        """The last day inside."""
        return self.end - timedelta(days=1)

    @property
    def days(self) -> int:
        """How many calendar days it has."""
        return (self.end - self.start).days

    def next(self) -> Period:
        """The one after; for a working day simply the following day (``periods`` skips)."""
        return Period.containing(self.kind, self.end)

    def previous(self) -> Period:
        """The one before; for a working day simply the preceding day."""
        return Period.containing(self.kind, self.start - timedelta(days=1))

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """First moment inside and first moment after it (half-open), by the clock of a zone."""
        midnight = time.min
        return first_moment(self.start, midnight, zone), first_moment(self.end, midnight, zone)

    def following(self) -> Iterator[Period]:
        """This one and all after it, without end."""
        period = self
        while True:
            yield period
            period = period.next()

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    def __str__(self) -> str:
        return self.label


MONTHS: Mapping[str, int] = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
FORMS: Mapping[Every, str] = {
    "working_day": r"(\d{4})-(\d{2})-(\d{2})",
    "week": r"(\d{4})-W(\d{2})",
    "month": r"(\d{4})-(\d{2})",
    "quarter": r"(\d{4})-Q([1-4])",
    "half_year": r"(\d{4})-H([12])",
    "year": r"(\d{4})",
}


def _label(kind: Every, year: int, number: int) -> str:
    if kind == "year":
        return f"{year:04d}"
    mark = {"month": f"{number:02d}", "quarter": f"Q{number}", "half_year": f"H{number}"}
    return f"{year:04d}-{mark[kind]}"


def _first_day(kind: Every, year: int, number: int = 1, day: int = 1) -> date:
    if kind == "working_day":
        return date(year, number, day)
    if kind == "week":
        return date.fromisocalendar(year, number, 1)
    return date(year, (number - 1) * MONTHS[kind] + 1, 1)


def share_left(period: Period, day: date) -> Fraction:
    """How much of a period is left at the start of a day, in calendar days: exact, 0 to 1.

    A recurring duty that begins inside a period is owed for it when ``share_left >= 1/2``; a
    quota is owed in this proportion, rounded down by whoever asks.
    """
    left = (period.end - min(max(day, period.start), period.end)).days
    return Fraction(left, period.days)


def read_every(text: str) -> Every:
    """A kind of period by its name; raises ValueError with a sentence."""
    if text not in EVERY:
        raise ValueError(f"“{text}” is no kind of period; known are {', '.join(EVERY)}")
    return text
