"""1.1.5 The grade of a customer from recorded facts and the seller's rated answers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from zhangfa.records.models import Activity, Customer, GradeEntry
from zhangfa.rules import facts, grading
from zhangfa.rules.policy import Reading


def graded(
    customer: Customer, previous: str | None, reading: Reading, at: datetime, by: Any
) -> tuple[GradeEntry, facts.CustomerGraded]:
    """Grade the customer in place; returns the entry for its history and the fact."""
    grade = grading.grade(evidence_of(customer, reading, at), reading)
    customer.grade, customer.grade_points = grade.letter, grade.points
    entry = GradeEntry(
        customer=customer if customer.pk else None,
        grade=grade.letter,
        points=grade.points,
        factors=grade.as_data(),
        edition=reading.edition_key,
        at=at,
        by=by,
    )
    what = facts.CustomerGraded(
        grade=grade.letter,
        previous=previous or "",
        points=grade.points,
        changed=grade.letter != previous,
    )
    return entry, what


def evidence_of(customer: Customer, reading: Reading, at: datetime) -> grading.Evidence:
    """What the records know about intent, scale and potential at a moment."""
    recent = 0
    if customer.pk:
        since = at - timedelta(days=reading["grade.intent.recent_within"].amount)
        recent = Activity.objects.filter(
            customer=customer, at__gt=since, at__lte=at, kind__in=grading.INTERACTIONS
        ).count()
    return grading.Evidence(
        intent=customer.intent,
        interactions=recent,
        decision_maker_met=customer.decision_maker_met,
        budget_known=customer.budget_known,
        headcount=customer.headcount,
        annual_purchase=customer.annual_purchase,
        annual_revenue=customer.annual_revenue,
        industry=customer.industry,
        industry_potential=customer.industry_potential,
    )
