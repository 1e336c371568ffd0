"""2.1.3, 3.2.3 What another policy would have made of a past quarter, from the same facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from zhangfa.metrics.behaviour import Supposed, supposing
from zhangfa.records.editions import current_calendar, current_policy
from zhangfa.records.models import LedgerLine, Owed, Person
from zhangfa.rules.obligations import KINDS, derive
from zhangfa.rules.policy import Policy
from zhangfa.rules.terms import Period
from zhangfa.rules.whatif import Comparison, compare

from .scorecard import Result, results
from .standing import may_see

AROUND = timedelta(days=120)
"""How far outside the period a deadline may lie that another policy could move into it."""
OUTCOMES = {None: "", "met": "met", "late": "late"}


@dataclass(frozen=True)
class WhatIf:
    """A period as it was and as it might have been, of the people one may see."""

    period: Period
    comparison: Comparison
    people: dict[str, Person]
    derived: tuple[str, ...]
    """The obligation kinds that were derived again from the facts."""


def whatif(viewer: Any, period: Period, amended: Policy, now: datetime) -> WhatIf:
    """Each person's score, band and bonus before and after; nothing is written.

    Frozen results are not looked at: both sides are counted anew from the facts as they stand, so
    that the amendment alone makes the difference. Where it changes how obligations come about,
    those of the kinds it touches are derived again. Raises ValueError for a period not yet over.
    """
    if period.end > current_calendar().day(now):
        raise ValueError("a what-if looks at periods that are over")
    policy = current_policy()
    before = results(period, now)
    touched = touched_kinds(policy, amended, period)
    with supposing(supposed(touched, period, amended, now) if touched else None):
        after = results(period, now, policy=amended)
    seen = {r.person.pk for r in before if may_see(viewer, r.person.pk)}
    comparison = compare(
        _cards(before, seen),
        _cards(after, seen),
        (policy.on(period.start), amended.on(period.start)),
        {str(r.person.pk): r.person.bonus_base for r in before if r.person.pk in seen},
    )
    people = {str(r.person.pk): r.person for r in before if r.person.pk in seen}
    return WhatIf(period, comparison, people, tuple(sorted(touched)))


def _cards(found: list[Result], seen: set[int]) -> dict[str, Any]:
    return {str(r.person.pk): r.card for r in found if r.person.pk in seen}


def touched_kinds(policy: Policy, amended: Policy, period: Period) -> set[str]:
    """The obligation kinds whose own parameters, but for their weight, differ."""
    was, now = policy.on(period.start), amended.on(period.start)
    kinds = {kind.key for kind in KINDS}
    keys = {*was, *now}
    return {
        kind
        for key in keys
        for kind, _, term in [key.rpartition(".")]
        if kind in kinds
        and term not in ("weight", "late_credit", "counts_for", "reminders")
        and was.get(key) != now.get(key)
    }


def supposed(kinds: Collection[str], period: Period, policy: Policy, now: datetime) -> Supposed:
    """What people would have owed of these kinds around a period, and whether in time."""
    calendar = current_calendar()
    begins, ends = period.bounds(calendar.zone)
    near = Owed.objects.filter(kind__in=kinds, due__gte=begins - AROUND, due__lt=ends + AROUND)
    told: dict[str, list[LedgerLine]] = defaultdict(list)
    stories = near.order_by().values_list("story", flat=True).distinct()
    for line in LedgerLine.objects.filter(story__in=stories).in_order().iterator(5000):
        told[line.story].append(line)
    rows = []
    for lines in told.values():
        for owed in derive([line.as_fact() for line in lines], policy, calendar, now):
            if owed.kind.key in kinds and owed.owner is not None and owed.outcome in OUTCOMES:
                rows.append((owed.owner, owed.kind.key, owed.due, OUTCOMES[owed.outcome]))
    return Supposed(frozenset(kinds), tuple(rows))
