"""2.3.8 Late facts: what became known about a period after its result was frozen.

The frozen result stays. What the fact changes in it counts in the next open period of the same
kind, as a named line with its row, and never in both. What a late fact changes is found by holding
the rows of the frozen result against the same rows counted now; a row counts as changed only when
a fact about it that happened in the period reached the ledger after the freezing (or the
cancellation that takes a first order back). What a later frozen card has counted already is taken
off, so a correction of the earlier result takes it back again.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any, NamedTuple

from django.db.models import Case, Value, When

from zhangfa.metrics import METRICS, Row, rows_of
from zhangfa.metrics.base import select
from zhangfa.records.editions import current_calendar
from zhangfa.records.models import Owed, Person, Verdict
from zhangfa.rules.exact import decimal, rounded
from zhangfa.rules.scores import Adjustment
from zhangfa.rules.terms import Period

from .company import Company, behind, company_of
from .frozen import frozen_rows

MONEY_AND_FIRSTS = ("payment_received", "order_cancelled", "fact_retracted")
ORDERED = frozenset(
    {"order_signed", "order_amended", "goods_returned", "order_cancelled", "credit_noted"}
)
SCHEDULE = ORDERED | {"instalment_planned"}
SINCE = """
SELECT l.id, coalesce(t.what, l.what), l.story, l.customer, l.entered_at,
       coalesce(p.paid_on, (coalesce(t.at, l.at) AT TIME ZONE %(zone)s)::date), o.signed_on
FROM records_ledgerline l
LEFT JOIN records_ledgerline t ON l.what = 'fact_retracted'
     AND t.id = (l.body->>'fact')::bigint
LEFT JOIN records_payment p ON l.what = 'payment_received'
     AND p.id = (l.body->>'payment')::bigint
LEFT JOIN records_order o ON l.what = 'order_cancelled'
     AND o.id = split_part(l.story, '/', 2)::bigint
WHERE l.id > (
    SELECT min(f.id) FROM records_ledgerline f WHERE f.what = 'result_frozen'
    AND f.story = ANY(%(stories)s) AND f.body->>'period' = %(label)s)
  AND (l.at < %(begins)s OR l.what = ANY(%(more)s))
