"""The account of an import as the screens show it (4.3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy

from zhangfa.records.models import ImportRun

SILENT_FOR = timedelta(minutes=10)
"""A run that has said nothing for so long was cut off."""


@dataclass(frozen=True)
class Totals:
    """Sums over every reading of an import."""

    rows: int = 0
    records: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    merged: int = 0
    blank: int = 0
    left_out: int = 0
    refused: int = 0


def totals(tables: Iterable[Mapping[str, Any]]) -> Totals:
    """What became of all rows; a record refused when it was applied counts as refused."""
    sums = dict.fromkeys(Totals.__dataclass_fields__, 0)
    for table in tables:
        for name in sums:
            sums[name] += int(table.get(name, 0))
        sums["refused"] += int(table.get("refused_late", 0))
    return Totals(**sums)


@dataclass(frozen=True)
class State:
    """How far an import is: a key, its words, its tone."""

    key: str
    words: Any
    tone: str = ""


UNDONE = State("undone", gettext_lazy("Undone"), "warn")
RUNNING = State("running", gettext_lazy("Running"), "acc")
DONE = State("done", gettext_lazy("Done"), "ok")
FAILED = State("failed", gettext_lazy("Cut off"), "bad")


def state_of(run: ImportRun, now: datetime) -> State:
    """Undone, done, under way, or cut off without an end."""
    if run.undone_at:
        return UNDONE
    if run.finished_at:
        return FAILED if run.account.get("failed") else DONE
    return RUNNING if now - run.at < SILENT_FOR or run.done else FAILED
