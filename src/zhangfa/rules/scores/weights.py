"""Where the weight of a metric goes that does not apply: never 0, never 100 (2.2)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from fractions import Fraction

from ..exact import HUNDRED, Number, decimal, exact, total
from .card import NeedsDecision


def effective_weights(
    weights: Mapping[str, Number],
    dimension_of: Mapping[str, str],
    empty: Collection[str],
    redistribute: str = "within_dimension",
) -> dict[str, Fraction]:
    """The weights of the metrics that apply, together 100; empty where none applies.

    "within_dimension": to the other metrics of the same dimension in proportion, and the weight
    of a dimension without any figure to the other dimensions; "whole_card": to all others.
    """
    live = {m: exact(w) for m, w in weights.items() if m not in empty and exact(w) > 0}
    if not live:
        return {}
    if redistribute == "within_dimension":
        given = _by_dimension({m: exact(w) for m, w in weights.items()}, dimension_of)
        left = _by_dimension(live, dimension_of)
        live = {m: w * given[dimension_of[m]] / left[dimension_of[m]] for m, w in live.items()}
    elif redistribute != "whole_card":
        raise ValueError(f"weights go “within_dimension” or over the “whole_card”: {redistribute}")
    whole = total(live.values())
    return {metric: HUNDRED * weight / whole for metric, weight in live.items()}


def too_empty(
    weights: Mapping[str, Number],
    dimension_of: Mapping[str, str],
    empty: Collection[str],
    allowed_share: Number,
) -> tuple[NeedsDecision, ...]:
    """The dimensions of which more than the allowed share of weight is without figures."""
    given = _by_dimension({m: exact(w) for m, w in weights.items()}, dimension_of)
    found = []
    for dimension, weight in given.items():
        missing = [m for m in weights if m in empty and dimension_of[m] == dimension and weights[m]]
        lost = total(weights[metric] for metric in missing)
        if weight and lost > weight * exact(allowed_share):
            found.append(
                NeedsDecision(dimension, _plain(weight), _plain(lost), tuple(sorted(missing)))
            )
    return tuple(sorted(found, key=lambda each: each.dimension))


def _by_dimension(
    weights: Mapping[str, Fraction], dimension_of: Mapping[str, str]
) -> dict[str, Fraction]:
    sums: dict[str, Fraction] = {}
    for metric, weight in weights.items():
        dimension = dimension_of[metric]
        sums[dimension] = sums.get(dimension, Fraction(0)) + weight
    return sums


def _plain(value: Fraction) -> Decimal:
    return decimal(value)
