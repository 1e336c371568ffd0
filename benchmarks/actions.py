"""What a person waits for: one action with its ledger line, what is owed because of it and the
notices of it, beside the bare SQL of the rows it writes: one INSERT each, no policy, no rules.

    python benchmarks/actions.py [--small] [--rounds 200]
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

from world import arguments, machine, note, size_of, world

MOST_MS = 8.0  # p95, promised
WARM = 20
BARE = """
WITH line AS (
    INSERT INTO records_ledgerline (what, story, by, owner, at, noted_at, entered_at, body)
    VALUES ('bare', %(story)s, %(by)s, %(by)s, now(), now(), now(), '{}') RETURNING id),
desk AS (
    INSERT INTO records_owed (kind, story, opening, "window", person_id, role, opens_at, due,
                              promised, wanted, given, outcome, provisional, paused, edition,
                              calendar, step)
    SELECT kind, %(story)s, line.id, '', %(by)s, '', now(), now(), now(), 1, 0, '', false, 0, '',
           '', 0 FROM line, unnest(ARRAY['bare_a', 'bare_b', 'bare_c']) kind RETURNING id)
INSERT INTO records_notice (person_id, kind, owed_id, ref, once, at)
SELECT %(by)s, 'asked', id, %(story)s, 'bare/' || id, now() FROM desk
"""


def timed(do: Callable[[], Any], rounds: int) -> list[float]:
    """Milliseconds of each round, after some that warm up; sorted."""
    taken = []
    for n in range(rounds + WARM):
        began = time.perf_counter()
        do()
        if n >= WARM:
            taken.append((time.perf_counter() - began) * 1000)
    return sorted(taken)


def cases() -> dict[str, Callable[[], Any]]:
    """Actions that people do all day, each on another record of one seller."""
    from django.utils import timezone

    from zhangfa.actions import customers, deals, tickets
    from zhangfa.records.models import Customer, Deal, Person

    seller = Person.objects.sellers().filter(is_active=True).order_by("pk").first()
    service = Person.objects.create_user("bench_service", name="Service", roles=["service"])
    own = list(Customer.objects.filter(owner=seller, merged_into=None)[:400])
    open_ = list(Deal.objects.filter(owner=seller, stage__in=Deal.OPEN)[:50])
    numbers, moment = count(), timezone.now()

    def at() -> Any:
        return moment + timedelta(seconds=next(numbers))

    def customer() -> Any:
        return own[next(numbers) % len(own)]

    def log() -> Any:
        return customers.log_activity(customer(), by=seller, at=at(), kind="call", text="Called")

    def raise_() -> Any:
        number = f"B-{next(numbers)}"
        given = {"title": "Stops at night", "number": number}
        return tickets.raise_ticket(customer(), by=service, at=at(), **given)

    def ask() -> Any:
        deal = open_[next(numbers) % len(open_)]
        return deals.ask_question(deal, by=seller, at=at(), text="How long?")

    def enter() -> Any:
        return customers.enter_customer(by=seller, at=at(), name=f"Bench {next(numbers)}")

    return {"log_activity": log, "raise_ticket": raise_, "ask_question": ask, "enter": enter}


def bare() -> None:
    from django.db import connection

    from zhangfa.records.models import Person

    person = Person.objects.sellers().values_list("pk", flat=True).first()
    with connection.cursor() as cursor:
        cursor.execute(BARE, {"story": "bare/1", "by": person})


def measure(rounds: int) -> dict[str, Any]:
    base = timed(bare, rounds)
    told: dict[str, Any] = {"bare_p50_ms": statistics.median(base)}
    print(f"{'bare rows':14} p50 {told['bare_p50_ms']:6.2f} ms", flush=True)
    for name, do in cases().items():
        taken = timed(do, rounds)
        p50, p95 = statistics.median(taken), taken[int(len(taken) * 0.95)]
        times = p50 / told["bare_p50_ms"]
        told[name] = {"p50_ms": p50, "p95_ms": p95, "times": times}
        print(
            f"{name:14} p50 {p50:6.2f} ms, p95 {p95:6.2f} ms, x{times:.1f} of the bare rows"
            f"{'' if p95 <= MOST_MS else f'  MISSED {MOST_MS} ms'}",
            flush=True,
        )
    return told


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    given = parser.parse_args()
    with world(given, size_of(given)):
        told = {**measure(given.rounds), "machine": machine()}
    if not (given.small or given.customers or given.database):
        note("actions", told)


if __name__ == "__main__":
    main()
