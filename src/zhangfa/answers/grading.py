"""1.1.5 Does the grade predict winning? Deals closed in each quarter by the grade at their opening.

Win rate: won / (won + lost). Lift: the win rate of A over that of C. The interval is Wilson's at
95 %, which holds for small numbers too.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from math import sqrt
from typing import Any

from zhangfa.metrics.base import select
from zhangfa.records.editions import current_calendar
from zhangfa.records.scope import scope_of
from zhangfa.rules.terms import Period

QUARTERS = 6
LETTERS = ("A", "B", "C")
Z = 1.959964  # two-sided 95 %
ENOUGH = 10  # closed deals of a grade below which nothing is concluded
CLOSED = """
SELECT to_char(d.closed_at AT TIME ZONE %(zone)s, 'YYYY-"Q"Q'), g.grade,
       count(*) FILTER (WHERE d.stage = 'won'), count(*)
FROM records_deal d
JOIN LATERAL (
    SELECT e.grade FROM records_gradeentry e
    WHERE e.customer_id = d.customer_id AND e.at <= d.opened_at
    ORDER BY e.at DESC, e.id DESC LIMIT 1
) g ON true
WHERE d.stage IN ('won', 'lost') AND d.closed_at >= %(begins)s AND d.closed_at <= %(now)s
  AND (%(people)s::bigint[] IS NULL OR d.owner_id = ANY(%(people)s))
GROUP BY 1, 2
"""


@dataclass(frozen=True)
class Rate:
    """How many of the closed deals were won; shares are between 0 and 1."""

    won: int = 0
    closed: int = 0

    @property
    def share(self) -> float | None:
        return self.won / self.closed if self.closed else None

    @property
    def enough(self) -> bool:
        return self.closed >= ENOUGH

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's interval; None without closed deals."""
        if not self.closed:
            return None
        n, p = self.closed, self.won / self.closed
        middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
        half = Z / (1 + Z * Z / n) * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
        return max(0.0, middle - half), min(1.0, middle + half)

    def __add__(self, other: Rate) -> Rate:
        return Rate(self.won + other.won, self.closed + other.closed)


@dataclass(frozen=True)
class Line:
    """One quarter, or all of them (label empty), by grade."""

    label: str
    rates: dict[str, Rate]

    @property
    def lift(self) -> float | None:
        """The win rate of A over that of C; None where either says nothing."""
        high, low = self.rates["A"], self.rates["C"]
        if not high.closed or not low.won or high.share is None or low.share is None:
            return None
        return high.share / low.share


@dataclass(frozen=True)
class BackTest:
    lines: list[Line]
    total: Line

    @property
    def verdict(self) -> str:
        """`apart`: A's interval lies above C's; `order`: the rates are in order; `no`: they are
        not; `few`: too few closed deals to say."""
        rates = [self.total.rates[letter] for letter in LETTERS]
        if not all(rate.enough for rate in rates):
            return "few"
        high, low = rates[0].interval, rates[2].interval
        if high and low and high[0] > low[1]:
            return "apart"
        shares = [rate.share or 0.0 for rate in rates]
        return "order" if shares == sorted(shares, reverse=True) else "no"


def back_test(person: Any, now: datetime) -> BackTest:
    """The last quarters of the deals that the person may see. One statement."""
    calendar, scope = current_calendar(), scope_of(person)
    quarter = Period.containing("quarter", calendar.day(now))
    quarters = [quarter]
    for _ in range(QUARTERS - 1):
        quarters.insert(0, quarters[0].previous())
    rows = select(
        CLOSED,
        {
            "zone": calendar.zone.key,
            "begins": quarters[0].bounds(calendar.zone)[0],
            "now": now,
            "people": None if scope.sees_all("deal") else [person.pk, *scope.people],
        },
    )
    found: dict[str, dict[str, Rate]] = defaultdict(dict)
    for label, letter, won, closed in rows:
        found[label][letter] = Rate(won, closed)
    lines = [
        Line(each.label, {letter: found[each.label].get(letter, Rate()) for letter in LETTERS})
        for each in quarters
    ]
    sums = {letter: sum((line.rates[letter] for line in lines), Rate()) for letter in LETTERS}
    return BackTest(lines, Line("", sums))
