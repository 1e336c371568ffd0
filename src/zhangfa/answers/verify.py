"""Is what is stored still what follows from the facts? Read-only; every difference with its row.

Obligations are derived again from the ledger (0.5), frozen results are held against their hashes
and their own lines (2.3.8), money against the facts that told of it, credit against the whole.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from zhangfa.metrics import measure_all, rows_of
from zhangfa.metrics.base import select
from zhangfa.records.editions import current_calendar, current_policy
from zhangfa.records.models import LedgerLine, Owed, Verdict
from zhangfa.rules.exact import decimal
from zhangfa.rules.measures import Sum
from zhangfa.rules.obligations import Obligation, derive
from zhangfa.rules.scores import FIRST, chained_hash
from zhangfa.rules.terms import Period

from .company import company_of

BATCH = 400  # stories derived at a time
JUDGED = (
    "id", "kind", "opening", "window", "person_id", "role", "opens_at", "due", "promised",
    "given", "met_at", "outcome", "edition",
)  # fmt: skip


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it must be: which check, which row, what is there and what ought
    to be."""

    check: str
    row: str
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.check}  {self.row}: {self.found} instead of {self.expected}"


def verify(now: datetime) -> dict[str, Any]:
    """Every check: how many rows it looked at, and all differences. `ok` is True without any."""
    looked: dict[str, int] = {}
    found: list[Difference] = []
    for name, check in CHECKS.items():
        count, differences = check(now)
        looked[name] = count
        found += differences
    return {
        "ok": not found,
        "checked": looked,
        "differences": [asdict(each) for each in found],
    }


Checked = tuple[int, list[Difference]]


# ---------------------------------------------------------------------------- obligations (0.5)
def obligations(now: datetime) -> Checked:
    """The ledger replayed against the table of what is owed.

    A window that opens after the last fact of its story is opened when its time comes, and a due
    moment that moves because its clock stands moves with every asking: neither is a difference.
    """
    stories = list(LedgerLine.objects.order_by("story").values_list("story", flat=True).distinct())
    count, found = 0, []
    for start in range(0, len(stories), BATCH):
        looked, differences = _replayed(stories[start : start + BATCH], now)
        count += looked
        found += differences
    known = LedgerLine.objects.values("story")
    for pk, kind in Owed.objects.exclude(story__in=known).values_list("id", "kind"):
        found.append(Difference("obligations", f"owed/{pk}", kind, "nothing: no fact tells of it"))
    return count, found


def _replayed(stories: list[str], now: datetime) -> Checked:
    policy, calendar = current_policy(), current_calendar()
    lines: dict[str, list[LedgerLine]] = defaultdict(list)
    for line in LedgerLine.objects.of(*stories).in_order():
        lines[line.story].append(line)
    rows = {row[1:4]: row for row in Owed.objects.filter(story__in=stories).values_list(*JUDGED)}
    count, found = len(rows), []
    for story, told in lines.items():
        last = max(line.entered_at for line in told)
        for owed in derive([line.as_fact() for line in told], policy, calendar, now):
            row = rows.pop(owed.key, None)
            if row is None:
                if owed.opens_at <= last:
                    found.append(_missing(story, owed))
            else:
                found += _compared(row, owed)
    for pk, kind, *_ in rows.values():
        found.append(Difference("obligations", f"owed/{pk}", kind, "nothing: no fact asks for it"))
    return count, found


def _missing(story: str, owed: Obligation) -> Difference:
    wanted = f"{owed.kind.key} opened by ledger line {owed.opening.id}, due {owed.due.isoformat()}"
    return Difference("obligations", story, "nothing", wanted)


def _compared(row: tuple[Any, ...], owed: Obligation) -> Iterator[Difference]:
    wanted = {
        "person_id": owed.owner,
        "role": owed.role or "",
        "opens_at": owed.opens_at,
        "due": owed.due,
        "promised": owed.promised,
        "given": len(owed.given),
        "met_at": owed.met_at,
        "outcome": owed.outcome or "",
        "edition": owed.edition,
    }
    stored = dict(zip(JUDGED, row, strict=True))
    if owed.stopped:
        wanted.pop("due")
    for name, value in wanted.items():
        if stored[name] != value:
            told = f"{stored['kind']} {name} {_said(stored[name])}"
            yield Difference("obligations", f"owed/{stored['id']}", told, _said(value))


