"""2.2.5 and 2.2.6 Behaviour: visit attainment and process compliance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from zhangfa.records.models import Customer, Owed, Review
from zhangfa.rules.exact import Number, rounded, text
from zhangfa.rules.measures import Ratio
from zhangfa.rules.terms import Period

from .base import Asked, Measures, Row, select

# ------------------------------------------------------------------------------------ 2.2.5
# The plan's rows have a month and no moment, the visits' a moment and no month.
PLANNED_AND_MADE = """
SELECT person_id, customer_id, period, greatest(required - cancelled, 0),
       NULL::timestamptz AS at, NULL::date, 0 AS id
FROM records_visitplan
WHERE period = ANY(%(months)s) AND required > cancelled
  AND (%(people)s::bigint[] IS NULL OR person_id = ANY(%(people)s))
UNION ALL
SELECT a.person_id, a.customer_id, '', 0, a.at, (a.at AT TIME ZONE %(zone)s)::date, a.id
FROM records_activity a
WHERE a.kind = ANY(%(kinds)s) AND a.at >= %(begins)s AND a.at < %(ends)s AND a.valid
  AND (coalesce(a.minutes, 0) >= %(minutes)s OR a.outcome <> '')
  AND (%(people)s::bigint[] IS NULL OR a.person_id = ANY(%(people)s))
ORDER BY 1, at, id
"""
Pair = tuple[int, int]  # a person and a customer


def _visit_params(asked: Asked) -> dict:
    reading = asked.reading
    kinds = ["visit", "demo"] if reading["visit_attainment.online_counts"] else ["visit"]
    return asked.params(
        months=months_of(asked.period),
        zone=asked.calendar.zone.key,
        kinds=kinds,
        minutes=reading["visit_attainment.minimum_minutes"],
    )


def months_of(period: Period) -> list[str]:
    """The labels of the months inside a period."""
    month, labels = Period.containing("month", period.start), []
    while month.start < period.end:
        labels.append(month.label)
        month = month.next()
    return labels


def _visits(asked: Asked) -> tuple[dict[Pair, Number], dict[Pair, int]]:
    """By person and customer the visits owed, and those made that count.

    Owed is the plan without what the customer called off, and without the part of a month in
    which the person was away or in another layer. A visit too soon after one that counts, or above
    a day's cap, does not count.
    """
    apart = asked.reading["visit_attainment.second_visit_after"].elapsed
    cap = asked.reading["visit_attainment.daily_cap"]
    owed: dict[Pair, Number] = defaultdict(int)
    made: dict[Pair, int] = defaultdict(int)
    last: dict[Pair, datetime] = {}
    of_day: dict[tuple[int, date], int] = defaultdict(int)
    found = select(PLANNED_AND_MADE, _visit_params(asked))
    for person, customer, month, required, at, day, _ in found:
        pair = person, customer
        if month:
            present = asked.present.get((person, month))
            owed[pair] += required if present is None else required * present
        elif (pair not in last or at - last[pair] >= apart) and of_day[person, day] < cap:
            last[pair] = at
            of_day[person, day] += 1
            made[pair] += 1
    return {pair: required for pair, required in owed.items() if required > 0}, made


def visit_attainment(asked: Asked) -> Measures:
    """2.2.5 Over the plan's customers: the smaller of valid and required visits, out of required.
    A second visit within hours, a day's visits above the cap, and incomplete records count not."""
    owed, made = _visits(asked)
    part: dict[int, Number] = defaultdict(int)
    whole: dict[int, Number] = defaultdict(int)
    customers: dict[int, int] = defaultdict(int)
    for (person, customer), required in owed.items():
        part[person] += min(made[person, customer], required)
        whole[person] += required
        customers[person] += 1
    return {p: Ratio(part=part[p], whole=whole[p], n=customers[p]) for p in whole}


