"""Reads XLSX by calamine, after the package was found to be of an honest size."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from itertools import islice

from python_calamine import CalamineError, CalamineWorkbook

from .cells import Shape
from .csv_files import HEADER_WITHIN
from .limits import Limits
from .messages import Problem, Refused, Sentence, _
from .reading import Line, Table, check_size, clean_headers, header_place, inflated

SHEET_PART = re.compile(r"xl/(worksheets|chartsheets)/", re.IGNORECASE)
ROW_NUMBER = re.compile(rb"<(?:\w+:)?row\b[^>]*?\br\s*=\s*[\"'](\d+)")
CELL_COLUMN = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]+)\d")
STORED, DEFLATED = 0, 8


def open_sheet(data: bytes, name: str, sheet: str | None, limits: Limits) -> Table:
    """One sheet of an XLSX file as a table; without a choice, the first that has a header.

    Raises Refused where the file is a bomb, damaged, protected, or lacks the sheet.
    """
    check_package(data, limits)
    book = _book(data)
    names = tuple(book.sheet_names)
    if sheet is not None and sheet not in names:
        raise Refused(
            _("There is no sheet %(name)s. The file has: %(known)s."),
            name=sheet,
            known=", ".join(names),
        )
    for chosen in (sheet,) if sheet else names:
        table = _table(book, name, chosen, names, limits)
        if table is not None:
            return table
    raise Refused(_("No header row was found."))


def _book(data: bytes) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(data))
    except (CalamineError, ValueError, OSError) as error:
        raise Refused(_("The Excel file is damaged or protected by a password.")) from error


def _table(
    book: CalamineWorkbook, name: str, chosen: str, names: tuple[str, ...], limits: Limits
) -> Table | None:
    try:
        sheet = book.get_sheet_by_name(chosen)
    except (CalamineError, ValueError) as error:
        raise Refused(_("The Excel file is damaged or protected by a password.")) from error
    first = (sheet.start or (0, 0))[0] + 1
    head = list(islice(sheet.iter_rows(), HEADER_WITHIN))
    filled = [sum(1 for cell in row if cell not in ("", None)) for row in head]
    if not any(filled):
        return None
    place = header_place(filled)
    problems = [
        Problem(Sentence(_("Line %(line)s above the header is not read."), {"line": first + row}))
        for row in range(place)
        if filled[row]
    ]
    if sheet.merged_cell_ranges:
        sentence = Sentence(
            _("The sheet has merged cells; only the upper left one holds its value."),
        )
        problems.append(Problem(sentence))
    headers = clean_headers(head[place], limits, problems, first + place)
    shape = Shape(headers, limits)

    def rows() -> Iterator[Line]:
        body = enumerate(sheet.iter_rows(), start=first)
        for number, row in islice(body, place + 1, None):
            yield shape.line(number, list(row))

    return Table(name, "xlsx", headers, rows, None, chosen, names, problems)


def check_package(data: bytes, limits: Limits) -> None:
    """Raises Refused for zip bombs, forged sizes and sheets with a giant rectangle.

    Every part is really unpacked and counted: the sizes that a package states may lie.
    """
    try:
        parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise Refused(_("The Excel file is damaged or protected by a password.")) from error
    if len(parts) > limits.members:
        raise Refused(
            _("The Excel file has %(count)s parts; at most %(limit)s are taken."),
            count=len(parts),
            limit=limits.members,
        )
    total = 0
    for part in parts:
        content = bytearray()
        for piece in _pieces(data, part):
            total += len(piece)
            check_size(total, len(data), limits)
            if SHEET_PART.match(part.filename):
                content += piece
        check_rectangle(bytes(content), limits)


def _pieces(data: bytes, part: zipfile.ZipInfo) -> Iterator[bytes]:
    if part.flag_bits & 1 or part.compress_type not in (STORED, DEFLATED):
        raise Refused(_("The Excel file is damaged or protected by a password."))
    head = part.header_offset
    lengths = data[head + 26 : head + 30]
    begin = (
        head + 30 + int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little")
    )
    packed = data[begin : begin + part.compress_size]
    if part.compress_type == STORED:
        yield packed
    else:
        yield from inflated(zlib.decompressobj(-15), packed)


def check_rectangle(xml: bytes, limits: Limits) -> None:
    """Raises Refused where the used rectangle of a sheet would not fit into memory."""
    rows = max(map(int, ROW_NUMBER.findall(xml)), default=0)
    columns = max(map(_column, set(CELL_COLUMN.findall(xml))), default=0)
    if rows > limits.rows + HEADER_WITHIN:
        raise Refused(_("The table has more than %(limit)s rows."), limit=limits.rows)
    if columns > limits.columns:
        raise Refused(
            _("The table has %(count)s columns; at most %(limit)s are taken."),
            count=columns,
            limit=limits.columns,
        )
    if rows * columns > limits.sheet_cells:
        raise Refused(
            _("The sheet's rectangle has %(count)s cells; at most %(limit)s are taken."),
            count=rows * columns,
            limit=limits.sheet_cells,
        )


def _column(letters: bytes) -> int:
    """A=1, Z=26, AA=27."""
    number = 0
    for letter in letters.upper()[:6]:
        number = number * 26 + letter - 64
    return number
