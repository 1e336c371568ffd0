"""Every metric of 2.2, in its order; the ones whose records come later say n/a."""

from __future__ import annotations

from . import behaviour, performance
from .base import Asked, Measures, Metric, Row

METRICS: dict[str, Metric] = {
    metric.key: metric
    for metric in (
        Metric("sales_amount", "2.2.1", "CNY", performance.sales_amount, performance.sales_rows),
        Metric(
            "collection_rate",
            "2.2.2",
            "%",
            performance.collection_rate,
            performance.collection_rows,
        ),
        Metric(
            "new_customers", "2.2.3", "customers", performance.new_customers, performance.new_rows
        ),
        Metric(
            "customer_retention",
            "2.2.4",
            "%",
            performance.customer_retention,
            performance.retention_rows,
        ),
        Metric("visit_attainment", "2.2.5", "%", behaviour.visit_attainment, behaviour.visit_rows),
        Metric(
            "process_compliance",
            "2.2.6",
            "%",
            behaviour.process_compliance,
            behaviour.compliance_rows,
        ),
        Metric("customer_satisfaction", "2.2.7", "points"),
        Metric("cross_department_rating", "2.2.8", "points"),
        Metric("knowledge_sharing", "2.2.9", "points"),
        Metric("visit_quality", "2.2.10", "points"),
        Metric("ability_growth", "2.2.11", "points"),
        Metric("nps", "2.2.12", "points"),
    )
}


def measure_all(asked: Asked) -> dict[str, Measures]:
    """Every metric for everybody asked about: one statement (two for sales) each."""
    return {key: metric.measure(asked) if metric.measure else {} for key, metric in METRICS.items()}


def rows_of(key: str, asked: Asked) -> list[Row]:
    """The rows behind one metric of the people asked about."""
    rows = METRICS[key].rows
    return rows(asked) if rows else []
