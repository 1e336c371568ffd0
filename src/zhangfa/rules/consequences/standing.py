"""Where people stand beside each other: the lowest tenth, excellent quarters (2.4.2, 2.4.3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from ..exact import exact, rounded
from ..policy import Citation, Reading
from ..terms import Period
from .proposals import Proposal, because

EVERYBODY = "all"
WHY_NONE = {
    "too_small": "The group is too small for a lowest share",
    "share_below_one": "The lowest share is less than one person",
    "tied": "The lowest are level, so nobody is picked",
}
"""Why nobody is picked in a group: a sentence for each reason."""


@dataclass(frozen=True)
class Standing:
    """A person's score among others; None is not rated. `low` and `high` bound it, where known."""

    person: str
    layer: str
    total: Decimal | None
    low: Decimal | None = None
    high: Decimal | None = None

    def overlaps(self, other: Standing) -> bool:
        """Whether the two could as well stand the other way round."""
        if None in (self.low, self.high, other.low, other.high):
            return False
        return bool(self.low <= other.high and other.low <= self.high)  # type: ignore[operator]


@dataclass(frozen=True)
class Group:
    """The lowest share of one group, for a person to decide about.

    `picked` are proposals of coaching; `tied` stood level at the edge, so that picking some of
    them would be chance; `overlapping` are picked ones whose interval reaches those next above.
    `why_none` says why nobody is picked: "too_small", "share_below_one", "tied".
    """

    layer: str
    size: int
    wanted: int
    picked: tuple[Proposal, ...] = ()
    tied: tuple[str, ...] = ()
    overlapping: tuple[str, ...] = ()
    why_none: str | None = None


@dataclass(frozen=True)
class Coaching:
    """The groups of a company, and everybody proposed."""

    groups: tuple[Group, ...]

    @property
    def proposals(self) -> tuple[Proposal, ...]:
        """All proposals of coaching."""
        return tuple(each for group in self.groups for each in group.picked)


def bottom_ten_percent(scores: Iterable[Standing], reading: Reading) -> Coaching:
    """2.4.3: who is offered coaching: the lowest share of each layer, rounded down.

    People who are not rated are in no group. A group below the minimum has no lowest share. Who
    ties at the edge is not picked (unless the policy says "everybody"), but shown.
    """
    asked = reading.again()
    by_layer = asked["coaching.by_layer"]
    groups: dict[str, list[Standing]] = defaultdict(list)
    for each in scores:
        if each.total is not None:
            groups[each.layer if by_layer else EVERYBODY].append(each)
    return Coaching(tuple(_group(layer, asked, found) for layer, found in sorted(groups.items())))


def _group(layer: str, reading: Reading, found: list[Standing]) -> Group:
    size, share = len(found), exact(reading["coaching.bottom_share"])
    if size < reading["coaching.minimum_group"]:
        return Group(layer, size, 0, why_none="too_small")
    wanted = int(rounded(share * size, 0, "down"))
    if not wanted:
        return Group(layer, size, 0, why_none="share_below_one")
    ordered = sorted(found, key=lambda s: (s.total or Decimal(0), s.person))
    edge = ordered[wanted - 1].total
    level = [s for s in ordered if s.total == edge]
    below = [s for s in ordered[:wanted] if s.total != edge]
    split = ordered[wanted:] and ordered[wanted].total == edge
    if not split or reading["coaching.ties"] == "everybody":
        below += level
    picked, names = below, {s.person for s in below}
    above = [s for s in ordered if s.person not in names]
    unsure = [s.person for s in picked if any(s.overlaps(other) for other in above[:1])]
    return Group(
        layer,
        size,
        wanted,
        picked=tuple(_coaching(s, size, wanted, ordered, tuple(reading.cited)) for s in picked),
        tied=tuple(s.person for s in level) if split else (),
        overlapping=tuple(unsure),
        why_none=None if picked else "tied",
    )


def _coaching(
    standing: Standing,
    size: int,
    wanted: int,
    ordered: list[Standing],
    citations: tuple[Citation, ...],
) -> Proposal:
    place = ordered.index(standing) + 1
    reason = because("lowest", score=standing.total, place=place, of=size, wanted=wanted)
    return Proposal("coaching", standing.person, "2.4.3", (reason,), citations)


@dataclass(frozen=True)
class QuarterScore:
    """A person's score of a quarter, such as "2026-Q3"; None is not rated."""

    period: str
    total: Decimal | None


def two_quarter_rule(
    history: Mapping[str, Iterable[QuarterScore]], last: str, reading: Reading
) -> tuple[Proposal, ...]:
    """2.4.2: candidates for promotion: excellent in so many quarters in a row up to the last.

    A quarter that is missing or not rated breaks the row. The highest latest score comes first.
    """
    asked = reading.again()
    excellent, quarters = exact(asked["promotion.excellent_from"]), asked["promotion.quarters"]
    labels, period = [], Period.read(last)
    for _ in range(quarters):
        labels.append(period.label)
        period = period.previous()
    found = []
    for person, scores in history.items():
        by_label = {score.period: score.total for score in scores}
        row = [by_label.get(label) for label in labels]
        rated = [score for score in row if score is not None]
        if len(rated) == quarters and all(exact(score) >= excellent for score in rated):
            grounds = tuple(
                because("excellent", period=label, score=score)
                for label, score in zip(labels, rated, strict=True)
            )
            found.append(
                (rated[0], Proposal("promotion", person, "2.4.2", grounds, tuple(asked.cited)))
            )
    found.sort(key=lambda each: (-each[0], each[1].person))
    return tuple(proposal for _, proposal in found)
