"""The one way anything is done: may they, do it, write down what happened, renew what is owed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Any

from django.db import transaction

from zhangfa.records.base import NotNow
from zhangfa.records.ledger import LedgerLine, append
from zhangfa.rules.facts import What, to_body

from . import renewal, store

__all__ = [
    "Did",
    "Invalid",
    "NotAllowed",
    "NotNow",
    "Outcome",
    "Said",
    "about",
    "action",
    "telling",
]


class NotAllowed(Exception):
    """This person may not do this."""

    def __init__(self, msgid: str = "You may not do this.", **params: Any) -> None:
        super().__init__(msgid % params if params else msgid)
        self.msgid, self.params = msgid, params


class Invalid(Exception):
    """What was given cannot be used; `field` names where it is wrong."""

    def __init__(self, field: str, msgid: str, **params: Any) -> None:
        super().__init__(msgid % params if params else msgid)
        self.field, self.msgid, self.params = field, msgid, params


@dataclass(frozen=True)
class Said:
    """One thing that happened, and the record whose story it belongs to."""

    record: Any
    what: What


@dataclass(frozen=True)
class Did:
    """What an action returns when it made a record, or said more than one thing."""

    record: Any
    said: tuple[Said, ...]


@dataclass(frozen=True)
class Outcome:
    """What a door gets back: the record as it now is, and the ledger lines written."""

    record: Any
    lines: tuple[LedgerLine, ...] = ()


def about(record: Any, *what: What) -> tuple[Said, ...]:
    """These facts, in the story of this record."""
    return tuple(Said(record, each) for each in what)


@dataclass
class Telling:
    """History being told in bulk: lines wait, and what is owed is renewed once at the end."""

    now: datetime
    opens: tuple[str, ...] | None = None
    imported: int | None = None
    lines: list[LedgerLine] = field(default_factory=list)
    stories: dict[str, None] = field(default_factory=dict)
    gathered: store.Gathered = field(default_factory=store.Gathered)

    def write(self) -> None:
        """Write the gathered rows, and append the waiting lines to the ledger."""
        self.gathered.write()
        append(self.lines)
        self.stories.update(dict.fromkeys(line.story for line in self.lines))
        self.lines.clear()


_telling: ContextVar[Telling | None] = ContextVar("telling", default=None)


@contextmanager
def telling(
    now: datetime, *, opens: Sequence[str] | None = None, imported: int | None = None
) -> Iterator[Telling]:
    """Tell history through the ordinary actions, in one transaction and with few statements.

    The rows are the same as when each action is called alone: permissions, states and facts are
    the action's own; only the ledger's insert and the renewal are put together at the end.
    `opens` names the obligation kinds these facts may open (None = all); `imported` the run.
    """
    history = Telling(now, None if opens is None else tuple(opens), imported)
    token = _telling.set(history)
    gathering = store.gathering.set(history.gathered)
    try:
        with transaction.atomic():
            yield history
            history.write()
            history.gathered.finish()
            renewal.renew(list(history.stories), now, quiet=True)
    finally:
        _telling.reset(token)
        store.gathering.reset(gathering)


Predicate = Callable[[Any, Any], bool]


def action(may: Predicate, *, creates: bool = False) -> Callable[[Callable[..., Any]], Any]:
    """Declare a use case: `do(record, *, by, at, ...)` changes one record and returns what
    happened: a `What`, several of them in a tuple, or a `Did`.

    The call checks `may`, locks the row, does it, appends the facts, renews what is owed and
    tells the open pages, all in one transaction. `creates` marks a use case without a record yet:
    its first argument is whatever `may` judges by (a customer, a deal, None).
    Raises NotAllowed, NotNow or Invalid, and then nothing has changed.
    """

    def declare(do: Callable[..., Any]) -> Callable[..., Outcome]:
        @wraps(do)
        def run(
            record: Any = None,
            *,
            by: Any,
            at: datetime,
            noted_at: datetime | None = None,
            **details: Any,
        ) -> Outcome:
            history = _telling.get()
            if history is not None:
                return _do(do, may, record, by, at, noted_at or at, history, details)
            with transaction.atomic():
                if record is not None and not creates:
                    record = _locked(record)
                return _do(do, may, record, by, at, noted_at or at, None, details)

        run.may = may  # type: ignore[attr-defined]
        run.key = do.__name__  # type: ignore[attr-defined]
        return run

    return declare


def _locked(record: Any) -> Any:
    return record.__class__._base_manager.select_for_update().get(pk=record.pk)


def _do(
    do: Callable[..., Any],
    may: Predicate,
    record: Any,
    by: Any,
    at: datetime,
    noted_at: datetime,
    history: Telling | None,
    details: dict[str, Any],
) -> Outcome:
    if not may(by, record):
        raise NotAllowed
    returned = do(record, by=by, at=at, **details)
    did = _read(record, returned)
    lines = [_line(said, by, at, noted_at, history) for said in did.said]
    if history is not None:
        history.lines.extend(lines)
        return Outcome(did.record, tuple(lines))
    append(lines)
    renewal.renew(list(dict.fromkeys(line.story for line in lines)), noted_at, by=by)
    renewal.announce(lines)
    return Outcome(did.record, tuple(lines))


def _read(record: Any, returned: Any) -> Did:
    """What an action returned, in its one long form."""
    if isinstance(returned, Did):
        return returned
    if returned is None:
        return Did(record, ())
    whats = returned if isinstance(returned, tuple) else (returned,)
    said = tuple(each if isinstance(each, Said) else Said(record, each) for each in whats)
    return Did(record, said)


def _line(
    said: Said, by: Any, at: datetime, noted_at: datetime, history: Telling | None
) -> LedgerLine:
    record = said.record
    return LedgerLine(
        what=said.what.key,
        story=record.ref,
        customer=record.about_customer,
        by=by.pk if by is not None else None,
        owner=record.owing,
        at=at,
        noted_at=noted_at,
        entered_at=history.now if history else noted_at,
        opens=list(history.opens) if history and history.opens is not None else None,
        imported=history.imported if history else None,
        body=to_body(said.what),
    )
