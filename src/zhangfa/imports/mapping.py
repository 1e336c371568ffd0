"""A profile: which file holds which records, and how its columns are read. TOML, checked."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from .automap import AutoMapping, map_headers
from .entities import ENTITIES, KEYS
from .how import How
from .messages import Problem, Refused, Sentence, _
from .profile_checks import check_profile

PROFILES = files("zhangfa.imports") / "profiles"
HOW_OPTIONS = ("currency", "day_first", "decimal", "scale", "places", "time_of_day", "strict")


@dataclass(frozen=True)
class ColumnSpec:
    """A field of the record and how its value is read from the row."""

    field: str
    kind: str
    header: str = ""
    compose: str = ""
    """A pattern such as `{firstName} {lastName}`, where it is not one column."""
    constant: Any = None
    wanted: bool = False
    refers: str = ""
    by: str = "name"
    """The field of the record referred to that the column holds."""
    missing: str = "refuse"
    """What is done where no such record is known: `refuse`, `create` or `empty`."""
    otherwise: Any = None
    """The value taken where the cell is empty."""
    noted: bool = False
    """Whether empty cells are counted among the remarks."""
    values: Mapping[str, Any] | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TableSpec:
    """One reading of one file: the entity, its key, its columns. A file may be read by several."""

    file: str
    entity: str
    columns: tuple[ColumnSpec, ...]
    key: tuple[str, ...] = ()
    sheet: str | None = None
    encoding: str | None = None
    separator: str | None = None
    auto: bool = False
    """Columns that the profile does not name are found by their headings."""
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Header -> written values; other rows are not meant for this reading."""
    ignore: tuple[str, ...] = ()
    """Columns left out on purpose."""
    states: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    steps: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    fields: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def folds(self) -> bool:
        """Whether the rows are events of cases and are folded into one record per case."""
        return bool(self.states or self.steps)


@dataclass(frozen=True)
class Merge:
    """A decision of a person: what is written so means that record."""

    entity: str
    written: str
    into: str
    because: str = ""


@dataclass(frozen=True)
class Profile:
    """How a set of files is read."""

    key: str
    title: str
    zone: tzinfo
    tables: tuple[TableSpec, ...]
    currency: str = "CNY"
    day_first: bool | None = None
    decimal: str = "auto"
    phone_country: str = "86"
    about: str = ""
    merges: tuple[Merge, ...] = ()
    targets: Mapping[str, str] = field(default_factory=dict)
    """Metric -> how its targets are found where the files name none."""

    def how(self, column: ColumnSpec) -> How:
        """The options of one column: its own before the profile's."""
        options = {name: column.options[name] for name in HOW_OPTIONS if name in column.options}
        zone = ZoneInfo(column.options["zone"]) if "zone" in column.options else self.zone
        how = How(
            zone=zone,
            currency=self.currency,
            phone_country=self.phone_country,
            day_first=self.day_first,
            decimal=self.decimal,
            values=column.values,
        )
        return replace(how, notes=[], **options)

    def deciding(self, merges: tuple[Merge, ...]) -> Profile:
        """The profile with further decisions about misspelt names."""
        return replace(self, merges=self.merges + merges)