def visit_rows(asked: Asked) -> list[Row]:
    """The plan, customer by customer: asked, made."""
    owed, made = _visits(asked)
    found = Customer.objects.in_bulk({customer for _, customer in owed})
    rows = [
        _visit_row(asked, found[customer], required, made[person, customer])
        for (person, customer), required in owed.items()
    ]
    places = {pk: (each.grade, each.sort_key) for pk, each in found.items()}
    return sorted(rows, key=lambda row: places[row.customer_id or 0])


def _visit_row(asked: Asked, customer: Customer, required: Number, made: int) -> Row:
    kept = min(made, required)
    return Row(
        ref=customer.ref,
        label="visit_planned",
        at=asked.period.last,
        value=rounded(kept, 2),
        customer_id=customer.pk,
        customer=customer.short,
        verdict=f"{made} / {text(required, 1)}",
        tone="ok" if made >= required else "warn" if made else "bad",
        part=kept,
        whole=required,
    )


# ------------------------------------------------------------------------------------ 2.2.6
KEPT = """
SELECT person_id, kind, count(*) FILTER (WHERE outcome = 'met'),
       count(*) FILTER (WHERE outcome = 'late'), count(*)
FROM records_owed
WHERE due >= %(begins)s AND due < least(%(ends)s, %(now)s) AND outcome IN ('', 'met', 'late')
  AND kind = ANY(%(kinds)s) AND person_id IS NOT NULL
  AND (%(people)s::bigint[] IS NULL OR person_id = ANY(%(people)s))
GROUP BY 1, 2
"""
# A draft is decided by the first return, or by the approval of the last of its reviewers.
DECIDED = """
SELECT contract_id, author_id, bool_and(outcome = 'approved') AS passed,
       coalesce(min(at) FILTER (WHERE outcome = 'returned'), max(at)) AS at
FROM records_review WHERE round = 1 AND (%(people)s::bigint[] IS NULL
                                         OR author_id = ANY(%(people)s))
GROUP BY 1, 2
HAVING bool_or(outcome = 'returned') OR bool_and(outcome = 'approved')
"""
FIRST_PASS = f"""
SELECT r.author_id, count(*) FILTER (WHERE r.passed), count(*) FROM ({DECIDED}) r
WHERE r.at >= %(begins)s AND r.at < %(ends)s GROUP BY 1
"""
FIRST_PASS_ROWS = f"""
SELECT r.contract_id, r.passed, r.at FROM ({DECIDED}) r
WHERE r.at >= %(begins)s AND r.at < %(ends)s
"""


def counted_kinds(asked: Asked) -> dict[str, tuple[Decimal, Decimal]]:
    """The obligation kinds that compliance counts, with weight and credit for lateness."""
    reading, kinds = asked.reading, {}
    for key in reading:
        kind, _, term = key.rpartition(".")
        if term == "counts_for" and "process_compliance" in reading[key]:
            kinds[kind] = (
                Decimal(reading[f"{kind}.weight"]),
                Decimal(reading[f"{kind}.late_credit"]),
            )
    return kinds


@dataclass(frozen=True)
class Supposed:
    """Obligations of some kinds as another policy would have made them: (person, kind, due,
    outcome), in the place of what is stored of these kinds (2.1.3)."""

    kinds: frozenset[str]
    rows: tuple[tuple[int, str, datetime, str], ...]


_supposed: ContextVar[Supposed | None] = ContextVar("supposed", default=None)


@contextmanager
def supposing(rows: Supposed | None) -> Iterator[None]:
    """Count these obligations while the block runs, as a what-if."""
    token = _supposed.set(rows)
    try:
        yield
    finally:
        _supposed.reset(token)


