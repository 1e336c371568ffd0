"""What is owed, derived again for the stories that changed: one upsert, identities kept."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from zhangfa.records.editions import current_calendar, current_policy
from zhangfa.records.ledger import LedgerLine
from zhangfa.records.owed import Look
from zhangfa.rules.clock import Calendar
from zhangfa.rules.facts import Fact
from zhangfa.rules.obligations import KINDS, Obligation, derive
from zhangfa.rules.policy import Policy

COLUMNS = (
    ("kind", "text"),
    ("story", "text"),
    ("opening", "bigint"),
    ("window", "text"),
    ("person_id", "bigint"),
    ("role", "text"),
    ("customer_id", "bigint"),
    ("opens_at", "timestamptz"),
    ("due", "timestamptz"),
    ("promised", "timestamptz"),
    ("wanted", "int"),
    ("given", "int"),
    ("closing", "bigint"),
    ("met_at", "timestamptz"),
    ("outcome", "text"),
    ("provisional", "boolean"),
    ("paused", "int"),
    ("edition", "text"),
    ("calendar", "text"),
    ("lapses_at", "timestamptz"),
    ("next_at", "timestamptz"),
)
NAMES = ", ".join(f'"{name}"' for name, _ in COLUMNS)
KEPT = {"kind", "opening", "window", "next_at"}
UPSERT = f"""
WITH given AS (SELECT * FROM unnest({", ".join(f"%s::{kind}[]" for _, kind in COLUMNS)})
               AS t({NAMES})),
gone AS (DELETE FROM records_owed o WHERE o.id = ANY(%s::bigint[]) RETURNING o.id),
untold AS (UPDATE records_notice n SET owed_id = NULL, read_at = coalesce(n.read_at, %s)
           FROM gone WHERE n.owed_id = gone.id),
written AS (
INSERT INTO records_owed AS o ({NAMES}, step, breached_at, snoozed_until)
SELECT {NAMES}, 0, NULL, NULL FROM given
ON CONFLICT (kind, opening, "window") DO UPDATE SET
{", ".join(f'"{name}" = excluded."{name}"' for name, _ in COLUMNS if name not in KEPT)},
next_at = CASE WHEN excluded.next_at IS NULL THEN NULL
               WHEN o.due <> excluded.due OR o.next_at IS NULL THEN excluded.next_at
               ELSE o.next_at END,
step = CASE WHEN o.due <> excluded.due THEN 0 ELSE o.step END,
breached_at = CASE WHEN o.due <> excluded.due THEN NULL ELSE o.breached_at END,
snoozed_until = CASE WHEN excluded.outcome <> '' THEN NULL ELSE o.snoozed_until END
WHERE (o.due, o.outcome, o.given, o.person_id, o.role, o.customer_id, o.paused, o.met_at,
       o.promised, o.opens_at, o.provisional, o.closing, o.lapses_at)
   IS DISTINCT FROM (excluded.due, excluded.outcome, excluded.given, excluded.person_id,
       excluded.role, excluded.customer_id, excluded.paused, excluded.met_at,
       excluded.promised, excluded.opens_at, excluded.provisional, excluded.closing,
       excluded.lapses_at) OR (o.next_at IS NOT NULL AND excluded.next_at IS NULL)
RETURNING o.id, o.person_id, o.role, o.kind, o.story, (xmax = 0) AS fresh, o.outcome,
    CASE WHEN o.outcome <> '' THEN NULL WHEN o.next_at IS NOT NULL THEN o.next_at
         WHEN o.breached_at IS NULL THEN o.due - %s END AS looked_at),
looks AS (INSERT INTO records_look AS l (owed_id, at)
    SELECT id, looked_at FROM written WHERE looked_at IS NOT NULL
    ON CONFLICT (owed_id) DO UPDATE SET at = excluded.at WHERE l.at <> excluded.at),
unlooked AS (DELETE FROM records_look WHERE owed_id IN (
    SELECT id FROM gone UNION ALL SELECT id FROM written WHERE NOT fresh AND looked_at IS NULL))
