"""3.1.3 The team board: key figures, funnel, attainment, compliance by kind, feed, league.

One statement for every figure over all people the viewer may see; nothing is counted per person.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from zhangfa.metrics import METRICS, Asked
from zhangfa.metrics.base import select, together
from zhangfa.records.editions import current_calendar, current_policy, remembered
from zhangfa.records.models import LayerSpell, Membership, Person, Target
from zhangfa.records.people import during
from zhangfa.records.scope import scope_of
from zhangfa.rules.measures import Measured
from zhangfa.rules.terms import Period

from .board_sql import FUNNEL, KEPT, TREND
from .standing import SEES_ALL

FIGURES = ("sales_amount", "collection_rate", "new_customers", "process_compliance")
STAGES = ("discovery", "solution", "negotiation", "contract", "won")
MAIN = (
    "ticket_response",
    "ticket_solution",
    "ticket_closure",
    "question_answer",
    "needs_report",
    "delivery_confirmation",
    "delivery_sign_off",
    "order_tracking",
    "weekly_update",
    "customer_touch",
    "quarterly_visit",
)
KINDS_SHOWN = 9
KEPT_FOR = 60.0  # seconds; what the period before came to, and the trend
WEEKS = 12


@dataclass(frozen=True)
class Figure:
    """A key figure: its measure, the one of the period before to the same day, twelve weeks."""

    metric: str
    now: Measured | None
    before: Measured | None
    target: Decimal | None
    trend: tuple[Any, ...]

    @property
    def change(self) -> Fraction | None:
        """How it moved against the period before: per cent of amounts, points of rates."""
        if self.now is None or self.before is None:
            return None
        here, there = self.now.exact, self.before.exact
        if here is None or there is None:
            return None
        if self.metric == "sales_amount":
            return 100 * (here - there) / there if there > 0 else None
        return here - there


@dataclass(frozen=True)
class Heat:
    """Who kept what in time: a row a person, a cell a kind: (kept, fell due) or None."""

    kinds: tuple[str, ...]
    rows: tuple[tuple[Person, tuple[tuple[int, int] | None, ...], Fraction], ...]


@dataclass(frozen=True)
class Board:
    """The board as one viewer may see it."""

    period: Period
    people: list[Person]
    name: str
    figures: tuple[Figure, ...]
    funnel: tuple[tuple[str, int], ...]
    attainment: tuple[tuple[Person, Fraction | None], ...]
    heat: Heat
    company: bool


@dataclass(frozen=True)
class Crew:
    """The people of a board: who sells, and what the group is called."""

    people: list[Person]
    name: str
    company: bool

    @property
    def ids(self) -> list[int]:
        return [person.pk for person in self.people]


def crew_of(viewer: Any, now: datetime) -> Crew:
    """The sellers whose figures this viewer may see: everybody, their subtree, or themselves."""
    day = current_calendar().day(now)
    members = (
        Membership.objects.filter(during(day), person__roles__overlap=["seller", "supervisor"])
        .select_related("person", "team")
        .order_by("team__path", "-lead", "person_id")
    )
    scope = scope_of(viewer)
    whole = scope.sees_all(SEES_ALL)
    seen = [m for m in members if whole or scope.covers(m.person_id)]
    teams = {member.team_id: member.team for member in seen}
    people = list({member.person_id: member.person for member in seen}.values())
    name = next(iter(teams.values())).name if len(teams) == 1 else ""
    return Crew(people, name, whole)


def board(viewer: Any, period: Period, now: datetime) -> Board:
    """The whole board but for the feed and the league, which come as parts of their own."""
    crew = crew_of(viewer, now)
    asked = asked_of(period, now, crew.ids)
    if not crew.people:
        return Board(period, [], "", (), (), (), heat(asked, [viewer]), False)
    found = {key: METRICS[key].measure(asked) for key in FIGURES}  # type: ignore[misc]
    targets = _targets(period, crew.ids)
    return Board(
        period=period,
        people=crew.people,
        name=crew.name,
        figures=_figures(asked, found, targets),
        funnel=funnel(asked),
        attainment=_attainment(crew.people, found["sales_amount"], targets),
        heat=heat(asked, crew.people),
        company=crew.company,
    )


def asked_of(period: Period, now: datetime, people: Sequence[int]) -> Asked:
    reading = current_policy().on(period.start)
    return Asked(period, reading, current_calendar(), now, tuple(people))


def _targets(period: Period, people: Sequence[int]) -> dict[tuple[str, int], Decimal]:
    rows = Target.objects.filter(period=period.label, person_id__in=people).order_by("at", "id")
    return {
        (metric, person): value
        for metric, person, value in rows.values_list("metric", "person_id", "value")
    }


def _figures(
    asked: Asked, found: dict[str, Any], targets: dict[tuple[str, int], Decimal]
) -> tuple[Figure, ...]:
    crew = ",".join(map(str, sorted(asked.people or ())))
    name = f"board {asked.period.label} {crew}"
    before, trend = remembered(name, KEPT_FOR, lambda: _earlier(asked))
    leads = supervisors(asked)
    return tuple(
        Figure(
            key,
            together(found[key].values()),
            before[key],
            _target_of(key, targets, leads),
            trend[place] if trend else (),
        )
        for place, key in enumerate(FIGURES)
    )


def _earlier(asked: Asked) -> tuple[dict[str, Any], list[tuple[Any, ...]]]:
    """What the period before had come to on the same day, and the weeks up to now: neither has
    to move with this very minute."""
    then = to_same_day(asked)
    measured = {
        key: together(METRICS[key].measure(then).values())  # type: ignore[misc]
        for key in FIGURES
    }
    return measured, list(zip(*_trend(asked), strict=True))


def supervisors(asked: Asked) -> set[int]:
    """Those whose own target is their team's: it is not added to the members' once more."""
    last = min(asked.period.last, asked.calendar.day(asked.now))
    spells = LayerSpell.objects.filter(during(last), layer="supervisor")
    return set(spells.values_list("person_id", flat=True))


def _target_of(
    metric: str, targets: dict[tuple[str, int], Decimal], leads: set[int]
) -> Decimal | None:
    own = [v for (key, person), v in targets.items() if key == metric and person not in leads]
    return sum(own, Decimal(0)) if own else None


def to_same_day(asked: Asked) -> Asked:
    """The same question of the period before, up to as many days as have passed of this one."""
    before = asked.period.previous()
    passed = (asked.until - asked.start).days
    end = min(before.end, before.start + timedelta(days=passed))
    moment = asked.now
    if end < before.end:
        moment = asked.now - (asked.start - before.start)
    else:
        moment = before.bounds(asked.calendar.zone)[1]
    return replace(asked, period=replace(before, end=max(end, before.start)), now=moment)


def _trend(asked: Asked) -> list[tuple[Any, ...]]:
    last = asked.until - timedelta(days=1)
    params = asked.params(last=last, weeks=WEEKS, zone=asked.calendar.zone.key)
    return select(TREND, params)


def funnel(asked: Asked) -> tuple[tuple[str, int], ...]:
    """How many of the deals alive in the period came at least to each stage."""
    reached: dict[int, int] = dict(select(FUNNEL, asked.params(stages=list(STAGES))))
    return tuple(
        (stage, sum(n for at, n in reached.items() if at > place))
        for place, stage in enumerate(STAGES)
    )


def _attainment(
    people: Iterable[Person], sold: dict[int, Measured], targets: dict[tuple[str, int], Decimal]
) -> tuple[tuple[Person, Fraction | None], ...]:
    """What each sold of their own target, the highest first. Leads stand with their team's."""
    rows = []
    for person in people:
        target = targets.get(("sales_amount", person.pk))
        if not target or (person.has("supervisor") and person.pk not in sold):
            continue
        own = sold.get(person.pk)
        amount = (own.exact if own is not None else None) or Fraction(0)
        rows.append((person, amount / Fraction(target)))
    return tuple(sorted(rows, key=lambda row: (-(row[1] or 0), row[0].pk)))


def heat(asked: Asked, people: Sequence[Person]) -> Heat:
    """Kept in time out of fell due, by person and kind; the mean is over all kinds shown."""
    ids = [person.pk for person in people]
    found: dict[int, dict[str, tuple[int, int]]] = defaultdict(dict)
    totals: dict[str, int] = defaultdict(int)
    for person, kind, met, fell in select(KEPT, replace(asked, people=tuple(ids)).params()):
        found[person][kind] = (met, fell)
        totals[kind] += fell
    kinds = [kind for kind in MAIN if totals.get(kind)][:KINDS_SHOWN]
    if not kinds:
        kinds = sorted(totals, key=lambda kind: -totals[kind])[:KINDS_SHOWN]
    rows = []
    for person in people:
        cells = tuple(found[person.pk].get(kind) for kind in kinds)
        known = [cell for cell in cells if cell]
        if known:
            mean = sum((Fraction(100 * met, fell) for met, fell in known), Fraction(0)) / len(known)
            rows.append((person, cells, mean))
    return Heat(tuple(kinds), tuple(sorted(rows, key=lambda row: (-row[2], row[0].pk))))