def _kept(asked: Asked, kinds: Sequence[str]) -> Iterator[tuple[int, str, int, int, int]]:
    """By person and kind: met, met late, and all that fell due."""
    supposed = _supposed.get()
    if supposed is None:
        yield from select(KEPT, asked.params(kinds=list(kinds)))
        return
    stored = [kind for kind in kinds if kind not in supposed.kinds]
    yield from select(KEPT, asked.params(kinds=stored))
    begins, ends = asked.bounds
    last, people = min(ends, asked.now), None if asked.people is None else set(asked.people)
    found: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for person, kind, due, outcome in supposed.rows:
        if kind in kinds and begins <= due < last and (people is None or person in people):
            counts = found[person, kind]
            counts[0] += outcome == "met"
            counts[1] += outcome == "late"
            counts[2] += 1
    for (person, kind), (met, late, fell) in found.items():
        yield person, kind, met, late, fell


def process_compliance(asked: Asked) -> Measures:
    """2.2.6 Obligations met in time out of those that fell due, by the weight of their kind; late
    ones count in part; waived and cancelled ones not at all; only what this person owed. A
    seller's contracts add how many drafts both reviewers accepted the first time."""
    kinds = counted_kinds(asked)
    part: dict[int, Decimal] = defaultdict(Decimal)
    whole: dict[int, Decimal] = defaultdict(Decimal)
    count: dict[int, int] = defaultdict(int)
    for person, kind, met, late, due in _kept(asked, list(kinds)):
        weight, credit = kinds[kind]
        part[person] += weight * (met + credit * late)
        whole[person] += weight * due
        count[person] += due
    weight = Decimal(asked.reading["process_compliance.first_pass_weight"])
    for person, passed, decided in select(FIRST_PASS, asked.params()):
        part[person] += weight * passed
        whole[person] += weight * decided
        count[person] += decided
    return {p: Ratio(part=part[p], whole=whole[p], n=count[p]) for p in whole}


def compliance_rows(asked: Asked) -> list[Row]:
    """Every obligation that fell due, worst first: open past due, late, met; then the drafts."""
    begins, ends = asked.bounds
    kinds = counted_kinds(asked)
    owed = (
        Owed.objects.filter(
            person_id__in=asked.people or (),
            kind__in=list(kinds),
            due__gte=begins,
            due__lt=min(ends, asked.now),
            outcome__in=["", "met", "late"],
        )
        .select_related("customer")
        .order_by("outcome", "due")
    )
    tones = {"": "bad", "late": "warn", "met": "ok"}
    rows = []
    for row in owed:
        weight, credit = kinds[row.kind]
        parts = {"met": weight, "late": weight * credit}
        rows.append(
            Row(
                ref=row.story,
                label=row.kind,
                at=row.due,
                customer_id=row.customer_id,
                customer=row.customer.short if row.customer else "",
                verdict=row.outcome or "missed",
                tone=tones[row.outcome],
                part=parts.get(row.outcome, Decimal(0)),
                whole=weight,
            )
        )
    return [*rows, *_draft_rows(asked)]


def _draft_rows(asked: Asked) -> list[Row]:
    """The reviews of first drafts; the one that decided carries what the draft counted for."""
    weight = Decimal(asked.reading["process_compliance.first_pass_weight"])
    decided = {pk: (passed, at) for pk, passed, at in select(FIRST_PASS_ROWS, asked.params())}
    reviews = (
        Review.objects.filter(contract_id__in=decided, round=1)
        .filter(outcome__in=["approved", "returned"])
        .select_related("contract__customer")
        .order_by("at", "id")
    )
    rows = []
    for review in reviews:
        passed, at = decided.get(review.contract_id, (False, None))
        decides = at == review.at and decided.pop(review.contract_id, None) is not None
        rows.append(
            Row(
                ref=review.contract.ref,
                label=f"{review.role}_{review.outcome}",
                at=review.at,
                customer_id=review.contract.customer_id,
                customer=review.contract.customer.short,
                verdict=review.outcome,
                tone="ok" if review.outcome == "approved" else "bad",
                part=weight * passed if decides else Decimal(0),
                whole=weight if decides else Decimal(0),
            )
        )
    return rows
