"""0.3, 0.4, 0.5 How a deadline came about, step by step, for the people it binds.

The engine derives what is owed without the path of its counting; here the clock is asked for it,
for one obligation, and ends, as the tests hold, at the same moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time

from zhangfa.rules import facts
from zhangfa.rules.clock import Calendar, Pause, deadline_after, deadline_before
from zhangfa.rules.obligations import Obligation
from zhangfa.rules.obligations.engine import personal_story
from zhangfa.rules.obligations.single import carried, until_then
from zhangfa.rules.obligations.story import Story
from zhangfa.rules.obligations.terms import Terms, book_of
from zhangfa.rules.policy import Policy
from zhangfa.rules.terms import Deadline, Period, Span, in_utc


@dataclass(frozen=True)
class Count:
    """One counting: the parameter that says how long, and the path from start to end."""

    key: str
    span: Span | None
    deadline: Deadline


@dataclass(frozen=True)
class Reckoning:
    """All countings that led to a deadline; `due` is the one that counts.

    `period` is set for what recurs, `stops` are the moments the clock stopped with the key of the
    reason, `handed` is the moment of the handover that gave some days of grace.
    """

    counts: tuple[Count, ...]
    due: datetime
    promised: datetime
    period: Period | None = None
    stops: tuple[tuple[Pause, str], ...] = ()
    handed: datetime | None = None

    @property
    def counted(self) -> datetime | None:
        """Where the counting ended."""
        return self.counts[-1].deadline.at if self.counts else None


def reckon(
    owed: Obligation,
    told: Sequence[facts.Fact],
    policy: Policy,
    calendar: Calendar,
    now: datetime,
) -> Reckoning:
    """The reckoning of one obligation that `told`, the facts of its story, give rise to."""
    kind = owed.kind
    story = Story(told, book_of(policy, calendar))
    if kind.owed_by == "person":
        story = personal_story(story, told, story.book)
    calendar, begun = story.book.calendar, story.when[owed.opening.id]
    terms = story.book.terms(kind, calendar.day(begun))
    until = owed.met_at or now
    period, stops = None, ()
    if kind.shape == "quiet":
        counts = _quiet(owed, terms, begun, calendar)
    elif kind.shape == "every":
        period = Period.read(owed.window_key.partition("/")[0])
        counts = _every(owed, period, calendar)
    else:
        stops = _stops(owed, story, terms, until)
        pauses = [pause for pause, _ in stops]
        if kind.shape == "before":
            counts = _before(owed, terms, begun, calendar)
        else:
            span = owed.reading[owed.read[0]]
            counted = deadline_after(begun, span, calendar, pauses, terms.mode, now=until)
            counts = (Count(owed.read[0], span, counted),)
    return _graced(Reckoning(counts, owed.due, owed.promised, period, stops), owed, story, terms)


def _quiet(
    owed: Obligation, terms: Terms, begun: datetime, calendar: Calendar
) -> tuple[Count, ...]:
    """The silence that has to pass, then the time there is to end it."""
    silence = deadline_after(begun, terms.after, calendar)
    due = deadline_after(silence.at, terms.within, calendar, working_day_mode=terms.mode)
    return Count(owed.read[0], terms.after, silence), Count(owed.read[1], terms.within, due)


def _every(owed: Obligation, period: Period, calendar: Calendar) -> tuple[Count, ...]:
    """So long after the period; nothing is counted where it is its end, or an hour of it."""
    key = f"{owed.kind.key}.due_offset"
    offset = owed.reading.get(key)
    if not offset:
        return ()
    last = datetime.combine(period.last, time.min, calendar.zone)
    due = deadline_after(last, offset, calendar, late_submission="same_day")
    return (Count(key, offset, due),)


def _before(
    owed: Obligation, terms: Terms, begun: datetime, calendar: Calendar
) -> tuple[Count, ...]:
    """Counted back from the date the fact carries; at short notice forward from the opening."""
    date, span = carried(owed.opening.what), terms.before
    if not span.amount:
        return (Count(owed.read[0], span, Deadline(date)),)
    due = deadline_before(date, span, calendar)
    counts = (Count(owed.read[0], span, due),)
    if due.at >= begun or terms.short_notice is None:
        return counts
    soon = deadline_after(begun, terms.short_notice, calendar)
    return (*counts, Count("short_notice.within", terms.short_notice, soon))


def _stops(
    owed: Obligation, story: Story, terms: Terms, until: datetime
) -> tuple[tuple[Pause, str], ...]:
    """When the clock stood, with the reason: of a pause its own, else what stopped it."""
    why = {story.when[fact.id]: _reason(fact.what) for fact in story.facts}
    stops = until_then(story.pauses(owed.kind, terms), owed.opens_at, until)
    return tuple((stop, why.get(in_utc(stop[0]), "")) for stop in stops)


def _reason(what: facts.What) -> str:
    if isinstance(what, facts.ClockStopped):
        return f"pause_reason.{what.reason}"
    return f"fact.{what.key}"


def _graced(found: Reckoning, owed: Obligation, story: Story, terms: Terms) -> Reckoning:
    """Who takes over an open obligation has some days for it (handover.grace)."""
    due = found.counted or owed.promised
    if in_utc(due) >= in_utc(owed.due) or owed.kind.owed_by != "owner":
        return found
    for change in story.handovers:
        when = story.when[change.id]
        grace = deadline_after(when, terms.grace, story.book.calendar)
        if in_utc(grace.at) == in_utc(owed.due):
            told = Count("handover.grace", terms.grace, grace)
            return replace(found, counts=(*found.counts, told), handed=when)
    return found
