"""A whole company's quarter, from the records to the bonus, beside the bare SQL aggregate of the
very same rows: five GROUP BY statements that count and add up by person, without any policy.

    python benchmarks/scores.py [--small] [--people 200 5000]
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from world import FULL, arguments, machine, note, size_of, world

ROUNDS = 3
BARE = (
    """SELECT s.person_id, sum(s.amount), count(*) FROM records_creditshare s
       JOIN records_order o ON o.id = s.order_id
       WHERE o.signed_on >= %(start)s AND o.signed_on < %(end)s GROUP BY 1""",
    """SELECT s.person_id, sum(i.amount), sum(a.amount) FROM records_instalment i
       JOIN records_creditshare s ON s.order_id = i.order_id
       LEFT JOIN records_allocation a ON a.instalment_id = i.id
       WHERE i.due_on < %(end)s GROUP BY 1""",
    """SELECT c.owner_id, count(DISTINCT o.customer_id) FROM records_order o
       JOIN records_customer c ON c.id = o.customer_id GROUP BY 1""",
    """SELECT person_id, count(*) FROM records_activity
       WHERE at >= %(begins)s AND at < %(ends)s GROUP BY 1""",
    """SELECT person_id, kind, outcome, count(*) FROM records_owed
       WHERE due >= %(begins)s AND due < %(ends)s GROUP BY 1, 2, 3""",
)


def quickest(do: Callable[[], Any]) -> float:
    """The least milliseconds of some rounds, after one that warms up."""
    do()
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        do()
        taken.append((time.perf_counter() - began) * 1000)
    return min(taken)


def measure(given: argparse.Namespace) -> dict[str, Any]:
    from django.utils import timezone

    from zhangfa.answers.scorecard import company_of, results
    from zhangfa.metrics import measure_all
    from zhangfa.metrics.base import select
    from zhangfa.records.editions import current_calendar
    from zhangfa.rules.terms import Period

    now = timezone.now()
    period = Period.containing("quarter", current_calendar().day(now))
    company = company_of(period, now)
    params = company.asked().params()
    bare = quickest(lambda: [select(statement, params) for statement in BARE])
    measured = quickest(lambda: measure_all(company.asked()))
    whole = quickest(lambda: results(period, now))
    if given.profile:
        watcher = cProfile.Profile()
        watcher.enable()
        results(period, now)
        watcher.disable()
        pstats.Stats(watcher).sort_stats("tottime").print_stats(40)
    told = {"people": len(company.people), "bare_ms": bare, "metrics_ms": measured}
    told |= {"scores_ms": whole, "times": whole / bare, "metrics_times": measured / bare}
    print(
        f"{told['people']:6} people: bare aggregate {bare:8.1f} ms, metrics {measured:8.1f} ms "
        f"(x{measured / bare:.1f}), scores {whole:8.1f} ms (x{whole / bare:.1f})"
        f"{'' if whole <= 3 * bare else '  MISSED x3'}",
        flush=True,
    )
    return told


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--people", type=int, nargs="*", default=[200, 5000])
    parser.add_argument("--profile", action="store_true")
    given = parser.parse_args()
    if len(given.people) > 1:  # a world is entered once by a process
        options = [word for word in sys.argv[1:] if word.startswith("--") and word != "--people"]
        for people in given.people:
            command = [sys.executable, __file__, *options, "--people", str(people)]
            subprocess.run(command, check=True)
        return
    [people] = given.people
    with world(given, replace(size_of(given, FULL.of(0.5)), sellers=people)):
        told = {"machine": machine(), str(people): measure(given)}
    if not (given.small or given.customers or given.database):
        note("scores", told, beside=True)


if __name__ == "__main__":
    main()
