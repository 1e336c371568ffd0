"""What a score is made of: a tree from the total down to measures, all of it data (2.3.8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from ..bands import Band
from ..curves import Curve
from ..exact import Number
from ..measures import Measure
from ..policy import Citation
from ..targets import Target


@dataclass(frozen=True)
class Adjustment:
    """A fact that arrived after its period was frozen: it counts now, under its own name (2.3.8).

    `part` is added to the amount, or to what was kept; `whole` to what was due.
    """

    metric: str
    of_period: str
    part: Number
    whole: Number = 0
    fact: str = ""
    reason: str = ""
    noted_at: datetime | None = None


@dataclass(frozen=True)
class Evaluation:
    """The superior's evaluation, 0 to 100, with reasons where it departs from the data (2.3.5)."""

    by: str
    points: Decimal
    reason: str = ""
    weight: Decimal = Decimal(0)
    earned: Decimal = Decimal(0)
    lost: Decimal = Decimal(0)


@dataclass(frozen=True)
class Decided:
    """What a person decided about a dimension that is mostly without figures, with the reason."""

    dimension: str
    by: str
    reason: str
    choice: Literal["redistribute", "not_rated"] = "redistribute"
    at: datetime | None = None


@dataclass(frozen=True)
class NeedsDecision:
    """A dimension so empty that its score is nobody's to compute: a person decides (2.2)."""

    dimension: str
    weight: Decimal
    empty: Decimal
    metrics: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """One metric of a card. `points` None is "not applicable": its weight went elsewhere.

    `counted` is the value that was scored: late facts added, single deals capped, as `attainment`
    in percent where there is a target; `before_late` the measure without the late facts. `earned`
    and `lost` are its parts of the total and of what is missing to 100.
    """

    metric: str
    dimension: str
    measure: Measure
    weight: Decimal
    exact_weight: Fraction
    curve: Curve
    target: Target | None = None
    counted: Fraction | None = None
    attainment: Fraction | None = None
    points: Decimal | None = None
    earned: Decimal = Decimal(0)
    lost: Decimal = Decimal(0)
    reason_na: str | None = None
    deal_cap: Decimal | None = None
    adjustments: tuple[Adjustment, ...] = ()
    before_late: Measure | None = None
    citations: tuple[Citation, ...] = ()

    @property
    def effective_weight(self) -> Decimal:
        """Its weight after redistribution; over all lines exactly 100."""
        return self.earned + self.lost

    @property
    def capped(self) -> bool:
        """Whether a single deal was larger than it may count."""
        return self.deal_cap is not None and self.counted != self.measure.exact

    @property
    def redistributed(self) -> bool:
        """Whether it carries the weight of metrics that do not apply."""
        return self.points is not None and self.exact_weight > Fraction(self.weight)


@dataclass(frozen=True)
class Dimension:
    """The lines of one dimension, its weight by the scheme and what it earned of it."""

    key: str
    weight: Decimal
    lines: tuple[Line, ...]

    @property
    def earned(self) -> Decimal:
        return sum((line.earned for line in self.lines), Decimal(0))

    @property
    def lost(self) -> Decimal:
        return sum((line.lost for line in self.lines), Decimal(0))

    @property
    def effective_weight(self) -> Decimal:
        return self.earned + self.lost

    @property
    def points(self) -> Fraction | None:
        """The dimension's own score, 0 to 100; None if nothing in it applies."""
        live = [line for line in self.lines if line.points is not None and line.exact_weight]
        weights = sum((line.exact_weight for line in live), Fraction(0))
        if not weights:
            return None
        return (
            sum((line.exact_weight * Fraction(line.points or 0) for line in live), Fraction(0))
            / weights
        )


@dataclass(frozen=True)
class Way:
    """One line by which alone, or with others, the next band would have been reached.

    `points` are those it would have needed and `value` the counted value for them (None: even
    full marks would not do alone); `more` is how far that is off; `most` what it could still add.
    """

    metric: str
    most: Decimal
    points: Decimal | None = None
    value: Decimal | None = None
    more: Decimal | None = None


@dataclass(frozen=True)
class NextBand:
    """The band above, how far off it is, and what would have led there (2.4.1).

    `together` names the fewest lines that would do at full marks where no line does alone.
    """

    band: Band
    gap: Decimal
    ways: tuple[Way, ...] = ()
    together: tuple[str, ...] = ()


@dataclass(frozen=True)
class Card:
    """A person's score for a period, with everything it rests on.

    `total` has the policy's decimals (2, half up) and is what the band is read from; None is
    "not rated", with the reason. `exact_total` is the sum before rounding. `parts` are the cards
    of each layer where there was more than one in the period.
    """

    layer: str
    cadence: str
    edition: str
    dimensions: tuple[Dimension, ...]
    total: Decimal | None
    exact_total: Fraction | None
    band: Band | None
    person: str = ""
    period: str = ""
    owed_share: Fraction = Fraction(1)
    not_rated: str | None = None
    evaluation: Evaluation | None = None
    needs_decision: tuple[NeedsDecision, ...] = ()
    decided: tuple[Decided, ...] = ()
    next_band: NextBand | None = None
    citations: tuple[Citation, ...] = ()
    parts: tuple[Part, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines, in the order of the card."""
        return tuple(line for dimension in self.dimensions for line in dimension.lines)

    def line(self, metric: str) -> Line:
        """One line. Raises KeyError for a metric that the card does not have."""
        for line in self.lines:
            if line.metric == metric:
                return line
        raise KeyError(metric)

    @property
    def adjustments(self) -> tuple[Adjustment, ...]:
        """The late facts of earlier periods that count in this one."""
        return tuple(a for line in self.lines for a in line.adjustments)

    @property
    def provisional(self) -> bool:
        """Whether a person has still to decide something before this score can stand."""
        return bool(self.needs_decision)


@dataclass(frozen=True)
class Part:
    """The card of the days that somebody spent in one layer, of a period with several; half-open.

    `days` are the working days owed in it, by which it is weighed.
    """

    layer: str
    start: date
    end: date
    days: int
    card: Card