SELECT id, person_id, role, kind, story, fresh, outcome FROM written
"""
KEY = ("kind", "opening", "window")
# What makes a row another one; the rest is written along with it.
TELLING = (
    "due", "outcome", "given", "person_id", "role", "customer_id", "paused", "met_at", "promised",
    "opens_at", "provisional", "closing", "lapses_at",
)  # fmt: skip
STORED = f"""
SELECT id, next_at IS NOT NULL, {", ".join(f'"{name}"' for name in (*KEY, *TELLING))}
FROM records_owed WHERE story = ANY(%s)
"""
_ORDER = [name for name, _ in COLUMNS]
_KEY = tuple(_ORDER.index(name) for name in KEY)
_TELLING = tuple(_ORDER.index(name) for name in TELLING)
_NEXT = _ORDER.index("next_at")
RECURRING = tuple(kind.key for kind in KINDS if kind.shape == "every")
BEGUN = """
SELECT DISTINCT story FROM (
    SELECT story, max(opens_at) AS last FROM records_owed WHERE kind = ANY(%s) GROUP BY story, kind
) t WHERE last <= %s
"""
NEAR = timedelta(minutes=1)  # how long before its deadline a clock is looked at again
BATCH = 400  # stories derived and written by one statement


def renew(
    stories: Sequence[str],
    now: datetime,
    *,
    by: Any = None,
    quiet: bool = False,
    policy: Policy | None = None,
    calendar: Calendar | None = None,
) -> int:
    """Derive again what is owed in these stories and store it; returns the rows written.

    What stands keeps its row and id; what no longer follows from the facts goes, and notices of it
    stay, as read. `quiet` tells nobody (history); otherwise people asked by somebody else find a
    notice.
    """
    policy, calendar = policy or current_policy(), calendar or current_calendar()
    written = 0
    for start in range(0, len(stories), BATCH):
        part = list(stories[start : start + BATCH])
        rows = _upsert(part, _derived(part, policy, calendar, now), now)
        written += len(rows)
        if not quiet:
            _ask(rows, by, now)
    return written


def roll_on(now: datetime) -> int:
    """Duties that come back are owed again as their time comes, though nothing new is said.

    Each story holds the window that runs and the next one; where the next one has begun, it is
    derived again. Returns the rows written.
    """
    with connection.cursor() as cursor:
        cursor.execute(BEGUN, [list(RECURRING), now])
        stories = [row[0] for row in cursor.fetchall()]
    return renew(stories, now, quiet=True)


def move_on(now: datetime) -> int:
    """0.4 Deadlines whose clock stands move on with the hours, before anybody is told of a breach.

    Stories in which a clock stands (nobody is to be told yet: no `next_at`) are derived again as
    their deadline comes near; returns how many.
    """
    near = Look.objects.filter(at__lte=now, owed__outcome="", owed__next_at=None)
    stories = list(near.order_by().values_list("owed__story", flat=True).distinct())
    renew(stories, now, quiet=True)
    return len(stories)


def _derived(
    stories: list[str], policy: Policy, calendar: Calendar, now: datetime
) -> list[tuple[Obligation, int | None]]:
    """The obligations of each story, with the customer they are about."""
    told: dict[str, list[Fact]] = defaultdict(list)
    customers: dict[str, int] = {}
    for fact, customer in LedgerLine.objects.of(*stories).in_order().told():
        told[fact.story].append(fact)
        if customer:
            customers[fact.story] = customer
    return [
        (owed, customers.get(story))
        for story, lines in told.items()
        for owed in derive(lines, policy, calendar, now)
    ]


def _upsert(
    stories: list[str], found: list[tuple[Obligation, int | None]], now: datetime
) -> list[tuple]:
    rows = [_row(owed, customer, now) for owed, customer in found]
    with connection.cursor() as cursor:
        cursor.execute(STORED, [stories])
        rows, gone = _changed(rows, cursor.fetchall())
        if not rows and not gone:
            return []
        columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in COLUMNS]
        cursor.execute(UPSERT, [*columns, gone, now, NEAR])
        return cursor.fetchall()


def _changed(rows: list[tuple], stored: list[tuple]) -> tuple[list[tuple], list[int]]:
    """The rows that differ from what is stored, and the ids of those that follow no more.

    A story of a year has a hundred windows and an action moves one or two of them.
    """
    held = {row[2:5]: row for row in stored}
    changed = []
    for row in rows:
        there = held.pop((row[_KEY[0]], row[_KEY[1]], row[_KEY[2]]), None)
        if (
            there is None
            or there[5:] != tuple(row[place] for place in _TELLING)
            or (there[1] and row[_NEXT] is None)
        ):
            changed.append(row)
    return changed, [row[0] for row in held.values()]


def _row(owed: Obligation, customer: int | None, now: datetime) -> tuple:
    open_ = owed.outcome is None
    return (
        owed.kind.key,
        owed.story,
        owed.opening.id,
        owed.window_key,
        owed.owner,
        owed.role or "",
        customer,
        owed.opens_at,
        owed.due,
        owed.promised,
        owed.wanted,
        len(owed.given),
        owed.given[-1].id if owed.given and not open_ else None,
        owed.met_at,
        owed.outcome or "",
        owed.provisional,
        int(owed.paused_seconds),
        owed.edition,
        owed.calendar,
        owed.lapses_at,
        first_look(owed.opens_at, owed.due) if open_ and not owed.stopped else None,
    )


def first_look(opens_at: datetime, due: datetime) -> datetime:
    """When the sweep first has to look at an open obligation: half of its time gone (0.7)."""
    return min(due, opens_at + (due - opens_at) / 2) if due > opens_at else due


def _ask(rows: Iterable[tuple], by: Any, now: datetime) -> None:
    """Tell people what somebody else's action has asked of them; once each."""
    from zhangfa.records.notices import Notice

    from .inbox import tell

    doer = by.pk if by is not None else None
    asked = [
        Notice(person_id=person, kind="asked", owed_id=pk, ref=story, once=f"asked/{pk}", at=now)
        for pk, person, _role, _kind, story, fresh, outcome in rows
        if fresh and not outcome and person and person != doer
    ]
    if asked:
        Notice.objects.bulk_create(asked, ignore_conflicts=True)
        tell(notice.person_id for notice in asked)


def announce(lines: Sequence[LedgerLine]) -> None:
    """Tell the open pages, when the transaction commits, that something happened."""
    if not lines:
        return
    with connection.cursor() as cursor:
        cursor.executemany(
            "SELECT pg_notify('zhangfa', %s)",
            [
                (json.dumps({"t": "fact", "id": line.pk, "what": line.what, "owner": line.owner}),)
                for line in lines
            ],
        )
