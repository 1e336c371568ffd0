"""2.2 What a figure was counted from: formula, curve step, target, parameters, and the rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from zhangfa.metrics import METRICS, Row
from zhangfa.records.models import Owed, Person, Verdict
from zhangfa.rules.exact import decimal, exact, text
from zhangfa.rules.policy import Policy
from zhangfa.rules.scores import Card, Line

from .frozen import frozen_rows
from .late import figure_rows
from .refs import Ref, describe
from .scorecard import Result, company_of

PAGE = 50  # rows of evidence shown at once


@dataclass(frozen=True)
class Evidence:
    """One line of a card with everything behind it; `rows` is one page of `count`."""

    line: Line
    steps: tuple[str, ...]
    rows: list[Row]
    count: int
    page: int
    refs: dict[str, Ref]
    people: dict[str, str]
    met: dict[tuple[str, str, datetime], datetime]
    tallies: dict[str, int]

    @property
    def pages(self) -> int:
        return max(1, -(-self.count // PAGE))

    @property
    def first(self) -> int:
        return (self.page - 1) * PAGE + 1

    @property
    def last(self) -> int:
        return min(self.page * PAGE, self.count)

    def late_by(self, row: Row) -> float | None:
        """How many seconds after its due moment an obligation was met; None if it was not late."""
        met = self.met.get((row.ref, row.label, row.at))  # type: ignore[arg-type]
        return None if met is None else (met - row.at).total_seconds()  # type: ignore[operator]


def evidence_of(
    result: Result,
    metric: str,
    now: datetime,
    *,
    verdict: Verdict | None = None,
    page: int = 1,
    policy: Policy | None = None,
) -> Evidence:
    """The line of one metric with a page of the rows behind it. Raises KeyError without a line.

    Of a frozen result the rows are those that were frozen with it.
    """
    line = result.card.line(metric)
    if verdict is not None:
        rows = frozen_rows(verdict.card, metric)
    else:
        company = company_of(result.period, now, policy=policy)
        rows = figure_rows(company, result.person, [metric])[metric]
    page = min(max(page, 1), max(1, -(-len(rows) // PAGE)))
    shown = rows[(page - 1) * PAGE : page * PAGE]
    return Evidence(
        line=line,
        steps=_over_parts(result.card, line) if result.card.parts else steps(line),
        rows=shown,
        count=len(rows),
        page=page,
        refs=describe(row.ref for row in shown),
        people=_names(line),
        met=_met(shown),
        tallies=_tallies(rows),
    )


def _names(line: Line) -> dict[str, str]:
    """The names of a target's author and approver."""
    if line.target is None:
        return {}
    ids = [int(one) for one in (line.target.author, line.target.approver) if one]
    rows = Person.objects.filter(pk__in=ids).values_list("pk", "name") if ids else ()
    return {str(pk): name for pk, name in rows}


def _met(rows: list[Row]) -> dict[tuple[str, str, datetime], datetime]:
    """When late obligations were met in the end."""
    late = [row for row in rows if row.verdict == "late"]
    if not late:
        return {}
    found = Owed.objects.filter(
        story__in={row.ref for row in late}, due__in={row.at for row in late}, outcome="late"
    ).values_list("story", "kind", "due", "met_at")
    return {(story, kind, due): met for story, kind, due, met in found if met}


def _tallies(rows: list[Row]) -> dict[str, int]:
    """How many rows there are of each tone: kept, in part, not."""
    found: dict[str, int] = {}
    for row in rows:
        found[row.tone] = found.get(row.tone, 0) + 1
    return found


def steps(line: Line) -> tuple[str, ...]:
    """The reckoning in real numbers: what was measured, its share of the target, the curve, the
    weight. Plain mathematics, the same in every language."""
    if line.points is None or line.counted is None:
        said = line.measure.formula()
        return (said,) if said else ()
    found = [line.measure.formula()]
    if line.attainment is not None and line.target is not None:
        counted, target = text(line.counted, 2), text(line.target.value, 2)
        found.append(f"{counted} / {target} = {text(line.attainment, 1)} %")
    found.append(_curve_step(line))
    points, weight = text(line.points, 2), text(line.exact_weight, 2)
    if line.exact_weight:
        earned = decimal(exact(line.points) * line.exact_weight / 100)
        found.append(f"{points} × {weight} % = {text(earned, 2)}")
    return tuple(found)


def _over_parts(card: Card, line: Line) -> tuple[str, ...]:
    """Two layers in the period: what the line earned in each, weighed by working days."""
    found, earned, days = [line.measure.formula()], [], 0
    for part in card.parts:
        inside = next((each for each in part.card.lines if each.metric == line.metric), None)
        if part.card.total is None:
            continue
        days += part.days
        if inside is not None and inside.points is not None:
            last = part.end - timedelta(days=1)
            found.append(f"{part.start} – {last}: {' → '.join(steps(inside))}")
            earned.append(f"{text(inside.earned, 2)} × {part.days}")
    if earned:
        found.append(f"({' + '.join(earned)}) / {days} = {text(line.earned, 2)}")
    return tuple(each for each in found if each)


def _curve_step(line: Line) -> str:
    """Between which anchors the value lies, and what that gives."""
    value = line.counted if line.attainment is None else line.attainment
    points = text(line.points or Decimal(0), 2)
    if value is None or line.curve.step:
        return f"{text(value or 0, 2)} → {points}"
    for (x, y), (next_x, next_y) in pairwise(line.curve.anchors):
        if exact(x) < value < exact(next_x) and y != next_y:
            along = f"({text(value, 2)} − {text(x)}) ÷ ({text(next_x)} − {text(x)})"
            base = "" if not exact(y) else f"{text(y)} + "
            return f"{base}{along} × {text(exact(next_y) - exact(y))} = {points}"
    return f"{text(value, 2)} → {points}"


def moved_weight(result: Result) -> dict[str, list[tuple[str, Fraction]]]:
    """For every line that does not apply, which lines carry its weight now, and how much of it."""
    told: dict[str, list[tuple[str, Fraction]]] = {}
    for dimension in result.card.dimensions:
        live = [ln for ln in dimension.lines if ln.points is not None and ln.exact_weight]
        takers = live or [
            ln for ln in result.card.lines if ln.points is not None and ln.exact_weight
        ]
        whole = sum((ln.exact_weight for ln in takers), Fraction(0))
        for line in dimension.lines:
            if line.points is None and line.weight and whole:
                share = Fraction(line.weight) / whole
                told[line.metric] = [(ln.metric, ln.exact_weight * share) for ln in takers]
    return told


def unit_of(metric: str) -> str:
    """In what a metric is measured: CNY, %, customers, points."""
    return METRICS[metric].unit
