"""What is measured: numbers that keep their evidence, and the arithmetic of every metric (2.2)."""

from __future__ import annotations

from .amounts import Count, Ratio, Sum
from .base import REASONS, Evidence, Measured, shrunk
from .collection import Allocation, Due, Instalment, Receipt, allocate, collection_rate, due_in
from .compliance import FIRST_TIME, Owed, first_pass, process_compliance
from .growth import Drill, OwnPast, SharedItem, SkillStep, ability_growth, knowledge_sharing
from .performance import (
    FirstOrder,
    Kept,
    active,
    carried_on,
    customer_retention,
    new_customers,
    sales_amount,
)
from .samples import Average, Blend, Net
from .visits import (
    FAULTS,
    Planned,
    ValidVisit,
    Visit,
    VisitRecord,
    sample,
    visit_attainment,
    visit_quality,
)
from .voices import (
    Answer,
    RaterEffects,
    Rating,
    Recommendation,
    cross_department_rating,
    customer_satisfaction,
    mutual_pairs,
    nps,
    team_mean,
)

Measure = Sum | Count | Ratio | Average | Net | Blend

__all__ = [
    "FAULTS",
    "FIRST_TIME",
    "REASONS",
    "Allocation",
    "Answer",
    "Average",
    "Blend",
    "Count",
    "Drill",
    "Due",
    "Evidence",
    "FirstOrder",
    "Instalment",
    "Kept",
    "Measure",
    "Measured",
    "Net",
    "Owed",
    "OwnPast",
    "Planned",
    "RaterEffects",
    "Rating",
    "Ratio",
    "Receipt",
    "Recommendation",
    "SharedItem",
    "SkillStep",
    "Sum",
    "ValidVisit",
    "Visit",
    "VisitRecord",
    "ability_growth",
    "active",
    "allocate",
    "carried_on",
    "collection_rate",
    "cross_department_rating",
    "customer_retention",
    "customer_satisfaction",
    "due_in",
    "first_pass",
    "knowledge_sharing",
    "mutual_pairs",
    "new_customers",
    "nps",
    "process_compliance",
    "sales_amount",
    "sample",
    "shrunk",
    "team_mean",
    "visit_attainment",
    "visit_quality",
]
