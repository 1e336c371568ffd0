"""Windows that open once: within a span of a fact, before a date it carries, after a silence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from .. import facts as f
from ..clock import Pause, Span, deadline_before
from ..terms import in_utc
from .due import Due, time_of
from .kind import Kind
from .story import Story
from .terms import Book, Terms
from .verdict import Window, settled

NO_TIME = timedelta()


def within(kind: Kind, opening: f.Fact, story: Story, now: datetime) -> Iterator[Window]:
    """A span from the opening: longer by the time its clock stood, or as was agreed instead."""
    book, (opens_at, _) = story.book, story.moment(opening)
    terms = book.terms(kind, book.calendar.day(opens_at))
    if not terms.owed:
        return
    grade = story.grade_at(story.moment(opening)) if kind.grades else ""
    span = terms.span(grade)
    closing = story.closing(kind, opening, terms)
    met_at = story.when[closing.id] if closing else None
    promised, provisional = book.counter.after(opens_at, span, terms.mode)
    window = Window(terms, opening, terms.keys(grade), opens_at, promised, promised)
    window.provisional = provisional
    window.given, window.met_at = (closing,) if closing else (), met_at
    if kind.cancels:
        window.cancelled = story.cancelled(kind, opening)
    if stops := story.pauses(kind, terms):
        _stopped(window, span, stops, story, settled(window, story, now))
    if kind.agreed:
        _agreed(window, span, stops, story, settled(window, story, now))
    if story.handovers and kind.owed_by == "owner":
        taken_over(window, story, span=span)
    yield window


def _stopped(window: Window, span: Span, stops: list[Pause], story: Story, until: datetime) -> None:
    """The clock stood: the rest of the time is counted from when it went on, or from `until`."""
    terms = window.terms
    if told := until_then(stops, window.opens_at, until):
        window.due, window.provisional = story.book.counter.after(
            window.opens_at, span, terms.mode, told
        )
        counted = [stop for stop in told if stop[0] < window.due]  # from then on it is too late
        window.paused = time_of(counted, window.opens_at, until).total_seconds()
    window.stopped = window.met_at is None and _stands(stops, until, window.due)


def _stands(stops: list[Pause], until: datetime, due: datetime) -> bool:
    """Whether the clock was stopped in time and has not gone on."""
    return any(end is None and begin <= until and begin < due for begin, end in stops)


def until_then(stops: list[Pause], since: datetime, until: datetime) -> list[Pause]:
    """The stops between two moments; those still open last until the second."""
    told: list[Pause] = []
    for begin, end in stops:
        last = until if end is None else min(end, until)
        if begin < until and last > since:
            told.append((begin, last))
    return told


def _agreed(window: Window, span: Span, stops: list[Pause], story: Story, until: datetime) -> None:
    """A plan agreed before the time was over takes its place (1.4.6); later stops extend it."""
    kind, count = window.terms.kind, story.book.counter.after
    plans = story.of(kind.agreed)
    agreed: datetime | None = None
    since = window.opens_at
    for plan in plans.facts[plans.place_after(story.moment(window.opening)) :]:
        when, due = story.when[plan.id], getattr(plan.what, "due", None)
        if due is None or when > until:
            continue
        told = until_then(stops, since, when)
        if agreed is None:
            running = count(since, span, window.terms.mode, told)[0]
        else:
            running = agreed + time_of(told, since, when)
        if when <= running:
            agreed, since = due, when
    if agreed is not None:
        window.due = agreed + time_of(until_then(stops, since, until), since, until)
        window.provisional = False


def taken_over(
    window: Window, story: Story, span: Span | None = None, until: datetime | None = None
) -> None:
    """Who takes over an open window has some days for it (handover.grace).

    Never more than the window itself gave (`span`), and never past a date (`until`): an issue
    handed on keeps its one hour.
    """
    counter, terms = story.book.counter, window.terms
    for change in story.handovers:
        when = story.when[change.id]
        if not window.opens_at < when < window.due or (window.met_at and window.met_at <= when):
            continue
        grace = counter.after(when, terms.grace, "end_of_day")
        if span is not None:
            grace = min(grace, counter.after(when, span, terms.mode))
        if until is not None:
            grace = min(grace, (until, False))
        if grace[0] > window.due:
            window.due, window.provisional = grace
            window.open_end = None


def before(kind: Kind, opening: f.Fact, story: Story, now: datetime) -> Iterator[Window]:
    """Counted back from the date that the opening carries."""
    book, (opens_at, _) = story.book, story.moment(opening)
    terms = book.terms(kind, book.calendar.day(opens_at))
    if not terms.owed:
        return
    closing = story.closing(kind, opening, terms)
    met_at = story.when[closing.id] if closing else None
    if met_at is not None and met_at < opens_at:
        return
    date = carried(opening.what)
    due, provisional = _counted_back(date, opens_at, terms, book)
    window = Window(terms, opening, terms.read, opens_at, due, due, provisional=provisional)
    window.given, window.met_at = (closing,) if closing else (), met_at
    if kind.cancels:
        window.cancelled = story.cancelled(kind, opening)
    if stops := story.pauses(kind, terms):
        until = settled(window, story, now)
        told = until_then(stops, opens_at, until)
        stood = time_of([stop for stop in told if stop[0] < due], opens_at, until)
        window.due, window.paused = due + stood, stood.total_seconds()
        window.stopped = met_at is None and _stands(stops, until, due)
    if story.handovers and kind.owed_by == "owner":
        taken_over(window, story, until=date)
    yield window


def carried(what: f.What) -> datetime:
    """The date in a fact that something is owed before."""
    moment: datetime = getattr(what, "on", None) or what.due  # type: ignore[attr-defined]
    return moment


def _counted_back(date: datetime, opens_at: datetime, terms: Terms, book: Book) -> Due:
    """At short notice some time from the opening, never past the date itself (1.3.7)."""
    span: Span = terms.before
    if not span.amount:
        return date, False
    due = deadline_before(date, span, book.calendar)
    if due.at >= opens_at:
        return due.at, due.provisional
    if terms.short_notice is None:
        return date, False
    soon = book.counter.after(opens_at, terms.short_notice, "end_of_day")
    return min(soon, (date, False)) if date > opens_at else soon


def quiet(kind: Kind, opening: f.Fact, story: Story, now: datetime) -> Iterator[Window]:
    """After a silence something is owed; a sign of life before makes it pointless.

    Under the edition of the day on which the silence began.
    """
    book, moment = story.book, story.moment(opening)
    terms = book.terms(kind, book.calendar.day(moment[0]))
    if not terms.owed:
        return
    starts, _ = book.counter.after(moment[0], terms.after, "end_of_day")
    sign = _next_sign(kind, opening, story)
    gone = story.cancelled(kind, opening)
    over = min((each for each in (sign, gone) if each is not None), default=None)
    if over is not None and over <= starts:
        return
    due, provisional = book.counter.after(starts, terms.within, terms.mode)
    window = Window(terms, opening, terms.read, starts, due, due, provisional=provisional)
    closes = story.of(kind.closes)
    place = closes.place_after((in_utc(starts), 0))
    if place < len(closes.facts):
        window.given = (closes.facts[place],)
        window.met_at = closes.moments[place][0]
    window.cancelled = over
    if story.handovers:
        taken_over(window, story, span=terms.within)
    yield window


def _next_sign(kind: Kind, opening: f.Fact, story: Story) -> datetime | None:
    signs = story.of(kind.opens)
    for fact in signs.facts[signs.place_after(story.moment(opening)) :]:
        if story.opens(kind, fact):
            return story.when[fact.id]
    return None
