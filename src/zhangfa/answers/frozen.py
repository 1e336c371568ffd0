"""2.3.8 A frozen result: what is written down of a card, and the card read back from it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from zhangfa.metrics import Row
from zhangfa.records.models import Person, Team
from zhangfa.rules.bands import Band
from zhangfa.rules.consequences import Bonus, BonusStep, NextFactor
from zhangfa.rules.curves import Curve
from zhangfa.rules.exact import decimal
from zhangfa.rules.measures import Ratio, Sum
from zhangfa.rules.policy import Citation
from zhangfa.rules.policy_values import plain
from zhangfa.rules.scores import (
    Adjustment,
    Card,
    Decided,
    Dimension,
    Line,
    NeedsDecision,
    NextBand,
    Part,
    Way,
    plain_form,
    to_canonical,
)
from zhangfa.rules.targets import Target
from zhangfa.rules.terms import Period

from .company import Result

FORM = 1
"""The form of the document; another number when its shape changes."""


@dataclass(frozen=True)
class Kept:
    """A measure as it was kept: its number and its formula."""

    value: Decimal | None
    said: str
    kind: str
    n: int
    reason_na: str | None
    unit: str = ""
    amount_like: bool = False

    @property
    def exact(self) -> Fraction | None:
        return None if self.value is None else Fraction(self.value)

    def formula(self) -> str:
        return self.said

    def rows(self) -> tuple[Any, ...]:
        return ()


def document(
    result: Result, rows: Mapping[str, list[Row]], *, calendar: str, by: int, at: datetime
) -> str:
    """The canonical text of a result: card, bonus, formulas, rows counted, edition, calendar."""
    card = plain_form(result.card)
    told = _with_citations(card, result.card)
    return to_canonical(
        {
            "form": FORM,
            "person": result.person.pk,
            "period": result.period.label,
            "layer": result.layer,
            "team": None if result.team is None else [result.team.pk, result.team.name],
            "days": list(result.days),
            "card": told,
            "bonus": None if result.bonus is None else _bonus_told(result.bonus),
            "formulas": {ln.metric: ln.measure.formula() for ln in result.card.lines},
            "rows": {key: [plain_form(row) for row in each] for key, each in rows.items()},
            "calendar": calendar,
            "frozen_by": by,
            "frozen_at": at,
        }
    )


def _with_citations(told: dict[str, Any], card: Card) -> dict[str, Any]:
    """The card's plain form, its citations with values that JSON can hold."""
    told["citations"] = [_cited(each) for each in card.citations]
    for part, shown in zip(card.parts, told["parts"], strict=True):
        _with_citations(shown["card"], part.card)
    for dimension, shown in zip(card.dimensions, told["dimensions"], strict=True):
        for line, plainly in zip(dimension.lines, shown["lines"], strict=True):
            plainly["citations"] = [_cited(each) for each in line.citations]
    return told


def _cited(citation: Citation) -> dict[str, Any]:
    return {
        "key": citation.key,
        "value": json.dumps(plain(citation.value), ensure_ascii=False, default=str),
        "clause": citation.clause,
        "edition": citation.edition,
        "source": citation.source,
    }


def _bonus_told(bonus: Bonus) -> dict[str, Any]:
    told = plain_form({**vars(bonus), "citations": ()})
    told["citations"] = [_cited(each) for each in bonus.citations]
    return told


# ------------------------------------------------------------------------------- reading back


def read_frozen(text: str, person: Person) -> Result:
    """The result as it was frozen; nothing is counted again."""
    told = json.loads(text)
    team = None if told["team"] is None else Team(pk=int(told["team"][0]), name=told["team"][1])
    days = (int(told["days"][0]), int(told["days"][1]))
    return Result(
        person,
        Period.read(told["period"]),
        told["layer"],
        team,
        _card(told["card"], told["formulas"]),
        None if told["bonus"] is None else _bonus(told["bonus"]),
        days,
    )


def frozen_rows(text: str, metric: str) -> list[Row]:
    """The rows that one figure of a frozen result was counted from."""
    return [_row(each) for each in json.loads(text)["rows"].get(metric, ())]


def measures_of(text: str) -> dict[str, Sum | Ratio]:
    """The measures of a frozen result as the rules count with them, for scoring them again."""
    found: dict[str, Sum | Ratio] = {}
    for dimension in json.loads(text)["card"]["dimensions"]:
        for line in dimension["lines"]:
            told = line["before_late"] or line["measure"]
            measure = _measure(told)
            if measure is not None:
                found[line["metric"]] = measure
    return found


def _measure(told: Mapping[str, Any]) -> Sum | Ratio | None:
    shared = {"n": int(told["n"]), "reason_na": told["reason_na"], "unit": told.get("unit", "")}
    if told["kind"] == "sum":
        terms = tuple((name, _fraction(value)) for name, value in told["terms"])
        return Sum(amount=_fraction_or_none(told["amount"]), terms=terms, **shared)
    if told["kind"] == "ratio":
        return Ratio(
            part=_fraction(told["part"]),
            whole=_fraction(told["whole"]),
            towards=_fraction_or_none(told["towards"]),
            pull=_fraction(told["pull"]),
            **shared,
        )
    return None


def _fraction(text: str) -> Fraction:
    return Fraction(text)


