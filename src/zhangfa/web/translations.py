"""What is said in English and not yet in Chinese: `python -m zhangfa.web.translations check`.

Messages are gathered from every Python module and template of the package; the catalogues are the
area files under `locale/zh_Hans`.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir

from .catalogues import areas

PACKAGE = Path(__file__).resolve().parent.parent
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "_": None,
    # refusals carry their sentence; the door translates it
    "NotNow": None,
    "NotUnderstood": None,
    "NotAllowed": None,
    "Invalid": (2,),
    "Unusable": (2,),
    "Refused": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
METHODS = [("**.py", "python"), ("**.html", "jinja2.ext:babel_extract")]
OPTIONS = {"**.html": {"extensions": "jinja2.ext.i18n,jinja2.ext.do", "silent": "false"}}

HAN = "\u3400-\u9fff"
HALF_WIDTH = re.compile(rf"(?<=[{HAN}])[,;:!?](?=[{HAN}\s]|$)|(?<=[{HAN}])\(|\)(?=[{HAN}])")
PLACES = re.compile(r"%\((\w+)\)|\{(\w*)\}")

Key = tuple[str, str | None]


@dataclass
class Findings:
    """What is wrong with the translations; every entry is a line for a person."""

    missing: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    half_width: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        """All but the unused ones, which do no harm."""
        return [*self.missing, *self.empty, *self.differing, *self.half_width, *self.places]


def messages(package: Path = PACKAGE) -> dict[Key, str]:
    """Every (msgid, context) said anywhere with the first place where it stands."""
    said: dict[Key, str] = {}
    found = extract_from_dir(package, METHODS, OPTIONS, keywords=KEYWORDS)
    for name, line, msgid, _comments, context in found:
        text = msgid[0] if isinstance(msgid, tuple) else msgid
        if text:
            said.setdefault((text, context), f"{name}:{line}")
    return said


def _singular(message: Message) -> str:
    return message.id[0] if isinstance(message.id, (list, tuple)) else message.id


def _texts(message: Message) -> list[str]:
    told = message.string
    return [t or "" for t in told] if isinstance(told, (list, tuple)) else [told or ""]


def check(package: Path = PACKAGE) -> Findings:
    """Compare what is said with what is translated."""
    said = messages(package)
    found = Findings()
    told: dict[Key, tuple[str, list[str]]] = {}
    for area, catalogue in areas(package / "locale").items():
        for message in catalogue:
            if not message.id:
                continue
            key, texts = (_singular(message), message.context), _texts(message)
            if key in told and told[key][1] != texts:
                found.differing.append(f"{told[key][0]} and {area}.po differ: {key[0]!r}")
            told.setdefault(key, (f"{area}.po", texts))
            _look_at(message, area, found)
            if key not in said:
                found.unused.append(f"{area}.po: unused: {key[0]!r}")
    found.missing = [
        f"{place}: not translated: {key[0]!r}" for key, place in said.items() if key not in told
    ]
    return found


def _look_at(message: Message, area: str, found: Findings) -> None:
    msgid, texts = _singular(message), _texts(message)
    if not all(texts):
        found.empty.append(f"{area}.po: empty: {msgid!r}")
        return
    forms = message.id if isinstance(message.id, (list, tuple)) else [message.id]
    wanted = set().union(*(set(PLACES.findall(form)) for form in forms))
    for text in texts:
        if HALF_WIDTH.search(text):
            found.half_width.append(f"{area}.po: half-width punctuation: {text!r}")
        if set(PLACES.findall(text)) - wanted or (
            len(forms) == 1 and set(PLACES.findall(text)) != wanted
        ):
            found.places.append(f"{area}.po: placeholders of {msgid!r} differ in {text!r}")


def main() -> int:
    if sys.argv[1:] != ["check"]:
        print("usage: python -m zhangfa.web.translations check")
        return 2
    found = check()
    for line in [*found.faults, *found.unused]:
        print(line)
    print(f"{len(found.faults)} faults, {len(found.unused)} unused")
    return 1 if found.faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
