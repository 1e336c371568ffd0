"""The rows that say who is scored in a period: everybody's, or those that one person's card needs.

Asked by every scorecard, so the statements are kept (records/prepared.py).
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet

from zhangfa.records.models import LayerSpell, Leave, Membership, Person, Target
from zhangfa.records.people import during
from zhangfa.records.prepared import Prepared

SCORED = ["seller", "supervisor"]


class Rows(NamedTuple):
    """What was read; `people` are those with a scored role who worked in the period."""

    spells: list[LayerSpell]
    members: list[Membership]
    people: list[Person]
    targets: list[Target]


def rows_of(start: date, end: date, last: date, label: str, only: int | None) -> Rows:
    """The rows of a period, on its last day so far; of one person with their teams."""
    one = {} if only is None else {"person": only}
    asked = _asked(only is not None)
    return Rows(
        asked[0].rows(last=last, start=start, **one),
        asked[1].rows(last=last, **one),
        asked[2].rows(start=start, end=end, **one),
        asked[3].rows(label=label, **one),
    )


def leaves_of(start: date, end: date, people: list[int] | None) -> list[Leave]:
    """Everybody's leave in the period, or these people's."""
    whose = {} if people is None else {"people": people}
    return _leaves(people is not None).rows(start=start, end=end, **whose)


@lru_cache(2)
def _asked(one: bool) -> tuple[Prepared, Prepared, Prepared, Prepared]:
    who: dict[str, type] = {"person": int} if one else {}
    return (
        Prepared(_spells, last=date, start=date, **who),
        Prepared(_members, last=date, **who),
        Prepared(_people, start=date, end=date, **who),
        Prepared(_targets, label=str, **who),
    )


def _spells(last: date, start: date, person: int | None = None) -> QuerySet[LayerSpell]:
    found = LayerSpell.objects.filter(starts_on__lte=last).order_by("starts_on", "id")
    found = found.filter(Q(ends_on=None) | Q(ends_on__gt=start))
    return found if person is None else found.filter(person=person)


def _members(last: date, person: int | None = None) -> QuerySet[Membership]:
    found = Membership.objects.filter(during(last)).select_related("team")
    if person is None:
        return found
    place = ExpressionWrapper(OuterRef("team__path"), output_field=CharField())
    own = Membership.objects.filter(during(last), person=person).annotate(place=place)
    return found.filter(Exists(own.filter(place__startswith=F("team__path"))))


def _people(start: date, end: date, person: int | None = None) -> QuerySet[Person]:
    found = Person.objects.filter(roles__overlap=SCORED)
    found = found.filter(Q(joined_on=None) | Q(joined_on__lt=end))
    found = found.filter(Q(left_on=None) | Q(left_on__gt=start))
    return found if person is None else found.filter(pk=person)


def _targets(label: str, person: int | None = None) -> QuerySet[Target]:
    found = Target.objects.filter(period=label).order_by("at", "id")
    return found if person is None else found.filter(person=person)


@lru_cache(2)
def _leaves(some: bool) -> Prepared:
    def build(start: date, end: date, people: list[int] | None = None) -> QuerySet[Any]:
        found = Leave.objects.filter(starts_on__lt=end, ends_on__gt=start)
        return found if people is None else found.filter(person_id__in=people)

    whose: dict[str, type] = {"people": list} if some else {}
    return Prepared(build, start=date, end=date, **whose)
