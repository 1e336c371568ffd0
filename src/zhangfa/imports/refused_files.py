"""The file of refused rows: as they were written, with the line and every reason (4.3).

Nothing in it runs as a formula when it is opened in a spreadsheet; read in again after correction,
the quotes put before such cells are taken off.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import xlsxwriter
from django.utils.translation import gettext

from .how import as_text
from .messages import _
from .rows import RefusedRow

RISKY = re.compile(r"[=+\-@\t\r]")
HARMLESS = re.compile(r"[+-]?[\d][\d., ]*%?")
LONGEST = 32_767
"""Characters of a cell in a spreadsheet."""
LINE, REASONS = _("Line of the file"), _("Why it was refused")


def safe_text(text: str) -> str:
    """A text that no spreadsheet runs: what looks like a formula gets a quote before it."""
    if RISKY.match(text) and not HARMLESS.fullmatch(text):
        return f"'{text}"
    return text


def by_table(refused: Iterable[RefusedRow]) -> dict[tuple[str, str], list[RefusedRow]]:
    """Refused rows by file and entity: each has its own columns."""
    groups: dict[tuple[str, str], list[RefusedRow]] = {}
    for row in refused:
        groups.setdefault((row.table, row.entity), []).append(row)
    return groups


def _header(rows: Sequence[RefusedRow]) -> list[str]:
    return [gettext(LINE), gettext(REASONS), *rows[0].headers]


def _why(row: RefusedRow) -> str:
    return "; ".join(map(str, row.reasons))


def refused_csv(rows: Sequence[RefusedRow]) -> bytes:
    """The refused rows of one file as CSV: UTF-8 with its mark, so that Excel reads it."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    if rows:
        writer.writerow([safe_text(name) for name in _header(rows)])
    for row in rows:
        cells = [safe_text(_shown(cell)) for cell in row.cells]
        writer.writerow([row.line, safe_text(_why(row)), *cells])
    return stream.getvalue().encode("utf-8-sig", "replace")


def refused_xlsx(refused: Iterable[RefusedRow]) -> bytes:
    """All refused rows as a workbook, a sheet per file and entity; every cell is text."""
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(stream, options)
    bold = book.add_format({"bold": True})
    for number, (place, rows) in enumerate(by_table(refused).items(), start=1):
        sheet = book.add_worksheet(_sheet_name(number, place))
        sheet.freeze_panes(1, 2)
        sheet.set_column(1, 1, 60)
        for column, name in enumerate(_header(rows)):
            sheet.write_string(0, column, safe_text(name), bold)
        for line, row in enumerate(rows, start=1):
            sheet.write_number(line, 0, row.line)
            sheet.write_string(line, 1, safe_text(_why(row))[:LONGEST])
            for column, cell in enumerate(row.cells, start=2):
                sheet.write_string(line, column, safe_text(_shown(cell))[:LONGEST])
    book.close()
    return stream.getvalue()


def _sheet_name(number: int, place: tuple[str, str]) -> str:
    """A name of at most 31 characters without those that a sheet may not bear."""
    return re.sub(r"[\[\]:*?/\\']", "-", f"{number} {place[1]} {place[0]}")[:31]


def _shown(cell: Any) -> str:
    """The cell as written; control characters, which no sheet can hold, as a visible mark."""
    text = cell.isoformat(" ") if isinstance(cell, datetime) else as_text(cell)
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]", "\ufffd", text)
