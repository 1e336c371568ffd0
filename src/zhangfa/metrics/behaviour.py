"""2.2.5 and 2.2.6 Behaviour: visit attainment and process compliance."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from zhangfa.records.models import Owed, Review
from zhangfa.rules.measures import Ratio
from zhangfa.rules.terms import Period

from .base import Asked, Measures, Row, select

# ------------------------------------------------------------------------------------ 2.2.5
VISITS = """
WITH planned AS (
    SELECT person_id, customer_id, sum(greatest(required - cancelled, 0)) AS required
    FROM records_visitplan
    WHERE period = ANY(%(months)s)
      AND (%(people)s::bigint[] IS NULL OR person_id = ANY(%(people)s))
    GROUP BY 1, 2
), noted AS (
    SELECT a.person_id, a.customer_id, a.at,
           lag(a.at) OVER (PARTITION BY a.person_id, a.customer_id ORDER BY a.at) AS before,
           row_number() OVER (PARTITION BY a.person_id, (a.at AT TIME ZONE %(zone)s)::date
                              ORDER BY a.at) AS of_day
    FROM records_activity a
    WHERE a.kind = ANY(%(kinds)s) AND a.at >= %(begins)s AND a.at < %(ends)s AND a.valid
      AND (coalesce(a.minutes, 0) >= %(minutes)s OR a.outcome <> '')
      AND (%(people)s::bigint[] IS NULL OR a.person_id = ANY(%(people)s))
), counted AS (
    SELECT person_id, customer_id, count(*) AS visits FROM noted
    WHERE (before IS NULL OR at - before >= %(apart)s) AND of_day <= %(cap)s
    GROUP BY 1, 2
)
SELECT p.person_id, p.customer_id, p.required, least(coalesce(c.visits, 0), p.required),
       coalesce(c.visits, 0)
FROM planned p LEFT JOIN counted c USING (person_id, customer_id)
WHERE p.required > 0
"""
VISITS_ALL = f"SELECT person_id, sum(least), sum(required), count(*) FROM ({VISITS}) v GROUP BY 1"
VISITS_ROWS = f"""
SELECT v.customer_id, v.required, v.coalesce, c.name, c.short_name
FROM ({VISITS}) v JOIN records_customer c ON c.id = v.customer_id ORDER BY c.grade, c.sort_key
"""


def _visit_params(asked: Asked) -> dict:
    reading = asked.reading
    kinds = ["visit", "demo"] if reading["visit_attainment.online_counts"] else ["visit"]
    return asked.params(
        months=months_of(asked.period),
        zone=asked.calendar.zone.key,
        kinds=kinds,
        minutes=reading["visit_attainment.minimum_minutes"],
        apart=reading["visit_attainment.second_visit_after"].elapsed,
        cap=reading["visit_attainment.daily_cap"],
    )


def months_of(period: Period) -> list[str]:
    """The labels of the months inside a period."""
    month, labels = Period.containing("month", period.start), []
    while month.start < period.end:
        labels.append(month.label)
        month = month.next()
    return labels


def visit_attainment(asked: Asked) -> Measures:
    """2.2.5 Over the plan's customers: the smaller of valid and required visits, out of required.
    A second visit within hours, a day's visits above the cap, and incomplete records count not."""
    return {
        person: Ratio(part=part, whole=whole, n=n)
        for person, part, whole, n in select(VISITS_ALL, _visit_params(asked))
    }


def visit_rows(asked: Asked) -> list[Row]:
    """The plan, customer by customer: asked, made."""
    return [
        Row(
            ref=f"customer/{pk}",
            label="visit_planned",
            at=asked.period.last,
            value=Decimal(min(made, required)),
            customer_id=pk,
            customer=short or name,
            verdict=f"{made} / {required}",
            tone="ok" if made >= required else "warn" if made else "bad",
        )
        for pk, required, made, name, short in select(VISITS_ROWS, _visit_params(asked))
    ]


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
FIRST_PASS = """
SELECT r.author_id, count(*) FILTER (WHERE r.passed), count(*) FROM (
    SELECT contract_id, author_id, bool_and(outcome = 'approved') AS passed, max(at) AS at
    FROM records_review WHERE round = 1 AND outcome IN ('approved', 'returned')
    GROUP BY 1, 2
    HAVING bool_or(outcome = 'returned') OR count(*) = 2
) r
WHERE r.at >= %(begins)s AND r.at < %(ends)s
  AND (%(people)s::bigint[] IS NULL OR r.author_id = ANY(%(people)s))
GROUP BY 1
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


def process_compliance(asked: Asked) -> Measures:
    """2.2.6 Obligations met in time out of those that fell due, by the weight of their kind; late
    ones count in part; waived and cancelled ones not at all; only what this person owed. A
    seller's contracts add how many drafts both reviewers accepted the first time."""
    kinds = counted_kinds(asked)
    part: dict[int, Decimal] = defaultdict(Decimal)
    whole: dict[int, Decimal] = defaultdict(Decimal)
    count: dict[int, int] = defaultdict(int)
    for person, kind, met, late, due in select(KEPT, asked.params(kinds=list(kinds))):
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
    owed = (
        Owed.objects.filter(
            person_id__in=asked.people or (),
            kind__in=list(counted_kinds(asked)),
            due__gte=begins,
            due__lt=min(ends, asked.now),
            outcome__in=["", "met", "late"],
        )
        .select_related("customer")
        .order_by("outcome", "due")
    )
    tones = {"": "bad", "late": "warn", "met": "ok"}
    rows = [
        Row(
            ref=row.story,
            label=row.kind,
            at=row.due,
            customer_id=row.customer_id,
            customer=row.customer.short if row.customer else "",
            verdict=row.outcome or "missed",
            tone=tones[row.outcome],
        )
        for row in owed
    ]
    return [*rows, *_draft_rows(asked)]


def _draft_rows(asked: Asked) -> list[Row]:
    begins, ends = asked.bounds
    reviews = Review.objects.filter(
        author_id__in=asked.people or (),
        round=1,
        outcome__in=["approved", "returned"],
        at__gte=begins,
        at__lt=ends,
    ).select_related("contract__customer")
    return [
        Row(
            ref=review.contract.ref,
            label=f"{review.role}_{review.outcome}",
            at=review.at,
            customer_id=review.contract.customer_id,
            customer=review.contract.customer.short,
            verdict=review.outcome,
            tone="ok" if review.outcome == "approved" else "bad",
        )
        for review in reviews
    ]
