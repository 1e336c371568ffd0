"""2.2, 2.4 The scorecard: a person's or everybody's, from the records to the consequence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from zhangfa.metrics import measure_all
from zhangfa.metrics.base import Measures, together
from zhangfa.records.models import Person
from zhangfa.rules import targets as rules
from zhangfa.rules.consequences import bonus
from zhangfa.rules.measures import Sum
from zhangfa.rules.policy import Policy
from zhangfa.rules.scores import Adjustment, Card, Part, merged, score_card
from zhangfa.rules.terms import Period

from .company import AMOUNTS, Company, Result, Spell, behind, company_of
from .late import late_facts

__all__ = ["CADENCES", "Company", "Result", "behind", "company_of", "result_of", "results"]
CADENCES = {"month": "month", "quarter": "quarter", "half_year": "quarter", "year": "year"}
MONEY = frozenset({"sales_amount"})  # those of them that are counted in the company's currency


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
    late = late_facts(period, company.people.values(), now)
    found = [
        _result(company, measured, person, [each.adjustment for each in late.get(pk, ())])
        for pk, person in company.people.items()
    ]
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


def _result(
    company: Company,
    measured: Mapping[str, Measures],
    person: Person,
    late: Sequence[Adjustment],
) -> Result:
    owed, whole = company.owed(person), company.whole
    share = rules.owed_share(owed, whole)
    enough = rules.is_rated(share, company.reading["rating.minimum_days_share"])
    own = _own(company, measured, person, company.layers[person.pk])
    spells = _several(company, person)
    if spells:
        # A late fact counts once: in the part that runs to the period's end.
        parts = [
            _part(company, person, spell, enough, late if spell is spells[-1] else ())
            for spell in spells
        ]
        card = merged(parts, own, company.reading, owed_share=share)
    else:
        card = _card(company, person, own, None, enough, late)
    paid = bonus(card.total, person.bonus_base, company.reading) if card.total is not None else None
    team = company.teams.get(person.pk)
    return Result(person, company.period, card.layer, team, card, paid, (owed, whole))


def _several(company: Company, person: Person) -> tuple[Spell, ...]:
    """The layers of somebody who changed from one to another in the period."""
    spells = tuple(s for s in company.spells[person.pk] if company.owed(person, (s.start, s.end)))
    return spells if len(spells) > 1 else ()


def _part(
    company: Company, person: Person, spell: Spell, enough: bool, late: Sequence[Adjustment]
) -> Part:
    """The card of the days in one layer: what happened in them, against their part of the
    targets (metrics.md: two layers in one period)."""
    people = behind(company, person, spell.layer)
    own = _own(company, measure_all(company.asked(people, spell)), person, spell.layer)
    card = _card(company, person, own, spell, enough, late)
    days = company.owed(person, (spell.start, spell.end))
    return Part(spell.layer, spell.start, spell.end, days, card)


def _card(
    company: Company,
    person: Person,
    own: Mapping[str, Any],
    part: Spell | None,
    enough: bool,
    late: Sequence[Adjustment],
) -> Card:
    bounds = (part.start, part.end) if part else company.bounds
    targets = {metric: company.target(metric, person.pk, part) for metric in AMOUNTS}
    return score_card(
        part.layer if part else company.layers[person.pk],
        CADENCES[company.period.kind],
        own,
        {metric: target for metric, target in targets.items() if target is not None},
        company.reading,
        owed_share=rules.owed_share(company.owed(person, bounds), company.whole),
        adjustments=late,
        person=str(person.pk),
        period=company.period.label,
        enough_days=enough,
    )


def _own(
    company: Company, measured: Mapping[str, Measures], person: Person, layer: str
) -> dict[str, Any]:
    """The person's measures; for a supervisor the sum over the team's rows."""
    people = behind(company, person, layer)
    own = {}
    for key, measures in measured.items():
        found = together(measures[one] for one in people if one in measures)
        if found is None and key in AMOUNTS:
            # Nobody's rows are a figure too: nothing was sold. Only without a target it is n/a.
            found = Sum(amount=0, unit=company.reading["money.currency"] if key in MONEY else "")
        if found is not None:
            own[key] = found
    return own
