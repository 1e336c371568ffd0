"""How a metric is asked, and what it answers with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from typing import Any

from django.db import connection

from zhangfa.rules.clock import Calendar
from zhangfa.rules.measures import Measured, Ratio, Sum
from zhangfa.rules.policy import Reading
from zhangfa.rules.terms import Period


@dataclass(frozen=True)
class Asked:
    """A question: these people (None = everybody), this period, under this reading, now.

    `team_of` gives the team a person belongs to at the period's end, for small samples;
    `targets` the target by (metric, person), for caps; `present` which part of a month somebody
    owed who was away or in another layer for some of it, by (person, month).
    """

    period: Period
    reading: Reading
    calendar: Calendar
    now: datetime
    people: tuple[int, ...] | None = None
    team_of: Mapping[int, int] = field(default_factory=dict)
    targets: Mapping[tuple[str, int], Decimal] = field(default_factory=dict)
    present: Mapping[tuple[int, str], Fraction] = field(default_factory=dict)

    @property
    def start(self) -> date:
        return self.period.start

    @property
    def end(self) -> date:
        return self.period.end

    @property
    def until(self) -> date:
        """The period's end, or tomorrow while it runs: what is due later is not asked yet."""
        return min(self.end, self.calendar.day(self.now) + timedelta(days=1))

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        return self.period.bounds(self.calendar.zone)

    def days(self, key: str) -> timedelta:
        """A span of the policy in whole days; months count 30."""
        span = self.reading[key]
        return timedelta(days=span.amount * (30 if span.unit == "months" else 1))

    def interval(self, key: str) -> str:
        """A span of the policy in days, weeks or months, as PostgreSQL reads it."""
        return str(self.reading[key])

    def of(self, *people: int) -> Asked:
        return replace(self, people=tuple(people))

    def params(self, **more: Any) -> dict[str, Any]:
        """The parameters every statement knows."""
        begins, ends = self.bounds
        people = None if self.people is None else list(self.people)
        shared = {"start": self.start, "end": self.end, "until": self.until}
        moments = {"begins": begins, "ends": ends, "now": self.now}
        return {**shared, **moments, "people": people, **more}


@dataclass(frozen=True)
class Row:
    """One row of evidence: where it leads, what it is, whose, when, and what it counted for.

    `part` and `whole` are exactly what the row adds to its measure (an amount, or the two sides of
    a share): over all rows they make the measure. `of_period` names the frozen period that a late
    fact is about (2.3.8).
    """

    ref: str
    label: str
    at: date | datetime
    value: Decimal | None = None
    customer_id: int | None = None
    customer: str = ""
    verdict: str = ""
    tone: str = ""
    part: Decimal | Fraction | None = None
    whole: Decimal | Fraction | None = None
    of_period: str = ""


Measures = dict[int, Measured]


@dataclass(frozen=True)
class Metric:
    """A metric: its key and clause, how it is measured for all, and the rows behind one number."""

    key: str
    clause: str
    unit: str
    measure: Callable[[Asked], Measures] | None = None
    rows: Callable[[Asked], list[Row]] | None = None

    @property
    def measured(self) -> bool:
        """Whether the records for it exist already."""
        return self.measure is not None


def select(sql: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement with named parameters."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def together(measures: Iterable[Measured]) -> Measured | None:
    """One measure for a group: amounts add up, shares add part to part and whole to whole."""
    found = list(measures)
    return reduce(_add, found) if found else None


def _add(one: Measured, other: Measured) -> Measured:
    evidence = (one, other)
    shared = {"n": one.n + other.n, "evidence": lambda: (*evidence[0].rows(), *evidence[1].rows())}
    if isinstance(one, Ratio) and isinstance(other, Ratio):
        return replace(
            one, part=one.part + other.part, whole=one.whole + other.whole, towards=None, **shared
        )
    if isinstance(one, Sum) and isinstance(other, Sum):
        terms = (*one.terms, *other.terms)
        return replace(one, amount=(one.amount or 0) + (other.amount or 0), terms=terms, **shared)
    raise TypeError(f"{type(one).__name__} and {type(other).__name__} do not add up")
