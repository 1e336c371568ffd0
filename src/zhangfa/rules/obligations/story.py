"""The facts of one record in order, asked the questions that obligations ask."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from .. import facts as f
from ..clock import Pause
from ..policy import Policy
from .kinds import Kind

PAUSES = (f.ClockStopped, f.ClockResumed)


class Story:
    """Facts about one record: retracted ones left out, in the order of their happening."""

    def __init__(self, told: Iterable[f.Fact], policy: Policy) -> None:
        facts = list(told)
        gone = {fact.what.fact for fact in facts if isinstance(fact.what, f.FactRetracted)}
        stands = (
            fact
            for fact in facts
            if fact.id not in gone and not isinstance(fact.what, f.FactRetracted)
        )
        self.policy = policy
        self.facts = sorted(stands, key=lambda fact: (fact.at, fact.id))
        self.by_type: dict[type[f.What], list[f.Fact]] = defaultdict(list)
        for fact in self.facts:
            self.by_type[type(fact.what)].append(fact)
        self.waived = {
            (fact.what.kind, fact.what.opening, fact.what.window)
            for fact in self.by_type[f.ObligationWaived]
            if isinstance(fact.what, f.ObligationWaived)
        }
        self.handovers = self.by_type[f.OwnerChanged]
        self._moments: dict[int, datetime] = {}

    def of(self, kinds: tuple[type[f.What], ...]) -> list[f.Fact]:
        """The facts of these types, in order."""
        if len(kinds) == 1:
            return self.by_type.get(kinds[0], [])
        found = [fact for kind in kinds for fact in self.by_type.get(kind, ())]
        return sorted(found, key=lambda fact: (fact.at, fact.id))

    def counts_at(self, fact: f.Fact) -> datetime:
        """When a fact counts: at its own time if noted soon after, else when it was noted."""
        if fact.noted_at <= fact.at:
            return fact.at
        grace = self.policy.on(fact.at.date())["late_noting.grace"].elapsed or timedelta(0)
        return fact.at if fact.noted_at - fact.at <= grace else fact.noted_at

    def owner_at(self, opening: f.Fact, moment: datetime) -> int | None:
        """Who answered for the record at a moment."""
        owner = opening.owner
        for change in self.handovers:
            if change.at > moment:
                break
            if change.at >= opening.at and isinstance(change.what, f.OwnerChanged):
                owner = change.what.owner
        return owner

    def grade_at(self, moment: datetime) -> str:
        """The customer's grade at a moment; C while there is none."""
        grade = "C"
        for fact in self.by_type[f.CustomerGraded]:
            if fact.at > moment:
                break
            if isinstance(fact.what, f.CustomerGraded):
                grade = fact.what.grade
        return grade

    def pauses(self, kind: Kind, since: datetime, pausable: bool) -> list[Pause]:
        """When the clock of a kind stood, from a moment on (0.4)."""
        stops = list(self._stops(kind, since, pausable))
        stops += self._voided(kind, since)
        return sorted(stops, key=lambda stop: stop[0])

    def _stops(self, kind: Kind, since: datetime, pausable: bool) -> Iterable[Pause]:
        kinds = (*kind.stops, *kind.resumes)
        if pausable:
            kinds += PAUSES
        begun: datetime | None = None
        for fact in self.of(kinds) if kinds else ():
            if fact.at < since:
                continue
            if isinstance(fact.what, kind.stops) or self._stands(fact.what, kind):
                begun = begun or fact.at
            elif begun is not None and isinstance(fact.what, (*kind.resumes, f.ClockResumed)):
                yield begun, fact.at
                begun = None
        if begun is not None:
            yield begun, None

    @staticmethod
    def _stands(what: f.What, kind: Kind) -> bool:
        """Whether a stop is meant for this kind."""
        if not isinstance(what, f.ClockStopped):
            return False
        return not what.kinds or kind.key in what.kinds.split(",")

    def _voided(self, kind: Kind, since: datetime) -> Iterable[Pause]:
        """The time between a closing and what made it void: nobody was working on it."""
        if not kind.voids:
            return
        closed: datetime | None = None
        for fact in self.of((*kind.closes, *kind.voids)):
            if fact.at < since:
                continue
            if isinstance(fact.what, kind.voids):
                if closed is not None:
                    yield closed, fact.at
                closed = None
            else:
                closed = closed or fact.at

    def closings(self, kind: Kind, opening: f.Fact) -> list[f.Fact]:
        """What closes a window opened by a fact, void ones left out, by when they count."""
        shared = getattr(opening.what, kind.same) if kind.same else None
        last_void = max((v.at for v in self.of(kind.voids)), default=None) if kind.voids else None
        found = [
            fact
            for fact in self.of(kind.closes)
            if (fact.at, fact.id) > (opening.at, opening.id)
            and (not kind.same or getattr(fact.what, kind.same, shared) == shared)
            and (last_void is None or fact.at > last_void)
        ]
        return sorted(found, key=lambda fact: (self.counts_at(fact), fact.id))
