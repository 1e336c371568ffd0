"""2.2, 2.4 The scorecard: a person's or everybody's, from the records to the consequence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q

from zhangfa.metrics import Asked, measure_all
from zhangfa.metrics.base import Measures, together
from zhangfa.records.editions import current_calendar, current_policy
from zhangfa.records.models import LayerSpell, Leave, Membership, Person, Target, Team
from zhangfa.records.people import during
from zhangfa.rules import targets as rules
from zhangfa.rules.clock import Calendar
from zhangfa.rules.consequences import Bonus, bonus
from zhangfa.rules.measures import Sum
from zhangfa.rules.policy import Policy, Reading
from zhangfa.rules.scores import Card, score_card
from zhangfa.rules.terms import Period

CADENCES = {"month": "month", "quarter": "quarter", "half_year": "quarter", "year": "year"}
AMOUNTS = ("sales_amount", "new_customers")  # the metrics that are nothing without a target
MONEY = frozenset({"sales_amount"})  # those of them that are counted in the company's currency


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


@dataclass
class Company:
    """Everything that the cards of one period are made from, read once for all."""

    period: Period
    reading: Reading
    calendar: Calendar
    now: datetime
    people: dict[int, Person]
    layers: dict[int, str]
    teams: dict[int, Team]
    below: dict[int, list[int]]
    targets: dict[tuple[str, int], Target]
    leaves: dict[int, list[Leave]] = field(default_factory=dict)

    @property
    def team_of(self) -> dict[int, int]:
        return {person: team.pk for person, team in self.teams.items()}

    def asked(self, people: tuple[int, ...] | None = None) -> Asked:
        values = {key: target.value for key, target in self.targets.items()}
        return Asked(
            self.period, self.reading, self.calendar, self.now, people, self.team_of, values
        )


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
    spells = LayerSpell.objects.filter(during(last)).order_by("starts_on")
    members = Membership.objects.filter(during(last)).select_related("team")
    if only is not None:
        place = ExpressionWrapper(OuterRef("team__path"), output_field=CharField())
        own = Membership.objects.filter(during(last), person=only).annotate(place=place)
        spells = spells.filter(person=only)
        members = members.filter(Exists(own.filter(place__startswith=F("team__path"))))
    layers = dict(spells.values_list("person_id", "layer"))
    people = Person.objects.filter(pk__in=layers, roles__overlap=["seller", "supervisor"])
    if only is not None:
        people = people.filter(pk=only.pk)
    people = people.filter(Q(joined_on=None) | Q(joined_on__lt=period.end)).filter(
        Q(left_on=None) | Q(left_on__gt=period.start)
    )
    members = list(members)
    found = {person.pk: person for person in people}
    return Company(
        period=period,
        reading=policy.on(period.start),
        calendar=calendar,
        now=now,
        people=found,
        layers=layers,
        teams={member.person_id: member.team for member in members},
        below=_below(members),
        targets=_targets(period, only),
        leaves=_leaves(period, only),
    )


def _below(members: list[Membership]) -> dict[int, list[int]]:
    """For every lead the people of the teams they lead, themselves among them."""
    below = {}
    for lead in members:
        if lead.lead:
            path = lead.team.path
            below[lead.person_id] = [m.person_id for m in members if m.team.path.startswith(path)]
    return below


def _targets(period: Period, only: Person | None) -> dict[tuple[str, int], Target]:
    """The newest target of each metric and person."""
    rows = Target.objects.filter(period=period.label).order_by("at", "id")
    if only is not None:
        rows = rows.filter(person=only)
    return {(row.metric, row.person_id): row for row in rows}


def _leaves(period: Period, only: Person | None) -> dict[int, list[Leave]]:
    found: dict[int, list[Leave]] = {}
    rows = Leave.objects.filter(starts_on__lt=period.end, ends_on__gt=period.start)
    for leave in rows if only is None else rows.filter(person=only):
        found.setdefault(leave.person_id, []).append(leave)
    return found


def results(
    period: Period,
    now: datetime,
    *,
    policy: Policy | None = None,
    only: Person | None = None,
) -> list[Result]:
    """Everybody's result of a period, highest first: one statement per metric for all of them.

    `policy` reads the same records under another policy (a what-if); `only` one person.
    """
    company = company_of(period, now, policy=policy, only=only)
    measured = measure_all(company.asked(_asked_people(company) if only else None))
    found = [_result(company, measured, person) for person in company.people.values()]
    return sorted(found, key=lambda r: (r.card.total is None, -(r.card.total or 0), r.person.pk))


def _asked_people(company: Company) -> tuple[int, ...]:
    """The people whose rows one person's card needs: their own, and a lead's team."""
    wanted: set[int] = set(company.people)
    for person in company.people:
        wanted.update(company.below.get(person, ()))
    return tuple(sorted(wanted))


def result_of(
    person: Person, period: Period, now: datetime, *, policy: Policy | None = None
) -> Result | None:
    """One person's result, or None when they were not scored in that period."""
    found = results(period, now, policy=policy, only=person)
    return found[0] if found else None


