"""Reads the cells of one row into the fields of a record, column by column."""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

from .account import Account
from .automap import header_unit
from .how import How, as_text
from .mapping import ColumnSpec, Profile, TableSpec
from .messages import Reason, Sentence, Unreadable, _
from .reading import Line, Table
from .values import Column, is_empty

TEXTS = ("text", "name", "code", "boolean")


def is_blank(cells: tuple[Any, ...]) -> bool:
    """Whether nothing stands in a row."""
    return not any(cell.strip() if isinstance(cell, str) else cell is not None for cell in cells)


class RowReader:
    """The columns of a table, ready to read rows."""

    def __init__(
        self,
        profile: Profile,
        spec: TableSpec,
        headers: tuple[str, ...],
        account: Account,
        table: str,
    ) -> None:
        self.spec, self.account, self.table = spec, account, table
        self.place = {header: index for index, header in enumerate(headers)}
        self.columns = [
            (column, Column(column.kind, how_of(profile, column))) for column in spec.columns
        ]
        self.references = [column for column in spec.columns if column.refers]
        self.plan = [self._source(column) for column in spec.columns]
        self.conditions = [
            (self.place[header], frozenset(values))
            for header, values in spec.only.items()
            if header in self.place
        ]

    def note(self, field: str, sentence: Sentence, line: int) -> None:
        """Count a remark on a cell of this table."""
        self.account.note(self.table, self.spec.entity, field, sentence, line)

    @staticmethod
    def headers_of(spec: TableSpec) -> set[str]:
        """The headings that a reading uses."""
        used = {column.header for column in spec.columns if column.header}
        for column in spec.columns:
            used.update(_names(column.compose))
        return used

    def _source(self, column: ColumnSpec) -> int:
        """The cell's place; -1 for a pattern or constant, -2 for a column that isn't there."""
        return self.place.get(column.header, -2) if column.header else -1

    def guessable(self) -> list[tuple[ColumnSpec, How]]:
        """Columns whose order of days or decimal mark the file itself may tell."""
        kinds = ("date", "moment", "money", "decimal")
        return [
            (column, reader.how)
            for column, reader in self.columns
            if column.kind in kinds and column.header in self.place
        ]

    def cells(self, column: ColumnSpec, lines: Iterable[Line]) -> list[Any]:
        """The written cells of a column."""
        place = self.place[column.header]
        return [line.cells[place] for line in lines if len(line.cells) > place]

    def meant(self, cells: tuple[Any, ...]) -> bool:
        """Whether this reading is for the row, by the profile's conditions."""
        return all(as_text(cells[place]).strip() in values for place, values in self.conditions)

    def cell(self, column: ColumnSpec, place: int, cells: tuple[Any, ...]) -> Any:
        """What is written for a field."""
        if place >= 0:
            return cells[place]
        if place == -2:
            return ""
        if column.constant is not None:
            return column.constant
        parts = {
            name: as_text(cells[self.place[name]]).strip() if name in self.place else ""
            for name in _names(column.compose)
        }
        return column.compose.format_map(parts).strip()

    def read(self, line: Line) -> tuple[dict[str, Any], list[Reason]]:
        """The values of a row by field, and the reasons that stand against it."""
        values: dict[str, Any] = {}
        reasons: list[Reason] = []
        for (column, reader), place in zip(self.columns, self.plan, strict=True):
            cell = self.cell(column, place, line.cells)
            if is_empty(cell, column.kind in TEXTS):
                self._empty(column, cell, line, values, reasons)
                continue
            try:
                values[column.field], notes = reader.read(cell)
            except Unreadable as error:
                written = as_text(cell)[:80]
                reasons.append(Reason(column.header or column.field, written, error.sentence))
                continue
            for sentence in notes:
                self.note(column.field, sentence, line.number)
        return values, reasons

    def _empty(
        self,
        column: ColumnSpec,
        cell: Any,
        line: Line,
        values: dict[str, Any],
        reasons: list[Reason],
    ) -> None:
        values[column.field] = column.otherwise
        if column.wanted and column.otherwise is None:
            sentence = Sentence(_("The field is wanted, and the cell is empty."))
            reasons.append(Reason(column.header or column.field, "", sentence))
        elif isinstance(cell, str) and cell.strip():
            sentence = Sentence(_("%(value)s was read as nothing."), {"value": cell.strip()})
            self.note(column.field, sentence, line.number)
        elif column.noted:
            sentence = Sentence(_("The cell is empty."))
            self.note(column.field, sentence, line.number)

    def only(self, column: ColumnSpec, table: Table) -> Iterator[str]:
        """The readable values of one field, as text, for names that others refer to."""
        reader = next(found for spec, found in self.columns if spec is column)
        place = self._source(column)
        for line in table.rows():
            if line.reasons or is_blank(line.cells) or not self.meant(line.cells):
                continue
            cell = self.cell(column, place, line.cells)
            if is_empty(cell, column.kind in TEXTS):
                continue
            try:
                yield str(reader.read(cell)[0])
            except Unreadable:
                continue


@lru_cache(1_000)
def _names(pattern: str) -> tuple[str, ...]:
    """The columns that a pattern names; one that the file lacks reads as nothing."""
    return tuple(part[1] for part in string.Formatter().parse(pattern) if part[1])


def how_of(profile: Profile, column: ColumnSpec) -> How:
    """The column's options; a unit in its heading, `金额（万元）`, counts unless one is set."""
    how = profile.how(column)
    if column.kind not in ("money", "decimal", "integer") or not column.header:
        return how
    scale, currency = header_unit(column.header)
    if "scale" not in column.options and scale != 1:
        how = replace(how, scale=scale)
    if "currency" not in column.options and currency:
        how = replace(how, currency=currency)
    return how
