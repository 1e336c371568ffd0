"""Windows that come back: one for each period between an opening and what ends the run."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import date, datetime

from .. import facts as f
from ..terms import in_utc, share_left
from .kind import Kind
from .single import taken_over
from .story import Moment, Story
from .terms import Book, Frame, Terms
from .verdict import Window

AHEAD = 1  # windows shown before their time, so that a desk can look ahead


def runs(kind: Kind, story: Story) -> Iterator[tuple[f.Fact, Moment | None]]:
    """Each opening with the moment its run ends. While one runs, another opening adds nothing."""
    ends = story.of(kind.ends)
    over: dict[str | None, Moment | None] = {}
    for fact in story.of(kind.opens).facts:
        role = getattr(fact.what, "role", None)
        moment = story.moment(fact)
        running = role in over and (over[role] is None or moment < over[role])  # type: ignore[operator]
        if running or not story.opens(kind, fact):
            continue
        later = zip(ends.facts, ends.moments, strict=True)
        over[role] = next(
            (
                end
                for each, end in later
                if end > moment and getattr(each.what, "role", None) == role
            ),
            None,
        )
        yield fact, over[role]


def every(
    kind: Kind, opening: f.Fact, ended: Moment | None, story: Story, now: datetime
) -> Iterator[Window]:
    """The windows of one run, up to the period of `now` and one more.

    Each is read under the edition of its first day; where an edition changes how often, the new
    periods begin with the first that starts on or after the next one of the old.
    """
    book = story.book
    day = opened_on = book.calendar.day(story.when[opening.id])
    given, ahead = Given(kind, opening, story), 0
    frame: Frame | None = None
    while True:
        terms = book.terms(kind, day)
        if not terms.owed:
            later = book.next_edition(day)
            if later is None or later > book.calendar.day(now):
                return
            day, frame = later, None
            continue
        if frame is None or frame.period.kind != terms.every:
            frame = _frame(terms, day, opened_on, book)
            if frame.period.start > day:
                day = frame.period.start
                continue
        if ended is not None and frame.starts >= ended[0]:
            return
        if frame.starts > now:
            ahead += 1
            if ahead > AHEAD:
                return
        yield from _windows(terms, opening, frame, given, ended, story)
        frame = book.frame(terms.every, frame.period.end)
        day = frame.period.start


def _frame(terms: Terms, day: date, opened_on: date, book: Book) -> Frame:
    """The period of the opening, or the first of a new length that starts on a day or after it."""
    found = book.frame(terms.every, day)
    if found.period.start < day != opened_on:
        found = book.frame(terms.every, found.period.end)
    return found


class Given:
    """What was done in a run, found by period or by moment."""

    def __init__(self, kind: Kind, opening: f.Fact, story: Story) -> None:
        closes = story.of(kind.closes)
        place = bisect_left(closes.moments, (story.when[opening.id], 0))
        self.facts, self.moments = closes.facts[place:], closes.moments[place:]
        self.named: dict[str, list[int]] | None = None
        if kind.same:
            self.named = {}
            for number, fact in enumerate(self.facts):
                self.named.setdefault(getattr(fact.what, kind.same), []).append(number)

    def fill(self, window: Window, frame: Frame) -> None:
        """Put what was done for a window into it: named for its period, or done in it.

        Where somebody took over, a period that lapses waits for as long as they have.
        """
        if self.named is not None:
            numbers = self.named.get(frame.period.label, [])
            done, moments = [self.facts[n] for n in numbers], [self.moments[n] for n in numbers]
        else:
            window.lapses_at = max(frame.ends, window.due)
            a = bisect_left(self.moments, (frame.starts, 0))
            b = bisect_left(self.moments, (in_utc(window.lapses_at), 0), a)
            done, moments = self.facts[a:b], self.moments[a:b]
        enough = len(done) >= window.wanted
        window.given = done[: window.wanted]
        window.met_at = moments[window.wanted - 1][0] if enough else None


def _windows(
    terms: Terms,
    opening: f.Fact,
    frame: Frame,
    given: Given,
    ended: Moment | None,
    story: Story,
) -> Iterator[Window]:
    """One period's window, or its parts for a staged quota; none if the run began too late."""
    owed = _owed(terms, opening, frame, story)
    if not owed:
        return
    begun, wanted = story.when[opening.id], terms.at_least
    missing, planned = wanted - owed, story.book.window(terms, frame)
    label = frame.period.label
    opens_at = frame.starts if frame.starts > begun else begun
    for place, (due, end) in enumerate(zip(planned.dues, planned.ends, strict=True)):
        stage = place + 1 if terms.staged else wanted
        needed = stage - missing
        if needed < 1:
            continue
        name = f"{label}/{stage}" if terms.staged else label
        window = Window(terms, opening, terms.read, opens_at, due.at, due.at, label=name)
        window.wanted, window.provisional = needed, due.provisional
        window.open_end = end if terms.due_time is None and terms.due_offset is None else None
        window.cancelled = ended[0] if ended else None
        given.fill(window, frame)
        if story.handovers and terms.kind.owed_by == "owner":
            taken_over(window, story)
            if window.due > due.at:
                given.fill(window, frame)
        yield window


def _owed(terms: Terms, opening: f.Fact, frame: Frame, story: Story) -> int:
    """How many are owed: all, or pro rata in the period in which the run began (1.4.9).

    One alone is owed when enough of the period is left; a day is not split: the first one owed is
    the one after. What is left is counted in calendar days, the day of the opening among them.
    """
    begun = story.when[opening.id]
    if begun <= frame.starts:
        return terms.at_least
    if terms.every == "working_day":
        return 0
    left = share_left(frame.period, story.book.calendar.day(begun))
    if terms.at_least > 1:
        return terms.quota(left)
    return int(left >= terms.first_share)
