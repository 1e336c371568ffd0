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

from django.db.models import Count, Q, QuerySet

from zhangfa.metrics import METRICS, Asked
from zhangfa.metrics.base import select, together
from zhangfa.records.editions import current_calendar, current_policy
from zhangfa.records.models import Deal, LayerSpell, LedgerLine, Membership, Owed, Person, Target
from zhangfa.records.people import during
from zhangfa.records.scope import scope_of
from zhangfa.rules.measures import Measured
from zhangfa.rules.terms import Period

from .standing import SEES_ALL, Place, everybody, places

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
WEEKS = 12
LEAGUE = 5
FEED = 14
TOLD = (
    "contract_signed",
    "order_signed",
    "deal_won",
    "deal_lost",
    "stage_entered",
    "payment_received",
    "customer_graded",
    "customer_won",
    "proposal_sent",
    "needs_reported",
    "legal_approved",
    "legal_returned",
    "finance_approved",
    "finance_returned",
    "ticket_raised",
    "ticket_answered",
    "solution_proposed",
    "ticket_resolved",
    "quarterly_visited",
    "delivered",
    "signed_off",
    "exception_raised",
)

TREND = """
WITH weeks AS (
    SELECT n, %(last)s::date - 7 * (%(weeks)s - n) + 1 AS begins, %(last)s::date - 7 * (%(weeks)s - 1 - n) + 1 AS ends
    FROM generate_series(0, %(weeks)s - 1) n
), signed AS (
    SELECT w.n, sum(s.amount) AS amount
    FROM weeks w JOIN records_order o ON o.signed_on >= w.begins AND o.signed_on < w.ends
    JOIN records_creditshare s ON s.order_id = o.id AND s.kind = 'direct'
    WHERE s.person_id = ANY(%(people)s) GROUP BY 1
), due AS (
    SELECT w.n, sum(i.amount - i.credited) AS asked,
           sum(least(coalesce(a.paid, 0), i.amount - i.credited)) AS paid
    FROM weeks w JOIN records_instalment i ON i.due_on >= w.begins AND i.due_on < w.ends
    JOIN records_order o ON o.id = i.order_id AND o.status <> 'cancelled'
    LEFT JOIN LATERAL (SELECT sum(amount) AS paid FROM records_allocation
                       WHERE instalment_id = i.id) a ON true
    WHERE NOT i.disputed AND EXISTS (
        SELECT 1 FROM records_creditshare s WHERE s.order_id = o.id AND s.kind = 'direct'
        AND s.person_id = ANY(%(people)s))
    GROUP BY 1
), won AS (
    SELECT w.n, count(*) AS customers FROM weeks w
    JOIN records_customer c ON c.first_order_on >= w.begins AND c.first_order_on < w.ends
    WHERE c.owner_id = ANY(%(people)s) GROUP BY 1
), kept AS (
    SELECT w.n, count(*) FILTER (WHERE k.outcome = 'met') AS met, count(*) AS fell
    FROM weeks w JOIN records_owed k
      ON k.due >= (w.begins::timestamp AT TIME ZONE %(zone)s)
     AND k.due < least((w.ends::timestamp AT TIME ZONE %(zone)s), %(now)s)
    WHERE k.person_id = ANY(%(people)s) AND k.outcome IN ('', 'met', 'late') GROUP BY 1
)
SELECT coalesce(signed.amount, 0), round(100 * due.paid / nullif(due.asked, 0), 1),
       coalesce(won.customers, 0), round(100.0 * kept.met / nullif(kept.fell, 0), 1)
FROM weeks w LEFT JOIN signed USING (n) LEFT JOIN due USING (n) LEFT JOIN won USING (n)
LEFT JOIN kept USING (n) ORDER BY w.n
"""
REACHED = """
WITH cohort AS (
    SELECT d.id, d.stage FROM records_deal d
    WHERE d.owner_id = ANY(%(people)s) AND d.opened_at < %(ends)s
      AND (d.closed_at IS NULL OR d.closed_at >= %(begins)s)
), reached AS (
    SELECT c.id, greatest(
        coalesce(array_position(%(stages)s::text[], c.stage::text), 1),
        coalesce((SELECT max(array_position(%(stages)s::text[], l.body->>'stage'))
                  FROM records_ledgerline l
                  WHERE l.story = 'deal/' || c.id AND l.what = 'stage_entered'), 1)) AS place
    FROM cohort c
)
"""
FUNNEL = REACHED + "SELECT place, count(*) FROM reached GROUP BY 1"
REACHED_IDS = REACHED + "SELECT id FROM reached WHERE place >= %(place)s"
KEPT = """
SELECT person_id, kind, count(*) FILTER (WHERE outcome = 'met'), count(*)
FROM records_owed
WHERE due >= %(begins)s AND due < least(%(ends)s, %(now)s) AND outcome IN ('', 'met', 'late')
  AND person_id = ANY(%(people)s)
GROUP BY 1, 2
"""


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
class League:
    """The named top five of each layer's best, and the viewer with the gap to the next place."""

    rows: tuple[tuple[int, Any], ...]
    me: Any | None
    my_place: Place | None


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
    asked = _asked(period, now, crew.ids)
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


