"""Which records are known by which names and codes: from the tables, and from the files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .matching import Match, NameIndex


def _folded(value: str) -> str:
    return " ".join(value.split()).casefold()


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference to a record by one of its fields; `known` when one is there to be found."""

    entity: str
    by: str
    value: str
    known: bool


class Known:
    """Names and codes by entity and field. The caller adds those of the database."""

    def __init__(self) -> None:
        self.exact: dict[tuple[str, str], dict[str, str]] = {}
        self.indexes: dict[tuple[str, str], NameIndex] = {}

    def add(self, entity: str, by: str, values: Iterable[str]) -> None:
        """Make records known by a field, such as `known.add("product", "name", names)`."""
        place = self.exact.setdefault((entity, by), {})
        for value in values:
            place.setdefault(_folded(value), value)
        self.indexes.pop((entity, by), None)

    def find(self, entity: str, by: str, value: str) -> str | None:
        """The known spelling; case and blanks don't matter."""
        return self.exact.get((entity, by), {}).get(_folded(value))

    def near(self, entity: str, by: str, value: str) -> list[Match]:
        """Known spellings that may be meant, best first."""
        if (entity, by) not in self.indexes:
            self.indexes[entity, by] = NameIndex(self.exact.get((entity, by), {}).values())
        return [match for match in self.indexes[entity, by].near(value) if match.known != value]
