"""Whose rows a person may see (4.1): their own, their team subtree's, a department's, all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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

    def covers(self, person_id: int | None) -> bool:
        return self.all or person_id in self.people


def scope_of(person: Any) -> Scope:
    """The scope of a person, read once per instance (a request's person is one instance)."""
    known = getattr(person, "_scope", None)
    if known is None:
        known = person._scope = _read(person)
    return known


def _read(person: Any) -> Scope:
    from .people import Membership

    kinds = frozenset().union(*(DEPARTMENTS.get(role, frozenset()) for role in person.roles))
    if EVERYTHING & set(person.roles):
        return Scope(frozenset({person.pk}), frozenset(), kinds, all=True)
    people, teams = {person.pk}, set()
    for member, team in Membership.objects.led_by(person).values_list("person_id", "team_id"):
        people.add(member)
        teams.add(team)
    return Scope(frozenset(people), frozenset(teams), kinds)
