"""Help where a metric is weak: training for behaviour, mentoring for results (2.4.4, 2.4.5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..exact import exact
from ..policy import Reading
from ..scores import Card, Line
from .proposals import Proposal, because


def training_suggestions(
    card: Card, reading: Reading, courses: Mapping[str, Sequence[str]] | None = None
) -> tuple[Proposal, ...]:
    """2.4.4: for each weak behaviour metric the courses that aim at it, the weakest first.

    `courses` gives the courses by metric; without one the metric is still named.
    """
    asked = reading.again()
    weak = _weak(card, "behaviour", asked["training.weak_below"])
    return tuple(
        Proposal(
            "training",
            card.person,
            "2.4.4",
            (because("weak", metric=line.metric, points=line.points),),
            tuple(asked.cited),
            metric=line.metric,
            partner=course,
        )
        for line in weak
        for course in (courses or {}).get(line.metric) or (None,)
    )


def mentoring_suggestions(
    card: Card, others: Iterable[Card], reading: Reading, busy: Mapping[str, int] | None = None
) -> tuple[Proposal, ...]:
    """2.4.5: for each weak result a top seller who is strong in that very metric.

    Of those strong enough the one with the fewest people in his care already (`busy`), then with
    the most points. Without any the proposal has no partner: a seminar on cases instead.
    """
    asked = reading.again()
    enough = exact(asked["mentoring.mentor_from"])
    others = [other for other in others if other.person != card.person]
    found = []
    for line in _weak(card, "performance", asked["mentoring.weak_below"]):
        strong = [
            (mentor_line, other.person)
            for other in others
            for mentor_line in other.lines
            if mentor_line.metric == line.metric
            and mentor_line.points is not None
            and exact(mentor_line.points) >= enough
        ]
        strong.sort(
            key=lambda each: ((busy or {}).get(each[1], 0), -(each[0].points or 0), each[1])
        )
        reasons = [because("weak", metric=line.metric, points=line.points)]
        if strong:
            reasons.append(because("mentor", person=strong[0][1], points=strong[0][0].points))
        found.append(
            Proposal(
                "mentoring",
                card.person,
                "2.4.5",
                tuple(reasons),
                tuple(asked.cited),
                metric=line.metric,
                partner=strong[0][1] if strong else None,
            )
        )
    return tuple(found)


def _weak(card: Card, dimension: str, below: int) -> list[Line]:
    """The lines of a dimension that carry weight and have fewer points, the weakest first."""
    lines = [
        line
        for line in card.lines
        if line.dimension == dimension
        and line.exact_weight
        and line.points is not None
        and exact(line.points) < exact(below)
    ]
    return sorted(lines, key=lambda line: (line.points or 0, line.metric))
