"""From measures to one score per person and period, with its tree of reasons (2.2, 2.3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ..bands import Bands
from ..curves import Curve
from ..exact import HUNDRED, Number, Refused, apportioned, decimal, exact, rounded, total
from ..measures import Measure, Ratio, Sum
from ..policy import Citation, Reading
from ..targets import Target, attainment, is_rated
from .card import Adjustment, Card, Decided, Dimension, Evaluation, Line
from .reach import next_band
from .weights import effective_weights, too_empty

DIMENSIONS = ("performance", "behaviour", "teamwork", "ability")
TOO_FEW_DAYS, NO_FIGURES, DECIDED = "too_few_days", "no_figures", "decided"
NOT_RATED = {
    TOO_FEW_DAYS: "Not rated: too few working days in this period",
    NO_FIGURES: "Not rated: no figures in this period",
    DECIDED: "Not rated, as decided by a person",
}
"""Why a card has no total: a sentence for each reason."""


class ReasonWanted(Refused):
    """The superior's evaluation departs from the data and gives no reason (2.3.5)."""


def score_card(
    layer: str,
    cadence: str,
    measures: Mapping[str, Measure],
    targets: Mapping[str, Target | Number],
    reading: Reading,
    *,
    owed_share: Fraction = Fraction(1),
    adjustments: Iterable[Adjustment] = (),
    evaluation: Evaluation | None = None,
    decided: Iterable[Decided] = (),
    person: str = "",
    period: str = "",
    enough_days: bool | None = None,
) -> Card:
    """The score of a person of a layer for a month, quarter or year, under a reading.

    `targets` are already relieved; targets that the policy itself sets for amounts are relieved
    here by `owed_share`. `enough_days` says whether the person is rated where that is not this
    share's to say (a part of a period). Lines that do not apply give their weight away. Raises
    ValueError where the scheme's weights are not 100, `ReasonWanted` for an evaluation without
    its reason.
    """
    asked = reading.again()
    scheme = f"card.{layer}.{cadence}.weights"
    weights: Mapping[str, Number] = asked[scheme]
    if total(weights.values()) != HUNDRED:
        raise ValueError(f"the weights of {scheme} make {total(weights.values())}, not 100")
    late = tuple(adjustments)
    reader = _Reader(asked, layer, cadence, owed_share)
    lines = [
        reader.line(metric, weight, measures.get(metric), targets.get(metric), late)
        for metric, weight in weights.items()
        if weight or metric in measures
    ]
    if enough_days is None:
        enough_days = is_rated(owed_share, _minimum(asked))
    return _card(lines, asked, enough_days, evaluation, tuple(decided), (person, period), reader)


@dataclass(frozen=True)
class _Reader:
    """Reads one line after another under the same scheme."""

    reading: Reading
    layer: str
    cadence: str
    owed_share: Fraction

    def line(
        self,
        metric: str,
        weight: Number,
        measure: Measure | None,
        target: Target | Number | None,
        late: tuple[Adjustment, ...],
    ) -> Line:
        mine = tuple(each for each in late if each.metric == metric)
        adjusted = measure if measure is not None else _nothing(mine)
        for each in mine:
            adjusted = adjusted.adjusted(each.part, each.whole)
        keys = [f"{metric}.curve", f"card.{self.layer}.{self.cadence}.weights.{metric}"]
        aim = self._target(metric, adjusted, target, keys)
        line = Line(
            metric=metric,
            dimension=str(self.reading[f"{metric}.dimension"]),
            measure=adjusted,
            weight=decimal(weight),
            exact_weight=Fraction(0),
            curve=Curve.read(self.reading[f"{metric}.curve"]),
            target=aim,
            adjustments=mine,
            before_late=measure if mine else None,
        )
        return replace(self._counted(line, keys), citations=self._cited(keys))

    def _target(
        self, metric: str, measure: Measure, given: Target | Number | None, keys: list[str]
    ) -> Target | None:
        if given is not None:
            return given if isinstance(given, Target) else Target(given)
        said: Any = self.reading.get(f"{metric}.target")
        if said is None:
            return None
        keys.append(f"{metric}.target")
        if isinstance(said, Mapping):
            keys[-1] = f"{metric}.target.{self.cadence}"
            said = said.get(self.cadence)
        if said is None:
            return None
        return Target(said, self.owed_share) if measure.amount_like else Target(said)

    def _counted(self, line: Line, keys: list[str]) -> Line:
        """What is scored of the measure, and its points."""
        counted = line.measure.exact
        if counted is None:
            return replace(line, reason_na=line.measure.reason_na or "nothing_counted")
        aim = line.target.value if line.target is not None else None
        if aim is None and line.measure.amount_like:
            return replace(line, reason_na="no_target")
        cap = self.reading.get(f"{line.metric}.single_deal_cap")
        limit = None
        if aim is not None and cap is not None and isinstance(line.measure, Sum):
            keys.append(f"{line.metric}.single_deal_cap")
            limit = rounded(exact(cap) * exact(aim) / HUNDRED, self.reading["rounding.money"])
            counted = line.measure.capped(limit)
        reached = None if aim is None or counted is None else attainment(counted, aim)
        if counted is None or (aim is not None and reached is None):
            return replace(line, reason_na="no_target")
        points = line.curve.exact_points(counted if reached is None else reached)
        return replace(
            line, counted=counted, attainment=reached, deal_cap=limit, points=self._rounded(points)
        )

    def _rounded(self, value: Number) -> Decimal:
        return rounded(value, self.reading["rounding.points"], self.reading["rounding.mode"])

    def _cited(self, keys: Iterable[str]) -> tuple[Citation, ...]:
        return tuple(self.reading.citation(key) for key in keys if key in self.reading)


