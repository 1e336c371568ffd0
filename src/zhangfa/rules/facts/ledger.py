"""Facts as lines of the ledger: their names, and their bodies as JSON and back."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from . import common, company, contracts, selling, service
from .base import What

AREAS = (selling, contracts, service, common, company)
WHATS: dict[str, type[What]] = {
    kind.key: kind
    for area in AREAS
    for kind in vars(area).values()
    if isinstance(kind, type) and issubclass(kind, What) and kind is not What
}

READ = {"Decimal": Decimal, "date": date.fromisoformat, "datetime": datetime.fromisoformat}


FIELDS: dict[str, tuple[tuple[str, Any], ...]] = {
    key: tuple(
        (field.name, READ.get(str(field.type).removesuffix(" | None")))
        for field in fields(kind)  # type: ignore[arg-type]
    )
    for key, kind in WHATS.items()
}


def to_body(what: What) -> dict[str, Any]:
    """What happened as JSON: amounts and moments as text, so that they come back exactly."""
    return {
        name: str(value) if reads else value
        for name, reads in FIELDS[what.key]
        if (value := getattr(what, name)) is not None
    }


def from_body(key: str, body: dict[str, Any]) -> What:
    """Read a ledger line back by the types of its fields. Raises KeyError for unknown keys."""
    kind = WHATS[key]
    given = {
        name: reads(body[name]) if reads and body.get(name) is not None else body.get(name)
        for name, reads in FIELDS[key]
    }
    return kind(**given)
