"""What is measured: one short module function per metric, rows in, a measure out.

Asked for everybody a metric is one statement with a GROUP BY; asked for one person it gives the
very rows behind the number. Metrics whose records come later are declared and say n/a.
"""

from __future__ import annotations

from .base import Asked, Metric, Row
from .registry import METRICS, measure_all, rows_of

__all__ = ["METRICS", "Asked", "Metric", "Row", "measure_all", "rows_of"]
