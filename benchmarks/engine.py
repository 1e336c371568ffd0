"""How many obligations a second the rules derive, one core: `python benchmarks/engine.py`.

The story engine reads a year of many records, each told as a company would live it; the columnar
engine judges a million windows at once. Both are also given as a ratio to a plain loop that only
adds 48 hours to a moment and compares, measured in the same run: a ratio says the same on any
machine. `--json` prints the figures for a machine to read.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
from world import note

from zhangfa.policy import load_editions
from zhangfa.rules import facts as f
from zhangfa.rules.calendars import build_calendar
from zhangfa.rules.clock import Calendar
from zhangfa.rules.columns import Pauses
from zhangfa.rules.obligations import BY_KEY, derive
from zhangfa.rules.obligations.columns import NEVER, Windows, judge

POLICY = load_editions()
START = datetime(2026, 1, 5, 1, tzinfo=UTC)
YEAR = timedelta(days=322)
NOW = START + YEAR
ROWS = 1_000_000
STORY_FLOOR, COLUMN_FLOOR = 50_000, 1_000_000


def calendar() -> Calendar:
    said = POLICY.on(START.date())
    keys = ("country", "zone", "intervals", "weekdays", "published_until")
    return build_calendar(**{key: said[f"calendar.{key}"] for key in keys})


class Author:
    """Writes the facts of one record after another."""

    def __init__(self, seed: int) -> None:
        self.rng, self.number = random.Random(seed), 0

    def tell(self, story: str, told: list[tuple[datetime, f.What]]) -> list[f.Fact]:
        facts = []
        for at, what in sorted(told, key=lambda each: each[0]):
            self.number += 1
            facts.append(f.Fact(self.number, what, story, 7, at, at, 7))
        return facts

    def often(self, start: datetime, days: float, what: Callable[[], f.What]) -> Iterator:
        at = start
        while (at := at + timedelta(days=self.rng.expovariate(1 / days))) < NOW:
            yield at, what()

    def customer(self, n: int) -> list[f.Fact]:
        entered = START + YEAR * self.rng.random() * 0.6
        told: list[tuple[datetime, f.What]] = [
            (entered, f.CustomerEntered(7)),
            (entered, f.CustomerGraded(self.rng.choice("ABC"), "", Decimal(60), True)),
            *self.often(entered, 12, lambda: f.CustomerTouched("call", 1, True)),
            *self.often(entered, 9, lambda: f.StatusUpdated("no_change")),
        ]
        if n % 2:
            won = entered + timedelta(days=20)
            told += [
                (won, f.CustomerWon(1)),
                *self.often(won, 30, lambda: f.CustomerPushed("news")),
            ]
            told += self.often(won, 90, lambda: f.QuarterlyVisited(1))
            told += self.often(won, 180, lambda: f.ValueProposed(1))
        if n % 7 == 0:
            told.append((entered + timedelta(days=60), f.OwnerChanged(8, 7)))
        return self.tell(f"customer/{n}", told)

    def order(self, n: int) -> list[f.Fact]:
        signed = START + YEAR * self.rng.random() * 0.9
        told: list[tuple[datetime, f.What]] = [(signed, f.OrderSigned(Decimal(1), "CNY"))]
        told.append((signed + timedelta(hours=20), f.ProductionScheduled()))
        told.append((signed + timedelta(hours=30), f.LogisticsScheduled()))
        told += [
            (signed + timedelta(days=d, hours=2), f.OrderTracked("made")) for d in range(1, 25)
        ]
        told.append((signed + timedelta(days=25), f.OrderClosed()))
        return self.tell(f"order/{n}", told)

    def ticket(self, n: int) -> list[f.Fact]:
        raised = START + YEAR * self.rng.random() * 0.95

        def hours(mean: float) -> datetime:
            return raised + timedelta(hours=self.rng.expovariate(1 / mean))

        told: list[tuple[datetime, f.What]] = [(raised, f.TicketRaised("portal", 2))]
        told += [(hours(0.5), f.TicketAnswered()), (hours(12), f.SolutionProposed(1))]
        if n % 3 == 0:
            told += [(raised + timedelta(hours=13), f.ClockStopped("customer", ""))]
            told += [(raised + timedelta(hours=40), f.ClockResumed())]
        told.append((raised + timedelta(hours=70), f.TicketConfirmed("portal")))
        return self.tell(f"ticket/{n}", told)

    def contract(self, n: int) -> list[f.Fact]:
        at = START + YEAR * self.rng.random() * 0.95
        told: list[tuple[datetime, f.What]] = []
        for round in range(1, 2 + (n % 3 == 0)):
            told.append((at, f.DraftSubmitted(round, 3, 4)))
            legal = f.LegalReturned(round) if n % 3 == 0 and round == 1 else f.LegalApproved(round)
            told += [(at + timedelta(hours=30), legal)]
            told += [(at + timedelta(hours=26), f.FinanceApproved(round))]
            at += timedelta(hours=75)
        return self.tell(f"contract/{n}", told)


def stories(count: int) -> list[list[f.Fact]]:
    """A company's records of a year: for every customer an order, a ticket and a contract."""
    author = Author(20260101)
    tellers = (author.customer, author.order, author.ticket, author.contract)
    return [tell(n) for n in range(count) for tell in tellers]


