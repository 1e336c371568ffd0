"""Countries by their English and Chinese names and codes, to notice misspelt ones."""

from __future__ import annotations

from difflib import get_close_matches
from functools import lru_cache

from babel import Locale

ALSO = frozenset(
    {"usa", "u.s.", "u.s.a.", "america", "uk", "england", "scotland", "wales", "korea"}
    | {"great-britain", "holland", "hong-kong", "macau", "russia", "czech-republic", "uae"}
    | {"prc", "p.r.china", "中国", "中國", "香港", "澳门", "澳門", "台湾", "臺灣", "台灣"}
)


def _folded(name: str) -> str:
    return "-".join(name.casefold().replace("&", "and").split())


@lru_cache(1)
def known_countries() -> dict[str, str]:
    """Folded name or code -> English name."""
    found: dict[str, str] = {}
    for language in ("en", "zh_Hans", "zh_Hant"):
        for code, name in Locale.parse(language).territories.items():
            if len(code) == 2 and code not in ("ZZ", "EU", "EZ", "UN", "XA", "XB"):
                english = Locale.parse("en").territories[code]
                found.setdefault(_folded(name), english)
                found.setdefault(code.casefold(), english)
    found.update({name: name for name in ALSO if name not in found})
    return found


@lru_cache(2000)
def likely_country(name: str) -> tuple[bool, str]:
    """(whether the name is known, the likely one where it is not)."""
    known = known_countries()
    folded = _folded(name)
    if folded in known:
        return True, ""
    near = get_close_matches(folded, known, n=1, cutoff=0.85)
    return False, known[near[0]] if near else ""
