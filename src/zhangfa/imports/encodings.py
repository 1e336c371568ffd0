"""Which encoding a file is written in: deterministic, with confidence and runners-up (4.3)."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from .messages import Refused, _

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CODECS = {
    "utf-8": "utf-8",
    "utf-8-sig": "utf-8-sig",
    "utf-16": "utf-16",
    "utf-16-le": "utf-16-le",
    "utf-16-be": "utf-16-be",
    "utf-32": "utf-32",
    "gb18030": "gb18030",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "big5": "cp950",
    "big5-hkscs": "big5hkscs",
    "cp1252": "cp1252",
    "latin-1": "cp1252",
    "windows-1252": "cp1252",
}
"""Names a person may choose -> Python's codec."""
SCORED = ("gb18030", "big5", "big5-hkscs", "cp1252")
SAMPLE = 400_000
"""Bytes with anything beyond ASCII in them that are weighed; the whole file is decoded."""
UNLIKELY = 0.5
"""Below this score the guess is shown as doubtful."""

ASCII_RUN = re.compile(rb"[\x00-\x7f]{200,}")
HIGH_RUN = re.compile(r"[^\x00-\x7f]+")
COMMON_FORMS = frozenset("，。、：；？！（）《》“”‘’【】—…·～￥　％＋－／０１２３４５６７８９")


@dataclass(frozen=True, slots=True)
class Encoding:
    """The encoding chosen, how sure we are (0 to 1), and what else it could have been."""

    name: str
    codec: str
    confidence: float
    runners_up: tuple[tuple[str, float], ...] = ()
    forced: bool = False

    @property
    def doubtful(self) -> bool:
        """Whether a person should look before importing."""
        second = self.runners_up[0][1] if self.runners_up else 0.0
        return not self.forced and (self.confidence < UNLIKELY or self.confidence - second < 0.1)


def detect(data: bytes, forced: str | None = None) -> Encoding:
    """The encoding of a file's bytes.

    A byte order mark decides; else strict UTF-8; else every candidate that decodes the whole
    file strictly is weighed by how usual its characters are. Raises Refused where a forced
    encoding is unknown or doesn't fit, and where no candidate fits.
    """
    if forced:
        return _forced(data, forced)
    for mark, name in BOMS:
        if data.startswith(mark):
            return _strictly(data, name)
    if b"\x00" in data[:SAMPLE]:
        sixteen = _utf16(data)
        if sixteen:
            return sixteen
    try:
        data.decode("utf-8")
        return Encoding("utf-8", "utf-8", 1.0)
    except UnicodeDecodeError:
        return _weighed(data)


def _forced(data: bytes, name: str) -> Encoding:
    codec = CODECS.get(name.lower().replace("_", "-"))
    if codec is None:
        raise Refused(
            _("%(name)s is not an encoding that can be chosen. Choose one of: %(known)s."),
            name=name,
            known=", ".join(sorted(CODECS)),
        )
    try:
        data.decode(codec)
    except UnicodeDecodeError as error:
        raise Refused(
            _("The file is not written in %(name)s: byte %(place)s does not fit."),
            name=name,
            place=error.start + 1,
        ) from error
    return Encoding(name.lower(), codec, 1.0, forced=True)


def _strictly(data: bytes, name: str) -> Encoding:
    found = _forced(data, name)
    return Encoding(found.name, found.codec, 1.0)


def _utf16(data: bytes) -> Encoding | None:
    """UTF-16 without a mark: its commas, digits and line ends leave zeros on one side."""
    if len(data) % 2:
        return None
    head = data[: SAMPLE - SAMPLE % 2]
    zeros_even, zeros_odd = head[0::2].count(0), head[1::2].count(0)
    name = "utf-16-le" if zeros_odd > zeros_even else "utf-16-be"
    half = len(head) / 2
    strong, weak = max(zeros_even, zeros_odd) / half, min(zeros_even, zeros_odd) / half
    if strong < 0.02 or weak > strong / 4:
        return None
    try:
        text = data.decode(name)
    except UnicodeDecodeError:
        return None
    if "\n" not in text and "\r" not in text:
        return None
    return Encoding(name, name, round(1 - weak / strong, 2))


def _weighed(data: bytes) -> Encoding:
    scores: list[tuple[float, str]] = []
    sample = ASCII_RUN.sub(b"\n", data)[:SAMPLE]
    for name in SCORED:
        try:
            data.decode(CODECS[name])
        except UnicodeDecodeError:
            continue
        text = sample.decode(CODECS[name], "ignore")
        scores.append((_usual(text, name), name))
    if not scores:
        raise Refused(
            _(
                "No encoding fits the whole file (tried UTF-8, %(tried)s). "
                "Save it as UTF-8 and try again."
            ),
            tried=", ".join(SCORED),
        )
    scores.sort(key=lambda pair: (-pair[0], SCORED.index(pair[1])))
    if scores[0][1] == "big5":
        scores = [pair for pair in scores if pair[1] != "big5-hkscs"]
    (best, name), others = scores[0], scores[1:]
    runners = tuple((other, score) for score, other in others)
    return Encoding(name, CODECS[name], best, runners)


def _usual(text: str, name: str) -> float:
    """How usual the characters beyond ASCII are for texts in this encoding, 0 to 1."""
    runs = HIGH_RUN.findall(text)
    total = sum(map(len, runs))
    if not total:
        return 0.0
    if name == "cp1252":
        return round(_latin(text, runs) / total, 2)
    codec = "gb2312" if name == "gb18030" else "big5"
    return round(sum(_rank(char, codec) for run in runs for char in run) / total, 2)


def _rank(char: str, codec: str) -> float:
    """1 for the first plane of common hanzi and full-width forms, less for the rest."""
    if char in COMMON_FORMS:
        return 1.0
    try:
        code = char.encode(codec)
    except UnicodeEncodeError:
        return 0.0
    first = code[0]
    if codec == "gb2312":
        return 1.0 if 0xB0 <= first <= 0xD7 else 0.3 if first > 0xD7 else 0.1
    return 1.0 if 0xA4 <= first <= 0xC6 else 0.3 if first > 0xC6 else 0.1


def _latin(text: str, runs: list[str]) -> float:
    """Accented letters stand alone inside words; hanzi misread as Latin come in long runs."""
    single = sum(len(run) for run in runs if len(run) == 1 or (len(run) == 2 and run.isalpha()))
    letters = sum(1 for run in runs for char in run if char.isalpha() or char in "–—’‘“”…€£°ºª")
    total = sum(map(len, runs))
    return single * (0.5 + 0.5 * letters / total)