def _result(company: Company, measured: Mapping[str, Measures], person: Person) -> Result:
    layer = company.layers[person.pk]
    owed, whole = _days(company, person)
    share = rules.owed_share(owed, whole)
    card = score_card(
        layer,
        CADENCES[company.period.kind],
        _own(company, measured, person, layer),
        _relieved(company, person, layer, share),
        company.reading,
        owed_share=share,
        person=str(person.pk),
        period=company.period.label,
    )
    paid = bonus(card.total, person.bonus_base, company.reading) if card.total is not None else None
    return Result(
        person, company.period, layer, company.teams.get(person.pk), card, paid, (owed, whole)
    )


def behind(company: Company, person: Person) -> tuple[int, ...]:
    """Whose rows a person's figures are made of: a supervisor's are their team's (2.1.2)."""
    if company.layers.get(person.pk) == "supervisor" and person.pk in company.below:
        return tuple(company.below[person.pk])
    return (person.pk,)


def _own(
    company: Company, measured: Mapping[str, Measures], person: Person, layer: str
) -> dict[str, Any]:
    """The person's measures; for a supervisor the sum over the team's rows."""
    people = behind(company, person)
    own = {}
    for key, measures in measured.items():
        found = together(measures[one] for one in people if one in measures)
        if found is None and key in AMOUNTS:
            # Nobody's rows are a figure too: nothing was sold. Only without a target it is n/a.
            found = Sum(amount=0, unit=company.reading["money.currency"] if key in MONEY else "")
        if found is not None:
            own[key] = found
    return own


def _relieved(
    company: Company, person: Person, layer: str, share: Fraction
) -> dict[str, rules.Target]:
    """Targets by the days really owed; a newcomer's by the ramp too (metrics.md)."""
    ramp = Decimal(1)
    if layer == "newcomer" and person.joined_on:
        factors = company.reading.get("layer.ramp") or ()
        month = rules.month_of_tenure(person.joined_on, company.period.last)
        ramp = Decimal(str(factors[month - 1])) if 0 < month <= len(factors) else Decimal(1)
    found = {}
    for metric in AMOUNTS:
        target = company.targets.get((metric, person.pk))
        if target is not None:
            found[metric] = rules.Target(
                full=target.value,
                share=share,
                ramp=ramp,
                author=str(target.author_id or ""),
                approver=str(target.approver_id or ""),
            )
    return found


def _days(company: Company, person: Person) -> tuple[int, int]:
    """Working days owed, and working days of the period: joining, leaving, longer leave."""
    start, end = company.period.start, company.period.end
    whole = _working(company.calendar, start, end)
    first = max(start, person.joined_on or start)
    last = min(end, person.left_on or end)
    counts_from = company.reading["target.leave_counts_from"].amount
    away = [
        _working(company.calendar, max(leave.starts_on, first), min(leave.ends_on, last))
        for leave in company.leaves.get(person.pk, ())
    ]
    return rules.owed_days(_working(company.calendar, first, last), away, counts_from), whole


def _working(calendar: Calendar, start: date, end: date) -> int:
    """Working days from a day up to but not including another."""
    return max(0, calendar.workdays_between(start, end))
