"""Obligations by the million: kinds of the shape "within" over whole columns of moments.

The story engine judges one record with everything that can happen to it. Here every row is one
window alone: opened, closed, perhaps paused or cancelled. The answers are the story engine's own
for such a story; a test holds the two together. It is for questions about many windows at once:
what-if over years of history, imports of simple kinds, looking for what has come due. Hand-overs,
waivers, agreed plans and closings made void are not known here.

Moments are whole seconds since 1970 (UTC) in int64 arrays; `NEVER` stands for what has not
happened.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..clock import Calendar
from ..columns import Column, Deadlines, Flags, Pauses, columns
from ..policy import Policy
from .kind import Kind
from .terms import Book, Terms, book_of

NEVER = np.iinfo(np.int64).max
OUTCOMES = ("open", "missed", "met", "late", "cancelled", "not_owed")
OPEN, MISSED, MET, LATE, CANCELLED, NOT_OWED = range(len(OUTCOMES))


class Judged(NamedTuple):
    """A row for each window. `outcome` is an index into `OUTCOMES`."""

    due: Column
    promised: Column
    outcome: NDArray[np.int8]
    provisional: Flags

    def counted(self) -> dict[str, int]:
        """How many windows came to each outcome."""
        found = np.bincount(self.outcome, minlength=len(OUTCOMES))
        return dict(zip(OUTCOMES, map(int, found), strict=True))


class Windows(NamedTuple):
    """Windows of one kind. `closed` and `cancelled` are NEVER where that has not happened; an end
    of a pause is NEVER while it lasts. `grades` are the customers' at the opening, for the kind
    that goes by them."""

    opened: Column
    closed: Column
    pauses: Pauses | None = None
    cancelled: Column | None = None
    grades: NDArray[np.str_] | None = None

    def some(self, rows: Column) -> Windows:
        """Some of the windows."""
        pauses, cancelled, grades = self.pauses, self.cancelled, self.grades
        return Windows(
            self.opened[rows],
            self.closed[rows],
            None if pauses is None else Pauses(pauses.begin[rows], pauses.end[rows]),
            None if cancelled is None else cancelled[rows],
            None if grades is None else grades[rows],
        )


def judge(kind: Kind, windows: Windows, policy: Policy, calendar: Calendar, now: int) -> Judged:
    """What became of each window, as seen at `now` (0.3 to 0.6).

    Raises ValueError for kinds of another shape, or without grades where the kind needs them;
    OutsideCalendar when a deadline leaves the calendar.
    """
    if kind.shape != "within":
        raise ValueError(f"{kind.key} is no window of a span after a moment")
    if kind.grades and windows.grades is None:
        raise ValueError(f"{kind.key} goes by the customer's grade: say it for each window")
    book = book_of(policy, calendar)
    groups = list(_alike(kind, windows, book))
    if len(groups) == 1:
        _, terms, grade = groups[0]
        return _judged(windows, terms, grade, calendar, now)
    whole = _empty(len(windows.opened))
    for rows, terms, grade in groups:
        part = _judged(windows.some(rows), terms, grade, calendar, now)
        whole.due[rows], whole.promised[rows] = part.due, part.promised
        whole.outcome[rows], whole.provisional[rows] = part.outcome, part.provisional
    return whole


def _empty(size: int) -> Judged:
    moments = np.zeros((2, size), np.int64)
    return Judged(moments[0], moments[1], np.zeros(size, np.int8), np.zeros(size, np.bool_))


def _alike(kind: Kind, windows: Windows, book: Book) -> Iterator[tuple[Column, Terms, str]]:
    """The windows that are read alike: of one edition, and one grade."""
    policy, calendar = book.policy, book.calendar
    starts = [edition.effective for edition in policy.editions]
    place = np.zeros(len(windows.opened), np.int64)
    if len(starts) > 1:
        ordinals = np.array([day.toordinal() for day in starts], np.int64)
        days = columns(calendar).day(windows.opened) + calendar.first.toordinal()
        place = np.maximum(np.searchsorted(ordinals, days, "right") - 1, 0)
    for edition in np.unique(place):
        terms = book.terms(kind, starts[edition])
        inside = place == edition
        if windows.grades is None or not kind.grades:
            yield np.flatnonzero(inside), terms, ""
            continue
        for grade in np.unique(windows.grades[inside]):
            yield np.flatnonzero(inside & (windows.grades == grade)), terms, str(grade)


def _judged(windows: Windows, terms: Terms, grade: str, calendar: Calendar, now: int) -> Judged:
    """Windows that are all read alike."""
    opened, closed = windows.opened, windows.closed
    if not terms.owed:
        nothing = np.full(opened.shape, NOT_OWED, np.int8)
        return Judged(opened, opened, nothing, np.zeros(opened.shape, np.bool_))
    counted, span = columns(calendar), terms.span(grade)
    promised = counted.deadline_after(opened, span, None, terms.mode)
    due: Deadlines = promised
    if windows.pauses is not None and terms.pausable:
        over = closed if windows.cancelled is None else np.minimum(closed, windows.cancelled)
        until = np.where(over == NEVER, now, over)[:, None]
        begin = np.minimum(windows.pauses.begin, until)
        stood = Pauses(begin, np.minimum(windows.pauses.end, until))
        due = counted.deadline_after(opened, span, stood, terms.mode)
    pending = np.where(now > due.at, MISSED, OPEN)
    outcome = np.where(closed == NEVER, pending, np.where(closed <= due.at, MET, LATE))
    if windows.cancelled is not None:
        still = np.where(windows.cancelled <= due.at, CANCELLED, pending)
        outcome = np.where(windows.cancelled < closed, still, outcome)
    return Judged(due.at, promised.at, outcome.astype(np.int8), due.provisional)
