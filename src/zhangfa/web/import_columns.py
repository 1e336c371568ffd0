"""Step two of an import: how each file is read, and which of its columns is which field (4.3)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache
from importlib.resources import files
from itertools import islice
from typing import Any

from zhangfa.imports.automap import map_headers, signature
from zhangfa.imports.encodings import CODECS
from zhangfa.imports.entities import ENTITIES, KEYS
from zhangfa.imports.how import as_text
from zhangfa.imports.mapping import Profile, load_profile, profile_names
from zhangfa.imports.messages import Problem, Refused
from zhangfa.imports.reading import Table
from zhangfa.policy import traditional
from zhangfa.records.models import ImportMapping

from . import figures
from .import_drafts import GENERIC, HAND, Chosen, Draft

SAMPLES = 3
BY_HAND = ("customer", "contact", "deal", "order", "order_line", "payment", "product", "person",
           "team")  # fmt: skip
OUT = "-"
"""The entity of a file that is left out."""
SEPARATORS = ((",", ","), ("tab", "Tab"), (";", ";"), ("|", "|"))
ENCODINGS = ("utf-8", "gb18030", "big5", "big5-hkscs", "utf-16", "cp1252")


@dataclass
class Column:
    """A column of a file beside the field it is taken for."""

    header: str
    samples: tuple[str, ...]
    field: str = ""
    sure: float | None = None
    problem: str = ""


@dataclass
class Look:
    """What was found out about one file."""

    chosen: Chosen
    table: Table | None = None
    refused: str = ""
    columns: list[Column] = field(default_factory=list)
    missing: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()
    remembered: bool = False
    readings: tuple[str, ...] = ()
    """Entities that a profile reads from this file."""

    @property
    def problems(self) -> list[Problem]:
        return self.table.problems if self.table else []

    @property
    def missing_names(self) -> list[str]:
        return [label(self.chosen.entity, name) for name in self.missing]

    @property
    def doubled_names(self) -> list[str]:
        return [label(self.chosen.entity, name) for name in self.doubled]

    @property
    def ready(self) -> bool:
        """Whether it can be read as it stands."""
        if self.chosen.entity == OUT:
            return True
        return not self.refused and not self.missing and not self.doubled


def specific_profiles() -> list[Profile]:
    """The profiles that ship for a known set of files."""
    return [load_profile(name) for name in profile_names() if name not in GENERIC.values()]


def fitting(draft: Draft) -> str:
    """The profile whose files were all brought; by hand if there is none."""
    names = [each.name.lower().removesuffix(".gz") for each in draft.files]
    for profile in specific_profiles():
        wanted = {table.file.lower() for table in profile.tables}
        if all(any(fnmatchcase(name, file) for name in names) for file in wanted):
            return profile.key
    return HAND


def look_at(draft: Draft) -> list[Look]:
    """Every file of a draft as it is read now; what is not chosen is proposed, and kept."""
    if draft.profile != HAND:
        profile = draft.read_as()
        return [_by_profile(draft, chosen, profile) for chosen in draft.files]
    return [_by_hand(draft, chosen) for chosen in draft.files]


def _opened(draft: Draft, chosen: Chosen) -> Look:
    look = Look(chosen)
    try:
        look.table = draft.open(chosen)
    except Refused as error:
        look.refused = str(error)
    return look


def _by_profile(draft: Draft, chosen: Chosen, profile: Profile) -> Look:
    look = _opened(draft, chosen)
    name = chosen.name.lower().removesuffix(".gz")
    tables = [table for table in profile.tables if fnmatchcase(name, table.file.lower())]
    look.readings = tuple(dict.fromkeys(table.entity for table in tables))
    if look.table is None or not tables:
        return look
    found: dict[str, list[str]] = {}
    for table in tables:
        for column in table.columns:
            if column.header:
                found.setdefault(column.header, []).append(label(table.entity, column.field))
    look.columns = _columns(look.table)
    for column in look.columns:
        column.field = " · ".join(dict.fromkeys(found.get(column.header, ())))
    return look


def _by_hand(draft: Draft, chosen: Chosen) -> Look:
    look = _opened(draft, chosen)
    if look.table is None or chosen.entity == OUT:
        return look
    sure: Mapping[str, float] = {}
    if chosen.columns is None:
        sure = _propose(look)
    look.columns = _columns(look.table)
    columns = chosen.columns or {}
    taken = [name for name in columns.values() if name]
    for column in look.columns:
        column.field, column.sure = columns.get(column.header, ""), sure.get(column.header)
    look.doubled = tuple(dict.fromkeys(name for name in taken if taken.count(name) > 1))
    look.missing = _missing(chosen.entity, set(taken)) if chosen.entity else ()
    return look


def _missing(entity: str, taken: set[str]) -> tuple[str, ...]:
    """Fields without which no row can be used: the wanted ones, and something to know it by."""
    wanted = tuple(n for n, told in ENTITIES[entity].items() if told.wanted and n not in taken)
    if not wanted and not any(taken.issuperset(key) for key in KEYS[entity]):
        return (KEYS[entity][0][0],)
    return wanted


def _propose(look: Look) -> Mapping[str, float]:
    """What was chosen for the same headings before, else what the headings say."""
    chosen, headers = look.chosen, look.table.headers  # type: ignore[union-attr]
    kept = ImportMapping.objects.filter(signature=signature(headers)).first()
    if kept is not None and (not chosen.entity or chosen.entity == kept.entity):
        known = {
            h: f for h, f in kept.mapping.items() if h in headers and f in ENTITIES[kept.entity]
        }
        chosen.entity, chosen.columns, look.remembered = kept.entity, known, True
        return {}
    found = map_headers(headers, chosen.entity or None)
    if not chosen.entity and found.confidence <= 0:
        found = map_headers(headers, "customer")
    chosen.entity, chosen.columns = found.entity, found.columns
    return {choice.header: choice.confidence for choice in found.choices}


def _columns(table: Table) -> list[Column]:
    """The columns with the first different values that stand in them."""
    samples: list[list[str]] = [[] for _ in table.headers]
    for line in islice(table.rows(), 200):
        for place, cell in enumerate(line.cells[: len(samples)]):
            text = " ".join(as_text(cell).split())[:60]
            if text and text not in samples[place] and len(samples[place]) < SAMPLES:
                samples[place].append(text)
    return [Column(h, tuple(s)) for h, s in zip(table.headers, samples, strict=True)]


def choose(draft: Draft, given: Any) -> bool:
    """Take over what a form says; returns whether a file has to be read anew."""
    known = {profile.key for profile in specific_profiles()}
    profile = given.get("profile", draft.profile)
    again = profile != draft.profile
    draft.profile = profile if profile in known else HAND
    draft.currency = given.get("currency", draft.currency)[:3].upper() or "CNY"
    draft.day_first = {"yes": True, "no": False}.get(given.get("day_first", ""))
    draft.decimal = given.get("decimal") if given.get("decimal") in ("point", "comma") else "auto"
    for n, chosen in enumerate(draft.files):
        again |= _chosen(chosen, n, given)
    return again


def _chosen(chosen: Chosen, n: int, given: Any) -> bool:
    encoding, separator = given.get(f"encoding{n}", ""), given.get(f"separator{n}", "")
    encoding = encoding if encoding in CODECS else ""
    separator = "\t" if separator == "tab" else separator if separator in ",;|" else ""
    sheet = given.get(f"sheet{n}", chosen.sheet)
    read = (encoding, separator, sheet) != (chosen.encoding, chosen.separator, chosen.sheet)
    chosen.encoding, chosen.separator, chosen.sheet = encoding, separator, sheet
    entity = given.get(f"entity{n}", chosen.entity)
    if read or (entity in (*BY_HAND, OUT) and entity != chosen.entity):
        chosen.forget()
        chosen.entity = entity if entity in (*BY_HAND, OUT) else ""
        return True
    fields = ENTITIES.get(chosen.entity, {})
    headers = given.getlist(f"header{n}")
    if headers and chosen.entity:
        told = zip(headers, given.getlist(f"field{n}"), strict=False)
        chosen.columns = {header: name for header, name in told if name in fields}
    return False


@lru_cache(1)
def _headings() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((files("zhangfa.imports") / "headers.toml").read_text("utf-8"))


def label(entity: str, name: str) -> str:
    """What people call a field: the first heading that is known for it, in their language."""
    names = _headings().get(entity, {}).get(name, ())
    if figures.language() == "en" or not names:
        return name.replace("_", " ").capitalize()
    return traditional(names[0]) if figures.language() == "zh-Hant" else names[0]


def fields_of(entity: str) -> list[tuple[str, str, bool]]:
    """The fields of an entity with their names, and whether a row has to have them."""
    return [(key, label(entity, key), told.wanted) for key, told in ENTITIES[entity].items()]
