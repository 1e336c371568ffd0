"""Two layers in one period: a score for each part, weighed by its working days, as one card (2.2).

The total is that of `combined`; every line says what it earned and lost of it over both parts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from ..bands import Bands
from ..exact import HUNDRED, apportioned, decimal, exact, rounded, total
from ..measures import Measure
from ..policy import Reading
from ..targets import Target, attainment
from .card import Card, Dimension, Line, NextBand, Part
from .combined import combined


def merged(
    parts: Sequence[Part],
    measures: Mapping[str, Measure],
    reading: Reading,
    *,
    owed_share: Fraction = Fraction(1),
) -> Card:
    """One card of the parts, the last of which gives layer and scheme their names.

    `measures` are those of the whole period, to be shown; scored are the parts, each for itself.
    Parts that are not rated are left out; where none is, the card is not rated.
    """
    asked = reading.again()
    last = parts[-1].card
    rated = [part for part in parts if part.card.total is not None and part.days]
    both = combined([(part.card, part.days) for part in rated], asked) if rated else None
    if both is None or both.total is None:
        return replace(last, parts=tuple(parts), owed_share=owed_share)
    days = sum(part.days for part in rated)
    lines = _lines(rated, measures, days)
    places = asked["rounding.points"]
    lines = _shared_out(lines, rated, both.total, places)
    above = Bands.read(asked["bonus.bands"]).above(both.total)
    cited = {each.key: each for part in parts for each in part.card.citations}
    gap = None if above is None else rounded(exact(above.floor) - exact(both.total), places)
    return replace(
        last,
        dimensions=_dimensions(lines),
        total=both.total,
        exact_total=total(exact(p.card.total or 0) * p.days for p in rated) / days,
        band=both.band,
        owed_share=owed_share,
        not_rated=None,
        next_band=None if above is None or gap is None else NextBand(above, gap),
        citations=tuple(cited.values()),
        parts=tuple(parts),
    )


def _lines(rated: Sequence[Part], measures: Mapping[str, Measure], days: int) -> list[Line]:
    metrics = list(dict.fromkeys(line.metric for part in rated for line in part.card.lines))
    found = {m: [(p, line) for p in rated if (line := _line_of(p, m)) is not None] for m in metrics}
    weights = apportioned(
        [total(exact(line.weight) * p.days for p, line in found[m]) / days for m in metrics],
        Decimal(HUNDRED.numerator),
    )
    return [
        _line(found[m], measures.get(m), weight, days)
        for m, weight in zip(metrics, weights, strict=True)
    ]


def _line_of(part: Part, metric: str) -> Line | None:
    return next((line for line in part.card.lines if line.metric == metric), None)


def _line(
    inside: Sequence[tuple[Part, Line]], measure: Measure | None, weight: Decimal, days: int
) -> Line:
    """One metric over the parts: shown is what was measured in all of the period."""
    line = inside[-1][1]
    shown = line.measure if measure is None else measure
    late = tuple(each for _, one in inside for each in one.adjustments)
    for each in late:
        shown = shown.adjusted(each.part, each.whole)
    earned, whole = _earned(inside), _whole(inside)
    target = _target([one for _, one in inside], shown)
    counted = shown.exact
    reached = None if counted is None or target is None else attainment(counted, target.value)
    return replace(
        line,
        measure=shown,
        weight=weight,
        exact_weight=whole / days,
        target=target,
        counted=counted,
        attainment=reached,
        points=rounded(HUNDRED * earned / whole) if whole else None,
        reason_na=None if whole else line.reason_na or shown.reason_na,
        deal_cap=None,
        adjustments=late,
        before_late=measure if late else None,
    )


def _earned(inside: Sequence[tuple[Part, Line]]) -> Fraction:
    return total(exact(line.earned) * part.days for part, line in inside)


def _whole(inside: Sequence[tuple[Part, Line]]) -> Fraction:
    return total(exact(line.effective_weight) * part.days for part, line in inside)


def _target(lines: Sequence[Line], measure: Measure) -> Target | None:
    """Amounts are owed in each part: their targets add up; a rate's is the last part's."""
    found = [line.target for line in lines if line.target is not None]
    if not found or not measure.amount_like:
        return found[-1] if found else None
    share = total(each.share for each in found)
    ramp = total(each.share * exact(each.ramp) for each in found) / share if share else Fraction(1)
    return replace(found[-1], share=share, ramp=decimal(ramp))


def _shared_out(
    lines: Sequence[Line], rated: Sequence[Part], score: Decimal, places: int
) -> list[Line]:
    """What each line earned and lost of the total, by what it did in the parts."""
    days = sum(part.days for part in rated)
    found = [
        [(p, one) for p in rated if (one := _line_of(p, line.metric)) is not None] for line in lines
    ]
    earned = [_earned(inside) / days for inside in found]
    lost = [(_whole(inside) - _earned(inside)) / days for inside in found]
    shared = zip(
        lines,
        apportioned(_to(earned, score), score, places),
        apportioned(_to(lost, 100 - score), 100 - score, places),
        strict=True,
    )
    return [replace(line, earned=e, lost=x) for line, e, x in shared]


def _to(parts: Sequence[Fraction], whole: Decimal) -> list[Fraction]:
    """The parts stretched so that they make the rounded whole exactly."""
    made = total(parts)
    return [part * exact(whole) / made for part in parts] if made else list(parts)


def _dimensions(lines: Sequence[Line]) -> tuple[Dimension, ...]:
    keys = list(dict.fromkeys(line.dimension for line in lines))
    grouped = ((key, tuple(ln for ln in lines if ln.dimension == key)) for key in keys)
    return tuple(
        Dimension(key, sum((ln.weight for ln in inside), Decimal(0)), inside)
        for key, inside in grouped
    )
