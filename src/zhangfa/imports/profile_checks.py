"""What can be wrong about a profile, each mistake with its place and a sentence."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .entities import ENTITIES
from .messages import Problem, Sentence, _
from .values import CONVERTERS

TOP = frozenset(
    ("title", "about", "zone", "currency", "day_first", "decimal", "phone_country", "table")
) | {"merge", "targets"}
TABLE = frozenset(
    (
        "file",
        "sheet",
        "encoding",
        "separator",
        "entity",
        "key",
        "auto",
        "columns",
        "fields",
        "compose",
    )
) | {"constants", "only", "ignore", "states", "steps", "about"}
COLUMN = frozenset(
    ("field", "as", "values", "strict", "wanted", "by", "missing", "otherwise", "noted")
) | {"zone", "currency", "day_first", "decimal", "scale", "places", "time_of_day"}
STATE = frozenset(("status", "waits_for", "stops_clock", "because"))
STEP = frozenset(("does", "role", "because"))
STATUSES = frozenset(("open", "answered", "waiting", "resolved", "closed"))
DEEDS = frozenset(
    ("draft", "submit", "approve", "agree", "return", "withdraw", "take_back", "pass")
)
ROLES = frozenset(("legal", "finance", ""))
MISSING = frozenset(("refuse", "create", "empty"))

DECIMALS = ("auto", "point", "comma")
TARGETS = frozenset(("sales_amount", "new_customers"))
METHODS = frozenset(("layer_mean_before",))
MERGE = ("entity", "written", "into", "because")

Found = Iterator[Problem]


def check_profile(document: Mapping[str, Any]) -> list[Problem]:
    """Everything that is wrong about a profile; empty where it can be used."""
    return list(_top(document))


def _say(place: str, msgid: str, **params: Any) -> Problem:
    return Problem(Sentence(f"{msgid}", {"place": place, **params}))


def _unknown(place: str, given: Mapping[str, Any], known: frozenset[str]) -> Found:
    for name in given:
        if name not in known:
            yield _say(
                place,
                _("%(place)s: %(name)s is not a setting. Known are: %(known)s."),
                name=name,
                known=", ".join(sorted(known)),
            )


def _among(place: str, value: Any, known: frozenset[str]) -> Found:
    if value not in known:
        yield _say(
            place,
            _("%(place)s: %(value)s is not one of %(known)s."),
            value=value,
            known=", ".join(sorted(known)),
        )


def _top(document: Mapping[str, Any]) -> Found:
    yield from _unknown("profile", document, TOP)
    for metric, method in document.get("targets", {}).items():
        yield from _among("targets", metric, TARGETS)
        yield from _among(f"targets, {metric}", method, METHODS)
    if not isinstance(document.get("title"), str):
        yield _say("profile", _("%(place)s: %(name)s is missing."), name="title")
    yield from _among("decimal", document.get("decimal", "auto"), frozenset(DECIMALS))
    try:
        ZoneInfo(document.get("zone", "UTC"))
    except (ZoneInfoNotFoundError, ValueError, TypeError):
        yield _say("zone", _("%(place)s: %(value)s is not a time zone."), value=document["zone"])
    tables = document.get("table")
    if not isinstance(tables, list) or not tables:
        yield _say("profile", _("%(place)s: %(name)s is missing."), name="[[table]]")
        return
    for place, table in enumerate(tables, start=1):
        yield from _table(f"table {place}", table)
    for place, merge in enumerate(document.get("merge", ()), start=1):
        yield from _unknown(f"merge {place}", merge, frozenset(MERGE))
        for name in ("entity", "written", "into"):
            if name not in merge:
                yield _say(f"merge {place}", _("%(place)s: %(name)s is missing."), name=name)


def _table(place: str, table: Mapping[str, Any]) -> Found:
    yield from _unknown(place, table, TABLE)
    for name in ("file", "entity"):
        if not isinstance(table.get(name), str):
            yield _say(place, _("%(place)s: %(name)s is missing."), name=name)
    entity = table.get("entity")
    if entity not in ENTITIES:
        yield from _among(f"{place}, entity", entity, frozenset(ENTITIES))
        return
    place = f"{place} ({table.get('file')}, {entity})"
    fields = frozenset(ENTITIES[entity])
    named: list[str] = [*table.get("compose", {}), *table.get("constants", {})]
    for header, choice in table.get("columns", {}).items():
        yield from _column(f"{place}, {header}", choice, fields)
        named.append(choice if isinstance(choice, str) else choice.get("field", ""))
    for name, options in table.get("fields", {}).items():
        yield from _among(f"{place}, fields", name, fields)
        yield from _options(f"{place}, {name}", options)
    yield from _sources(place, table, named, fields)
    yield from _key(place, table, named)
    yield from _stories(place, table)


def _column(place: str, choice: Any, fields: frozenset[str]) -> Found:
    if isinstance(choice, str):
        yield from _among(place, choice, fields)
    elif isinstance(choice, Mapping) and "field" in choice:
        yield from _among(place, choice["field"], fields)
        yield from _options(place, choice)
    else:
        yield _say(place, _("%(place)s: %(name)s is missing."), name="field")


def _options(place: str, options: Mapping[str, Any]) -> Found:
    yield from _unknown(place, options, COLUMN)
    if "as" in options:
        yield from _among(place, options["as"], frozenset(CONVERTERS))
    if "missing" in options:
        yield from _among(place, options["missing"], MISSING)
    if "values" in options and not isinstance(options["values"], Mapping):
        yield _say(place, _("%(place)s: values are written as a table: written = stored."))


def _sources(
    place: str, table: Mapping[str, Any], named: list[str], fields: frozenset[str]
) -> Found:
    for name in (*table.get("compose", {}), *table.get("constants", {})):
        yield from _among(place, name, fields)
    for name in sorted({name for name in named if named.count(name) > 1 and name in fields}):
        yield _say(place, _("%(place)s: %(name)s is filled twice."), name=name)
    for name, pattern in table.get("compose", {}).items():
        try:
            parts = [part[1] for part in string.Formatter().parse(pattern)]
        except ValueError:
            parts = []
        if not any(parts) or any(set(part or "") & set(".[]") for part in parts):
            yield _say(place, _("%(place)s: the pattern of %(name)s names no column."), name=name)
    if table.get("auto"):
        return
    for name, field in ENTITIES[table["entity"]].items():
        if field.wanted and name not in named:
            yield _say(place, _("%(place)s: no column gives %(name)s, which is wanted."), name=name)


def _key(place: str, table: Mapping[str, Any], named: list[str]) -> Found:
    if not table.get("auto") and not table.get("key"):
        yield _say(place, _("%(place)s: %(name)s is missing."), name="key")
    for name in table.get("key", ()):
        if name not in named and not table.get("auto"):
            yield _say(place, _("%(place)s: no column gives %(name)s, which is wanted."), name=name)


def _stories(place: str, table: Mapping[str, Any]) -> Found:
    for written, state in table.get("states", {}).items():
        yield from _unknown(f"{place}, {written}", state, STATE)
        yield from _among(f"{place}, {written}", state.get("status"), STATUSES)
    for written, step in table.get("steps", {}).items():
        yield from _unknown(f"{place}, {written}", step, STEP)
        yield from _among(f"{place}, {written}", step.get("does"), DEEDS)
        yield from _among(f"{place}, {written}", step.get("role", ""), ROLES)
