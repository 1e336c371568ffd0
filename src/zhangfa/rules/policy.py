"""The policy: a series of dated editions, later ones amending earlier ones.

A `Reading` is the policy as it stood on one day, and remembers what was looked up in it, so that
every result can cite key, value, clause and edition. Values are typed once, when an edition is
read; a look-up is one dict hit.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from .parameters import Catalogue
from .policy_values import Table, Value, flat, nested, plain

if TYPE_CHECKING:
    from .policy_check import Problem

ABOUT = frozenset({"key", "title", "effective", "reason", "without"})


class Unsaid(KeyError):
    """The policy says nothing about this key on this day."""

    def __init__(self, key: str, day: date) -> None:
        super().__init__(key)
        self.key, self.day = key, day

    def __str__(self) -> str:
        return f"the policy says nothing about {self.key!r} on {self.day}"


@dataclass(frozen=True, slots=True)
class Citation:
    """A value that a result rests on. `source` is "doc" (the document states it) or "house"."""

    key: str
    value: Value = field(hash=False)
    clause: str
    edition: str
    source: str

    def as_data(self) -> dict[str, Any]:
        """What JSON can hold, for a result that is frozen with what it rests on (2.3.8)."""
        return {
            "key": self.key,
            "value": plain(self.value),
            "clause": self.clause,
            "edition": self.edition,
            "source": self.source,
        }


@dataclass(frozen=True)
class Edition:
    """Values in force from a day on: what they change, and nothing else.

    `values` may come nested or dotted, as TOML or JSON gives them; they are kept dotted and typed.
    `without` lists keys that the edition takes back. `sources` may override the catalogue's.
    """

    key: str
    title: str
    effective: date
    values: Mapping[str, Value]
    sources: Mapping[str, str] = field(default_factory=dict)
    without: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", MappingProxyType(flat(self.values)))

    def __hash__(self) -> int:
        return hash((self.key, self.effective))

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Edition:
        """Read a parsed edition (TOML or JSON). Raises ValueError without a day to begin on."""
        effective = document.get("effective")
        if isinstance(effective, str):
            effective = date.fromisoformat(effective)
        if not isinstance(effective, date):
            raise ValueError("an edition needs the day from which it is in force: effective")
        return cls(
            key=str(document.get("key", effective.isoformat())),
            title=str(document.get("title", effective.isoformat())),
            effective=effective,
            values={name: value for name, value in document.items() if name not in ABOUT},
            without=frozenset(document.get("without", ())),
        )


class Reading:
    """The policy as it stood on one day. It remembers what was looked up in it."""

    __slots__ = ("_cited", "_said", "day", "edition")

    def __init__(self, day: date, edition: Edition, said: Mapping[str, Citation]) -> None:
        self.day = day
        self.edition = edition
        self._said = said
        self._cited: dict[str, Citation] = {}

    def __getitem__(self, key: str) -> Any:
        """The value of a key, or of a table of keys as a mapping. Raises `Unsaid`."""
        said = self._said.get(key)
        if said is None:
            raise Unsaid(key, self.day)
        self._cited[key] = said
        return said.value

    def get(self, key: str, default: Any = None) -> Any:
        said = self._said.get(key)
        if said is None:
            return default
        self._cited[key] = said
        return said.value

    def __contains__(self, key: object) -> bool:
        return key in self._said

    def citation(self, key: str) -> Citation:
        """What is said about a key, with its clause and edition; not remembered as cited."""
        said = self._said.get(key)
        if said is None:
            raise Unsaid(key, self.day)
        return said

    @property
    def cited(self) -> list[Citation]:
        """What was looked up so far, each key once, in the order of first asking."""
        return list(self._cited.values())

    @property
    def edition_key(self) -> str:
        """The key of the edition in force on this day."""
        return self.edition.key

    def again(self) -> Reading:
        """The same reading with nothing cited yet."""
        return Reading(self.day, self.edition, self._said)

    def __iter__(self) -> Iterator[str]:
        """Every single key (not the tables) that the policy speaks of on this day."""
        return (key for key, said in self._said.items() if not isinstance(said.value, Table))


@dataclass(frozen=True)
class Policy:
    """The editions, oldest first, and the catalogue that gives each key its clause.

    Days before the first edition are read under the first: imported history has to be judged by
    something, and only the import decides whether it opens obligations.
    `overlay` holds what a what-if changes in every edition.
    """

    editions: tuple[Edition, ...]
    catalogue: Catalogue = field(default_factory=Catalogue)
    overlay: Edition | None = None

    def __post_init__(self) -> None:
        if not self.editions:
            raise ValueError("a policy needs at least one edition")

    @classmethod
    def from_documents(
        cls, documents: Iterable[Mapping[str, Any]], catalogue: Catalogue | None = None
    ) -> Policy:
        """Read parsed editions, in any order."""
        editions = sorted(map(Edition.from_document, documents), key=lambda each: each.effective)
        return cls(tuple(editions), catalogue or Catalogue())

    def on(self, day: date) -> Reading:
        """The policy as it stood on a day; a fresh reading, with nothing cited yet."""
        place = max(bisect_right(self._starts, day) - 1, 0)
        return Reading(day, self.editions[place], self._view(place))

    def amended(self, values: Mapping[str, Any], title: str = "what-if") -> Policy:
        """The same policy with other values at all times: a what-if. Other keys stay."""
        before: Mapping[str, Value] = self.overlay.values if self.overlay else {}
        first = self.editions[0].effective
        return replace(self, overlay=Edition(title, title, first, {**before, **flat(values)}))

    def followed_by(self, edition: Edition) -> Policy:
        """The same policy with one more edition after its last."""
        return replace(self, editions=(*self.editions, edition))

    def check(self) -> list[Problem]:
        """Everything that is wrong with this policy; see `policy_check`."""
        from .policy_check import check

        return check(self)

    @cached_property
    def _starts(self) -> tuple[date, ...]:
        return tuple(edition.effective for edition in self.editions)

    @cached_property
    def _views(self) -> dict[int, Mapping[str, Citation]]:
        return {}

    def _view(self, place: int) -> Mapping[str, Citation]:
        """Everything said from the n-th edition on, merged; built once."""
        view = self._views.get(place)
        if view is None:
            view = self._views[place] = _with_tables(self._merged(place), self.catalogue)
        return view

    def _merged(self, place: int) -> dict[str, Citation]:
        said: dict[str, Citation] = {}
        layers = self.editions[: place + 1] + ((self.overlay,) if self.overlay else ())
        for edition in layers:
            for key in edition.without:
                said.pop(key, None)
            for key, value in edition.values.items():
                said[key] = self._citation(key, value, edition)
        return said

    def _citation(self, key: str, value: Value, edition: Edition) -> Citation:
        """A value that departs from the first edition's is the house's own, not the document's."""
        parameter = self.catalogue.get(key)
        source = edition.sources.get(key) or (parameter.source if parameter else "house")
        if source == "doc" and self.editions[0].values.get(key, value) != value:
            source = "house"
        return Citation(key, value, parameter.clause if parameter else "", edition.key, source)


def check(policy: Policy) -> list[Problem]:
    """Everything that is wrong with a policy, each with key, clause and reason."""
    return policy.check()


def _with_tables(said: dict[str, Citation], catalogue: Catalogue) -> dict[str, Citation]:
    """Add every table of keys, so that `grade.weights` reads like one value."""
    leaves: dict[str, dict[str, Citation]] = {}
    for key, citation in said.items():
        parts = key.split(".")
        for n in range(1, len(parts)):
            table = ".".join(parts[:n])
            leaves.setdefault(table, {})[key[len(table) + 1 :]] = citation
    tables = {
        table: Citation(
            key=table,
            value=nested({name: each.value for name, each in inside.items()}),
            clause=catalogue.clause(table),
            edition=max(inside.values(), key=lambda each: each.edition).edition,
            source="house" if any(c.source == "house" for c in inside.values()) else "doc",
        )
        for table, inside in leaves.items()
    }
    return {**tables, **said}