def _card(
    lines: list[Line],
    reading: Reading,
    enough_days: bool,
    evaluation: Evaluation | None,
    decided: tuple[Decided, ...],
    about: tuple[str, str],
    reader: _Reader,
) -> Card:
    weights = {line.metric: exact(line.weight) for line in lines}
    dimension_of = {line.metric: line.dimension for line in lines}
    empty = {line.metric for line in lines if line.points is None}
    effective = effective_weights(weights, dimension_of, empty, reading["rating.redistribute"])
    missing = too_empty(weights, dimension_of, empty, reading["rating.empty_dimension_share"])
    settled = {each.dimension for each in decided}
    reason = _not_rated(effective, decided, enough_days)
    lines = [replace(ln, exact_weight=effective.get(ln.metric, Fraction(0))) for ln in lines]
    exact_total = _sum(lines) if effective else None
    if evaluation is not None and exact_total is not None:
        evaluation = _bounded(evaluation, exact_total, reading)
        rest = 1 - exact(evaluation.weight) / HUNDRED
        lines = [replace(line, exact_weight=line.exact_weight * rest) for line in lines]
        exact_total = _sum(lines) + exact(evaluation.weight) * exact(evaluation.points) / HUNDRED
    if reason is not None or exact_total is None:
        score = None
    else:
        places, mode = reading["rounding.points"], reading["rounding.mode"]
        score = rounded(exact_total, places, mode)
        lines, evaluation = _shared_out(lines, evaluation, score, places)
    bands = Bands.read(reading["bonus.bands"])
    return Card(
        layer=reader.layer,
        cadence=reader.cadence,
        edition=reading.edition_key,
        dimensions=_dimensions(lines),
        total=score,
        exact_total=None if score is None else exact_total,
        band=None if score is None else bands.of(score),
        person=about[0],
        period=about[1],
        owed_share=reader.owed_share,
        not_rated=reason,
        evaluation=evaluation,
        needs_decision=tuple(each for each in missing if each.dimension not in settled),
        decided=decided,
        next_band=None
        if score is None or exact_total is None
        else next_band(score, exact_total, lines, bands, reading["rounding.points"]),
        citations=tuple(reading.cited),
    )


def _nothing(late: Iterable[Adjustment]) -> Measure:
    """What stands for a measure that there is none of, so that late facts still find a place."""
    if any(each.whole for each in late):
        return Ratio(0, 0, reason_na="not_measured")
    return Sum(None, reason_na="not_measured")


def _minimum(reading: Reading) -> Number:
    minimum: Number = reading["rating.minimum_days_share"]
    return minimum


def _not_rated(
    effective: Mapping[str, Fraction], decided: Iterable[Decided], enough_days: bool
) -> str | None:
    if not enough_days:
        return TOO_FEW_DAYS
    if any(each.choice == "not_rated" for each in decided):
        return DECIDED
    return None if effective else NO_FIGURES


def _sum(lines: Iterable[Line]) -> Fraction:
    return total(ln.exact_weight * exact(ln.points or 0) for ln in lines) / HUNDRED


def _bounded(evaluation: Evaluation, by_data: Fraction, reading: Reading) -> Evaluation:
    """2.3.5: the evaluation with the share of the score that the policy gives it."""
    if not 0 <= evaluation.points <= HUNDRED:
        raise Refused("An evaluation is from 0 to 100, not %(points)s.", points=evaluation.points)
    share = exact(reading["superior_evaluation.share"])
    apart = abs(exact(evaluation.points) - by_data)
    if apart >= exact(reading["superior_evaluation.reason_from"]) and not evaluation.reason.strip():
        raise ReasonWanted(
            "The evaluation of %(points)s departs from the data (%(data)s): it needs a reason.",
            points=evaluation.points,
            data=rounded(by_data),
        )
    return replace(evaluation, weight=decimal(HUNDRED * share))


def _shared_out(
    lines: list[Line], evaluation: Evaluation | None, score: Decimal, places: int
) -> tuple[list[Line], Evaluation | None]:
    """What each line earned and lost, rounded so that together they are the total and the rest."""
    marked = [(line.exact_weight, exact(line.points or 0)) for line in lines]
    if evaluation is not None:
        marked.append((exact(evaluation.weight), exact(evaluation.points)))
    earned = apportioned([w * p / HUNDRED for w, p in marked], score, places)
    lost = apportioned([w * (HUNDRED - p) / HUNDRED for w, p in marked], 100 - score, places)
    if evaluation is not None:
        evaluation = replace(evaluation, earned=earned[-1], lost=lost[-1])
    shared = zip(lines, earned, lost, strict=False)
    return [replace(line, earned=e, lost=x) for line, e, x in shared], evaluation


def _dimensions(lines: list[Line]) -> tuple[Dimension, ...]:
    order = sorted({ln.dimension for ln in lines}, key=lambda d: (DIMENSIONS.index(d), d))
    grouped = ((key, tuple(ln for ln in lines if ln.dimension == key)) for key in order)
    return tuple(
        Dimension(key, sum((ln.weight for ln in inside), Decimal(0)), inside)
        for key, inside in grouped
    )
