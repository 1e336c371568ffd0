"""From measures to scores: exact, a tree of reasons, frozen with everything they rest on."""

from __future__ import annotations

from .canonical import FIRST, chained_hash, first_break, plain_form, to_canonical
from .card import (
    Adjustment,
    Card,
    Decided,
    Dimension,
    Evaluation,
    Line,
    NeedsDecision,
    NextBand,
    Part,
    Way,
)
from .combined import Combined, combined, score_interval
from .merged import merged
from .scoring import NOT_RATED, ReasonWanted, score_card
from .weights import effective_weights, too_empty

__all__ = [
    "FIRST",
    "NOT_RATED",
    "Adjustment",
    "Card",
    "Combined",
    "Decided",
    "Dimension",
    "Evaluation",
    "Line",
    "NeedsDecision",
    "NextBand",
    "Part",
    "ReasonWanted",
    "Way",
    "chained_hash",
    "combined",
    "effective_weights",
    "first_break",
    "merged",
    "plain_form",
    "score_card",
    "score_interval",
    "to_canonical",
    "too_empty",
]