def _asked(period: Period, now: datetime, people: Sequence[int]) -> Asked:
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
    earlier = to_same_day(asked)
    trend = list(zip(*_trend(asked), strict=True))
    leads = supervisors(asked)
    return tuple(
        Figure(
            key,
            together(found[key].values()),
            together(METRICS[key].measure(earlier).values()),  # type: ignore[misc]
            _target_of(key, targets, leads),
            trend[place] if trend else (),
        )
        for place, key in enumerate(FIGURES)
    )


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


def deals_reaching(viewer: Any, period: Period, now: datetime, stage: str) -> QuerySet[Deal]:
    """The deals behind one bar of the funnel. Raises ValueError for an unknown stage."""
    asked = _asked(period, now, crew_of(viewer, now).ids)
    place = STAGES.index(stage) + 1
    ids = [row[0] for row in select(REACHED_IDS, asked.params(stages=list(STAGES), place=place))]
    return (
        Deal.objects.visible_to(viewer)
        .filter(pk__in=ids)
        .select_related("customer", "owner")
        .order_by("-amount", "pk")
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


def league(viewer: Any, period: Period, now: datetime) -> League:
    """The best five by name, of the company or of one's own team, and where the viewer stands.

    Nobody below the fifth place is named: the list of the lowest is for who leads them.
    """
    found, _frozen = everybody(period, now)
    told = places(found)
    own = next((result for result in found if result.person.pk == viewer.pk), None)
    scope = scope_of(viewer)
    if scope.sees_all(SEES_ALL):
        seen = found
    else:
        day = current_calendar().day(now)
        mine = Membership.objects.filter(during(day), person=viewer).values_list("team", flat=True)
        mates = set(
            Membership.objects.filter(during(day), team__in=mine).values_list(
                "person_id", flat=True
            )
        )
        seen = [r for r in found if r.person.pk in mates or scope.covers(r.person.pk)]
    rated = [result for result in seen if result.card.total is not None]
    top = tuple(enumerate(rated[:LEAGUE], start=1))
    listed = any(result.person.pk == viewer.pk for _, result in top)
    return League(top, None if listed else own, told.get(viewer.pk))


# ------------------------------------------------------------------------------- rows and feed


def owed_rows(
    viewer: Any,
    period: Period,
    now: datetime,
    *,
    person: int | None = None,
    kind: str = "",
    outcome: str = "",
) -> QuerySet[Owed]:
    """The very obligations behind a cell: what fell due in the period, the worst first."""
    begins, ends = period.bounds(current_calendar().zone)
    rows = Owed.objects.visible_to(viewer).filter(due__gte=begins, due__lt=min(ends, now))
    rows = rows.filter(outcome__in=["", "met", "late"], person__isnull=False)
    if person is not None:
        rows = rows.filter(person_id=person)
    if kind:
        rows = rows.filter(kind=kind)
    if outcome in ("met", "late", "missed"):
        rows = rows.filter(outcome="" if outcome == "missed" else outcome)
    return rows.select_related("customer", "person").order_by("outcome", "due", "pk")


def outcomes(rows: QuerySet[Owed]) -> dict[str, int]:
    """How many were kept, late, missed."""
    counted = rows.order_by().aggregate(
        met=Count("pk", filter=Q(outcome="met")),
        late=Count("pk", filter=Q(outcome="late")),
        missed=Count("pk", filter=Q(outcome="")),
    )
    return {key: counted[key] for key in ("missed", "late", "met")}


def feed(viewer: Any, now: datetime, most: int = FEED) -> list[LedgerLine]:
    """What just happened among the people this viewer may see, newest first."""
    lines = LedgerLine.objects.filter(what__in=TOLD, at__lte=now, at__gt=now - timedelta(days=14))
    scope = scope_of(viewer)
    if not scope.sees_all(SEES_ALL):
        lines = lines.filter(owner__in=scope.people)
    return list(lines.order_by("-at", "-id")[:most])
