"""A prepared question gives what its queryset gives, and refuses what it could not put in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db.models import Q

from zhangfa.records.models import LayerSpell, Owed, Person
from zhangfa.records.prepared import Prepared

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def people() -> list[Person]:
    found = [Person.objects.create_user(f"p{n}", name=f"P{n}", roles=["seller"]) for n in range(3)]
    for n, person in enumerate(found):
        Owed.objects.create(
            kind="customer_touch",
            story=f"customer/{n}",
            opening=n,
            person=person,
            opens_at=NOW - timedelta(days=3),
            due=NOW + timedelta(days=n),
            promised=NOW + timedelta(days=n),
        )
        LayerSpell.objects.create(person=person, layer="mature", starts_on=date(2026, 1, 1 + n))
    return found


def due_by(person: int, until: datetime) -> Any:
    owed = Owed.objects.filter(Q(person=person) & Q(due__lte=until)).order_by("pk")
    return owed.values_list("pk", "story", "due")


def test_it_gives_what_the_queryset_gives_for_every_value(people: list[Person]) -> None:
    asked = Prepared(due_by, person=int, until=datetime)
    for person in people:
        for days in (0, 1, 2):
            until = NOW + timedelta(days=days)
            assert asked.rows(person=person.pk, until=until) == list(due_by(person.pk, until))


def test_a_list_of_numbers_may_have_any_length(people: list[Person]) -> None:
    def build(those: list[int], kind: str) -> Any:
        return Owed.objects.filter(person__in=those, kind=kind).values_list("pk").order_by("pk")

    asked = Prepared(build, those=list, kind=str)
    for count in (0, 1, 3):
        those = [person.pk for person in people[:count]]
        assert len(asked.rows(those=those, kind="customer_touch")) == count
    assert asked.rows(those=[people[0].pk], kind="weekly_update") == []


def test_a_day_is_put_in_as_a_day(people: list[Person]) -> None:
    asked = Prepared(
        lambda day: LayerSpell.objects.filter(starts_on__lte=day).values_list("person_id"), day=date
    )
    assert len(asked.rows(day=date(2026, 1, 2))) == 2


def test_what_was_reckoned_from_a_value_is_refused(people: list[Person]) -> None:
    """Else everybody would get the first asker's day."""

    def build(now: datetime) -> Any:
        day = now.date()
        return LayerSpell.objects.filter(starts_on__lte=day, person__is_active=True).values("pk")

    with pytest.raises(ValueError, match="as they are"):
        Prepared(build, now=datetime).rows(now=NOW)


def test_a_value_that_is_not_in_the_statement_is_refused(people: list[Person]) -> None:
    asked = Prepared(
        lambda person, other: Owed.objects.filter(person=person), person=int, other=int
    )
    with pytest.raises(ValueError, match="as they are"):
        asked.rows(person=1, other=2)


def test_records_come_with_their_related_records(people: list[Person]) -> None:
    def build(until: datetime) -> Any:
        owed = Owed.objects.filter(due__lte=until).select_related("person").order_by("pk")
        return owed.only("kind", "due", "person__name", "customer")

    asked = Prepared(build, until=datetime)
    for _ in range(2):
        found = asked.rows(until=NOW + timedelta(days=1))
        assert [(owed.kind, owed.person.name, owed.customer_id) for owed in found] == [
            ("customer_touch", "P0", None),
            ("customer_touch", "P1", None),
        ]
        assert found[0].get_deferred_fields() == build(NOW)[0].get_deferred_fields()
    assert asked.rows(until=NOW - timedelta(days=1)) == []


def test_two_askers_at_a_time_get_their_own_answers(people: list[Person]) -> None:
    """One statement serves every thread: the values of one never reach another."""
    asked = Prepared(due_by, person=int, until=datetime)
    until = NOW + timedelta(days=9)
    answers = [iter(asked.rows(person=person.pk, until=until)) for person in people]
    assert [next(answer)[1] for answer in answers] == ["customer/0", "customer/1", "customer/2"]


def test_named_values_and_texts_of_a_list(people: list[Person]) -> None:
    def build(stories: list[str]) -> Any:
        return Owed.objects.filter(story__in=stories).order_by("pk").values("story", "person__name")

    asked = Prepared(build, stories=list)
    assert asked.rows(stories=["customer/1", "customer/9"]) == [
        {"story": "customer/1", "person__name": "P1"}
    ]
