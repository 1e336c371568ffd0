"""Writing records from actions: at once, or gathered while history is told in bulk.

The rows are the same either way. Gathered are only rows that nothing reads before the history is
written (activities), and moments on records (last touch, last progress, last tracking).
"""

from __future__ import annotations

from collections import defaultdict
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, models

from zhangfa.records.bulk import copy_rows, next_ids

BLOCK = 2000  # ids reserved at a time


@dataclass
class Gathered:
    """Rows and moments waiting to be written together."""

    rows: dict[type[models.Model], list[models.Model]] = field(
        default_factory=lambda: defaultdict(list)
    )
    moments: dict[tuple[type[models.Model], str], dict[int, datetime]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    ids: dict[type[models.Model], list[int]] = field(default_factory=lambda: defaultdict(list))

    def next_id(self, model: type[models.Model]) -> int:
        """An id of the table's own sequence."""
        if not self.ids[model]:
            self.ids[model] = next_ids(model, BLOCK)[::-1]
        return self.ids[model].pop()

    def write(self) -> None:
        """The rows gathered so far, a statement per table."""
        for model, rows in self.rows.items():
            copy_rows(model, rows)
        self.rows.clear()

    def finish(self) -> None:
        """Everything gathered: the rows, and the last moments in a statement per column."""
        self.write()
        quote = connection.ops.quote_name
        for (model, name), values in self.moments.items():
            table, column = model._meta.db_table, model._meta.get_field(name).column
            with connection.cursor() as cursor:
                cursor.execute(
                    f"UPDATE {quote(table)} r SET {quote(column)} = t.moment "
                    "FROM unnest(%s::bigint[], %s::timestamptz[]) AS t(id, moment) "
                    "WHERE r.id = t.id",
                    [list(values), list(values.values())],
                )
        self.moments.clear()


gathering: ContextVar[Gathered | None] = ContextVar("gathering", default=None)


def insert(row: Any) -> Any:
    """Add a new row that nothing has to read back before the action ends; its id is known."""
    gathered = gathering.get()
    if gathered is None:
        row.save(force_insert=True)
    else:
        row.pk = gathered.next_id(type(row))
        gathered.rows[type(row)].append(row)
    return row


def stamp(record: Any, **moments: datetime) -> None:
    """Set moments on a record."""
    for name, moment in moments.items():
        setattr(record, name, moment)
    gathered = gathering.get()
    if gathered is None:
        record.save(update_fields=list(moments))
        return
    for name, moment in moments.items():
        gathered.moments[type(record), name][record.pk] = moment
