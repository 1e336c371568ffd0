"""2.4 Where people stand: places within a layer, bands, bonuses, the lowest tenth, two quarters.

Everything is counted over the whole company and shown to each viewer for the people they may see.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from zhangfa.records.editions import current_policy, remembered
from zhangfa.records.models import Person, Verdict
from zhangfa.records.scope import scope_of
from zhangfa.rules.consequences import (
    Coaching,
    Group,
    Proposal,
    QuarterScore,
    Standing,
    bottom_ten_percent,
    two_quarter_rule,
)
from zhangfa.rules.policy import Policy, Reading
from zhangfa.rules.scores import Card, score_interval
from zhangfa.rules.terms import Period
from zhangfa.rules.whatif import BandShare, band_shares

from .frozen import read_frozen
from .scorecard import Result, result_of, results

LAYERS = ("newcomer", "mature", "supervisor")
SEES_ALL = "score"
OTHERS_KEPT_FOR = 60.0  # seconds


@dataclass(frozen=True)
class Place:
    """A person's place among the rated people of their layer, 1 the highest; level ones share."""

    place: int
    of: int
    gap: Decimal | None = None
    """How many points the next place above is off."""


@dataclass(frozen=True)
class Board:
    """A period's standing as one viewer may see it."""

    period: Period
    now: datetime
    results: list[Result]
    layers: dict[str, list[Result]]
    places: dict[int, Place]
    frozen: dict[int, Verdict]
    shares: tuple[BandShare, ...]
    groups: tuple[Group, ...]
    candidates: tuple[Proposal, ...]
    people: dict[str, Person] = field(default_factory=dict)

    @property
    def bonus_total(self) -> Decimal:
        """What all the proposed bonuses make."""
        return sum((r.bonus.amount for r in self.results if r.bonus), Decimal(0))

    @property
    def bonus_base(self) -> Decimal:
        return sum((r.bonus.base for r in self.results if r.bonus), Decimal(0))


def may_see(viewer: Any, person: int | None) -> bool:
    """Whether this viewer may open that card: their own, their people's, or everybody's."""
    scope = scope_of(viewer)
    return scope.covers(person) or scope.sees_all(SEES_ALL)


def may_see_lowest(viewer: Any, person: int) -> bool:
    """The offer of coaching is for the person, for who leads them, and for who arranges it."""
    return viewer.pk == person or may_see(viewer, person)


def verdicts_of(period: Period, people: Iterable[int] | None = None) -> dict[int, Verdict]:
    """The newest frozen result of each person in a period."""
    rows = Verdict.objects.filter(period=period.label).order_by("version")
    if people is not None:
        rows = rows.filter(person_id__in=list(people))
    return {row.person_id: row for row in rows}


def everybody(
    period: Period, now: datetime, *, policy: Policy | None = None
) -> tuple[list[Result], dict[int, Verdict]]:
    """Everybody's result, the frozen one where there is one, highest first."""
    frozen = {} if policy is not None else verdicts_of(period)
    live = results(period, now, policy=policy)
    known = {result.person.pk: result.person for result in live}
    missing = [pk for pk in frozen if pk not in known]
    if missing:
        known |= Person.objects.in_bulk(missing)
    found = [result for result in live if result.person.pk not in frozen]
    found += [read_frozen(row.card, known[pk]) for pk, row in frozen.items()]
    return sorted(found, key=by_score), frozen


def lately(period: Period, now: datetime) -> list[Result]:
    """Everybody's result, highest first, up to a minute old."""
    key = f"everybody {period.label}"
    found, _frozen = remembered(key, OTHERS_KEPT_FOR, lambda: everybody(period, now))
    return found


def among(
    person: Person, period: Period, now: datetime
) -> tuple[Result | None, list[Result], Verdict | None]:
    """A person's own result as it stands at this very moment, and everybody's beside it.

    The others' may be up to a minute old: they are asked for places and for the lowest share,
    and one statement per metric over the whole company is not asked again for every reader.
    """
    verdict = verdicts_of(period, [person.pk]).get(person.pk)
    own = (
        read_frozen(verdict.card, person) if verdict is not None else result_of(person, period, now)
    )
    known = lately(period, now)
    found = [result for result in known if result.person.pk != person.pk]
    if own is not None:
        found.append(own)
    return own, sorted(found, key=by_score), verdict


def by_score(result: Result) -> tuple[bool, Decimal, int]:
    """The highest total first; those not rated last."""
    total = result.card.total
    return total is None, -(total or Decimal(0)), result.person.pk


def places(found: Iterable[Result]) -> dict[int, Place]:
    """Each rated person's place in their layer."""
    layers: dict[str, list[Result]] = {}
    for result in sorted(found, key=by_score):
        if result.card.total is not None:
            layers.setdefault(result.layer, []).append(result)
    told: dict[int, Place] = {}
    for group in layers.values():
        place, above, level = 1, None, None  # of those on a level, and the total next above them
        for count, result in enumerate(group, 1):
            total = result.card.total or Decimal(0)
            if total != level:
                place, above, level = count, level, total
            told[result.person.pk] = Place(
                place, len(group), None if above is None else above - total
            )
    return told


def lowest(found: Iterable[Result], reading: Reading) -> Coaching:
    """2.4.3: the lowest share of each layer, as an offer of coaching for a person to decide."""
    return bottom_ten_percent([_standing(result) for result in found], reading)


def _standing(result: Result) -> Standing:
    low, high = score_interval(result.card) or (None, None)
    return Standing(str(result.person.pk), result.layer, result.card.total, low, high)


def candidates(
    period: Period, now: datetime, found: Iterable[Result], reading: Reading
) -> tuple[Proposal, ...]:
    """2.4.2: who was excellent in enough quarters in a row, up to this one."""
    if period.kind != "quarter":
        return ()
    history = {
        str(r.person.pk): [QuarterScore(period.label, r.card.total)] for r in found if r.card
    }
    before = period
    for _ in range(reading["promotion.quarters"] - 1):
        before = before.previous()
        earlier, _frozen = everybody(before, now)
        for result in earlier:
            scores = history.setdefault(str(result.person.pk), [])
            scores.append(QuarterScore(before.label, result.card.total))
    return two_quarter_rule(history, period.label, reading)


def standing(viewer: Any, period: Period, now: datetime) -> Board:
    """The standing of the people this viewer leads, or of everybody for those who may."""
    reading = current_policy().on(period.start)
    found, frozen = everybody(period, now)
    seen = [result for result in found if may_see(viewer, result.person.pk)]
    ids = {str(result.person.pk) for result in seen}
    cards: dict[str, Card] = {str(result.person.pk): result.card for result in seen}
    groups = () if period.kind == "month" else lowest(found, reading).groups
    return Board(
        period=period,
        now=now,
        results=seen,
        layers={layer: rows for layer in LAYERS if (rows := [r for r in seen if r.layer == layer])},
        places=places(found),
        frozen=frozen,
        shares=band_shares(cards, reading),
        groups=tuple(_seen_of(group, ids) for group in groups),
        candidates=tuple(c for c in candidates(period, now, found, reading) if c.person in ids),
        people={str(result.person.pk): result.person for result in seen},
    )


def _seen_of(group: Group, ids: set[str]) -> Group:
    """The group with the people in it that the viewer may see."""
    return Group(
        group.layer,
        group.size,
        group.wanted,
        tuple(each for each in group.picked if each.person in ids),
        tuple(each for each in group.tied if each in ids),
        tuple(each for each in group.overlapping if each in ids),
        group.why_none,
    )
