"""Message catalogues: one per language, put together from a small file per area.

Messages are English in the code. People write `locale/zh_Hans/<area>.po`; Traditional Chinese
follows from it by OpenCC's `s2tw` and the policy's own list of exceptions.
"""

from __future__ import annotations

from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from zhangfa.policy import traditional


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


def in_hant(whole: Catalog) -> Catalog:
    """The same catalogue in Traditional Chinese."""
    other = Catalog(locale="zh_Hant", charset="utf-8")
    for message in whole:
        if message.id:
            told = message.string
            text = tuple(map(traditional, told)) if isinstance(told, tuple) else traditional(told)
            other.add(message.id, text, context=message.context)
    return other


def build(locale: Path) -> None:
    """Write `<locale>/build/<tag>/LC_MESSAGES/django.mo` for both scripts."""
    whole = merged(areas(locale))
    for tag, catalogue in (("zh_Hans", whole), ("zh_Hant", in_hant(whole))):
        target = locale / "build" / tag / "LC_MESSAGES" / "django.mo"
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            write_mo(file, catalogue)
