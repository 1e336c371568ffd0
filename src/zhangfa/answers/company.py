"""2.1.2, 2.2 Who is scored in a period: people, layers, teams, targets, the days they owed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from zhangfa.metrics import Asked
from zhangfa.metrics.behaviour import months_of
from zhangfa.records.editions import current_calendar, current_policy
from zhangfa.records.models import LayerSpell, Leave, Membership, Person, Target, Team
from zhangfa.rules import targets as rules
from zhangfa.rules.clock import Calendar
from zhangfa.rules.consequences import Bonus
from zhangfa.rules.policy import Policy, Reading
from zhangfa.rules.scores import Card
from zhangfa.rules.terms import Period

from .company_rows import leaves_of, rows_of

AMOUNTS = ("sales_amount", "new_customers")  # the metrics that are nothing without a target
Bounds = tuple[date, date]


@dataclass(frozen=True)
class Result:
    """One person's card of a period with what follows from it."""

    person: Person
    period: Period
    layer: str
    team: Team | None
    card: Card
    bonus: Bonus | None
    days: tuple[int, int]


@dataclass(frozen=True)
class Spell:
    """The days of a period that somebody spent in one layer; half-open."""

    layer: str
    start: date
    end: date


@dataclass(frozen=True)
class Aim:
    """A target as it was set, with the days of the period from which each value was in force."""

    values: tuple[tuple[date, Decimal], ...]
    author: str = ""
    approver: str = ""


@dataclass
class Company:
    """Everything that the cards of one period are made from, read once for all."""

    period: Period
    reading: Reading
    calendar: Calendar
    now: datetime
    people: dict[int, Person]
    spells: dict[int, tuple[Spell, ...]]
    teams: dict[int, Team]
    below: dict[int, list[int]]
    aims: dict[tuple[str, int], Aim]
    leaves: dict[int, list[Leave]] = field(default_factory=dict)

    @cached_property
    def layers(self) -> dict[int, str]:
        """Everybody's layer at the period's end, or now while it runs."""
        return {person: spells[-1].layer for person, spells in self.spells.items()}

    @cached_property
    def team_of(self) -> dict[int, int]:
        return {person: team.pk for person, team in self.teams.items()}

    @cached_property
    def whole(self) -> int:
        """The working days of the period."""
        return self.working(self.period.start, self.period.end)

    def asked(self, people: tuple[int, ...] | None = None, part: Spell | None = None) -> Asked:
        """The question for these people (None = everybody), or for a part of the period."""
        period = self.period
        if part is not None:
            period = Period(period.kind, part.start, part.end, period.label)
        return Asked(
            period,
            self.reading,
            self.calendar,
            self.now,
            people,
            self.team_of,
            {(metric, pk): self.value(metric, pk, part) for metric, pk in self.aims},
            self._present(part),
        )

    # ------------------------------------------------------------------------- targets
    def value(self, metric: str, person: int, part: Spell | None = None) -> Decimal:
        """The target that counts, relieved; of somebody who is not scored as it was set."""
        target = self.target(metric, person, part)
        return target.value if target is not None else Decimal(0)

    def target(self, metric: str, person: int, part: Spell | None = None) -> rules.Target | None:
        """A target by the days really owed; a newcomer's by the ramp too (metrics.md)."""
        aim = self.aims.get((metric, person))
        if aim is None:
            return None
        if person not in self.people:
            return rules.Target(self._full(aim), author=aim.author, approver=aim.approver)
        start, end = (part.start, part.end) if part else self.bounds
        layer = part.layer if part else self.layers[person]
        owed = self.owed(self.people[person], (start, end))
        return rules.Target(
            full=self._full(aim),
            share=rules.owed_share(owed, self.whole),
            ramp=self._ramp(self.people[person], layer, (start, end)),
            author=aim.author,
            approver=aim.approver,
        )

    def _full(self, aim: Aim) -> Decimal | Fraction:
        """A target changed in the period counts forward: each value by its working days."""
        ends = [*(day for day, _ in aim.values[1:]), self.period.end]
        parts = [
            (value, self.working(day, end))
            for (day, value), end in zip(aim.values, ends, strict=True)
        ]
        if len(parts) == 1 or not any(days for _, days in parts):
            return aim.values[-1][1]
        return rules.blended(parts)

    def _ramp(self, person: Person, layer: str, bounds: Bounds) -> Fraction:
        """The mean of a newcomer's factors by the working days in each month of tenure."""
        factors = self.reading.get("layer.ramp") or ()
        if layer != "newcomer" or not person.joined_on or not factors:
            return Fraction(1)
        day, end = max(bounds[0], person.joined_on), min(bounds[1], person.left_on or bounds[1])
        months: dict[int, int] = {}
        while day < end:
            if self.calendar.is_workday(day):
                month = rules.month_of_tenure(person.joined_on, day)
                months[month] = months.get(month, 0) + 1
            day += timedelta(days=1)
        return rules.ramp_factor(months, factors)

    # ---------------------------------------------------------------------------- days
    @property
    def bounds(self) -> Bounds:
        return self.period.start, self.period.end

    def owed(self, person: Person, bounds: Bounds | None = None) -> int:
        """Working days owed between two days: employed, and not on a leave that counts."""
        start, end = bounds or self.bounds
        first = max(start, person.joined_on or start)
        last = min(end, person.left_on or end)
        away = (self._shared(leave, (first, last)) for leave in self._counting(person.pk))
        return max(0, self.working(first, last) - sum(away))

    def _counting(self, person: int) -> list[Leave]:
        """The leaves with enough working days in the period to count (target.leave_counts_from)."""
        least = self.reading["target.leave_counts_from"].amount
        found = self.leaves.get(person, ())
        return [leave for leave in found if self._shared(leave, self.bounds) >= least]

    def _shared(self, leave: Leave, bounds: Bounds) -> int:
        return self.working(max(leave.starts_on, bounds[0]), min(leave.ends_on, bounds[1]))

    def _present(self, part: Spell | None) -> dict[tuple[int, str], Fraction]:
        """Which part of each month's working days was owed by who was on leave, or in another
        layer for some of it: as much of the month's visits is required (2.2.5)."""
        found: dict[tuple[int, str], Fraction] = {}
        people = self.leaves if part is None else {*self.leaves, *self.people}
        start, end = (part.start, part.end) if part else self.bounds
        for label in months_of(Period(self.period.kind, start, end, "")):
            month = Period.read(label)
            days = self.working(month.start, month.end)
            inside = max(month.start, start), min(month.end, end)
            for person in people:
                away = sum(self._shared(leave, inside) for leave in self._counting(person))
                owed = max(0, self.working(*inside) - away)
                if days and owed != days:
                    found[person, label] = Fraction(owed, days)
        return found

    def working(self, start: date, end: date) -> int:
        """Working days from a day up to but not including another."""
        return max(0, self.calendar.workdays_between(start, end)) if start < end else 0


