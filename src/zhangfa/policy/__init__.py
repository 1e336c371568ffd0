"""The policy itself, as data: editions, the catalogue of keys, clauses and glossary.

This module only reads the packaged files; every answer is kept. Languages are "zh-Hans",
"zh-Hant" and "en", in any spelling that Django or gettext uses ("zh-hans", "zh_Hant").
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from zhangfa.rules.parameters import Catalogue
from zhangfa.rules.policy import Edition, Policy

LANGUAGES = ("zh-Hans", "zh-Hant", "en")
FORMS = ("name", "title", "short")


# ------------------------------------------------------------------------------- editions


@cache
def catalogue() -> Catalogue:
    """Every key a policy may use, with clause, kind, bounds, source and a line of explanation."""
    return Catalogue.from_document(_read("parameters.toml"))


@cache
def load_editions() -> Policy:
    """The policy as it ships with the product."""
    folder = files(__package__).joinpath("editions")
    names = sorted(each.name for each in folder.iterdir() if each.name.endswith(".toml"))
    return Policy.from_documents((_read(f"editions/{name}") for name in names), catalogue())


def first_edition() -> Edition:
    """The edition that ships with the product."""
    return load_editions().editions[0]


@cache
def first_edition_text() -> str:
    """The shipped edition as it is written, comments and all."""
    return _text(f"editions/{first_edition().key}.toml")


def policy_of(documents: Iterable[Mapping[str, Any]]) -> Policy:
    """The shipped edition as amended by these parsed ones, each value under its clause.

    A document with the key of the shipped edition takes its place. Where one takes effect before
    it, the shipped edition is set before all of them. Raises ValueError.
    """
    adopted = sorted(map(Edition.from_document, documents), key=lambda each: each.effective)
    shipped = first_edition()
    if any(each.key == shipped.key for each in adopted):
        return Policy(tuple(adopted), catalogue())
    if adopted and adopted[0].effective <= shipped.effective:
        shipped = replace(shipped, effective=adopted[0].effective - timedelta(days=1))
    return Policy((shipped, *adopted), catalogue())


def parse_edition(text: str) -> dict[str, Any]:
    """An edition's TOML text as a document, its numbers exact. Raises TOMLDecodeError."""
    return tomllib.loads(text, parse_float=Decimal)


# ------------------------------------------------------------------------------- words


@dataclass(frozen=True, slots=True)
class Term:
    """What a key is called in every language: name, imperative title, short form."""

    area: str
    key: str
    clause: str
    forms: Mapping[str, Mapping[str, str]]

    def said(self, lang: str, form: str = "name") -> str:
        """The word in a language; a form that has none falls back to the name."""
        words = self.forms.get(form) or self.forms["name"]
        return words[language(lang)]


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of the policy in our own words."""

    id: str
    chapter: str
    titles: Mapping[str, str]
    texts: Mapping[str, str]

    def title(self, lang: str) -> str:
        return self.titles[language(lang)]

    def text(self, lang: str) -> str:
        return self.texts[language(lang)]


def term(key: str, lang: str, form: str = "name") -> str:
    """What a key is called: `term("legal_review", "en", "title")`. Raises KeyError.

    A key that means different things in different areas is asked for with its area:
    `term("objection.price", "zh-Hans")`. A bare key is looked for in the glossary's order.
    """
    return entry(key).said(lang, form)


def entry(key: str) -> Term:
    """The glossary's entry of a key, bare or with its area. Raises KeyError."""
    return glossary()[key]


@cache
def glossary() -> Mapping[str, Term]:
    """Every entry under "area.key", and under the bare key of its first area."""
    found: dict[str, Term] = {}
    bare: dict[str, Term] = {}
    for area, entries in _read("glossary.toml").items():
        for key, said in entries.items():
            one = _term(area, key, said)
            found[f"{area}.{key}"] = one
            bare.setdefault(key, one)
    return bare | found


def terms(area: str) -> dict[str, Term]:
    """The entries of one area, such as "stage" or "lost_reason", in their order."""
    inside = (one for key, one in glossary().items() if key == f"{area}.{one.key}")
    return {one.key: one for one in inside}


def clause(id: str) -> Clause:
    """A clause by its id, such as "1.3.2". Raises KeyError."""
    return clauses()[id]


@cache
def clauses() -> Mapping[str, Clause]:
    """Every clause by its id, in the order of the policy."""
    return {
        id: Clause(id, _chapter_of(id), _words(said["title"]), _words(said["text"]))
        for id, said in _read("clauses.toml").items()
        if id != "chapters"
    }


@cache
def chapters() -> Mapping[str, Mapping[str, str]]:
    """The chapters' titles by language: `chapters()["1.3"]["en"]`."""
    return {id: _words(title) for id, title in _read("clauses.toml")["chapters"].items()}


@cache
def described(key: str, lang: str) -> str:
    """The catalogue's line about a parameter. Raises KeyError."""
    words = catalogue()[key].words
    name = language(lang)
    return traditional(words["zh-Hans"]) if name == "zh-Hant" else words[name]


@cache
def language(lang: str) -> str:
    """One of `LANGUAGES`, from any spelling; an unknown language reads English."""
    spelt = lang.replace("_", "-").lower()
    if spelt in {"zh-hant", "zh-tw", "zh-hk", "zh-mo"} or spelt.startswith("zh-hant-"):
        return "zh-Hant"
    return "zh-Hans" if spelt.startswith("zh") else "en"


# ------------------------------------------------------------------------------- script


@cache
def traditional(text: str) -> str:
    """Traditional Chinese for a text of ours in Simplified; never for names or records."""
    converted: str = _converter().convert(text)
    for word, better in _overrides():
        converted = converted.replace(word, better)
    return converted


@cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("s2tw")


@cache
def _overrides() -> tuple[tuple[str, str], ...]:
    after: dict[str, str] = _read("hant_overrides.toml")["after"]
    return tuple(sorted(after.items(), key=lambda pair: -len(pair[0])))


# ------------------------------------------------------------------------------- reading


def _text(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(_text(name), parse_float=Decimal)


def _term(area: str, key: str, said: Any) -> Term:
    """An entry is a table of forms with its clause, or just the words of its name."""
    if isinstance(said, list):
        return Term(area, key, "", {"name": _words(said)})
    forms = {form: _words(said[form]) for form in FORMS if form in said}
    return Term(area, key, said.get("clause", ""), forms)


def _words(said: list[str]) -> dict[str, str]:
    hans, english, *hant = said
    return {"zh-Hans": hans, "zh-Hant": hant[0] if hant else traditional(hans), "en": english}


def _chapter_of(id: str) -> str:
    return id.rpartition(".")[0]
