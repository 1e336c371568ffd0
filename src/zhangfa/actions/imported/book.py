"""What an import writes, gathered and written together: records, ledger lines, what became of rows.

Nothing here asks who may: the action that runs an import has asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.db import models

from zhangfa.records.bulk import copy_rows, next_ids
from zhangfa.records.editions import current_calendar
from zhangfa.records.ledger import LedgerLine, append
from zhangfa.records.models import ImportedRow, ImportRun, Person
from zhangfa.rules.facts import What, to_body

from .. import renewal

BLOCK = 500  # ids reserved at a time
LONG_AGO = date(1990, 1, 1)
"""From when on somebody belongs to a team and layer where the files do not say."""
CREATED, UPDATED, UNCHANGED = "created", "updated", "unchanged"


class Unusable(Exception):
    """A record that cannot be applied; `field` names what stands against it."""

    def __init__(self, field_name: str, msgid: str, **params: Any) -> None:
        super().__init__(msgid)
        self.field, self.msgid, self.params = field_name, msgid, params


def folded(value: Any) -> str:
    """How keys are compared: blanks and case do not matter."""
    return " ".join(str(value).split()).casefold()


@dataclass
class Book:
    """Everything one import writes, until `write` puts it into the tables."""

    run: ImportRun
    by: Person
    now: datetime
    found: dict[tuple[type, str], dict[Any, Any]] = field(default_factory=dict)
    new: dict[type, list[Any]] = field(default_factory=lambda: defaultdict(list))
    changed: dict[type, dict[int, tuple[Any, set[str]]]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    lines: list[LedgerLine] = field(default_factory=list)
    stories: dict[str, None] = field(default_factory=dict)
    rows: list[ImportedRow] = field(default_factory=list)
    fresh: set[tuple[type, int]] = field(default_factory=set)
    ids: dict[type, list[int]] = field(default_factory=lambda: defaultdict(list))
    authors: dict[str, Person] = field(default_factory=dict)

    # ------------------------------------------------------------------------------- finding

    def find(self, model: type, name: str, value: Any) -> Any:
        """The record whose field has this value, of the tables or of this import; or None."""
        if value in (None, ""):
            return None
        return self._index(model, name).get(folded(value))

    def _index(self, model: Any, name: str) -> dict[Any, Any]:
        place = (model, name)
        if place not in self.found:
            held: dict[Any, Any] = {}
            for row in [*model._default_manager.order_by("pk"), *self.new[model]]:
                value = getattr(row, name)
                if value not in (None, ""):
                    held.setdefault(folded(value), self._one(row))
            self.found[place] = held
        return self.found[place]

    def _one(self, row: Any) -> Any:
        """One object a record, whichever index finds it."""
        known = self.found.setdefault((type(row), "pk"), {})
        return known.setdefault(row.pk, row)

    def get(self, model: Any, pk: int | None) -> Any:
        """A record by its id, the same object that the indexes give."""
        if pk is None:
            return None
        known = self.found.setdefault((model, "pk"), {})
        if pk not in known:
            known[pk] = model._default_manager.get(pk=pk)
        return known[pk]

    # ------------------------------------------------------------------------------- writing

    def add(self, row: Any, **shown: Any) -> Any:
        """A new record; it has its id from now on."""
        model = type(row)
        if not self.ids[model]:
            self.ids[model] = next_ids(model, BLOCK)[::-1]
        row.pk = self.ids[model].pop()
        if hasattr(row, "imported_by_id"):
            row.imported_by_id = self.run.pk
        self.new[model].append(row)
        self.fresh.add((model, row.pk))
        self._one(row)
        for (held, name), index in self.found.items():
            if held is model and name != "pk" and getattr(row, name, None) not in (None, ""):
                index.setdefault(folded(getattr(row, name)), row)
        return row

    def is_new(self, row: Any) -> bool:
        """Whether this import made it."""
        return (type(row), row.pk) in self.fresh

    def change(self, row: Any, values: dict[str, Any]) -> dict[str, Any]:
        """Give a record what differs; returns what stood there before."""
        before = {}
        for name, value in values.items():
            if value in (None, "") or getattr(row, name) == value:
                continue
            before[name] = getattr(row, name)
            setattr(row, name, value)
        if before and not self.is_new(row):
            held = self.changed[type(row)].setdefault(row.pk, (row, set()))
            held[1].update(before)
        return before

    def note(
        self, line: int, entity: str, key: Iterable[Any], row: Any, outcome: str,
        before: dict[str, Any] | None = None,
    ) -> str:  # fmt: skip
        """Keep what became of a row of the file, with `[old, new]` of each changed field."""
        shown = " · ".join(str(part) for part in key if part not in (None, ""))
        if outcome != UNCHANGED:
            self.rows.append(
                ImportedRow(
                    run_id=self.run.pk,
                    line=line,
                    entity=entity,
                    key=shown[:160],
                    object_id=row.pk,
                    outcome=outcome,
                    before={
                        name: [_plain(value), _plain(getattr(row, name))]
                        for name, value in (before or {}).items()
                    },
                )
            )
        return outcome

    def say(
        self, record: Any, what: What, at: datetime, *, by: Person | None = None,
        owner: int | None = None, customer: int | None = None, opens: list[str] | None = None,
    ) -> None:  # fmt: skip
        """A fact of the past. `opens` names the obligations it may open: none unless given."""
        story = record.ref
        self.lines.append(
            LedgerLine(
                what=what.key,
                story=story,
                customer=customer,
                by=by.pk if by else None,
                owner=owner,
                at=at,
                noted_at=at,
                entered_at=self.now,
                opens=opens or [],
                imported=self.run.pk,
                body=to_body(what),
            )
        )
        if opens:
            self.stories[story] = None

    def moment(self, day: date | datetime | None) -> datetime | None:
        """A day as its noon by the company's calendar, so that it stays that day; never ahead."""
        if day is None or isinstance(day, datetime):
            return None if day is None else min(day, self.now)
        return min(datetime.combine(day, time(12), current_calendar().zone), self.now)

    def write(self, report: Callable[[int, int], None] = lambda done, total: None) -> None:
        """Everything into the tables, and what is owed by it."""
        for model, rows in self.new.items():
            copy_rows(model, rows)
        for model, held in self.changed.items():
            by_fields: dict[tuple[str, ...], list[Any]] = defaultdict(list)
            for row, names in held.values():
                by_fields[tuple(sorted(names))].append(row)
            for names, rows in by_fields.items():
                model._default_manager.bulk_update(rows, names, batch_size=500)
        copy_rows(ImportedRow, self.rows)
        self.lines.sort(key=lambda line: line.at)
        append(self.lines)
        stories = list(self.stories)
        for start in range(0, len(stories), 4000):
            renewal.renew(stories[start : start + 4000], self.now, quiet=True)
            report(min(start + 4000, len(stories)), len(stories))


def _plain(value: Any) -> Any:
    if isinstance(value, models.Model):
        return value.pk
    return value if isinstance(value, (str, int, bool, list, dict, type(None))) else str(value)
