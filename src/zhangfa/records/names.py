"""What makes a Chinese or Latin name findable: pinyin, initials, grams, a matching key."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

from opencc import OpenCC
from pypinyin import Style, lazy_pinyin

LEGAL_FORMS = re.compile(
    r"(股份有限公司|有限责任公司|集团有限公司|有限公司|集团|公司"
    r"|\b(incorporated|inc|corporation|corp|company|co|ltd|limited|llc|gmbh|ag|sa|plc)\b\.?)"
)
NOT_LETTERS = re.compile(r"[\W_]+")


@lru_cache(1)
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


def fold(text: str) -> str:
    """Width, case and script folded: 華東 and 华东 and ＡＢＣ and abc are the same."""
    return _simplifier().convert(unicodedata.normalize("NFKC", text)).lower()


def match_key(name: str) -> str:
    """A name without legal form, punctuation and blanks, for finding duplicates (1.1.4)."""
    folded = fold(name)
    bare = NOT_LETTERS.sub("", LEGAL_FORMS.sub(" ", folded))
    return (bare or NOT_LETTERS.sub("", folded))[:160]


def pinyin_of(name: str) -> str:
    """Full pinyin by phrases, for sorting and for typed search."""
    return " ".join(lazy_pinyin(fold(name)))[:200]


def initials_of(name: str) -> str:
    """First letters: 苏州恒越精密 -> szhyjm."""
    letters = lazy_pinyin(fold(name), style=Style.FIRST_LETTER)
    return NOT_LETTERS.sub("", "".join(letters))[:80]


SYLLABLE = re.compile(
    r"(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?"
    r"(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|an|ao|ei|en|er|ia|ie|in|iu|ou|ua|ue|ui"
    r"|un|uo|ve|a|e|i|o|u|v)"
)
BEGUN = re.compile(r"zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw]")


def syllables(letters: str) -> list[str]:
    """`suzhou` is su zhou; the last may only be begun: `suzh` is su zh. Empty when letters are no
    pinyin; where they can be cut in two ways, the longer syllables come first."""
    if BEGUN.fullmatch(letters):
        return [letters]
    for length in range(min(6, len(letters)), 0, -1):
        if SYLLABLE.fullmatch(letters, 0, length):
            rest = syllables(letters[length:])
            if rest or length == len(letters):
                return [letters[:length], *rest]
    return []


def grams_of(*texts: str) -> list[str]:
    """Every one- and two-character piece, for the two-character search (4.6)."""
    found: set[str] = set()
    for text in texts:
        bare = NOT_LETTERS.sub("", fold(text))
        found.update(bare)
        found.update(bare[i : i + 2] for i in range(len(bare) - 1))
    return sorted(found)


def query_grams(text: str) -> list[str]:
    """The pieces that every hit of a typed query must have."""
    bare = NOT_LETTERS.sub("", fold(text))
    if len(bare) < 2:
        return [bare] if bare else []
    return sorted({bare[i : i + 2] for i in range(len(bare) - 1)})


def name_keys(name: str, details: dict[str, Any]) -> dict[str, Any]:
    """The search columns of a customer by this name."""
    pinyin, initials = pinyin_of(name), initials_of(name)
    extra = [str(details.get(key) or "") for key in ("code", "phone", "short_name", "credit_code")]
    return {
        "sort_key": pinyin,
        "initials": initials,
        "match_key": match_key(name),
        "grams": grams_of(name, pinyin, initials, *extra),
    }
