"""What the policy says about each kind, and the windows of its calendar: read once, asked often."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from ..clock import Calendar, Deadline, Every, Period, Span, WorkingDayMode, deadline_after
from ..policy import Policy, Reading
from ..terms import in_utc
from .due import Counter
from .kind import Kind

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
ROUNDINGS = {"down": ROUND_FLOOR, "up": ROUND_CEILING, "half_up": ROUND_HALF_UP}


class Terms:
    """What one edition says about one kind; `owed` is whether it asks for it at all."""

    __slots__ = (
        "after",
        "at_least",
        "before",
        "due_offset",
        "due_time",
        "every",
        "first_share",
        "grace",
        "kind",
        "mode",
        "owed",
        "pausable",
        "read",
        "reading",
        "rounding",
        "set",
        "short_notice",
        "staged",
        "windows",
        "within",
    )

    def __init__(self, kind: Kind, reading: Reading) -> None:
        def said(term: str) -> Any:
            return reading.get(f"{kind.key}.{term}")

        self.kind, self.reading = kind, reading
        self.within, self.before, self.after = said("within"), said("before"), said("after")
        self.every: Every = said("every")
        self.at_least = int(said("at_least") or 1)
        self.staged = self.at_least > 1 and bool(said("staged"))
        self.due_offset: Span | None = said("due_offset")
        self.due_time: time | None = said("due_time")
        self.pausable = bool(said("pausable"))
        self.set = frozenset(said("set") or ())
        self.mode: WorkingDayMode = said("mode") or reading["working_days.mode"]
        self.grace: Span = reading["handover.grace"]
        self.short_notice: Span | None = reading.get("short_notice.within")
        self.first_share = Fraction(reading["period.first_owed_share"])
        self.rounding = ROUNDINGS[reading["period.quota_rounding"]]
        self.read = tuple(f"{kind.key}.{term}" for term in READ[kind.shape])
        self.owed = all(key in reading for key in self.read)
        self.windows: dict[date, Window] = {}

    def span(self, grade: str) -> Span:
        """The time granted, by the customer's grade where the kind goes by it."""
        within: Span = self.within[grade] if self.kind.grades else self.within
        return within

    def keys(self, grade: str) -> tuple[str, ...]:
        """The keys of the policy that an obligation of this grade rests on."""
        return (f"{self.kind.key}.within.{grade}",) if self.kind.grades else self.read

    def quota(self, left: Fraction) -> int:
        """How many of `at_least` are owed when this share of the period is left (1.4.9)."""
        part = self.at_least * left
        exact = Decimal(part.numerator) / Decimal(part.denominator)
        return int(exact.quantize(Decimal(1), self.rounding))


READ = {
    "within": ("within",),
    "before": ("before",),
    "every": ("every",),
    "quiet": ("after", "within"),
}


@dataclass(frozen=True, slots=True)
class Frame:
    """One period on the wall of a calendar: from `starts` up to but not including `ends`."""

    period: Period
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Window:
    """A period under one edition: the due moment of each of its stages, and where it ends."""

    frame: Frame
    dues: tuple[Deadline, ...]
    ends: tuple[datetime, ...]


class Book:
    """A policy and a calendar together, with everything they say kept once it is asked."""

    def __init__(self, policy: Policy, calendar: Calendar) -> None:
        self.policy, self.calendar = policy, calendar
        self.counter = Counter(calendar)
        self._days: dict[date, tuple[Reading, dict[str, Terms]]] = {}
        self._editions: dict[tuple[str, date], tuple[Reading, dict[str, Terms]]] = {}
        self._frames: dict[tuple[str, date], Frame] = {}

    def terms(self, kind: Kind, day: date) -> Terms:
        """What the edition of a day says about a kind (0.5)."""
        held = self._days.get(day)
        if held is None:
            reading = self.policy.on(day)
            edition = (reading.edition.key, reading.edition.effective)
            held = self._days[day] = self._editions.setdefault(edition, (reading, {}))
        terms = held[1].get(kind.key)
        if terms is None:
            terms = held[1][kind.key] = Terms(kind, held[0])
        return terms

    def next_edition(self, day: date) -> date | None:
        """The day on which the next edition after a day takes effect."""
        later = (each.effective for each in self.policy.editions if each.effective > day)
        return min(later, default=None)

    def noting_grace(self, day: date) -> Span:
        """How late a fact may be written down and still count at its own time."""
        grace: Span = self.policy.on(day)["late_noting.grace"]
        return grace

    def frame(self, every: Every, day: date) -> Frame:
        """The period of a kind in which a day lies; the next working day for a free one."""
        key = (every, day)
        found = self._frames.get(key)
        if found is None:
            if every == "working_day" and not self.calendar.is_workday(day):
                day = self.calendar.workdays_after(day, 1)
            period = Period.containing(every, day)
            found = self._frames.get((every, period.start))
            if found is None:
                starts, ends = (in_utc(moment) for moment in period.bounds(self.calendar.zone))
                found = self._frames[every, period.start] = Frame(period, starts, ends)
            self._frames[key] = found
        return found

    def window(self, terms: Terms, frame: Frame) -> Window:
        """The due moments of a period: one, or one for each stage of a staged quota."""
        found = terms.windows.get(frame.period.start)
        if found is None:
            found = terms.windows[frame.period.start] = self._window(terms, frame)
        return found

    def _window(self, terms: Terms, frame: Frame) -> Window:
        period, zone = frame.period, self.calendar.zone
        known = terms.every != "working_day" or self.calendar.published(period.start)
        if terms.due_offset is not None:
            last = datetime.combine(period.last, time.min, zone)
            due = deadline_after(last, terms.due_offset, self.calendar, late_submission="same_day")
            return Window(frame, (due,), (due.at,))
        if terms.due_time is not None:
            at = datetime.combine(period.start, terms.due_time, zone)
            return Window(frame, (Deadline(at, not known),), (at,))
        stages = range(1, terms.at_least + 1) if terms.staged else [terms.at_least]
        ends = [
            datetime.combine(part_end(period, n, terms.at_least), time.min, zone) for n in stages
        ]
        return Window(frame, tuple(Deadline(e - SECOND, not known) for e in ends), tuple(ends))


def part_end(period: Period, stage: int, wanted: int) -> date:
    """The first day after the stage-th of `wanted` equal parts, on a month's edge if it can be."""
    if stage >= wanted:
        return period.end
    if period.kind == "year" and 12 % wanted == 0:
        return date(period.start.year, 1 + 12 // wanted * stage, 1)
    return period.start + timedelta(days=period.days * stage // wanted)


KEPT = 8
_books: dict[tuple[int, int], Book] = {}


def book_of(policy: Policy, calendar: Calendar) -> Book:
    """The book of a policy and a calendar; the last few are kept, by identity."""
    key = (id(policy), id(calendar))
    book = _books.get(key)
    if book is None:
        while len(_books) >= KEPT:
            _books.pop(next(iter(list(_books))), None)
        book = _books[key] = Book(policy, calendar)
    return book
