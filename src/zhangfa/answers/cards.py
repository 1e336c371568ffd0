"""2.2, 2.4 Scorecards as plain data, for the command line and for other systems.

The figures are those of the pages: a frozen result as it was frozen, else as it stands. Numbers
are text in plain notation, so that nothing is lost on the way.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from zhangfa.metrics import METRICS
from zhangfa.records.models import Person, Verdict
from zhangfa.rules.exact import decimal
from zhangfa.rules.scores import Line
from zhangfa.rules.terms import Period

from .scorecard import Result
from .standing import Place, everybody, places


def cards_as_data(period: Period, now: datetime, *, username: str | None = None) -> dict[str, Any]:
    """Everybody's card of a period, or one person's, highest first.

    Raises LookupError with a sentence for a person who does not exist or was not scored.
    """
    found, frozen = everybody(period, now)
    placed = places(found)
    if username is not None:
        found = [_only(found, username, period)]
    return {
        "period": period.label,
        "from": period.start.isoformat(),
        "until": period.end.isoformat(),
        "asked_at": now.isoformat(),
        "people": [_result(r, placed, frozen.get(r.person.pk)) for r in found],
    }


def _only(found: list[Result], username: str, period: Period) -> Result:
    for result in found:
        if result.person.username == username:
            return result
    if not Person.objects.filter(username=username).exists():
        raise LookupError(f"there is nobody called “{username}”")
    raise LookupError(f"“{username}” is not scored in {period.label}")


def _result(result: Result, placed: Mapping[int, Place], verdict: Verdict | None) -> dict[str, Any]:
    card, place = result.card, placed.get(result.person.pk)
    return {
        "person": result.person.username,
        "name": result.person.name,
        "team": result.team.name if result.team else None,
        "layer": result.layer,
        "edition": card.edition,
        "frozen": None if verdict is None else _frozen(verdict),
        "total": _points(card.total),
        "not_rated": card.not_rated,
        "place": None if place is None else {"place": place.place, "of": place.of},
        "band": None
        if card.band is None
        else {"from": _text(card.band.floor), "factor": _text(card.band.factor)},
        "bonus": _bonus(result),
        "working_days": {"owed": result.days[0], "period": result.days[1]},
        "needs_decision": [each.dimension for each in card.needs_decision],
        "dimensions": [
            {
                "dimension": dimension.key,
                "weight": _text(dimension.weight),
                "earned": _points(dimension.earned),
                "lines": [_line(line) for line in dimension.lines],
            }
            for dimension in card.dimensions
        ],
    }


def _frozen(verdict: Verdict) -> dict[str, Any]:
    return {
        "version": verdict.version,
        "at": verdict.frozen_at.isoformat(),
        "sha256": verdict.digest,
    }


def _bonus(result: Result) -> dict[str, Any] | None:
    bonus = result.bonus
    if bonus is None:
        return None
    return {
        "base": _points(bonus.base),
        "factor": _text(bonus.factor),
        "amount": _points(bonus.amount),
        "currency": bonus.currency,
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "metric": line.metric,
        "clause": METRICS[line.metric].clause,
        "value": _text(line.measure.value),
        "counted": _text(line.counted),
        "formula": line.measure.formula(),
        "target": None if line.target is None else _text(line.target.value),
        "attainment": _text(line.attainment),
        "points": _points(line.points),
        "weight": _text(line.weight),
        "effective_weight": _points(line.effective_weight),
        "earned": _points(line.earned),
        "lost": _points(line.lost),
        "not_applicable": line.reason_na,
        "late_facts": [
            {
                "of_period": late.of_period,
                "row": late.fact,
                "what": late.reason,
                "part": _text(decimal(late.part)),
                "whole": _text(decimal(late.whole)),
            }
            for late in line.adjustments
        ],
    }


def _points(value: Decimal | None) -> str | None:
    """Points and money with two decimals at least, also where they were kept without."""
    if value is None:
        return None
    return f"{value:.2f}" if int(value.as_tuple().exponent) > -2 else f"{value:f}"


def _text(value: Decimal | Fraction | None) -> str | None:
    """A number in plain notation, at most ten decimals; None stays None."""
    if value is None:
        return None
    if isinstance(value, Decimal):
        return f"{value:f}"
    found = decimal(value)
    rounded = round(found, 10)
    return f"{rounded.normalize():f}" if rounded else "0"
