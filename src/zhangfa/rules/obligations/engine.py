"""What these facts make people owe: each window under the policy of the day it opens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time

from .. import facts as f
from ..clock import Calendar
from ..policy import Policy
from ..terms import first_moment
from . import recurring, single
from .kinds import OPENED_BY, Kind
from .obligation import Obligation
from .story import Story
from .terms import Book, book_of
from .verdict import Window, judged

SINGLE = {"within": single.within, "before": single.before, "quiet": single.quiet}


def derive(
    facts: Sequence[f.Fact], policy: Policy, calendar: Calendar, now: datetime
) -> list[Obligation]:
    """Every obligation that the facts of one story give rise to, in any order of the facts.

    Deterministic: the same facts give the same obligations, whatever their order. Recurring ones
    are given up to the window of `now` and one more. Raises OutsideCalendar when a deadline lies
    beyond the years that the calendar covers.
    """
    book = book_of(policy, calendar)
    story = Story(facts, book)
    own = personal_story(story, facts, book)
    opened = {kind: None for what in story.by_type for kind in OPENED_BY.get(what, ())}
    found = []
    for kind in opened:
        told = own if kind.owed_by == "person" else story
        found += [
            owed
            for window in _windows(kind, told, now)
            if (owed := judged(window, told)) is not None
        ]
    when = story.when
    found.sort(key=lambda owed: (when[owed.opening.id], owed.opening.id))
    return found


def _windows(kind: Kind, story: Story, now: datetime) -> Iterator[Window]:
    """What one kind demands in a story."""
    if kind.shape == "every":
        for opening, ended in recurring.runs(kind, story):
            yield from recurring.every(kind, opening, ended, story, now)
        return
    find = SINGLE[kind.shape]
    for opening in story.of(kind.opens).facts:
        if story.opens(kind, opening):
            yield from find(kind, opening, story, now)


def personal_story(story: Story, facts: Sequence[f.Fact], book: Book) -> Story:
    """The same story by the person's own calendar: their leave is no working time (0.1)."""
    zone = book.calendar.zone
    leave = [
        (first_moment(w.start, time.min, zone), first_moment(w.end, time.min, zone))
        for fact in story.by_type.get(f.LeaveTaken, ())
        if isinstance(w := fact.what, f.LeaveTaken)
    ]
    if not leave:
        return story
    return Story(facts, Book(book.policy, book.calendar.without(leave)))


def told(facts: Iterable[f.Fact]) -> dict[str, list[f.Fact]]:
    """Facts by their story."""
    stories: dict[str, list[f.Fact]] = {}
    for fact in facts:
        stories.setdefault(fact.story, []).append(fact)
    return stories
