"""What follows from scores: bonus, coaching, promotion, training, mentoring (2.4).

Everything here is a proposal with its grounds; a named person decides (see `proposals`).
"""

from __future__ import annotations

from .bonus import Bonus, BonusStep, NextFactor, bonus
from .proposals import GROUNDS, Decision, NotTheirs, Proposal, Reason
from .standing import (
    WHY_NONE,
    Coaching,
    Group,
    QuarterScore,
    Standing,
    bottom_ten_percent,
    two_quarter_rule,
)
from .support import mentoring_suggestions, training_suggestions

__all__ = [
    "GROUNDS",
    "WHY_NONE",
    "Bonus",
    "BonusStep",
    "Coaching",
    "Decision",
    "Group",
    "NextFactor",
    "NotTheirs",
    "Proposal",
    "QuarterScore",
    "Reason",
    "Standing",
    "bonus",
    "bottom_ten_percent",
    "mentoring_suggestions",
    "training_suggestions",
    "two_quarter_rule",
]
