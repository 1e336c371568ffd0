"""Message catalogues: one per language, put together from a small file per area.

Messages are English in the code. People write `locale/zh_Hans/<area>.po`; Traditional Chinese
follows from it by OpenCC's `s2tw` and the policy's own list of exceptions.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def areas(locale: Path, tag: str = "zh_Hans") -> dict[str, Catalog]:
    """The catalogue of every area by its name, read from `<locale>/<tag>/*.po`."""
    found = {}
    for path in sorted((locale / tag).glob("*.po")):
        with path.open("rb") as file:
            found[path.stem] = read_po(file, locale=tag, abort_invalid=True)
    return found


def merged(catalogues: dict[str, Catalog]) -> Catalog:
    """All areas as one; where two translate the same message, the first by name is kept."""
    whole = Catalog(locale="zh_Hans", charset="utf-8")
    for catalogue in catalogues.values():
        for message in catalogue:
            if not message.id or not _said(message):
                continue
            if whole.get(message.id, context=message.context) is None:
                whole.add(message.id, message.string, context=message.context)
    return whole


def _said(message: Message) -> bool:
    texts = message.string if isinstance(message.string, (list, tuple)) else [message.string]
    return all(texts)


def hant_exceptions(policy: Path) -> list[tuple[str, str]]:
    """Corrections after conversion, longest first, from `policy/hant_overrides.toml`."""
    path = policy / "hant_overrides.toml"
    if not path.exists():
        return []
    document = tomllib.loads(path.read_text("utf-8"))
    pairs: dict[str, str] = {}
    for name, value in document.items():
        if isinstance(value, str):
            pairs[name] = value
        elif isinstance(value, dict):
            pairs.update({k: v for k, v in value.items() if isinstance(v, str)})
    return sorted(pairs.items(), key=lambda pair: -len(pair[0]))


class ToHant:
    """Simplified to Traditional Chinese in the policy's own words."""

    def __init__(self, policy: Path) -> None:
        from opencc import OpenCC

        self._convert = OpenCC("s2tw").convert
        self._exceptions = hant_exceptions(policy)

    def __call__(self, text: str) -> str:
        converted = self._convert(text)
        for found, wanted in self._exceptions:
            converted = converted.replace(found, wanted)
        return converted


def in_hant(whole: Catalog, to_hant: ToHant) -> Catalog:
    """The same catalogue in Traditional Chinese."""
    other = Catalog(locale="zh_Hant", charset="utf-8")
    for message in whole:
        if message.id:
            told = message.string
            text = tuple(map(to_hant, told)) if isinstance(told, tuple) else to_hant(str(told))
            other.add(message.id, text, context=message.context)
    return other


def build(locale: Path) -> None:
    """Write `<locale>/build/<tag>/LC_MESSAGES/django.mo` for both scripts."""
    whole = merged(areas(locale))
    hant = in_hant(whole, ToHant(locale.parent / "policy"))
    for tag, catalogue in (("zh_Hans", whole), ("zh_Hant", hant)):
        target = locale / "build" / tag / "LC_MESSAGES" / "django.mo"
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            write_mo(file, catalogue)
