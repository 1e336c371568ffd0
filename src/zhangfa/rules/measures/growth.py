"""What people give to each other and how they grow: sharing and ability (2.2.9, 2.2.11)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ..exact import HUNDRED, Number, exact, total
from .amounts import Sum
from .base import shrunk
from .samples import Blend


@dataclass(frozen=True)
class SharedItem:
    """A case, talking point, lesson or talk that a person gave to the others.

    It counts once somebody else accepted it and did not mark it as a duplicate; `reused` is how
    often others used it in the period; `n` how many alike.
    """

    ref: str
    type: str
    author: str
    accepted_by: str | None
    reused: int = 0
    duplicate: bool = False
    n: int = 1


def knowledge_sharing(
    items: Iterable[SharedItem],
    item_weights: Mapping[str, Number],
    cap_per_type: int,
    reuse_weight: Number = 0,
) -> Sum:
    """2.2.9: points of accepted items, by type; quantity of one type is capped, re-use adds.

    Nothing shared is 0, which is a figure. What is beyond the cap stays in the evidence.
    """
    rows = [row for row in items if row.accepted_by not in (None, row.author) and not row.duplicate]
    accepted: Counter[str] = Counter()
    for row in rows:
        accepted[row.type] += row.n
    terms: list[tuple[str, Number]] = [
        (kind, exact(item_weights.get(kind, 0)) * min(n, cap_per_type))
        for kind, n in sorted(accepted.items())
    ]
    reused = sum(row.reused for row in rows)
    if reused and reuse_weight:
        terms.append(("reuse", exact(reuse_weight) * reused))
    return Sum(
        total(points for _, points in terms),
        terms=tuple(terms),
        n=sum(accepted.values()),
        evidence=tuple(row.ref for row in rows),
    )


@dataclass(frozen=True)
class Drill:
    """A drill's first and best result in the period, from 0 to 100."""

    ref: str
    first: Number
    best: Number


@dataclass(frozen=True)
class SkillStep:
    """A step of skill, certified by somebody who is not the person, with a justification."""

    ref: str
    person: str
    certified_by: str | None
    justified: bool = True


@dataclass(frozen=True)
class OwnPast:
    """A process metric of the person's own, before and now (0 to 100), never an amount.

    `n` is what the past figure was counted from and `layer_mean` that of the person's layer then.
    """

    metric: str
    before: Number
    now: Number
    n: int
    layer_mean: Number | None = None


def gain(before: Number, after: Number) -> Fraction:
    """How much of the room above was used, 0 to 100; whoever was at the top has nothing to gain."""
    room = HUNDRED - exact(before)
    if room <= 0:
        return HUNDRED if exact(after) >= HUNDRED else Fraction(0)
    return min(max(HUNDRED * (exact(after) - exact(before)) / room, Fraction(0)), HUNDRED)


def ability_growth(
    parts: Mapping[str, Number],
    training: tuple[int, int],
    drills: Iterable[Drill] = (),
    steps: Iterable[SkillStep] = (),
    steps_owed: Number = 0,
    own: Iterable[OwnPast] = (),
    shrinkage: Number = 0,
) -> Blend:
    """2.2.11: training, drills, certified skills and growth against one's own past; 0 to 100.

    `training` is (passed, owed). A part that nothing was owed in gives its weight to the others.
    Growth is corrected for regression to the mean: the past figure is first shrunk to its layer.
    """
    drilled, steps, past = list(drills), list(steps), list(own)
    certified = [s for s in steps if s.certified_by not in (None, s.person) and s.justified]
    values: dict[str, Fraction | None] = {
        "training": _share(training[0], training[1]),
        "drills": _mean([gain(drill.first, drill.best) for drill in drilled]),
        "skills": _share(len(certified), steps_owed),
        "own_growth": _mean([_own_gain(each, shrinkage) for each in past]),
    }
    told = any(value is not None for value in values.values())
    return Blend(
        tuple((name, weight, values[name]) for name, weight in sorted(parts.items())),
        n=training[1] + len(drilled) + len(certified) + len(past),
        evidence=(
            *(drill.ref for drill in drilled),
            *(step.ref for step in certified),
            *(each.metric for each in past),
        ),
        reason_na=None if told else "nothing_counted",
    )


def _own_gain(own: OwnPast, shrinkage: Number) -> Fraction:
    return gain(shrunk(own.before, own.n, own.layer_mean, shrinkage), own.now)


def _share(part: Number, whole: Number) -> Fraction | None:
    if exact(whole) <= 0:
        return None
    return min(HUNDRED * exact(part) / exact(whole), HUNDRED)


def _mean(values: Sequence[Fraction]) -> Fraction | None:
    return total(values) / len(values) if values else None
