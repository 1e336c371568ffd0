"""Opens a file as a table: CSV, XLSX or an event log, with what was found out about it (4.3)."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from .encodings import Encoding
from .limits import Limits
from .messages import Problem, Reason, Refused, Sentence, _


class Line(NamedTuple):
    """One row of a table: the line it begins on, its cells, and why it can't be used, if so."""

    number: int
    cells: tuple[Any, ...]
    reasons: tuple[Reason, ...] = ()


@dataclass
class Table:
    """A file that was opened. `rows()` may be walked more than once."""

    name: str
    kind: str
    """`csv`, `xlsx` or `xes`."""
    headers: tuple[str, ...]
    _rows: Callable[[], Iterator[Line]]
    encoding: Encoding | None = None
    dialect: str = ""
    """The separator of a CSV file, or the name of an XLSX sheet."""
    sheets: tuple[str, ...] = ()
    problems: list[Problem] = field(default_factory=list)

    def rows(self) -> Iterator[Line]:
        """The rows below the header, blank ones too (their cells are all empty)."""
        return self._rows()


def open_table(
    source: Path | str | bytes,
    name: str | None = None,
    *,
    encoding: str | None = None,
    separator: str | None = None,
    sheet: str | None = None,
    limits: Limits | None = None,
) -> Table:
    """Open a file or its bytes; `name` tells the kind where `source` is bytes.

    `encoding` and `separator` are found out where they are not told.

    Raises Refused with a sentence where the file is too large, packed suspiciously, of an
    unknown kind, or without a header.
    """
    from . import csv_files, event_logs, sheets

    limits = limits or Limits()
    data, name = _fetch(source, name, limits)
    if name.lower().endswith(".gz") or data[:2] == b"\x1f\x8b":
        data, name = unpack(data, limits), name.removesuffix(".gz").removesuffix(".GZ")
    if not data.strip():
        raise Refused(_("The file is empty."))
    if data[:4] == b"PK\x03\x04":
        return sheets.open_sheet(data, name, sheet, limits)
    if data[:4] == b"\xd0\xcf\x11\xe0":
        raise Refused(
            _("This is an old or encrypted Excel file. Save it as .xlsx without a password.")
        )
    if name.lower().endswith((".xes", ".xml")):
        return event_logs.open_log(data, name, limits)
    return csv_files.open_csv(data, name, encoding, limits, separator)


def _fetch(source: Path | str | bytes, name: str | None, limits: Limits) -> tuple[bytes, str]:
    if isinstance(source, bytes):
        size, data, name = len(source), source, name or "table.csv"
    else:
        path = Path(source)
        size, data, name = path.stat().st_size, b"", name or path.name
    if size > limits.file_bytes:
        raise Refused(
            _("The file has %(size)s bytes; at most %(limit)s are taken."),
            size=size,
            limit=limits.file_bytes,
        )
    return (data if isinstance(source, bytes) else Path(source).read_bytes()), name


def unpack(data: bytes, limits: Limits) -> bytes:
    """The content of a .gz file, unless it unpacks to more than the limits allow."""
    parts, size = [], 0
    rest = data
    while rest:
        engine = zlib.decompressobj(wbits=31)
        for piece in inflated(engine, rest):
            size += len(piece)
            check_size(size, len(data), limits)
            parts.append(piece)
        if not engine.eof:
            raise Refused(_("The packed file is cut off or damaged."))
        rest = engine.unused_data.lstrip(b"\x00")
    return b"".join(parts)


def inflated(engine: Any, packed: bytes, step: int = 1 << 20) -> Iterator[bytes]:
    """The unpacked bytes in pieces of at most `step`, so that a bomb can be stopped."""
    try:
        piece = engine.decompress(packed, step)
        while piece:
            yield piece
            piece = engine.decompress(engine.unconsumed_tail, step)
    except zlib.error as error:
        raise Refused(_("The packed file is cut off or damaged.")) from error


def check_size(size: int, packed: int, limits: Limits) -> None:
    """Raises Refused where unpacked bytes outgrow the limits."""
    if size > limits.unpacked_bytes:
        raise Refused(
            _("The file unpacks to more than %(limit)s bytes."), limit=limits.unpacked_bytes
        )
    if size > limits.ratio_from_bytes and size > packed * limits.pack_ratio:
        raise Refused(
            _("The file unpacks to more than %(ratio)s times its size, which is not usual data."),
            ratio=limits.pack_ratio,
        )


def header_place(filled: list[int]) -> int:
    """Which of the first rows is the header, by their counts of filled cells.

    The first row at least half as full as the fullest one: titles fill a cell or two.
    Raises Refused where all are empty.
    """
    most = max(filled, default=0)
    if not most:
        raise Refused(_("No header row was found."))
    wanted = max(2, most // 2) if most > 1 else 1
    return next(place for place, count in enumerate(filled) if count >= wanted)


def clean_headers(
    cells: list[Any], limits: Limits, problems: list[Problem], line: int
) -> tuple[str, ...]:
    """Header names that are all different; empty and repeated ones are named and reported."""
    names = ["" if cell is None else " ".join(str(cell).split()) for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not any(names):
        raise Refused(_("No header row was found."))
    if len(names) > limits.columns:
        raise Refused(
            _("The table has %(count)s columns; at most %(limit)s are taken."),
            count=len(names),
            limit=limits.columns,
        )
    result: list[str] = []
    for place, name in enumerate(names, start=1):
        result.append(_unlike(name[: limits.header_characters], place, result, problems, line))
    return tuple(result)


def _unlike(name: str, place: int, taken: list[str], problems: list[Problem], line: int) -> str:
    if not name:
        problems.append(
            Problem(Sentence(_("Column %(place)s has no name."), {"place": place}), line)
        )
        return f"#{place}"
    if name not in taken:
        return name
    count = 2
    while f"{name} ({count})" in taken:
        count += 1
    problems.append(
        Problem(
            Sentence(_("The column name %(name)s occurs more than once."), {"name": name}), line
        )
    )
    return f"{name} ({count})"