def company_of(
    period: Period,
    now: datetime,
    *,
    policy: Policy | None = None,
    only: Person | None = None,
) -> Company:
    """The people who are scored in a period, with layer, team and targets at its end."""
    policy, calendar = policy or current_policy(), current_calendar()
    last = min(period.last, max(calendar.day(now), period.start))
    rows = rows_of(period.start, period.end, last, period.label, only.pk if only else None)
    layers, members = _spells(period, last, rows.spells), rows.members
    found = {person.pk: person for person in rows.people if person.pk in layers}
    below = _below(members)
    wanted = None if only is None else sorted({only.pk, *below.get(only.pk, ())})
    return Company(
        period=period,
        reading=policy.on(period.start),
        calendar=calendar,
        now=now,
        people=found,
        spells={pk: layers[pk] for pk in found},
        teams={member.person_id: member.team for member in members},
        below=below,
        aims=_aims(period, calendar, rows.targets),
        leaves=_leaves(period, wanted),
    )


def _spells(period: Period, last: date, rows: Iterable[LayerSpell]) -> dict[int, tuple[Spell, ...]]:
    """Each person's layers in the period, in order; only who still has one at its end is scored."""
    found: dict[int, list[LayerSpell]] = {}
    for row in rows:
        found.setdefault(row.person_id, []).append(row)
    told = {}
    for person, spells in found.items():
        ends = spells[-1].ends_on
        if ends is not None and ends <= last:
            continue
        parts: list[Spell] = []
        for row in spells:
            start = max(row.starts_on, period.start)
            end = period.end if row is spells[-1] else min(row.ends_on or period.end, period.end)
            if parts and parts[-1].layer == row.layer:
                parts[-1] = Spell(row.layer, parts[-1].start, end)
            elif start < end:
                parts.append(Spell(row.layer, start, end))
        told[person] = tuple(parts)
    return told


def _below(members: list[Membership]) -> dict[int, list[int]]:
    """For every lead the people of the teams they lead, themselves among them."""
    below = {}
    for lead in members:
        if lead.lead:
            path = lead.team.path
            below[lead.person_id] = [m.person_id for m in members if m.team.path.startswith(path)]
    return below


def _aims(period: Period, calendar: Calendar, rows: Iterable[Target]) -> dict[tuple[str, int], Aim]:
    """Each person's target by metric: the newest from before the period, and its changes since."""
    found: dict[tuple[str, int], Aim] = {}
    for row in rows:
        key, day = (row.metric, row.person_id), calendar.day(row.at)
        before = [each for each in found[key].values if each[0] < day] if key in found else []
        if not before or day <= period.start:
            before, day = [], period.start
        if day < period.end:
            values = (*before, (day, row.value))
            found[key] = Aim(values, str(row.author_id or ""), str(row.approver_id or ""))
    return found


def _leaves(period: Period, people: list[int] | None) -> dict[int, list[Leave]]:
    """Everybody's leave in the period, or these people's."""
    found: dict[int, list[Leave]] = {}
    for leave in leaves_of(period.start, period.end, people):
        found.setdefault(leave.person_id, []).append(leave)
    return found


def behind(company: Company, person: Person, layer: str | None = None) -> tuple[int, ...]:
    """Whose rows a person's figures are made of: a supervisor's are their team's (2.1.2)."""
    layer = layer or company.layers.get(person.pk)
    if layer == "supervisor" and person.pk in company.below:
        return tuple(company.below[person.pk])
    return (person.pk,)
