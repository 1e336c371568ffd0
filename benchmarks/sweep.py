"""The sweep over a million open obligations, of which very many fall due at the same moment,
beside the bare SQL of the very same writes: one UPDATE and one INSERT, no policy, no people.

    python benchmarks/sweep.py [--small] [--due 200000]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from world import FULL, arguments, machine, note, size_of, world

PER_SECOND = 50_000  # looked at, promised
KNOWN_WITHIN = 60.0  # seconds (0.6)
DUE = """
WITH picked AS (SELECT id FROM records_owed
                WHERE outcome = '' AND step = 0 AND due > %(later)s ORDER BY id LIMIT %(count)s),
moved AS (UPDATE records_owed o SET due = %(due)s, opens_at = %(opens)s, step = %(step)s,
                 next_at = %(next)s FROM picked WHERE o.id = picked.id RETURNING o.id)
UPDATE records_look l SET at = %(next)s FROM moved WHERE l.owed_id = moved.id
"""
BARE = (
    """UPDATE records_owed SET step = step + 1, breached_at = %(now)s,
       next_at = %(now)s + interval '1 day' WHERE due = %(due)s""",
    """UPDATE records_look l SET at = o.next_at FROM records_owed o
       WHERE o.id = l.owed_id AND o.due = %(due)s""",
    """INSERT INTO records_notice (person_id, kind, owed_id, ref, once, at)
       SELECT person_id, 'breached', id, story, 'bare/' || id, %(now)s
       FROM records_owed WHERE due = %(due)s""",
)


def taken(do: Callable[[], Any]) -> tuple[Any, float]:
    """What a call returned, and its seconds."""
    began = time.perf_counter()
    returned = do()
    return returned, time.perf_counter() - began


def fall_due(due: datetime, count: int, *, step: int, at: datetime) -> None:
    """So many obligations due at one moment, to be looked at next at another."""
    from django.db import connection

    told = {"due": due, "opens": due - timedelta(days=7), "count": count, "step": step}
    told |= {"next": at, "later": due + timedelta(days=10)}
    with connection.cursor() as cursor:
        cursor.execute(DUE, told)
        cursor.execute("VACUUM ANALYZE records_owed, records_look, records_notice")


def bare(now: datetime, due: datetime) -> None:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        for statement in BARE:
            cursor.execute(statement, {"now": now, "due": due})


def closing_time(calendar: Any, now: datetime) -> datetime:
    """The end of the second working day from now on: what fell due before it is out of the way."""
    return calendar.closes(calendar.workdays_after(calendar.day(now), 2))


def measure(count: int) -> dict[str, Any]:
    from django.utils import timezone

    from zhangfa.config.worker import SWEEP_SECONDS
    from zhangfa.jobs.sweep import sweep
    from zhangfa.records.editions import current_calendar
    from zhangfa.records.models import Notice, Owed

    calendar = current_calendar()
    due = closing_time(calendar, timezone.now())
    late = due + timedelta(seconds=15)
    other = due + timedelta(hours=1)
    told: dict[str, Any] = {"due": count}
    sweep(due - timedelta(seconds=1))  # what fell due before
    told["open"] = Owed.objects.open().count()
    fall_due(other, count, step=2, at=other)
    _, told["bare_s"] = taken(lambda: bare(other, other))
    fall_due(due, count, step=2, at=due)
    cases = {
        "breach": late,
        "escalation": calendar.next_open(late) + timedelta(seconds=15),
    }
    for name, now in cases.items():
        looked, seconds = taken(lambda at=now: sweep(at))
        said = Notice.objects.filter(at=now).count()
        told[name] = {
            "looked_at": looked,
            "notices": said,
            "seconds": seconds,
            "per_second": looked / seconds,
            "times": seconds / looked * count / told["bare_s"],
        }
        print(
            f"{name:10} {looked:8} looked at, {said:8} notices: {seconds:6.1f} s, "
            f"{looked / seconds:8.0f} a second, x{told[name]['times']:.1f} of the bare writes"
            f"{'' if looked / seconds >= PER_SECOND else f'  MISSED {PER_SECOND}'}",
            flush=True,
        )
    _, idle = taken(lambda: sweep(late + timedelta(days=1, seconds=30)))
    _, idle = taken(lambda: sweep(late + timedelta(days=1, seconds=45)))
    known = SWEEP_SECONDS + told["breach"]["seconds"]
    told |= {"idle_ms": idle * 1000, "known_within_s": known}
    print(f"idle sweep {idle * 1000:.0f} ms; bare writes {count / told['bare_s']:.0f} a second")
    print(
        f"all of it known within {known:.1f} s of the moment"
        f"{'' if known <= KNOWN_WITHIN else f'  MISSED {KNOWN_WITHIN}'}"
    )
    return told


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--due", type=int, help="how many fall due at once")
    given: argparse.Namespace = parser.parse_args()
    size = size_of(given, replace(FULL.of(0.05), owed=1_000_000, settled=100_000))
    with world(given, size):
        told = measure(given.due or size.owed // 5)
        told["machine"] = machine()
    if not (given.small or given.customers or given.database):
        note("sweep", told)


if __name__ == "__main__":
    main()