ORDER BY l.id
"""
NAMED = '"adjustments":[{'  # how the document of a frozen result begins its list of late facts
Key = tuple[str, str, date | datetime]


class Line(NamedTuple):
    """A ledger line that came after the freezing: what it tells of, or takes back, and of which
    day."""

    id: int
    what: str
    story: str
    customer: int | None
    entered_at: datetime
    on: date
    signed_on: date | None


@dataclass(frozen=True)
class Late:
    """What one row adds to a metric now, with the row as it stands."""

    adjustment: Adjustment
    row: Row


def late_facts(
    period: Period, people: Iterable[Person], now: datetime
) -> dict[int, tuple[Late, ...]]:
    """By person the late facts about frozen periods that count in this one, the next open."""
    known = {person.pk: person for person in people}
    runs = _runs(period, known)
    if not runs:
        return {}
    lines = _lines_since(period, runs)
    found = {pk: tuple(_of_person(known[pk], period, run, lines, now)) for pk, run in runs.items()}
    return {pk: late for pk, late in found.items() if late}


Run = dict[str, Verdict]


def _runs(period: Period, people: Iterable[int]) -> dict[int, Run]:
    """The newest results of the frozen periods right before this one, the latest first."""
    names = When(period=period.previous().label, card__contains=NAMED, then=Value(True))
    rows = (
        Verdict.objects.filter(person_id__in=list(people))
        .defer("card")
        .annotate(names_late=Case(names, default=Value(False)))
        .order_by("version")
    )
    frozen: dict[int, Run] = defaultdict(dict)
    for row in rows:
        frozen[row.person_id][row.period] = row
    runs: dict[int, Run] = {}
    for pk, verdicts in frozen.items():
        before, run = period.previous(), {}
        while before.label in verdicts:
            run[before.label] = verdicts[before.label]
            before = before.previous()
        if run:
            runs[pk] = run
    return runs


def _lines_since(period: Period, runs: Iterable[int]) -> list[Line]:
    """What reached the ledger since the last period was frozen and happened before this one."""
    calendar = current_calendar()
    rows = select(
        SINCE,
        {
            "zone": calendar.zone.key,
            "stories": [f"person/{pk}" for pk in runs],
            "label": period.previous().label,
            "begins": period.bounds(calendar.zone)[0],
            "more": list(MONEY_AND_FIRSTS),
        },
    )
    lines = (Line(*row) for row in rows)
    return [line for line in lines if (line.signed_on or line.on) < period.start]


def _of_person(
    person: Person, period: Period, run: Run, lines: list[Line], now: datetime
) -> Iterator[Late]:
    latest = next(iter(run.values()))
    for label, verdict in run.items():
        of = Period.read(label)
        about = [line for line in lines if line.on in of or (line.signed_on or line.on) in of]
        later = [row for key, row in run.items() if Period.read(key).start > of.start]
        known = _uncounted(latest, label)
        if verdict.pk > latest.pk:
            known |= set(_counted(later, label))  # corrected since: what was counted goes back
        if about or known:
            yield from _changes(person, of, verdict, later, (about, known), now)


Named = tuple[str, str]  # a metric and a record


def _uncounted(latest: Verdict, label: str) -> set[Named]:
    """The late facts of a period that the last frozen card named on a line that did not apply."""
    if not latest.names_late:
        return set()
    return {
        (line["metric"], late["fact"])
        for line in _frozen_lines(latest)
        for late in line["adjustments"]
        if late["of_period"] == label and line["points"] is None
    }


def _frozen_lines(verdict: Verdict) -> list[dict[str, Any]]:
    told = json.loads(verdict.card)["card"]["dimensions"]
    return [line for dimension in told for line in dimension["lines"]]


def _counted(verdicts: Iterable[Verdict], label: str) -> dict[Named, Sequence[Fraction]]:
    """What later frozen cards have counted of a period's late facts, by metric and row."""
    found: dict[Named, list[Fraction]] = defaultdict(lambda: [Fraction(0), Fraction(0)])
    for verdict in verdicts:
        for line in _frozen_lines(verdict):
            for late in line["adjustments"] if line["points"] is not None else ():
                if late["of_period"] == label:
                    sums = found[line["metric"], late["fact"]]
                    sums[0] += Fraction(late["part"])
                    sums[1] += Fraction(late["whole"])
    return dict(found)


def _changes(
    person: Person,
    of: Period,
    verdict: Verdict,
    later: list[Verdict],
    grounds: Grounds,
    now: datetime,
) -> Iterator[Late]:
    company = company_of(of, now, only=person)
    asked = company.asked(behind(company, person))
    counted = _counted(later, of.label)
    for metric in METRICS:
        frozen = [row for row in frozen_rows(verdict.card, metric) if not row.of_period]
        if any(row.part is None for row in frozen):
            continue  # frozen by a version that did not keep what each row added
        already = {ref: sums for (key, ref), sums in counted.items() if key == metric}
        differing = _differing(frozen, rows_of(metric, asked))
        yield from _named(metric, of, differing, grounds, already)


Grounds = tuple[list[Line], set[Named]]  # the late facts, and what earlier ones had named


@dataclass
class Change:
    """One row that adds something else now than when it was frozen."""

    row: Row
    part: Fraction
    whole: Fraction


def _differing(frozen: Iterable[Row], live: Iterable[Row]) -> list[Change]:
    found: dict[Key, Change] = {}
    for sign, rows in ((-1, frozen), (1, live)):
        for row in rows:
            key = row.ref, row.label, row.at
            change = found.setdefault(key, Change(row, Fraction(0), Fraction(0)))
            change.row = row
            change.part += sign * Fraction(row.part or 0)
            change.whole += sign * Fraction(row.whole or 0)
    return [change for change in found.values() if change.part or change.whole]


