"""The person of a request, with whose rows they may see: one statement for both."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery

from .people import Membership, Person
from .prepared import Prepared
from .scope import give_scope

COLUMNS = tuple(field.attname for field in Person._meta.concrete_fields)


@lru_cache(1)
def _asked() -> Prepared:
    def build(pk: int) -> Any:
        led = Membership.objects.led_by(pk).order_by()
        led = [ArraySubquery(led.values(column)) for column in ("person_id", "team_id")]
        return Person.objects.filter(pk=pk).values_list(*COLUMNS, *led)

    return Prepared(build, pk=int)


def person_signed_in(pk: int) -> Person | None:
    """The person by this key with their scope; None if there is none."""
    found = _asked().rows(pk=pk)
    if not found:
        return None
    *values, people, teams = found[0]
    person = Person.from_db("default", COLUMNS, values)
    give_scope(person, zip(people, teams, strict=True))
    return person
