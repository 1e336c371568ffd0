"""From tables and a profile to typed records or refusals, streaming, every row accounted for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from .account import Account, Tally
from .amounts import decimal_mark
from .dates import day_order
from .known import Known, Ref
from .mapping import Profile, TableSpec, completed
from .messages import Problem, Reason, Sentence, Unreadable, _
from .reading import Line, Table
from .references import References
from .review_stories import contract_story
from .row_readers import RowReader, is_blank
from .stories import RowValues, ticket_story

SAMPLE = 2_000
"""Rows looked at to find how a column writes its dates and numbers."""
NAMED = ("customer", "product", "person")
"""Entities whose names are compared with one another."""


@dataclass(slots=True)
class Row:
    """One record to be created or updated, read from `lines` of a file."""

    table: str
    entity: str
    key: tuple[Any, ...]
    values: dict[str, Any]
    """Field -> value: text, number, date, aware datetime, Money, Ref, or tuples of a story."""
    lines: tuple[int, ...]
    cells: tuple[Any, ...]
    """The row as written (of a story, its first)."""
    reading: int
    """The place of its reading in `sources` and in `account.tallies`."""


@dataclass(slots=True)
class RefusedRow:
    """A row that can't be used, with a reason for each field that stood against it."""

    table: str
    entity: str
    line: int
    headers: tuple[str, ...]
    cells: tuple[Any, ...]
    reasons: tuple[Reason, ...]