def best(work: Callable[[], int], times: int) -> float:
    """The most a second, of some tries, by the time this process had the processor."""
    found = 0.0
    for _ in range(times):
        begun = time.process_time()
        done = work()
        found = max(found, done / (time.process_time() - begun))
    return found


def plain(count: int = 300_000) -> int:
    """The baseline: a deadline added to each moment, and compared."""
    late, span, moments = 0, timedelta(hours=48), [START + timedelta(n) for n in range(300)]
    for _ in range(count // len(moments)):
        for moment in moments:
            late += moment + span < NOW
    return count


def columns_work(calendar: Calendar, kind: str, *, paused: bool) -> Callable[[], int]:
    rng = np.random.default_rng(1)
    begin = int(START.timestamp())
    opened = rng.integers(begin, begin + 300 * 86_400, ROWS)
    closed = np.where(rng.random(ROWS) < 0.9, opened + rng.integers(0, 400_000, ROWS), NEVER)
    stops = Pauses(opened[:, None] + 3600, opened[:, None] + rng.integers(3600, 90_000, (ROWS, 1)))
    rows = Windows(opened, closed, stops if paused else None)
    now = int(NOW.timestamp())
    return lambda: len(judge(BY_KEY[kind], rows, POLICY, calendar, now).due)


def measured(records: int, times: int) -> dict[str, float]:
    """Obligations a second, each way."""
    days, told = calendar(), stories(records)
    return {
        "plain loop": best(plain, times),
        "stories": best(lambda: sum(len(derive(s, POLICY, days, NOW)) for s in told), times),
        "columns, 48 hours": best(columns_work(days, "question_answer", paused=False), times),
        "columns, 2 working days": best(columns_work(days, "legal_review", paused=False), times),
        "columns, 2 working days, paused": best(
            columns_work(days, "legal_review", paused=True), times
        ),
    }


def main() -> int:
    """Print the figures; 1 when one is under its floor."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--records", type=int, default=250, help="customers of the told company")
    given.add_argument("--times", type=int, default=3)
    given.add_argument("--json", action="store_true")
    asked = given.parse_args()
    found = measured(asked.records, asked.times)
    if (asked.records, asked.times) == (250, 3):
        note("engine", {"per_second": {name: round(rate) for name, rate in found.items()}})
    if asked.json:
        print(json.dumps({name: round(rate) for name, rate in found.items()}))
    else:
        for name, rate in found.items():
            print(
                f"{name:34}{rate:>14,.0f}/s   x {rate / found['plain loop']:.4f} of the plain loop"
            )
    low = [n for n, r in found.items() if r < (STORY_FLOOR if n == "stories" else COLUMN_FLOOR)]
    return int(bool(set(low) - {"plain loop"}))


if __name__ == "__main__":
    sys.exit(main())