def _named(
    metric: str,
    of: Period,
    changes: Iterable[Change],
    given: Grounds,
    already: dict[str, Sequence[Fraction]],
) -> Iterator[Late]:
    """The changes that late facts made, added up by record, less what was counted already."""
    lines, known = given[0], [ref for key, ref in given[1] if key == metric]
    sums: dict[str, list[Fraction]] = {}
    rows: dict[str, Row] = {}
    grounds: dict[str, Line | None] = {}
    for change in changes:
        ground = _ground(metric, of, change, lines)
        if ground is not None or change.row.ref in known:
            total = sums.setdefault(change.row.ref, [Fraction(0), Fraction(0)])
            total[0] += change.part
            total[1] += change.whole
            rows[change.row.ref], grounds[change.row.ref] = change.row, ground
    for ref in dict.fromkeys((*sums, *known)):
        part, whole = sums.get(ref, (Fraction(0), Fraction(0)))
        before = already.get(ref, (Fraction(0), Fraction(0)))
        part, whole = part - before[0], whole - before[1]
        if part or whole:
            yield _late(metric, of, ref, (part, whole), rows.get(ref), grounds.get(ref))


def _late(
    metric: str,
    of: Period,
    ref: str,
    sums: tuple[Fraction, Fraction],
    row: Row | None,
    ground: Line | None,
) -> Late:
    part, whole = decimal(sums[0]), decimal(sums[1])
    shown = row or Row(ref=ref, label="result_frozen", at=of.last)
    shown = replace(
        shown,
        value=rounded(part, 2),
        tone="ok" if part > 0 else "bad",
        part=part,
        whole=whole,
        of_period=of.label,
    )
    what = ground.what if ground else "result_frozen"
    noted_at = ground.entered_at if ground else None
    return Late(Adjustment(metric, of.label, part, whole, ref, what, noted_at), shown)


def _ground(metric: str, of: Period, change: Change, lines: list[Line]) -> Line | None:
    """The last late fact that explains a change; None when what happened since made it."""
    row = change.row
    inside = [line for line in lines if line.on in of]
    if metric == "new_customers":
        found = [ln for ln in lines if ln.customer == row.customer_id and ln.what in ORDERED]
    elif metric == "customer_retention":
        found = [ln for ln in inside if ln.customer == row.customer_id and ln.what in ORDERED]
    elif metric == "process_compliance":
        found = _kept_late(row, inside)
    else:
        found = [line for line in inside if line.story == row.ref]
        if metric == "sales_amount":
            found = [line for line in found if line.what in ORDERED]
        if metric == "collection_rate" and not any(line.what in SCHEDULE for line in found):
            change.whole = Fraction(0)  # only money came; a schedule changed later is not late
    return found[-1] if found else None


def _kept_late(row: Row, lines: list[Line]) -> list[Line]:
    """The late facts that opened or closed an obligation; of a draft, any about it."""
    about = [line for line in lines if line.story == row.ref]
    if not about:
        return []
    owed = Owed.objects.filter(story=row.ref, kind=row.label, due=row.at)
    ids = {pk for pair in owed.values_list("opening", "closing") for pk in pair}
    return [line for line in about if line.id in ids] if ids else about


def figure_rows(company: Company, person: Person, metrics: Iterable[str]) -> dict[str, list[Row]]:
    """By metric the rows a person's figures are counted from, the late facts after the others."""
    asked = company.asked(behind(company, person))
    rows = {metric: rows_of(metric, asked) for metric in metrics}
    found = late_facts(company.period, [person], company.now)
    for late in found.get(person.pk, ()):
        if late.adjustment.metric in rows:
            rows[late.adjustment.metric].append(late.row)
    return rows