@dataclass
class Source:
    """One reading of one opened file."""

    spec: TableSpec
    table: Table
    headers: tuple[str, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    place: int = 0


class Import:
    """Reads files by a profile. `rows()` once; then `account`, `account.proposals`, `known`."""

    def __init__(
        self,
        profile: Profile,
        sources: Sequence[tuple[TableSpec, Table]],
        known: Known | None = None,
    ) -> None:
        self.profile, self.known, self.account = profile, known or Known(), Account()
        self.references = References(profile, self.known, self.account)
        self.sources = [self._source(spec, table) for spec, table in sources]
        self.problems = [problem for source in self.sources for problem in source.problems]

    def _source(self, spec: TableSpec, table: Table) -> Source:
        spec, found = completed(spec, table.headers)
        source = Source(spec, table, table.headers, list(table.problems))
        for header in sorted(RowReader.headers_of(spec) | set(spec.only)):
            if header not in table.headers:
                sentence = _("The column %(name)s of the profile is not in %(file)s.")
                source.problems.append(
                    Problem(Sentence(sentence, {"name": header, "file": table.name}))
                )
        if found and found.missing:
            sentence = _("No column of %(file)s was found for: %(fields)s.")
            names = ", ".join(found.missing)
            source.problems.append(
                Problem(Sentence(sentence, {"file": table.name, "fields": names}))
            )
        return source

    def unused(self) -> dict[str, tuple[str, ...]]:
        """Columns by file that no reading uses and that the profile doesn't ignore by name."""
        used: dict[str, set[str]] = {}
        for source in self.sources:
            names = used.setdefault(source.table.name, set())
            names.update(RowReader.headers_of(source.spec), source.spec.ignore, source.spec.only)
        return {
            source.table.name: tuple(
                header for header in source.headers if header not in used[source.table.name]
            )
            for source in self.sources
        }

    def rows(self) -> Iterator[Row | RefusedRow]:
        """Every record and every refused row, table by table."""
        self._learn()
        for source in self.sources:
            source.place = len(self.account.tallies)
            tally = self.account.open(source.table.name, source.spec.entity)
            reader = self._reader(source)
            if source.spec.folds:
                yield from self._stories(source, reader, tally)
            else:
                yield from self._records(source, reader, tally)
        for source in self.sources:
            column = next((c for c in source.spec.columns if c.field == "name"), None)
            if column and source.spec.entity in NAMED:
                names = self._reader(source).only(column, source.table)
                self.references.compare_names(source.spec.entity, names)

    def applied(self, row: Row, outcome: str) -> None:
        """Count what became of a record: `created`, `updated` or `unchanged`."""
        self.account.tallies[row.reading].outcomes[outcome] += 1

    def refuse(self, row: Row, reasons: tuple[Reason, ...]) -> RefusedRow:
        """A record that could not be applied, counted and ready for the file of refused rows."""
        self.applied(row, "refused_late")
        self.account.refuse(row.table, reasons)
        headers = self.sources[row.reading].headers
        return RefusedRow(row.table, row.entity, row.lines[0], headers, row.cells, reasons)

    def _learn(self) -> None:
        """Names and codes that the files themselves bring, for references between them."""
        wanted = {
            (column.refers, column.by)
            for source in self.sources
            for column in source.spec.columns
            if column.refers
        }
        for source in self.sources:
            for column in source.spec.columns:
                place = (source.spec.entity, column.field)
                if place in wanted and not source.spec.folds:
                    self.known.add(*place, self._reader(source).only(column, source.table))

    def _reader(self, source: Source) -> RowReader:
        reader = RowReader(
            self.profile, source.spec, source.headers, self.account, source.table.name
        )
        for column, how in reader.guessable():
            sample = reader.cells(column, islice(source.table.rows(), SAMPLE))
            if how.day_first is None and column.kind in ("date", "moment"):
                how.day_first = day_order(sample)
            elif how.decimal == "auto" and column.kind in ("money", "decimal"):
                how.decimal = decimal_mark(sample)
        return reader

    def _read(
        self, source: Source, reader: RowReader, tally: Tally
    ) -> Iterator[RefusedRow | tuple[Line, dict[str, Any]]]:
        """Rows with their values; blank rows and rows for other readings are counted away."""
        for line in source.table.rows():
            tally.rows += 1
            if line.reasons:
                yield self._refused(source, tally, line, line.reasons)
            elif is_blank(line.cells):
                tally.outcomes["blank"] += 1
            elif not reader.meant(line.cells):
                tally.outcomes["left_out"] += 1
            else:
                values, reasons = reader.read(line)
                reasons += self.references.resolve(reader, values, line.number)
                if reasons:
                    yield self._refused(source, tally, line, tuple(reasons))
                else:
                    yield line, values

    def _refused(
        self, source: Source, tally: Tally, line: Line, reasons: tuple[Reason, ...]
    ) -> RefusedRow:
        tally.outcomes["refused"] += 1
        name = source.table.name
        self.account.refuse(name, reasons)
        return RefusedRow(
            name, source.spec.entity, line.number, source.headers, line.cells, reasons
        )

    def _records(
        self, source: Source, reader: RowReader, tally: Tally
    ) -> Iterator[Row | RefusedRow]:
        seen: dict[tuple[Any, ...], tuple[int, dict[str, Any]]] = {}
        for item in self._read(source, reader, tally):
            if isinstance(item, RefusedRow):
                yield item
                continue
            line, values = item
            key = tuple(map(_plain, (values.get(name) for name in source.spec.key)))
            first = seen.setdefault(key, (line.number, values))
            if first[1] is values or not any(key):
                tally.outcomes["accepted"] += 1
                tally.records += 1
                yield self._row(source, key, values, (line.number,), line.cells)
            elif first[1] == values:
                tally.outcomes["merged"] += 1
            else:
                yield self._refused(source, tally, line, (_same_key(source.spec, key, first[0]),))

    def _row(
        self,
        source: Source,
        key: tuple[Any, ...],
        values: dict[str, Any],
        lines: tuple[int, ...],
        cells: tuple[Any, ...],
    ) -> Row:
        entity = "contract" if source.spec.steps else source.spec.entity
        return Row(source.table.name, entity, key, values, lines, cells, source.place)

    def _stories(
        self, source: Source, reader: RowReader, tally: Tally
    ) -> Iterator[Row | RefusedRow]:
        """Events folded by case: the first row is accepted, the others are merged into it."""
        cases: dict[tuple[Any, ...], list[tuple[Line, dict[str, Any]]]] = {}
        for item in self._read(source, reader, tally):
            if isinstance(item, RefusedRow):
                yield item
            else:
                key = tuple(item[1].get(name) for name in source.spec.key)
                cases.setdefault(key, []).append(item)
        for key, items in cases.items():
            yield from self._story(source, tally, key, items)

    def _story(
        self,
        source: Source,
        tally: Tally,
        key: tuple[Any, ...],
        items: list[tuple[Line, dict[str, Any]]],
    ) -> Iterator[Row | RefusedRow]:
        spec, name = source.spec, source.table.name
        rows: list[RowValues] = [(line.number, values) for line, values in items]

        def note(sentence: Sentence, line: int) -> None:
            self.account.note(name, spec.entity, "", sentence, line)

        try:
            values = (
                ticket_story(rows, spec.states, note)
                if spec.states
                else contract_story(rows, spec.steps, note)
            )
        except Unreadable as error:
            for line, _values in items:
                yield self._refused(source, tally, line, (Reason("", str(key[0]), error.sentence),))
            return
        tally.outcomes["accepted"] += 1
        tally.outcomes["merged"] += len(items) - 1
        tally.records += 1
        lines = tuple(number for number, _values in rows)
        yield self._row(source, key, values, lines, items[0][0].cells)


def _same_key(spec: TableSpec, key: tuple[Any, ...], line: int) -> Reason:
    sentence = Sentence(_("Line %(line)s has the same key with other values."), {"line": line})
    return Reason(", ".join(spec.key), " ".join(map(str, key)), sentence)


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Ref) else value


def read_all(
    profile: Profile, sources: Sequence[tuple[TableSpec, Table]], known: Known | None = None
) -> tuple[Import, list[Row], list[RefusedRow]]:
    """The whole import at once, for tests and small files."""
    work = Import(profile, sources, known)
    rows: list[Row] = []
    refused: list[RefusedRow] = []
    for item in work.rows():
        (refused if isinstance(item, RefusedRow) else rows).append(item)  # type: ignore[arg-type]
    return work, rows, refused
