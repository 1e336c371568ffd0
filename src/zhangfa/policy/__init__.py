"""The policy itself: data only. This module reads the packaged files; everything is cached."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from zhangfa.rules.parameters import Catalogue
from zhangfa.rules.policy import Edition, Policy


def _read(name: str) -> dict[str, Any]:
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    return tomllib.loads(text, parse_float=Decimal)


@cache
def catalogue() -> Catalogue:
    """Every key a policy may use, with clause, kind, bounds, source and a line of explanation."""
    return Catalogue.from_document(_read("parameters.toml"))


@cache
def load_editions() -> Policy:
    """The editions that ship with the product."""
    folder = files(__package__).joinpath("editions")
    names = sorted(each.name for each in folder.iterdir() if each.name.endswith(".toml"))
    return policy_of(_read(f"editions/{name}") for name in names)


def first_edition() -> Edition:
    """The edition that ships with the product."""
    return load_editions().editions[0]


def policy_of(documents: Any) -> Policy:
    """A policy of these parsed editions, each value under its clause."""
    return Policy.from_documents(documents, catalogue())


def parse_edition(text: str) -> Mapping[str, Any]:
    """An edition's TOML text as a document, its numbers exact. Raises tomllib.TOMLDecodeError."""
    return tomllib.loads(text, parse_float=Decimal)
