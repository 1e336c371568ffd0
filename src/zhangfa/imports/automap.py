"""Which column is which field, where no profile says so: by headers, with confidence (4.3)."""

from __future__ import annotations

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from importlib.resources import files

from zhangfa.records.names import fold

from .entities import ENTITIES

ALIKE = 0.86
"""Least similarity of a heading to a known one."""
BRACKETS = re.compile(r"[（(\[【].*?[)）\]】]")
UNWANTED = re.compile(r"[\W_]+")
REQUIRED_MARK = re.compile(r"^[*＊]|[*＊:：]$")
SCALES = {"百万": 10**6, "万": 10**4, "萬": 10**4, "千": 1_000, "亿": 10**8, "億": 10**8}
SCALES |= {"million": 10**6, "thousand": 1_000}
CURRENCIES = {"美元": "USD", "usd": "USD", "eur": "EUR", "欧元": "EUR", "港": "HKD", "hkd": "HKD"}
CURRENCIES |= {"twd": "TWD", "新台币": "TWD", "人民币": "CNY", "rmb": "CNY", "cny": "CNY"}


@dataclass(frozen=True, slots=True)
class Choice:
    """A column with the field it was taken for and how sure that is, 0 to 1."""

    header: str
    field: str
    confidence: float


@dataclass(frozen=True, slots=True)
class AutoMapping:
    """What a table seems to hold. Columns that no field was found for are in `unmapped`."""

    entity: str
    confidence: float
    choices: tuple[Choice, ...]
    unmapped: tuple[str, ...]
    missing: tuple[str, ...]
    """Wanted fields that no column was found for."""

    @property
    def columns(self) -> dict[str, str]:
        """Header -> field."""
        return {choice.header: choice.field for choice in self.choices}


def header_key(header: str) -> str:
    """A heading by which spellings are compared: `Order_Date *` and `orderDate` are the same."""
    text = REQUIRED_MARK.sub("", unicodedata.normalize("NFKC", header).strip())
    bare = BRACKETS.sub("", text) or text
    return UNWANTED.sub("", fold(bare))


def header_unit(header: str) -> tuple[int, str]:
    """What a heading says about its numbers: `年营业额（万元）` -> (10000, "CNY")."""
    inside = " ".join(BRACKETS.findall(unicodedata.normalize("NFKC", header))).strip("()[]【】 ")
    text = inside.lower()
    scale = next((size for word, size in SCALES.items() if word in text), 1)
    currency = next((code for word, code in CURRENCIES.items() if word in text), "")
    return scale, currency


@lru_cache(1)
def known_headers() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Entity -> field -> keys of its known headings, best first."""
    text = (files("zhangfa.imports") / "headers.toml").read_text("utf-8")
    return {
        entity: {
            field: tuple(dict.fromkeys([*map(header_key, names), header_key(field)]))
            for field, names in fields.items()
        }
        for entity, fields in tomllib.loads(text).items()
    }


def signature(headers: Iterable[str]) -> str:
    """What a remembered choice of columns is kept under: the same for the same headings."""
    keys = sorted(header_key(header) or header for header in headers)
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()


def map_headers(headers: Sequence[str], entity: str | None = None) -> AutoMapping:
    """The mapping for an entity, or for the entity that explains most of the columns."""
    wanted = [entity] if entity else list(ENTITIES)
    found = [_mapping(headers, name) for name in wanted]
    return max(found, key=lambda mapping: (mapping.confidence, -wanted.index(mapping.entity)))


def _mapping(headers: Sequence[str], entity: str) -> AutoMapping:
    pairs = sorted(
        (
            (score, -place, header, field)
            for place, header in enumerate(headers)
            for field, score in _scores(header, entity)
        ),
        reverse=True,
    )
    chosen: dict[str, Choice] = {}
    fields: set[str] = set()
    for score, _place, header, field in pairs:
        if header not in chosen and field not in fields:
            chosen[header] = Choice(header, field, round(score, 2))
            fields.add(field)
    missing = tuple(
        name for name, field in ENTITIES[entity].items() if field.wanted and name not in fields
    )
    sure = sum(choice.confidence for choice in chosen.values()) / max(1, len(headers))
    confidence = round(max(0.0, sure - 0.25 * len(missing)), 3)
    choices = tuple(chosen[header] for header in headers if header in chosen)
    unmapped = tuple(header for header in headers if header not in chosen)
    return AutoMapping(entity, confidence, choices, unmapped, missing)


def _scores(header: str, entity: str) -> list[tuple[str, float]]:
    """Fields that a heading may stand for: 1.0 for a known spelling, less for a similar one."""
    key = header_key(header)
    if not key:
        return []
    found = []
    for field, names in known_headers().get(entity, {}).items():
        if key in names:
            found.append((field, 1.0 - 0.01 * min(names.index(key), 9)))
            continue
        ratio = max(SequenceMatcher(None, key, name).ratio() for name in names)
        if ratio >= ALIKE and len(key) > 3:
            found.append((field, round(ratio * 0.9, 2)))
    return found