def _said(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return "nothing" if value in (None, "") else str(value)


# ---------------------------------------------------------------------- frozen results (2.3.8)
def results(now: datetime) -> Checked:
    """The chain of hashes, and each frozen card: its lines make its total, its total is stored."""
    found: list[Difference] = []
    previous, count = FIRST, 0
    for verdict in Verdict.objects.order_by("id").iterator():
        count += 1
        row = f"verdict/{verdict.pk}"
        if verdict.previous != previous:
            found.append(Difference("results", row, f"chained to {verdict.previous}", previous))
        digest = chained_hash(verdict.previous, verdict.card)
        if verdict.digest != digest:
            found.append(Difference("results", row, f"hash {verdict.digest}", digest))
        found += _card(verdict, row)
        previous = verdict.digest
    return count, found


def _card(verdict: Verdict, row: str) -> Iterator[Difference]:
    told = json.loads(verdict.card)
    card = told["card"]
    kept = (int(told["person"]), told["period"])
    if kept != (verdict.person_id, verdict.period):
        stored = f"person {verdict.person_id} in {verdict.period}"
        yield Difference("results", row, stored, f"person {kept[0]} in {kept[1]}")
    total = None if card["total"] is None else Decimal(card["total"])
    if total != verdict.total:
        yield Difference("results", row, f"total {verdict.total}", _said(card["total"]))
    lines = [line for dimension in card["dimensions"] for line in dimension["lines"]]
    earned = sum((Decimal(line["earned"]) for line in lines), Decimal(0))
    evaluation = card.get("evaluation")
    earned += Decimal(evaluation["earned"]) if evaluation else 0
    if total is not None and earned != total:
        yield Difference("results", row, f"lines that make {earned}", str(total))
    for line in lines:
        yield from _walked_back(line, told["rows"].get(line["metric"], []), row)


def _walked_back(
    line: dict[str, Any], rows: list[dict[str, Any]], row: str
) -> Iterator[Difference]:
    """Every figure is made of its rows: what they add is what was measured."""
    measure = line["measure"]
    if any(each.get("part") is None for each in rows) or measure["reason_na"]:
        return
    sides = {"sum": (("part", "amount"),), "ratio": (("part", "part"), ("whole", "whole"))}
    for side, name in sides.get(measure["kind"], ()):
        made = sum((Fraction(each.get(side) or 0) for each in rows), Fraction(0))
        if made != Fraction(measure[name] or 0):
            found = f"rows of {line['metric']} that make {made}"
            yield Difference("results", row, found, measure[name])


# ------------------------------------------------------------------------------ figures (2.2)
def figures(now: datetime) -> Checked:
    """Every figure of the running quarter, person by person: its rows make it."""
    period = Period.containing("quarter", current_calendar().day(now))
    company, count, found = company_of(period, now), 0, []
    for person in company.people:
        asked = company.asked((person,))
        for metric, measures in measure_all(asked).items():
            measure, rows = measures.get(person), rows_of(metric, asked)
            sides = _sides(measure)
            count += len(rows)
            made = tuple(
                sum((Fraction(getattr(r, s) or 0) for r in rows), Fraction(0))
                for s in ("part", "whole")[: len(sides)]
            )
            if made != sides:
                row = f"person/{person} {period.label}"
                told = f"rows of {metric} that make {_fractions(made)}"
                found.append(Difference("figures", row, told, _fractions(sides)))
    return count, found


def _sides(measure: Any) -> tuple[Fraction, ...]:
    if isinstance(measure, Sum):
        return (Fraction(measure.amount or 0),)
    return (Fraction(measure.part), Fraction(measure.whole)) if measure is not None else ()


def _fractions(sides: tuple[Fraction, ...]) -> str:
    return " / ".join(str(decimal(side)) for side in sides)


# ------------------------------------------------------------------------------- money (2.2.1)
SHARES = """
SELECT 'order/' || o.id, 'direct shares of ' || coalesce(sum(s.share), 0) || ' %%', '100 %%'
FROM records_order o LEFT JOIN records_creditshare s ON s.order_id = o.id AND s.kind = 'direct'
GROUP BY o.id HAVING coalesce(sum(s.share), 0) <> 100
UNION ALL
SELECT 'order/' || o.id, 'credit of ' || sum(s.amount), round(o.amount * o.rate, 2)::text
FROM records_order o JOIN records_creditshare s ON s.order_id = o.id AND s.kind = 'direct'
GROUP BY o.id HAVING sum(s.amount) <> round(o.amount * o.rate, 2)
"""
ALLOCATED = """
SELECT 'payment/' || p.id, 'allocated ' || sum(a.amount), 'at most ' || p.amount
FROM records_payment p JOIN records_allocation a ON a.payment_id = p.id
GROUP BY p.id HAVING sum(a.amount) > p.amount
UNION ALL
SELECT 'order/' || i.order_id, 'instalment ' || i.id || ' with ' || sum(a.amount) || ' received',
       'at most ' || i.amount
FROM records_instalment i JOIN records_allocation a ON a.instalment_id = i.id
GROUP BY i.id HAVING sum(a.amount) > i.amount
"""
TOLD = """
SELECT 'order/' || o.id, 'amount ' || o.amount, (l.body->>'amount') || ' by ledger line ' || l.id
FROM records_order o
JOIN records_ledgerline l ON l.story = 'order/' || o.id AND l.what = 'order_signed'
WHERE o.amount <> (l.body->>'amount')::numeric
UNION ALL
SELECT 'order/' || o.id, 'an order', 'nothing: no fact tells of it' FROM records_order o
WHERE NOT EXISTS (SELECT 1 FROM records_ledgerline l
                  WHERE l.story = 'order/' || o.id AND l.what = 'order_signed')
UNION ALL
SELECT coalesce(c.story, l.story), coalesce(c.kind, l.kind) || ' ' || coalesce(c.amount, 0),
       coalesce(l.amount, 0) || ' by the ledger'
FROM (SELECT 'order/' || order_id AS story, kind, sum(amount) AS amount
      FROM records_orderchange GROUP BY 1, 2) c
FULL JOIN (SELECT story, CASE what WHEN 'order_amended' THEN 'amended'
                  WHEN 'goods_returned' THEN 'returned' WHEN 'order_cancelled' THEN 'cancelled'
                  ELSE 'credited' END AS kind, sum((body->>'amount')::numeric) AS amount
           FROM records_ledgerline
           WHERE id NOT IN (SELECT (body->>'fact')::bigint FROM records_ledgerline
                            WHERE what = 'fact_retracted')
             AND what IN ('order_amended', 'goods_returned', 'order_cancelled', 'credit_noted')
             AND story LIKE 'order/%%' GROUP BY 1, 2) l USING (story, kind)
WHERE coalesce(c.amount, 0) <> coalesce(l.amount, 0)
UNION ALL
SELECT 'payment/' || p.id, 'allocated ' || p.amount, coalesce(l.amount, 0) || ' by the ledger'
FROM (SELECT payment_id AS id, sum(amount) AS amount FROM records_allocation GROUP BY 1) p
LEFT JOIN (SELECT (body->>'payment')::bigint AS id, sum((body->>'amount')::numeric) AS amount
           FROM records_ledgerline WHERE what = 'payment_received' GROUP BY 1) l USING (id)
WHERE p.amount <> coalesce(l.amount, 0)
"""
COUNTS = {
    "credit": "SELECT count(*) FROM records_creditshare",
    "allocations": "SELECT count(*) FROM records_allocation",
    "ledger": "SELECT count(*) FROM records_ledgerline",
}


def _asked(name: str, statement: str) -> Callable[[datetime], Checked]:
    """A check that one statement makes; its rows are the differences."""

    def check(now: datetime) -> Checked:
        rows: Iterable[tuple[str, str, str]] = select(statement, {"now": now})
        found = [Difference(name, *row) for row in rows]
        return select(COUNTS[name], {"now": now})[0][0], found

    return check


CHECKS: dict[str, Callable[[datetime], Checked]] = {
    "obligations": obligations,
    "results": results,
    "figures": figures,
    "credit": _asked("credit", SHARES),
    "allocations": _asked("allocations", ALLOCATED),
    "ledger": _asked("ledger", TOLD),
}
