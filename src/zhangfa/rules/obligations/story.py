"""The facts of one record in the order in which they count, asked what obligations ask."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import UTC, datetime
from operator import attrgetter
from typing import NamedTuple

from .. import facts as f
from ..clock import Pause, deadline_after
from ..terms import in_utc
from .kind import Kind, Whats
from .terms import Book, Terms

Moment = tuple[datetime, int]
"""When a fact counts, in UTC, and its number: no two facts are equal."""
STOPPED: Whats = (f.ClockStopped,)
RESUMED: Whats = (f.ClockResumed,)
PLAIN = "C"  # the grade of a customer whom nobody has graded yet


class Listed(NamedTuple):
    """Facts of some types, in order, with their moments beside them."""

    facts: list[f.Fact]
    moments: list[Moment]

    def place_after(self, moment: Moment) -> int:
        """Where the facts begin that come after a moment."""
        return bisect_right(self.moments, moment)


NOTHING = Listed([], [])


class Story:
    """Facts about one record, those taken back left out.

    A fact counts at its own time if it was noted soon after, else when it was noted: nobody is in
    breach of what nobody knew, and nothing written down long afterwards mends a breach (0.6).
    """

    def __init__(self, told: Iterable[f.Fact], book: Book) -> None:
        self.book = book
        stands = standing(told)
        self.when: dict[int, datetime] = {}
        for fact in stands:
            self.when[fact.id] = self._counts(fact)
        when = self.when
        self.facts = sorted(stands, key=lambda fact: (when[fact.id], fact.id))
        self.by_type: dict[type[f.What], list[f.Fact]] = {}
        for fact in self.facts:
            self.by_type.setdefault(type(fact.what), []).append(fact)
        self._listed: dict[Whats, Listed] = {}
        self.handovers = self.by_type.get(f.OwnerChanged, [])
        self.waived = {
            (fact.what.kind, fact.what.opening, fact.what.window): fact
            for fact in self.by_type.get(f.ObligationWaived, ())
            if isinstance(fact.what, f.ObligationWaived)
        }

    def _counts(self, fact: f.Fact) -> datetime:
        at, noted = fact.at, fact.noted_at
        if noted > at:
            day = self.book.calendar.day(at)
            if noted > deadline_after(at, self.book.noting_grace(day), self.book.calendar).at:
                at = noted
        return at if at.tzinfo is UTC else in_utc(at)

    def moment(self, fact: f.Fact) -> Moment:
        return self.when[fact.id], fact.id

    def of(self, kinds: Whats) -> Listed:
        """The facts of these types, in order."""
        found = self._listed.get(kinds)
        if found is None:
            found = self._listed[kinds] = self._list(kinds)
        return found

    def _list(self, kinds: Whats) -> Listed:
        held = [self.by_type[kind] for kind in kinds if kind in self.by_type]
        if not held:
            return NOTHING
        facts = held[0] if len(held) == 1 else [fact for each in held for fact in each]
        if len(held) > 1:
            facts = sorted(facts, key=self.moment)
        return Listed(facts, [self.moment(fact) for fact in facts])

    # ------------------------------------------------------------------ openings

    def opens(self, kind: Kind, fact: f.Fact) -> bool:
        """Whether a fact of an opening type does open this kind here."""
        if fact.opens is not None and kind.key not in fact.opens:
            return False
        if kind.opens_if is not None and not kind.opens_if(fact.what):
            return False
        if kind.needs and not self._happened(kind.needs, fact):
            return False
        return not (kind.bars and self._barred(kind, fact))

    def _happened(self, needs: Whats, fact: f.Fact) -> bool:
        return self.of(needs).place_after(self.moment(fact)) > 0

    def _barred(self, kind: Kind, fact: f.Fact) -> bool:
        bars, moment = self.of(kind.bars), self.moment(fact)
        place = bisect_left(bars.moments, moment)
        if not place:
            return False
        lifts = self.of(kind.lifts)
        lifted = lifts.place_after(moment)
        return not lifted or lifts.moments[lifted - 1] < bars.moments[place - 1]

    # ------------------------------------------------------------------ closings

    def closing(self, kind: Kind, opening: f.Fact, terms: Terms) -> f.Fact | None:
        """The fact that closes a window, by when it counts; void ones do not."""
        closes = self.of(kind.closes)
        if not closes.facts:
            return None
        since = self.moment(opening)
        if kind.voids:
            voids = self.of(kind.voids)
            since = max(since, voids.moments[-1]) if voids.moments else since
        if kind.all_of:
            return self._complete(kind, closes, terms)
        if not kind.same:
            place = closes.place_after(since)
            return closes.facts[place] if place < len(closes.facts) else None
        shared = attrgetter(kind.same)(opening.what)
        for fact in closes.facts[closes.place_after(since) :]:
            if getattr(fact.what, kind.same, shared) == shared:
                return fact
        return None

    @staticmethod
    def _complete(kind: Kind, closes: Listed, terms: Terms) -> f.Fact | None:
        """The fact that makes the set whole, wherever in the story it began."""
        missing = set(terms.set)
        for fact in closes.facts:
            value = getattr(fact.what, kind.all_of)
            missing.discard(value)
            if value == "set" or not missing:
                return fact
        return None

    def cancelled(self, kind: Kind, opening: f.Fact) -> datetime | None:
        """When it became pointless, if it did."""
        cancels = self.of(kind.cancels)
        for fact in cancels.facts[cancels.place_after(self.moment(opening)) :]:
            if kind.cancels_if is not None and not kind.cancels_if(fact.what):
                continue
            if kind.cancels_same and not _alike(kind, opening.what, fact.what):
                continue
            return self.when[fact.id]
        return None

    # ------------------------------------------------------------------ who and which

    def owner_at(self, opening: f.Fact, moment: datetime) -> int | None:
        """Who answered for the record at a moment."""
        owner = opening.owner
        if self.handovers:
            begun = self.moment(opening)
            for change in self.handovers:
                when = self.moment(change)
                if when[0] > moment:
                    break
                if when >= begun and isinstance(change.what, f.OwnerChanged):
                    owner = change.what.owner
        return owner

    def grade_at(self, moment: Moment) -> str:
        """The customer's grade at a moment; C while there is none."""
        graded = self.of((f.CustomerGraded,))
        place = graded.place_after(moment)
        what = graded.facts[place - 1].what if place else None
        return (what.grade or PLAIN) if isinstance(what, f.CustomerGraded) else PLAIN

    # ------------------------------------------------------------------ the clock stands

    def pauses(self, kind: Kind, terms: Terms) -> list[Pause]:
        """When the clock of a kind stood, in the whole story (0.4)."""
        stops: list[Pause] = []
        if terms.pausable:
            if STOPPED[0] in self.by_type:
                stops += self._stops(kind, STOPPED, RESUMED)
            if kind.stops and any(what in self.by_type for what in kind.stops):
                stops += self._stops(kind, kind.stops, kind.resumes)
        if kind.voids and kind.voids[0] in self.by_type:
            stops += self._voided(kind)
        return stops

    def _stops(self, kind: Kind, begins: Whats, ends: Whats) -> Iterable[Pause]:
        begun: datetime | None = None
        for fact in self.of((*begins, *ends)).facts:
            when = self.when[fact.id]
            if isinstance(fact.what, ends):
                if begun is not None:
                    yield begun, when
                begun = None
            elif begun is None and _meant(fact.what, kind):
                begun = when
        if begun is not None:
            yield begun, None

    def _voided(self, kind: Kind) -> Iterable[Pause]:
        """The time between a closing and what made it void: nobody was working on it."""
        closed: datetime | None = None
        for fact in self.of((*kind.closes, *kind.voids)).facts:
            when = self.when[fact.id]
            if isinstance(fact.what, kind.voids):
                if closed is not None:
                    yield closed, when
                closed = None
            else:
                closed = closed or when


def standing(told: Iterable[f.Fact]) -> list[f.Fact]:
    """The facts that were not taken back; a taking back can itself be taken back."""
    facts = list(told)
    retractions = [fact for fact in facts if isinstance(fact.what, f.FactRetracted)]
    if not retractions:
        return facts
    gone: set[int] = set()
    for fact in sorted(retractions, key=attrgetter("id"), reverse=True):
        if fact.id not in gone and isinstance(fact.what, f.FactRetracted):
            gone.add(fact.what.fact)
    return [
        fact for fact in facts if fact.id not in gone and not isinstance(fact.what, f.FactRetracted)
    ]


def _meant(what: f.What, kind: Kind) -> bool:
    """Whether a stop is meant for this kind: it names it, or names none."""
    if not isinstance(what, f.ClockStopped):
        return True
    return not what.kinds or kind.key in what.kinds.split(",")


def _alike(kind: Kind, one: f.What, other: f.What) -> bool:
    """Whether two facts share the field that tells openings of a kind apart."""
    return bool(getattr(one, kind.same) == getattr(other, kind.same))
