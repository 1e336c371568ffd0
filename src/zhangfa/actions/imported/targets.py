"""Targets for imported quarters, where the files name none and the profile says how (2.2.1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from zhangfa.metrics import METRICS
from zhangfa.metrics.base import Asked
from zhangfa.records.editions import current_calendar, current_policy
from zhangfa.records.models import LayerSpell, Membership, Order, Target
from zhangfa.records.people import during
from zhangfa.rules.exact import rounded
from zhangfa.rules.terms import Period

from .book import Book

QUARTER_BEFORE = "layer_mean_before"
"""What the layer reached on average in the quarter before; the first quarter takes its own."""
METHODS = (QUARTER_BEFORE,)
CENT = Decimal("0.01")
LEAST = {"new_customers": Decimal(1)}
"""Below these there is no target: nobody can be asked for a tenth of a customer."""


def finish_targets(book: Book, methods: Mapping[str, str]) -> None:
    """A target for everybody in a layer and every quarter the new orders reach.

    Whoever leads gets the sum of what their people are asked for. Nothing that was set before is
    touched.
    """
    days = [row.signed_on for row in book.new[Order]]
    if not methods or not days:
        return
    known = set(Target.objects.values_list("person_id", "metric", "period"))
    rows: list[Target] = []
    for metric in methods:
        before: dict[str, Fraction] = {}
        for quarter in _quarters(min(days), max(days)):
            layers, below = _people(quarter, book)
            means = _means(metric, quarter, layers, book)
            asked = _asked(before or means, layers, below)
            for person, value in asked.items():
                if (
                    value >= LEAST.get(metric, CENT)
                    and (person, metric, quarter.label) not in known
                ):
                    rows.append(
                        Target(
                            person_id=person,
                            metric=metric,
                            period=quarter.label,
                            value=value,
                            method=methods[metric],
                            author=book.by,
                            at=book.now,
                        )
                    )
            before = means
    Target.objects.bulk_create(rows, batch_size=1000)


def _quarters(first: date, last: date) -> list[Period]:
    found = [Period.containing("quarter", first)]
    while found[-1].end <= last:
        found.append(found[-1].next())
    return found


def _people(quarter: Period, book: Book) -> tuple[dict[int, str], dict[int, set[int]]]:
    """The imported people of each layer at a quarter's end, and who stands below each lead."""
    spells = LayerSpell.objects.filter(during(quarter.last), person__imported_by=book.run)
    layers = dict(spells.values_list("person_id", "layer"))
    places = list(
        Membership.objects.filter(during(quarter.last)).values_list(
            "person_id", "team__path", "lead"
        )
    )
    below: dict[int, set[int]] = defaultdict(set)
    for person, path, lead in places:
        if lead and layers.get(person) == "supervisor":
            below[person] = {
                other for other, theirs, _ in places if theirs.startswith(path) and other != person
            }
    return layers, below


def _means(
    metric: str, quarter: Period, layers: Mapping[int, str], book: Book
) -> dict[str, Fraction]:
    """What the people of a layer reached on average; who has no row reached nothing."""
    people = tuple(person for person, layer in layers.items() if layer != "supervisor")
    if not people:
        return {}
    asked = Asked(quarter, current_policy().on(quarter.start), current_calendar(), book.now, people)
    found: Mapping[int, Any] = METRICS[metric].measure(asked)  # type: ignore[misc]
    sums: dict[str, list[Fraction]] = defaultdict(list)
    for person in people:
        measured = found.get(person)
        value = measured.exact if measured is not None else None
        sums[layers[person]].append(value or Fraction(0))
    return {layer: sum(values, Fraction(0)) / len(values) for layer, values in sums.items()}


def _asked(
    means: Mapping[str, Fraction], layers: Mapping[int, str], below: Mapping[int, set[int]]
) -> dict[int, Decimal]:
    told = {
        person: rounded(means.get(layer, Fraction(0)), 2)
        for person, layer in layers.items()
        if layer != "supervisor"
    }
    for lead, people in below.items():
        told[lead] = sum((told[each] for each in people if each in told), Decimal(0))
    return told
