"""Whose rows a person may see (4.1): their own, their team subtree's, a department's, all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from .prepared import Prepared

# What each department role sees beyond its own rows, by kind of record.
DEPARTMENTS: dict[str, frozenset[str]] = {
    "legal": frozenset({"contract"}),
    "finance": frozenset({"customer", "contract", "order", "payment", "verdict"}),
    "technical": frozenset({"ticket", "deal", "order", "delivery", "exception", "proposal"}),
    "product": frozenset({"deal", "proposal"}),
    "production": frozenset({"order", "delivery", "exception"}),
    "logistics": frozenset({"order", "delivery", "exception"}),
    "service": frozenset({"customer", "ticket", "delivery"}),
    "hr": frozenset({"person", "verdict", "score"}),
    "policy_officer": frozenset({"person", "verdict", "score", "owed"}),
    "administrator": frozenset({"person"}),
}
# Who sees a kind of record because of a role that spans the company.
EVERYTHING = frozenset({"director"})


@dataclass(frozen=True)
class Scope:
    """The people whose rows somebody may see, and the kinds they see whole."""

    people: frozenset[int]
    teams: frozenset[int]
    kinds: frozenset[str]
    all: bool = False

    def sees_all(self, kind: str) -> bool:
        return self.all or kind in self.kinds

    def whose(self, kind: str) -> dict[str, list[int]]:
        """The `people` whose rows of a kind are seen; empty when they are seen whole."""
        return {} if self.sees_all(kind) else {"people": sorted(self.people)}

    def covers(self, person_id: int | None) -> bool:
        return self.all or person_id in self.people


def scope_of(person: Any) -> Scope:
    """The scope of a person, read once per instance (a request's person is one instance)."""
    known = getattr(person, "_scope", None)
    if known is None:
        everything = EVERYTHING & set(person.roles)
        known = give_scope(person, () if everything else _led().rows(person=person.pk))
    return known


def give_scope(person: Any, led: Iterable[tuple[int, int]]) -> Scope:
    """The scope of a person who leads these memberships, as (person, team)."""
    kinds = frozenset().union(*(DEPARTMENTS.get(role, frozenset()) for role in person.roles))
    if EVERYTHING & set(person.roles):
        person._scope = Scope(frozenset({person.pk}), frozenset(), kinds, all=True)
    else:
        pairs = list(led)
        people = frozenset({person.pk, *(member for member, _ in pairs)})
        person._scope = Scope(people, frozenset(team for _, team in pairs), kinds)
    return person._scope


@lru_cache(1)
def _led() -> Prepared:
    from .people import Membership

    def build(person: int) -> Any:
        led = Membership.objects.led_by(person).order_by()
        return led.values_list("person_id", "team_id")

    return Prepared(build, person=int)
