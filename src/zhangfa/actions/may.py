"""Who may: small predicates of a person and a record. One place for gate, button and API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Predicate = Callable[[Any, Any], bool]

SELLING = ("seller", "supervisor", "director")


def anybody(person: Any, record: Any) -> bool:
    """Everybody who is signed in and active."""
    return bool(person.is_active)


def owner(person: Any, record: Any) -> bool:
    """The one who answers for the record."""
    return record.owing == person.pk


def owner_or_lead(person: Any, record: Any) -> bool:
    """The owner, or somebody who leads the owner."""
    return owner(person, record) or person.has("director") or person.leads(record.owing)


def lead(person: Any, record: Any) -> bool:
    """Somebody who leads the owner; never the owner."""
    return not owner(person, record) and (person.has("director") or person.leads(record.owing))


def sells(person: Any, record: Any) -> bool:
    """Whoever sells, for records that are not there yet."""
    return person.has(*SELLING)


def role(*roles: str) -> Predicate:
    """Whoever holds one of these roles."""

    def holds(person: Any, record: Any) -> bool:
        return person.has(*roles)

    return holds


def either(*predicates: Predicate) -> Predicate:
    """One of these is enough."""

    def one(person: Any, record: Any) -> bool:
        return any(predicate(person, record) for predicate in predicates)

    return one


def reviewer(kind: str) -> Predicate:
    """Holds the reviewing role and is not the contract's author (1.3.2)."""

    def reviews(person: Any, contract: Any) -> bool:
        return person.has(kind) and contract.owner_id != person.pk

    return reviews
