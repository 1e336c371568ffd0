"""What these facts make people owe: each window under the policy of the day it opens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import Any

from .. import facts as f
from ..clock import Calendar, WorkingDayMode, deadline_after, deadline_before, periods
from ..policy import Policy, Reading
from ..terms import Deadline, Period, Span, share_left
from .kinds import OPENED_BY, Kind
from .obligation import Obligation
from .story import Story

HALF = Fraction(1, 2)
AHEAD = 1  # windows shown before their time, so that a desk can look ahead


def derive(
    facts: Sequence[f.Fact], policy: Policy, calendar: Calendar, now: datetime
) -> list[Obligation]:
    """Every obligation that the facts of one story give rise to, in any order of the facts.

    Deterministic: the same facts give the same obligations, whatever their order. Recurring ones
    are given up to the window of `now` and one more.
    """
    story = Story(facts, policy)
    teller = Teller(story, policy, calendar, now)
    return [
        owed
        for fact in story.facts
        for kind in OPENED_BY.get(type(fact.what), ())
        if _opens(kind, fact)
        for owed in teller.owe(kind, fact)
    ]


def _opens(kind: Kind, fact: f.Fact) -> bool:
    if fact.opens is not None and kind.key not in fact.opens:
        return False
    return kind.opens_if is None or kind.opens_if(fact.what)


class Teller:
    """Derives the obligations of one story."""

    def __init__(self, story: Story, policy: Policy, calendar: Calendar, now: datetime) -> None:
        self.story, self.policy, self.calendar, self.now = story, policy, calendar, now

    def owe(self, kind: Kind, opening: f.Fact) -> Iterator[Obligation]:
        """What one kind demands since the fact that opens it."""
        if kind.shape == "every":
            yield from self._every(kind, opening)
        elif kind.shape == "quiet":
            yield from self._quiet(kind, opening)
        else:
            yield self._single(kind, opening)

    # ------------------------------------------------------------------ within and before

    def _single(self, kind: Kind, opening: f.Fact) -> Obligation:
        reading = self.policy.on(self.calendar.day(opening.at))
        closings = self.story.closings(kind, opening)
        met_at = self.story.counts_at(closings[0]) if closings else None
        if kind.shape == "before":
            key, due = f"{kind.key}.before", self._before(kind, opening, reading)
            promised, pauses = due.at, 0.0
        else:
            key = self._term(kind, opening)
            due, promised, pauses = self._within(kind, opening, reading[key], reading, met_at)
        graced = self._graced(opening, due.at, met_at, reading)
        return self._told(
            kind,
            opening,
            reading,
            (key,),
            "",
            opening.at,
            graced,
            promised,
            closings[:1],
            met_at,
            provisional=due.provisional,
            paused=pauses,
            lapses=None,
        )

    def _term(self, kind: Kind, opening: f.Fact) -> str:
        if not kind.grades:
            return f"{kind.key}.within"
        return f"{kind.key}.within.{self.story.grade_at(opening.at)}"

    def _within(
        self, kind: Kind, opening: f.Fact, span: Span, reading: Reading, met_at: datetime | None
    ) -> tuple[Deadline, datetime, float]:
        """The due moment with the stops of the clock, what was first promised, and the stops."""
        count = self._counter(span, reading)
        first = count(opening.at, (), None)
        pausable = bool(reading.get(f"{kind.key}.pausable"))
        if not (pausable or kind.stops or kind.voids):
            return first, first.at, 0.0
        until = met_at or self.now
        stops = [
            (start, min(end or until, until))
            for start, end in self.story.pauses(kind, opening.at, pausable)
            if start < until
        ]
        if not stops:
            return first, first.at, 0.0
        stopped = sum((end - start).total_seconds() for start, end in stops if end is not None)
        return count(opening.at, stops, until), first.at, stopped

    def _counter(self, span: Span, reading: Reading) -> Any:
        mode: WorkingDayMode = reading.get("working_days.mode") or "end_of_day"

        def count(start: datetime, stops: Any, until: datetime | None) -> Deadline:
            return deadline_after(start, span, self.calendar, stops, mode, now=until)

        return count

    def _before(self, kind: Kind, opening: f.Fact, reading: Reading) -> Deadline:
        """Counted back from the date the fact carries; at short notice the next working day."""
        carried: datetime = (
            opening.what.due if isinstance(opening.what, f.TaskAssigned) else opening.what.on  # type: ignore[attr-defined]
        )
        span: Span = reading[f"{kind.key}.before"]
        if span.amount == 0:
            return Deadline(carried, provisional=False, path=())
        due = deadline_before(carried, span, self.calendar)
        if due.at >= opening.at:
            return due
        return deadline_after(opening.at, Span(1, "working_days"), self.calendar)

    def _graced(
        self, opening: f.Fact, due: datetime, met_at: datetime | None, reading: Reading
    ) -> datetime:
        """Who takes over an open obligation has some days for it (handover.grace)."""
        for change in self.story.handovers:
            if opening.at < change.at < due and (met_at is None or met_at > change.at):
                grace = deadline_after(change.at, reading["handover.grace"], self.calendar)
                due = max(due, grace.at)
        return due

    # ------------------------------------------------------------------ quiet

    def _quiet(self, kind: Kind, opening: f.Fact) -> Iterator[Obligation]:
        """After a silence something is owed; any sign of life before makes it pointless."""
        if any(fact.at > opening.at for fact in self.story.of(kind.cancels)) and self._gone_before(
            kind, opening
        ):
            return
        reading = self.policy.on(self.calendar.day(opening.at))
        after, within = f"{kind.key}.after", f"{kind.key}.within"
        starts = deadline_after(opening.at, reading[after], self.calendar).at
        follows = self._next_sign(kind, opening)
        if follows is not None and follows <= starts:
            return
        due = deadline_after(starts, reading[within], self.calendar)
        closings = [c for c in self.story.closings(kind, opening) if c.at >= starts]
        met_at = self.story.counts_at(closings[0]) if closings else None
        if follows is not None and (met_at is None or follows < met_at) and follows <= due.at:
            return
        yield self._told(
            kind,
            opening,
            reading,
            (after, within),
            "",
            starts,
            self._graced(opening, due.at, met_at, reading),
            due.at,
            closings[:1],
            met_at,
            provisional=due.provisional,
            lapses=follows,
        )

    def _next_sign(self, kind: Kind, opening: f.Fact) -> datetime | None:
        for fact in self.story.of(kind.opens):
            if (fact.at, fact.id) > (opening.at, opening.id) and _opens(kind, fact):
                return fact.at
        return None

    def _gone_before(self, kind: Kind, opening: f.Fact) -> bool:
        """Whether the customer was gone before the silence was long enough."""
        reading = self.policy.on(self.calendar.day(opening.at))
        starts = deadline_after(opening.at, reading[f"{kind.key}.after"], self.calendar).at
        return any(opening.at < fact.at <= starts for fact in self.story.of(kind.cancels))

    # ------------------------------------------------------------------ every

    def _every(self, kind: Kind, opening: f.Fact) -> Iterator[Obligation]:
        ended = next(
            (
                e
                for e in self.story.of(kind.ends)
                if (e.at, e.id) > (opening.at, opening.id)
                and getattr(e.what, "role", None) == getattr(opening.what, "role", None)
            ),
            None,
        )
        first = self.policy.on(self.calendar.day(opening.at))
        every = first[f"{kind.key}.every"]
        ahead = 0
        until = ended.at if ended else self.now + timedelta(days=800)
        for period in periods(every, opening.at, until, self.calendar):
            starts, ends = period.bounds(self.calendar.zone)
            if starts > self.now:
                ahead += 1
                if ahead > AHEAD:
                    return
            yield from self._window(kind, opening, period, starts, ends, ended)

    def _window(
        self,
        kind: Kind,
        opening: f.Fact,
        period: Period,
        starts: datetime,
        ends: datetime,
        ended: f.Fact | None,
    ) -> Iterator[Obligation]:
        """One period's obligation, or its parts for a staged quota; none if it began too late."""
        reading = self.policy.on(max(period.start, self.calendar.day(opening.at)))
        wanted = int(reading.get(f"{kind.key}.at_least") or 1)
        opened_on = self.calendar.day(opening.at)
        if opened_on in period:
            left = share_left(period, opened_on)
            if wanted > 1:
                owed = int(wanted * left)
            elif period.kind == "working_day":
                owed = 0
            else:
                owed = int(left >= Fraction(reading["period.first_owed_share"]))
            if owed == 0:
                return
            missing = wanted - owed
        else:
            missing = 0
        given = self._given(kind, opening, period, starts, ends)
        staged = wanted > 1 and reading.get(f"{kind.key}.staged")
        stages = range(missing + 1, wanted + 1) if staged else [wanted]
        for stage in stages:
            yield self._stage(
                kind,
                opening,
                reading,
                period,
                (starts, ends),
                stage,
                wanted,
                missing,
                given,
                ended,
                bool(staged),
            )

    def _given(
        self, kind: Kind, opening: f.Fact, period: Period, starts: datetime, ends: datetime
    ) -> list[f.Fact]:
        """What was done for this period: in it, or named for it."""
        counts = self.story.counts_at
        found = [
            fact
            for fact in self.story.of(kind.closes)
            if fact.at >= opening.at
            and (
                getattr(fact.what, "period", None) == period.label
                if kind.same == "period"
                else starts <= counts(fact) < ends
            )
        ]
        return sorted(found, key=lambda fact: (counts(fact), fact.id))

    def _stage(
        self,
        kind: Kind,
        opening: f.Fact,
        reading: Reading,
        period: Period,
        bounds: tuple[datetime, datetime],
        stage: int,
        wanted: int,
        missing: int,
        given: list[f.Fact],
        ended: f.Fact | None,
        staged: bool,
    ) -> Obligation:
        starts, ends = bounds
        needed = stage - missing
        due = self._due(kind, reading, period, stage, wanted, staged)
        enough = given[:needed] if len(given) >= needed else given
        met_at = self.story.counts_at(given[needed - 1]) if len(given) >= needed else None
        graced = self._graced(opening, due.at, met_at, reading) if starts <= self.now else due.at
        lapses = None if kind.same == "period" else ends
        return self._told(
            kind,
            opening,
            reading,
            (f"{kind.key}.every",),
            f"{period.label}/{stage}" if staged else period.label,
            max(starts, opening.at),
            graced,
            due.at,
            enough,
            met_at,
            provisional=due.provisional,
            wanted=needed,
            lapses=lapses,
            ended=ended,
        )

    def _due(
        self, kind: Kind, reading: Reading, period: Period, stage: int, wanted: int, staged: bool
    ) -> Deadline:
        """The end of the period, or of the stage's part of it, or some days after it."""
        zone = self.calendar.zone
        if offset := reading.get(f"{kind.key}.due_offset"):
            last = datetime.combine(period.last, time(23, 59), zone)
            return deadline_after(last, offset, self.calendar, late_submission="same_day")
        if at := reading.get(f"{kind.key}.due_time"):
            return Deadline(datetime.combine(period.start, at, zone), provisional=False, path=())
        end: date = period.end
        if staged and stage < wanted:
            end = _part_end(period, stage, wanted)
        moment = datetime.combine(end, time.min, zone) - timedelta(seconds=1)
        return Deadline(moment, provisional=False, path=())

    # ------------------------------------------------------------------ what became of it

    def _told(
        self,
        kind: Kind,
        opening: f.Fact,
        reading: Reading,
        read: tuple[str, ...],
        window: str,
        opens_at: datetime,
        due: datetime,
        promised: datetime,
        given: Sequence[f.Fact],
        met_at: datetime | None,
        *,
        provisional: bool = False,
        paused: float = 0.0,
        wanted: int = 1,
        lapses: datetime | None,
        ended: f.Fact | None = None,
    ) -> Obligation:
        cancelled = self._cancelled(kind, opening, opens_at, ended)
        outcome: str | None = None
        if (kind.key, opening.id, window) in self.story.waived:
            outcome = "waived"
        elif met_at is not None and (cancelled is None or met_at <= cancelled):
            outcome = "met" if met_at <= due else "late"
        elif cancelled is not None:
            met_at = None
            if cancelled <= due:
                outcome = "cancelled"
            lapses = min(lapses or cancelled, cancelled)
        owner, role = self._owes(kind, opening, min(due, met_at) if met_at else due)
        return Obligation(
            kind,
            opening.story,
            opening,
            window,
            opens_at,
            due,
            promised,
            wanted,
            tuple(given),
            met_at,
            outcome,
            owner,
            role,
            provisional,
            paused,
            lapses,
            self.calendar.version,
            reading,
            read,
        )

    def _cancelled(
        self, kind: Kind, opening: f.Fact, opens_at: datetime, ended: f.Fact | None
    ) -> datetime | None:
        """When it became pointless, if it did."""
        if kind.shape == "every":
            return ended.at if ended else None
        for fact in self.story.of(kind.cancels) if kind.cancels else ():
            if (fact.at, fact.id) > (opening.at, opening.id) and (
                kind.cancels_if is None or kind.cancels_if(fact.what)
            ):
                return fact.at
        return None

    def _owes(self, kind: Kind, opening: f.Fact, moment: datetime) -> tuple[int | None, str | None]:
        how, _, name = kind.owed_by.partition(":")
        if how == "role":
            return None, name
        if how == "person":
            return int(opening.story.partition("/")[2]), None
        if how == "fact":
            person = getattr(opening.what, name)
            role = getattr(opening.what, "role", None) or name
            return (person, None) if person else (None, role)
        return self.story.owner_at(opening, moment), None


def _part_end(period: Period, stage: int, wanted: int) -> date:
    """The first day after the stage-th of `wanted` equal parts, on a month's edge if it can be."""
    if period.kind == "year" and 12 % wanted == 0:
        return date(period.start.year, 1 + 12 // wanted * stage, 1)
    return period.start + timedelta(days=period.days * stage // wanted)


def told(facts: Iterable[f.Fact]) -> dict[str, list[f.Fact]]:
    """Facts by their story."""
    stories: dict[str, list[f.Fact]] = {}
    for fact in facts:
        stories.setdefault(fact.story, []).append(fact)
    return stories
