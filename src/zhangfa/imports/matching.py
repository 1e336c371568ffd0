"""Which names mean the same: for duplicates on entry and import (1.1.4, 4.4).

A match is a proposal with a score and its reasons; nothing is ever merged by this module.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from pypinyin import lazy_pinyin

from zhangfa.records.names import fold, initials_of

from .messages import Sentence, _

# fmt: off
CHINESE_FORMS = (
    "集团股份有限公司", "集团有限责任公司", "股份有限公司", "有限责任公司", "集团有限公司",
    "有限公司", "集团公司", "总公司", "集团", "公司", "个体工商户", "合伙企业", "株式会社",
    "厂", "商行",
)
LATIN_FORMS = frozenset((
    "inc", "incorporated", "co", "company", "corp", "corporation", "ltd", "limited", "llc",
    "llp", "lp", "plc", "gmbh", "mbh", "ag", "kg", "kgaa", "ohg", "ug", "sa", "sas",
    "sarl", "srl", "spa", "bv", "nv", "ab", "as", "asa", "aps", "oy", "oyj", "pty", "pte",
    "sdn", "bhd", "kk", "cie", "group", "holding", "holdings",
))
# fmt: on
TAIL = re.compile(rf"(?:{'|'.join(CHINESE_FORMS)})$")
BRACKETED = re.compile(r"\((?:有限合伙|普通合伙|集团|中国|china)\)")
HAN = re.compile(r"[\u3400-\u9fff]")
WORDS = re.compile(r"\w+")

SAME = 1.0
LETTERS = 0.98
FORM = 0.95
TYPO = 0.9
SOUND = 0.85
SHORT_SOUND = 0.8
CERTAIN = 0.95
"""From this score on, what is proposed differs only in spelling conventions."""
LEAST = 0.8


@dataclass(frozen=True, slots=True)
class NameKeys:
    """A name in the shapes by which names are compared."""

    shown: str
    letters: str
    """Only letters and digits: width, case, blanks, punctuation and script are gone."""
    core: str
    """The letters without the legal form."""
    sound: str
    """Pinyin without tones, for names with at least three hanzi."""

    @property
    def initials(self) -> str:
        """First letters, for finding a name by typing: 苏州恒越精密 -> szhyjm."""
        return initials_of(self.shown)


@dataclass(frozen=True, slots=True)
class Match:
    """A known name that a name may stand for, with a score from 0 to 1 and the reasons."""

    known: str
    score: float
    reasons: tuple[Sentence, ...]


@lru_cache(50_000)
def name_keys(name: str) -> NameKeys:
    """The shapes of a name."""
    folded = fold(name)
    letters = "".join(WORDS.findall(folded)).replace("_", "")
    core = core_of(folded)
    han = len(HAN.findall(core))
    sound = "".join(lazy_pinyin(core)) if han >= 3 and han == len(core) else ""
    return NameKeys(name, letters or folded, core or folded, sound)


def core_of(folded: str) -> str:
    """The letters of a folded name without legal forms at its end; all of it if nothing is left."""
    text = BRACKETED.sub("", folded.replace("（", "(").replace("）", ")"))
    words = WORDS.findall(text.replace("_", " "))
    if words and words[0] == "the" and len(words) > 1:
        words = words[1:]
    while len(words) > 1 and words[-1] in LATIN_FORMS:
        words.pop()
    core = "".join(words)
    bare = TAIL.sub("", core)
    while bare and bare != core:
        core, bare = bare, TAIL.sub("", bare)
    return core or "".join(words)


def compare(name: str, other: str) -> Match | None:
    """How the first may stand for the second; None where there is no reason to think so."""
    one, two = name_keys(name), name_keys(other)
    if name == other:
        return Match(other, SAME, (Sentence(_("The names are the same.")),))
    if one.letters == two.letters:
        reason = _("Only blanks, punctuation, case, width or script differ.")
        return Match(other, LETTERS, (Sentence(reason),))
    if one.core == two.core:
        return Match(other, FORM, (Sentence(_("Only the legal form differs.")),))
    if one.sound and one.sound == two.sound:
        score = SOUND if len(one.core) > 3 else SHORT_SOUND
        if len(one.core) > 3 or set(one.core) & set(two.core):
            return Match(other, score, (Sentence(_("The names sound alike.")),))
    if one_typo(one.core, two.core):
        return Match(
            other, TYPO, (Sentence(_("One letter is added, missing, swapped or changed.")),)
        )
    return None


def one_typo(one: str, two: str) -> bool:
    """Whether a single slip of a letter parts two names that are long enough to tell.

    Another digit is another thing, not a slip; another hanzi in a name of the same length is
    another name, unless it sounds the same.
    """
    if min(len(one), len(two)) < 5 or abs(len(one) - len(two)) > 1 or one == two:
        return False
    start = 0
    while start < min(len(one), len(two)) and one[start] == two[start]:
        start += 1
    a, b = one[start:], two[start:]
    if len(a) == len(b):
        swapped = len(a) > 1 and a[0] == b[1] and a[1] == b[0] and a[2:] == b[2:]
        changed = a[1:] == b[1:] and not HAN.match(a[0]) and not HAN.match(b[0])
        touched = a[:2] + b[:2] if swapped else a[:1] + b[:1]
        return (swapped or changed) and not any(map(str.isdigit, touched))
    longer, shorter = (a, b) if len(a) > len(b) else (b, a)
    return longer[1:] == shorter and not longer[0].isdigit()


class NameIndex:
    """Known names, found again by what is likely to be written instead. Memory: about 1 kB each."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self.by_key: dict[str, list[str]] = {}
        self.names: set[str] = set()
        for name in names:
            self.add(name)

    def __contains__(self, name: str) -> bool:
        return name in self.names

    def __len__(self) -> int:
        return len(self.names)

    def add(self, name: str) -> None:
        """Make a name known."""
        if name in self.names:
            return
        self.names.add(name)
        for key in _places(name_keys(name)):
            self.by_key.setdefault(key, []).append(name)

    def near(self, name: str, at_least: float = LEAST) -> list[Match]:
        """Known names that this one may stand for, best first; the same name too."""
        candidates = {
            other for key in _places(name_keys(name)) for other in self.by_key.get(key, ())
        }
        found = [compare(name, other) for other in candidates]
        good = [match for match in found if match is not None and match.score >= at_least]
        return sorted(good, key=lambda match: (-match.score, match.known))


def _places(keys: NameKeys) -> Iterator[str]:
    """The keys under which a name is kept: its shapes, and its core with one letter left out."""
    yield f"l{keys.letters}"
    if not keys.core.isalnum():
        return
    yield f"c{keys.core}"
    if keys.sound:
        yield f"s{keys.sound}"
    if 5 <= len(keys.core) <= 60:
        yield f"d{keys.core}"
        for place, letter in enumerate(keys.core):
            if not letter.isdigit():
                yield f"d{keys.core[:place]}{keys.core[place + 1 :]}"


def duplicates(names: Iterable[str], at_least: float = LEAST) -> Iterator[tuple[str, Match]]:
    """Pairs (later name, earlier name it may stand for) within one list."""
    index = NameIndex()
    for name in names:
        if name in index:
            continue
        for match in index.near(name, at_least):
            yield name, match
        index.add(name)
