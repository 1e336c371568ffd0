"""Edits of plain details: what was changed, from what to what, by whom (4.11)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from zhangfa.records.models import Change


def note_changes(record: Any, by: Any, at: datetime, values: dict[str, Any]) -> list[Change]:
    """Set the values that differ and note each; returns the notes. Nothing else is touched."""
    notes = []
    for field, new in values.items():
        old = getattr(record, field)
        if old == new:
            continue
        setattr(record, field, new)
        notes.append(
            Change(ref=record.ref, field=field, old=_text(old), new=_text(new), by=by, at=at)
        )
    if notes:
        record.save(update_fields=[note.field for note in notes])
        Change.objects.bulk_create(notes)
    return notes


def _text(value: Any) -> str:
    return "" if value is None else str(value)
