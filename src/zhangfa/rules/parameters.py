"""What may stand in a policy: every key with its clause, its kind of value and its bounds.

The rules read no files: the catalogue itself is data (`zhangfa.policy.catalogue()` loads it).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from types import MappingProxyType
from typing import Any

ANY = "*"


@dataclass(frozen=True)
class Parameter:
    """One key of the policy.

    `kind` says what sort of value it takes (see `policy_values.KINDS`); `low` and `high` bound it
    (both allowed); `units` names the units a span may use, or the unit a number is meant in;
    `choices` the words it may use and `required` those it may not leave out. `source` is "doc"
    where the policy document states the value, "house" where the default is ours.
    """

    key: str
    clause: str
    kind: str
    source: str = "house"
    low: Any = None
    high: Any = None
    units: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    optional: bool = False
    words: Mapping[str, str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Catalogue(Mapping[str, Parameter]):
    """Every key a policy may use. Keys ending in `.*` stand for any last word."""

    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __getitem__(self, key: str) -> Parameter:
        """The parameter of this key, also where only its pattern is known. Raises KeyError."""
        exact = self.parameters.get(key)
        if exact is not None:
            return exact
        return self.parameters[f"{key.rpartition('.')[0]}.{ANY}"]

    def __iter__(self) -> Iterator[str]:
        return iter(self.parameters)

    def __len__(self) -> int:
        return len(self.parameters)

    def __hash__(self) -> int:
        return id(self)

    def clause(self, key: str) -> str:
        """The clause a key serves; of a table of keys, that of its first key; else ""."""
        try:
            return self[key].clause
        except KeyError:
            inside = (p.clause for k, p in self.parameters.items() if k.startswith(f"{key}."))
            return next(inside, "")

    @property
    def obligations(self) -> tuple[str, ...]:
        """The obligation kinds, in the order of their clauses."""
        return self.groups.get("obligation", ())

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Catalogue:
        """Build from the parsed `parameters.toml`: `[lists]`, then one table per key.

        A key may name a list in angle brackets: `"<obligation>.weight"` stands for every kind.
        """
        groups = {name: tuple(words) for name, words in document.get("lists", {}).items()}
        parameters = {
            parameter.key: parameter
            for pattern, details in document.items()
            if pattern != "lists"
            for parameter in _spread(pattern, details, groups)
        }
        return cls(MappingProxyType(parameters), MappingProxyType(groups))


def _spread(
    pattern: str, details: Mapping[str, Any], groups: Mapping[str, tuple[str, ...]]
) -> Iterator[Parameter]:
    """One parameter for every word that the pattern's angle brackets can stand for."""
    names = [part[1:-1] for part in pattern.split(".") if part.startswith("<")]
    for words in product(*(groups[name] for name in names)):
        key = pattern
        for name, word in zip(names, words, strict=True):
            key = key.replace(f"<{name}>", word, 1)
        yield _parameter(key, details)


def _parameter(key: str, details: Mapping[str, Any]) -> Parameter:
    units = details.get("unit", ())
    low, high = details.get("range", (None, None))
    return Parameter(
        key=key,
        clause=details["clause"],
        kind=details["kind"],
        source=details.get("source", "house"),
        low=low,
        high=high,
        units=(units,) if isinstance(units, str) else tuple(units),
        choices=tuple(details.get("choices", ())),
        required=tuple(details.get("required", ())),
        optional=details.get("optional", False),
        words=MappingProxyType({"zh-Hans": details["zh"], "en": details["en"]}),
    )
