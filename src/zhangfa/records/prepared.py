"""A question that every page asks, put into SQL once.

Django takes longer to write most statements than PostgreSQL to answer them. A prepared question
is an ordinary queryset, built once with marks in the places of its values; afterwards only the
values are put in. The queryset stays the one place that says what is asked, and what it would
give is what comes: records with their related records, or rows.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet

FIRST = 8_070_450_532_247_928_000  # marks for numbers: no row has such an id
LONG_AGO = datetime(1, 3, 1, tzinfo=UTC)
SIGN = "\N{SECTION SIGN}"


class Prepared:
    """A queryset that is asked with other values each time.

    `kinds` are the types of the values, by name: int (for a related record its id), datetime,
    date, str, or list for the numbers or texts of an `__in`. `build` gets one argument for each
    and must put it into the statement as it is; how the statement looks may not depend on it.
    Raises ValueError when a value does not appear in the statement, or only something that was
    reckoned from it.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **kinds: type) -> None:
        self._build, self._kinds = build, kinds

    def rows(self, **values: Any) -> list[Any]:
        """What the queryset gives for these values."""
        statement = self._statement
        compiler = copy(statement.compiler)
        compiler.connection = connections[DEFAULT_DB_ALIAS]
        given = [values[name] if name else value for name, value in statement.places]
        compiler.as_sql = lambda *_, **__: (statement.text, given)
        return list(statement.iterable(_Asked(compiler)))

    @cached_property
    def _statement(self) -> _Statement:
        marks = {name: _mark(n, kind) for n, (name, kind) in enumerate(self._kinds.items())}
        found = self._build(**marks)
        compiler = found.query.get_compiler(DEFAULT_DB_ALIAS)
        text, given = compiler.as_sql()
        names = {mark[0] if isinstance(mark, list) else mark: name for name, mark in marks.items()}
        names |= {str(mark): name for mark, name in names.items() if self._kinds[name] is list}
        places = [(names.get(value) if _is_plain(value) else None, value) for value in given]
        odd = [value for name, value in places if name is None and _like_a_mark(value)]
        if odd or set(marks) - {name for name, _ in places}:
            raise ValueError(f"values that are not put in as they are: {odd or names}")
        text = self._with_lists(text, [name for name, _ in places])
        return _Statement(text, places, compiler, found._iterable_class)

    def _with_lists(self, text: str, names: list[str | None]) -> str:
        """`IN (%s)` becomes `= ANY(%s)` where the value is a list."""
        parts = text.split("%s")
        for n, name in enumerate(names):
            if name and self._kinds[name] is list:
                before, found, _ = parts[n].rpartition("IN (")
                if not found:
                    raise ValueError(f"{name} is a list, but stands in no __in")
                parts[n] = f"{before}= ANY("
        return "%s".join(parts)


@dataclass(frozen=True)
class _Statement:
    """The text, what stands in its places, and Django's own makers of what comes back."""

    text: str
    places: list[tuple[str | None, Any]]
    compiler: Any
    iterable: Callable[[Any], Any]


class _Asked:
    """What Django's makers of records want to know of a queryset."""

    db = DEFAULT_DB_ALIAS
    _known_related_objects: dict[Any, Any] = {}

    def __init__(self, compiler: Any) -> None:
        self.query, self._compiler = self, compiler

    def get_compiler(self, using: str) -> Any:
        return self._compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self._compiler.query, name)


def _mark(n: int, kind: type) -> Any:
    """A value that stands for the n-th one and appears nowhere else."""
    if kind is int:
        return FIRST + n
    if kind is list:
        return [FIRST + n]
    if kind is datetime:
        return LONG_AGO + timedelta(seconds=n)
    if kind is date:
        return (LONG_AGO + timedelta(days=n)).date()
    return f"{SIGN}{n}{SIGN}"


def _is_plain(value: Any) -> bool:
    return isinstance(value, int | date | str)


def _like_a_mark(value: Any) -> bool:
    """Whether a value was made from a mark, and would stay what it was for the first asker."""
    if isinstance(value, date):
        return value.year <= LONG_AGO.year + 1
    if isinstance(value, int):
        return value > FIRST // 2
    return isinstance(value, str) and SIGN in value
