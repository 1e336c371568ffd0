"""Many new rows of one table at once: COPY, several times quicker than INSERT."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from psycopg.types.json import Jsonb


def next_ids(model: type[models.Model], count: int) -> list[int]:
    """This many ids of the table's own sequence, in rising order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]


def copy_rows(model: type[models.Model], rows: Sequence[Any]) -> None:
    """Insert new rows as they are; rows without an id get one.

    Constraints and triggers hold as for any insert. Raises what the database raises.
    """
    if not rows:
        return
    nameless = [row for row in rows if row.pk is None]
    for row, pk in zip(nameless, next_ids(model, len(nameless)), strict=True):
        row.pk = pk
    fields = model._meta.concrete_fields
    quote = connection.ops.quote_name
    names = ", ".join(quote(field.column) for field in fields)
    readers = [(field, _shape(field)) for field in fields]
    with connection.cursor() as cursor:
        statement = f"COPY {quote(model._meta.db_table)} ({names}) FROM STDIN"
        with cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row([shape(field.pre_save(row, True)) for field, shape in readers])
    for row in rows:
        row._state.adding = False
        row._state.db = connection.alias


def _shape(field: models.Field) -> Any:
    """How a value of this field is handed to COPY."""
    if isinstance(field, models.JSONField):
        return lambda value: None if value is None else Jsonb(value)
    if isinstance(field, ArrayField):
        return lambda value: None if value is None else list(value)
    if isinstance(field, models.DecimalField):
        return field.to_python
    return lambda value: value
