"""Reads separated text: separator found, embedded line ends kept, broken quotes contained."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import islice

from .cells import Shape
from .encodings import Encoding, detect
from .limits import Limits
from .messages import Problem, Reason, Refused, Sentence, _
from .reading import Line, Table, clean_headers, header_place

SEPARATORS = (",", "\t", ";", "|")
SNIFFED = 60
"""Records looked at to find the separator."""
HEADER_WITHIN = 10
"""Titles above the header are skipped, within this many rows."""


def open_csv(
    data: bytes, name: str, forced: str | None, limits: Limits, told: str | None = None
) -> Table:
    """A table of separated text. Raises Refused where nothing looks like a header."""
    encoding = detect(data, forced)
    declared, skip = _declared(data, encoding)
    separator = told or declared or _separator(data, encoding)
    problems = _about(encoding)
    records = _records(data, encoding, separator, skip)
    above, header_line, header = _header(records)
    problems += [
        Problem(
            Sentence(_("Line %(line)s above the header is not read."), {"line": line}),
            line,
        )
        for line in above
    ]
    headers = clean_headers(list(header), limits, problems, header_line)

    def rows() -> Iterator[Line]:
        return _rows(data, encoding, separator, skip, header_line, Shape(headers, limits))

    shown = {"\t": "tab"}.get(separator, separator)
    return Table(name, "csv", headers, rows, encoding, shown, problems=problems)


def _about(encoding: Encoding) -> list[Problem]:
    if not encoding.doubtful:
        return []
    others = ", ".join(f"{name} {score:.0%}" for name, score in encoding.runners_up) or "-"
    sentence = Sentence(
        _(
            "The encoding was guessed as %(name)s (%(confidence)s; next: %(others)s). "
            "Look at the names before importing, or choose the encoding."
        ),
        {"name": encoding.name, "confidence": f"{encoding.confidence:.0%}", "others": others},
    )
    return [Problem(sentence)]


def _lines(data: bytes, encoding: Encoding, skip: int) -> Iterator[str]:
    stream = io.TextIOWrapper(io.BytesIO(data), encoding.codec, errors="strict", newline="")
    return islice(stream, skip, None)


def _declared(data: bytes, encoding: Encoding) -> tuple[str, int]:
    """The separator that a first line `sep=;` names, and the lines to skip for it."""
    first = next(_lines(data, encoding, 0), "").strip().lower()
    if first.startswith("sep=") and len(first) == 5:
        return first[4], 1
    return ("\t", 1) if first == "sep=" else ("", 0)


def _separator(data: bytes, encoding: Encoding) -> str:
    """The separator under which most records have the same, and the largest, width."""
    sample = list(islice(_lines(data, encoding, 0), SNIFFED))
    best, best_score = ",", -1.0
    for separator in SEPARATORS:
        try:
            widths = [len(row) for row in csv.reader(iter(sample), delimiter=separator) if row]
        except csv.Error:
            continue
        usual = max(set(widths), key=lambda width: (widths.count(width), width), default=0)
        score = widths.count(usual) / len(widths) * (usual - 1) ** 0.5 if usual > 1 else 0.0
        if score > best_score + 1e-9:
            best, best_score = separator, score
    return best


class _Feed:
    """Hands lines to the csv reader and remembers those of the record being read."""

    def __init__(self, lines: Iterator[str], number: int) -> None:
        self.lines, self.number = lines, number
        self.waiting: list[str] = []
        self.record: list[str] = []

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        line = self.waiting.pop() if self.waiting else next(self.lines)
        self.record.append(line)
        return line

    def begin(self) -> int:
        """Start a record; the number of its first line."""
        self.record = []
        return self.number

    def give_back(self) -> str:
        """Keep the first line of the record as broken and read the others again."""
        first, rest = self.record[0], self.record[1:]
        self.waiting.extend(reversed(rest))
        self.record = [first]
        return first


def _records(
    data: bytes, encoding: Encoding, separator: str, skip: int
) -> Iterator[tuple[int, list[str], str]]:
    """(first line, cells, broken text): a record whose quotes are off costs only its first line."""
    feed = _Feed(_lines(data, encoding, skip), skip + 1)
    while True:
        first = feed.begin()
        reader = csv.reader(feed, delimiter=separator, strict=True)
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            broken = feed.give_back()
            feed.number += 1
            yield first, [], broken
            continue
        feed.number += len(feed.record)
        yield first, cells, ""


def _header(records: Iterator[tuple[int, list[str], str]]) -> tuple[list[int], int, list[str]]:
    """Lines above the header, its line, its cells."""
    head = [record for record in islice(records, HEADER_WITHIN) if any(record[1])]
    place = header_place([sum(map(bool, map(str.strip, cells))) for _line, cells, _bad in head])
    line, cells, _broken = head[place]
    return [record[0] for record in head[:place]], line, cells


def _rows(
    data: bytes, encoding: Encoding, separator: str, skip: int, header_line: int, shape: Shape
) -> Iterator[Line]:
    count = 0
    for number, cells, broken in _records(data, encoding, separator, skip):
        if number <= header_line:
            continue
        count += 1
        if count > shape.limits.rows:
            raise Refused(_("The table has more than %(limit)s rows."), limit=shape.limits.rows)
        if broken:
            sentence = Sentence(_("The quotes of this line do not match; it can't be split."))
            yield Line(number, (broken.strip(),), (Reason("", broken.strip()[:80], sentence),))
        else:
            yield shape.line(number, cells)