class BadProfile(Refused):
    """The profile is wrong; `problems` lists everything that is, by place."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(
            _("The profile has %(count)s mistakes. The first: %(first)s"),
            count=len(problems),
            first=problems[0],
        )
        self.problems = problems


def profile_names() -> list[str]:
    """The profiles that ship with the product."""
    return sorted(entry.name[:-5] for entry in PROFILES.iterdir() if entry.name.endswith(".toml"))


def load_profile(name: str | Path) -> Profile:
    """A profile by its name, or from a TOML file. Raises Refused, BadProfile."""
    if isinstance(name, str) and name in profile_names():
        return read_profile(tomllib.loads((PROFILES / f"{name}.toml").read_text("utf-8")), name)
    path = Path(name)
    if path.suffix != ".toml" or not path.is_file():
        raise Refused(
            _("There is no profile %(name)s. Known are: %(known)s."),
            name=str(name),
            known=", ".join(profile_names()),
        )
    try:
        return read_profile(tomllib.loads(path.read_text("utf-8")), path.stem)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problem = Problem(Sentence(_("The profile is not valid TOML: %(why)s"), {"why": error}))
        raise BadProfile([problem]) from error


def read_profile(document: Mapping[str, Any], key: str) -> Profile:
    """A profile from its TOML document, checked as a whole. Raises BadProfile."""
    problems = check_profile(document)
    if problems:
        raise BadProfile(problems)
    return Profile(
        key=key,
        title=document["title"],
        about=document.get("about", ""),
        zone=ZoneInfo(document.get("zone", "Asia/Shanghai")),
        tables=tuple(map(_table, document["table"])),
        currency=document.get("currency", "CNY"),
        day_first=document.get("day_first"),
        decimal=document.get("decimal", "auto"),
        phone_country=document.get("phone_country", "86"),
        merges=tuple(Merge(**merge) for merge in document.get("merge", ())),
        targets=dict(document.get("targets", {})),
    )


def _table(table: Mapping[str, Any]) -> TableSpec:
    entity, options = table["entity"], table.get("fields", {})
    columns = [
        column_spec(entity, choice, options, header=header)
        for header, choice in table.get("columns", {}).items()
    ]
    for name, pattern in table.get("compose", {}).items():
        columns.append(column_spec(entity, name, options, compose=pattern))
    for name, value in table.get("constants", {}).items():
        columns.append(column_spec(entity, name, options, constant=value))
    return TableSpec(
        file=table["file"],
        entity=entity,
        columns=tuple(columns),
        key=tuple(table.get("key", ())),
        sheet=table.get("sheet"),
        encoding=table.get("encoding"),
        separator=table.get("separator"),
        auto=table.get("auto", False),
        only={header: tuple(values) for header, values in table.get("only", {}).items()},
        ignore=tuple(table.get("ignore", ())),
        states=table.get("states", {}),
        steps=table.get("steps", {}),
        fields=options,
    )


def column_spec(
    entity: str, choice: str | Mapping[str, Any], fields: Mapping[str, Any], **source: Any
) -> ColumnSpec:
    """The specification of a field: its own kind, then the table's options for it, then these."""
    named = choice if isinstance(choice, str) else choice["field"]
    own = ENTITIES[entity][named]
    options = {**fields.get(named, {}), **({} if isinstance(choice, str) else choice)}
    return ColumnSpec(
        field=named,
        kind=options.get("as", own.kind),
        wanted=options.get("wanted", own.wanted),
        refers=own.refers,
        by=options.get("by", "name" if own.kind == "name" else "code"),
        missing=options.get("missing", "refuse"),
        otherwise=options.get("otherwise"),
        noted=options.get("noted", False),
        values=options.get("values"),
        options=options,
        **source,
    )


def completed(table: TableSpec, headers: tuple[str, ...]) -> tuple[TableSpec, AutoMapping | None]:
    """The table's reading for a file's headers: `auto` finds the columns it does not name."""
    if not table.auto:
        return table, None
    taken = {column.field for column in table.columns}
    named = {column.header for column in table.columns}
    found = map_headers([header for header in headers if header not in named], table.entity)
    extra = tuple(
        column_spec(table.entity, choice.field, table.fields, header=choice.header)
        for choice in found.choices
        if choice.field not in taken
    )
    columns = table.columns + extra
    key = table.key or _best_key(table.entity, {column.field for column in columns})
    return replace(table, columns=columns, key=key), found


def _best_key(entity: str, fields: set[str]) -> tuple[str, ...]:
    return next((key for key in KEYS[entity] if fields.issuperset(key)), ())


def chosen_profile(
    entity: str, columns: Mapping[str, str], base: Profile, file: str = "*"
) -> Profile:
    """A profile from columns chosen by hand, with the options of a generic one for its fields."""
    table = next((table for table in base.tables if table.entity == entity), None)
    options = table.fields if table else {}
    specs = tuple(
        column_spec(entity, name, options, header=header) for header, name in columns.items()
    )
    key = _best_key(entity, {spec.field for spec in specs})
    spec = TableSpec(file=file, entity=entity, columns=specs, key=key, fields=options)
    return replace(base, tables=(spec,))
