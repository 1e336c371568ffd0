"""Tables as XLSX workbooks (4.3): typed cells, frozen heads, and never a formula from a record."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.utils import timezone

FORMATS = {
    "text": {},
    "count": {"num_format": "#,##0"},
    "number": {"num_format": "#,##0.00"},
    "money": {"num_format": "#,##0.00"},
    "percent": {"num_format": "0.0%"},
    "day": {"num_format": "yyyy-mm-dd"},
    "moment": {"num_format": "yyyy-mm-dd hh:mm"},
}
WIDTHS = {"text": 22, "count": 10, "number": 12, "money": 16, "percent": 10, "day": 12}


@dataclass(frozen=True)
class Column:
    """A column: its head, what its cells are (a key of FORMATS) and its width in characters."""

    head: str
    kind: str = "text"
    width: int = 0


@dataclass(frozen=True)
class Sheet:
    """One sheet: name, columns, rows, a last row of sums, and sentences below the table."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    total: Sequence[Any] | None = None
    notes: Sequence[str] = ()


def workbook(title: str, sheets: Sequence[Sheet]) -> bytes:
    """The workbook as bytes. Text that begins like a formula stays text; None is an empty cell."""
    made = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "remove_timezone": True,
    }
    with xlsxwriter.Workbook(made, options) as book:
        book.set_properties({"title": title})
        head = book.add_format(
            {"bold": True, "bottom": 1, "bg_color": "#F1EFEB", "text_wrap": True}
        )
        kinds = {kind: book.add_format(look) for kind, look in FORMATS.items()}
        sums = {kind: book.add_format({**look, "bold": True, "top": 1})
                for kind, look in FORMATS.items()}  # fmt: skip
        quiet = book.add_format({"font_color": "#6B6A66"})
        for sheet in sheets:
            page = book.add_worksheet(_sheet_name(sheet.name))
            page.freeze_panes(1, 1)
            page.set_landscape()
            page.fit_to_pages(1, 0)
            for n, column in enumerate(sheet.columns):
                page.set_column(n, n, column.width or WIDTHS.get(column.kind, 18))
                page.write_string(0, n, column.head, head)
            line = 1
            for row in sheet.rows:
                _line(page, line, row, sheet.columns, kinds)
                line += 1
            if line > 1:
                page.autofilter(0, 0, line - 1, len(sheet.columns) - 1)
            if sheet.total is not None:
                _line(page, line, sheet.total, sheet.columns, sums)
                line += 1
            for note in sheet.notes:
                line += 1
                page.write_string(line, 0, note, quiet)
    return made.getvalue()


def _line(page: Any, line: int, row: Sequence[Any], columns: Sequence[Column], looks: Any) -> None:
    for n, (value, column) in enumerate(zip(row, columns, strict=True)):
        look = looks[column.kind]
        if value is None or value == "":
            page.write_blank(line, n, None, look)
        elif isinstance(value, datetime):
            page.write_datetime(line, n, timezone.localtime(value).replace(tzinfo=None), look)
        elif isinstance(value, date):
            page.write_datetime(line, n, value, look)
        elif isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
            page.write_number(line, n, float(value), look)
        else:
            page.write_string(line, n, _clean(str(value)), look)


def _clean(text: str) -> str:
    """Text as a cell can hold it: no control characters, at most 32,767 signs."""
    return "".join(sign for sign in text if sign >= " " or sign in "\n\t")[:32767]


def _sheet_name(name: str) -> str:
    """A name that a sheet may have: no []:*?/\\ and at most 31 signs."""
    return "".join(" " if sign in "[]:*?/\\" else sign for sign in name)[:31] or "1"
