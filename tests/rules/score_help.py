"""Readings and cards for the tests of chapter 2."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from hypothesis import settings

from zhangfa.policy import load_editions
from zhangfa.rules.policy import Reading

DAY = date(2026, 9, 30)
METRICS = tuple(load_editions().on(DAY)["card.mature.month.weights"])
AS_IS = [[0, 0], [100, 100]]
steady = settings(deadline=None, max_examples=60)


def in_force(**changes: Any) -> Reading:
    """The first edition, with some values changed: `bonus__method="curve"`."""
    values = {key.replace("__", "."): value for key, value in changes.items()}
    return load_editions().amended(values).on(DAY)


def scheme(weights: Mapping[str, int], **changes: Any) -> Reading:
    """A month's scheme for mature sellers with these weights and every curve as is."""
    values: dict[str, Any] = {f"{metric}.curve": AS_IS for metric in weights}
    values["card.mature.month.weights"] = dict.fromkeys(METRICS, 0) | dict(weights)
    values |= {key.replace("__", "."): value for key, value in changes.items()}
    return load_editions().amended(values).on(DAY)