def _fraction_or_none(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def _number(text: str) -> Decimal | Fraction:
    return Fraction(text) if "/" in text else Decimal(text)


def _number_or_none(text: str | None) -> Decimal | Fraction | None:
    return None if text is None else _number(text)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _decimal_of(text: str | None) -> Decimal | None:
    """A number that may have been kept as an exact fraction, as a decimal to read."""
    if text is None or "/" not in text:
        return _decimal(text)
    return decimal(Fraction(text))


def _row(told: Mapping[str, Any]) -> Row:
    at = told["at"]
    moment = datetime.fromisoformat(at) if "T" in at else datetime.fromisoformat(at).date()
    number = told["customer_id"]
    return Row(
        **{
            **told,
            "at": moment,
            "value": _decimal(told["value"]),
            "customer_id": None if number is None else int(number),
            "part": _number_or_none(told.get("part")),
            "whole": _number_or_none(told.get("whole")),
        }
    )


def _card(told: Mapping[str, Any], formulas: Mapping[str, str]) -> Card:
    return Card(
        layer=told["layer"],
        cadence=told["cadence"],
        edition=told["edition"],
        dimensions=tuple(
            Dimension(
                each["key"],
                Decimal(each["weight"]),
                tuple(_line(line, formulas) for line in each["lines"]),
            )
            for each in told["dimensions"]
        ),
        total=_decimal(told["total"]),
        exact_total=_fraction_or_none(told["exact_total"]),
        band=_band(told["band"]),
        person=told["person"],
        period=told["period"],
        owed_share=Fraction(told["owed_share"]),
        not_rated=told["not_rated"],
        needs_decision=tuple(
            NeedsDecision(
                e["dimension"], Decimal(e["weight"]), Decimal(e["empty"]), tuple(e["metrics"])
            )
            for e in told["needs_decision"]
        ),
        decided=tuple(
            Decided(e["dimension"], e["by"], e["reason"], e["choice"], _moment(e["at"]))
            for e in told["decided"]
        ),
        next_band=_next_band(told["next_band"]),
        citations=tuple(_citation(each) for each in told["citations"]),
        parts=tuple(
            Part(
                each["layer"],
                date.fromisoformat(each["start"]),
                date.fromisoformat(each["end"]),
                int(each["days"]),
                _card(each["card"], {}),
            )
            for each in told.get("parts", ())
        ),
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _band(told: Mapping[str, Any] | None) -> Band | None:
    return None if told is None else Band(Decimal(told["floor"]), Decimal(told["factor"]))


def _next_band(told: Mapping[str, Any] | None) -> NextBand | None:
    if told is None:
        return None
    band = _band(told["band"])
    if band is None:
        return None
    ways = tuple(
        Way(
            way["metric"],
            Decimal(way["most"]),
            _decimal(way["points"]),
            _decimal(way["value"]),
            _decimal(way["more"]),
        )
        for way in told["ways"]
    )
    return NextBand(band, Decimal(told["gap"]), ways, tuple(told["together"]))


def _line(told: Mapping[str, Any], formulas: Mapping[str, str]) -> Line:
    kept = told["measure"]
    curve = told["curve"]
    return Line(
        metric=told["metric"],
        dimension=told["dimension"],
        measure=Kept(  # type: ignore[arg-type]
            _decimal_of(kept["value"]),
            formulas.get(told["metric"], ""),
            kept["kind"],
            int(kept["n"]),
            kept["reason_na"],
            kept.get("unit", ""),
            kept["kind"] in ("sum", "count"),
        ),
        weight=Decimal(told["weight"]),
        exact_weight=Fraction(told["exact_weight"]),
        curve=Curve(
            tuple((_number(x), _number(y)) for x, y in curve["anchors"]),
            curve["polarity"],
            _number(curve["cap"]),
            curve["step"],
        ),
        target=_target(told["target"]),
        counted=_fraction_or_none(told["counted"]),
        attainment=_fraction_or_none(told["attainment"]),
        points=_decimal(told["points"]),
        earned=Decimal(told["earned"]),
        lost=Decimal(told["lost"]),
        reason_na=told["reason_na"],
        deal_cap=_decimal(told["deal_cap"]),
        adjustments=tuple(_adjustment(each) for each in told["adjustments"]),
        citations=tuple(_citation(each) for each in told["citations"]),
    )


def _target(told: Mapping[str, Any] | None) -> Target | None:
    if told is None:
        return None
    return Target(
        _number(told["full"]),
        Fraction(told["share"]),
        _number(told["ramp"]),
        told["author"],
        told["approver"],
        int(told["places"]),
    )


def _adjustment(told: Mapping[str, Any]) -> Adjustment:
    return Adjustment(
        told["metric"],
        told["of_period"],
        _number(told["part"]),
        _number(told["whole"]),
        told["fact"],
        told["reason"],
        _moment(told["noted_at"]),
    )


def _citation(told: Mapping[str, Any]) -> Citation:
    value = json.loads(told["value"])
    return Citation(told["key"], value, told["clause"], told["edition"], told["source"])


def _bonus(told: Mapping[str, Any]) -> Bonus:
    band = _band(told["band"])
    if band is None:
        raise ValueError("a bonus without a band was never written")
    above = told["next"]
    return Bonus(
        score=Decimal(told["score"]),
        base=Decimal(told["base"]),
        method=told["method"],
        band=band,
        factor=Decimal(told["factor"]),
        amount=Decimal(told["amount"]),
        steps=tuple(
            BonusStep(step["key"], Decimal(step["value"]), step["formula"])
            for step in told["steps"]
        ),
        next=None if above is None else NextFactor(**{k: Decimal(v) for k, v in above.items()}),
        other_factor=Decimal(told["other_factor"]),
        other_amount=Decimal(told["other_amount"]),
        lifted_by_rounding=told["lifted_by_rounding"],
        currency=told["currency"],
        citations=tuple(_citation(each) for each in told["citations"]),
    )
