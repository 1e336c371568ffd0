"""2.2.1 to 2.2.4 Performance: sales amount, collection rate, new customers, retention."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time
from decimal import Decimal

from zhangfa.records.models import Instalment, Order, OrderChange
from zhangfa.rules.measures import Ratio, Sum
from zhangfa.rules.measures.performance import later
from zhangfa.rules.terms import add_months

from .base import Asked, Measures, Row, select

HUNDRED = Decimal(100)

# ------------------------------------------------------------------------------------ 2.2.1
SALES = """
SELECT person_id, sum(amount), count(*),
       array_agg(number ORDER BY number)
           FILTER (WHERE number IS NOT NULL AND amount >= %(large)s::numeric),
       array_agg(amount ORDER BY number)
           FILTER (WHERE number IS NOT NULL AND amount >= %(large)s::numeric)
FROM (
    SELECT s.person_id, s.amount, o.number
    FROM records_creditshare s JOIN records_order o ON o.id = s.order_id
    WHERE s.kind = 'direct' AND o.signed_on >= %(start)s AND o.signed_on < %(end)s
      AND (%(people)s::bigint[] IS NULL OR s.person_id = ANY(%(people)s))
    UNION ALL
    SELECT person_id, sign * (whole + CASE WHEN place <= spare THEN 0.01 ELSE 0 END), NULL
    FROM (
        SELECT s.person_id, trunc(p.part, 2) AS whole,
               CASE c.kind WHEN 'amended' THEN sign(c.amount) ELSE -1 END AS sign,
               100 * (abs(c.amount) - sum(trunc(p.part, 2)) OVER of_change) AS spare,
               row_number() OVER (of_change ORDER BY p.part - trunc(p.part, 2) DESC, s.id) AS place
        FROM records_orderchange c
        JOIN records_order o ON o.id = c.order_id
        JOIN records_creditshare s ON s.order_id = o.id AND s.kind = 'direct'
        CROSS JOIN LATERAL (SELECT abs(c.amount) * s.share * 0.01 AS part) p
        WHERE c."on" >= %(start)s AND c."on" < %(end)s
          AND (c.kind = 'amended' OR c."on" <= o.signed_on + %(window)s::interval)
          AND (%(people)s::bigint[] IS NULL OR EXISTS (
              SELECT 1 FROM records_creditshare m
              WHERE m.order_id = o.id AND m.person_id = ANY(%(people)s)))
        WINDOW of_change AS (PARTITION BY c.id)
    ) parts
    WHERE %(people)s::bigint[] IS NULL OR person_id = ANY(%(people)s)
) credited GROUP BY person_id
"""


def sales_amount(asked: Asked) -> Measures:
    """2.2.1 Signed order value by credit share, less what was cancelled, returned or credited
    in the period; company currency, by the date of the last signature. A refund after the
    look-back window stays with the company; an amendment always counts."""
    window = asked.interval("sales_amount.refund_window")
    params = asked.params(window=window, large=_large(asked))
    return {
        person: Sum(amount=amount, unit="CNY", n=n, terms=tuple(zip(names, terms, strict=True)))
        for person, amount, n, names, terms in (
            (*row[:3], row[3] or (), row[4] or ()) for row in select(SALES, params)
        )
    }


def _large(asked: Asked) -> Decimal | None:
    """From which amount on the cap on a single deal may bite somebody."""
    targets = [
        value
        for (metric, _), value in asked.targets.items()
        if metric == "sales_amount" and value > 0
    ]
    if not targets:
        return None
    return min(targets) * Decimal(asked.reading["sales_amount.single_deal_cap"]) / HUNDRED


def sales_rows(asked: Asked) -> list[Row]:
    """The orders and changes behind sales amounts."""
    window = asked.reading["sales_amount.refund_window"]
    orders = Order.objects.filter(
        signed_on__gte=asked.start,
        signed_on__lt=asked.end,
        shares__person_id__in=asked.people or (),
        shares__kind="direct",
    ).select_related("customer")
    rows = [
        _row(order, order.signed_on, "order_signed", order.credited)
        for order in orders.annotate_credit()
    ]
    changes = OrderChange.objects.filter(
        on__gte=asked.start,
        on__lt=asked.end,
        order__shares__person_id__in=asked.people or (),
        order__shares__kind="direct",
    ).distinct()
    for change in changes.select_related("order__customer").prefetch_related("order__shares"):
        inside = change.on <= later(change.order.signed_on, window)
        if change.kind == "amended" or inside:
            rows += [
                _row(change.order, change.on, f"order_{change.kind}", part)
                for person, part in change.credits().items()
                if person in (asked.people or ())
            ]
    return sorted(rows, key=lambda row: row.at)


def _row(order: Order, on: date, label: str, value: Decimal) -> Row:
    return Row(
        ref=order.ref,
        label=label,
        at=on,
        value=value,
        customer_id=order.customer_id,
        customer=order.customer.short,
        verdict=order.number,
        tone="bad" if value < 0 else "ok",
        part=value,
    )


# ------------------------------------------------------------------------------------ 2.2.2
PARTS = """
WITH parts AS (
    SELECT i.id, i.order_id, i.due_on, i.amount - i.credited AS asked,
           coalesce(sum(a.amount) FILTER (WHERE p.paid_on < %(start)s), 0) AS before,
           coalesce(sum(a.amount) FILTER (WHERE p.paid_on < %(until)s), 0) AS until
    FROM records_instalment i
    JOIN records_order o ON o.id = i.order_id AND o.status <> 'cancelled'
    LEFT JOIN records_allocation a ON a.instalment_id = i.id
    LEFT JOIN records_payment p ON p.id = a.payment_id
    WHERE i.due_on < %(until)s AND NOT i.disputed
      AND (%(people)s::bigint[] IS NULL OR i.order_id = ANY(ARRAY(
           SELECT order_id FROM records_creditshare
           WHERE kind = 'direct' AND person_id = ANY(%(people)s))))
    GROUP BY i.id
), due AS (
    SELECT id, order_id, due_on,
           CASE WHEN due_on >= %(start)s THEN asked ELSE asked - before END AS whole,
           least(CASE WHEN due_on >= %(start)s THEN until ELSE until - before END,
                 CASE WHEN due_on >= %(start)s THEN asked ELSE asked - before END) AS part
    FROM parts WHERE due_on >= %(start)s OR asked > before
)
"""
COLLECTED = (
    PARTS
    + """
SELECT s.person_id, sum(s.share * 0.01 * d.part), sum(s.share * 0.01 * d.whole), count(*)
FROM due d JOIN records_creditshare s ON s.order_id = d.order_id AND s.kind = 'direct'
WHERE %(people)s::bigint[] IS NULL OR s.person_id = ANY(%(people)s)
GROUP BY s.person_id
"""
)
COLLECTED_ROWS = (
    PARTS
    + """
SELECT d.id, s.share * 0.01 * d.part, s.share * 0.01 * d.whole
FROM due d JOIN records_creditshare s ON s.order_id = d.order_id AND s.kind = 'direct'
WHERE s.person_id = ANY(%(people)s) ORDER BY d.due_on, d.id
"""
)


def collection_rate(asked: Asked) -> Measures:
    """2.2.2 Receipts allocated by the period's end to instalments open at its start or due in it,
    out of the amount of those instalments. Early money waits for its due date."""
    return {
        person: Ratio(part=part, whole=whole, n=n)
        for person, part, whole, n in select(COLLECTED, asked.params())
    }


def collection_rows(asked: Asked) -> list[Row]:
    """The instalments behind a collection rate, with what came in of each."""
    found = select(COLLECTED_ROWS, asked.params())
    parts = Instalment.objects.select_related("order__customer").in_bulk([row[0] for row in found])
    rows = []
    for pk, part, whole in found:
        instalment = parts[pk]
        order = instalment.order
        tone = "ok" if part >= whole else "warn" if part else "bad"
        rows.append(
            Row(
                ref=order.ref,
                label="instalment_planned",
                at=instalment.due_on,
                value=round(part, 2),
                customer_id=order.customer_id,
                customer=order.customer.short,
                verdict=f"{part:.2f} / {whole:.2f}",
                tone=tone,
                part=part,
                whole=whole,
            )
        )
    return rows


# ------------------------------------------------------------------------------------ 2.2.3
FIRST_ORDERS = """
WITH valid AS (
    SELECT o.id, o.customer_id, o.signed_on,
           row_number() OVER (PARTITION BY o.customer_id ORDER BY o.signed_on, o.id) AS place
    FROM records_order o
    WHERE o.amount * o.rate >= %(least)s AND o.signed_on < %(end)s
      AND o.customer_id IN (SELECT customer_id FROM records_order r
          WHERE r.signed_on >= %(start)s AND r.signed_on < %(end)s
            AND (%(people)s::bigint[] IS NULL OR r.id = ANY(ARRAY(
                 SELECT order_id FROM records_creditshare
                 WHERE kind = 'direct' AND person_id = ANY(%(people)s)))))
      AND NOT EXISTS (SELECT 1 FROM records_orderchange c WHERE c.order_id = o.id
                      AND c.kind = 'cancelled'
                      AND c."on" <= o.signed_on + %(survival)s::interval)
      AND (o.status <> 'cancelled' OR EXISTS (SELECT 1 FROM records_orderchange c
           WHERE c.order_id = o.id AND c.kind = 'cancelled'))
), firsts AS (
    SELECT id, customer_id, signed_on FROM valid WHERE place = 1 AND signed_on >= %(start)s
)
"""
NEW = (
    FIRST_ORDERS
    + """
SELECT s.person_id, sum(round(s.share / 100, 6)), count(*)
FROM firsts f JOIN records_creditshare s ON s.order_id = f.id AND s.kind = 'direct'
WHERE %(people)s::bigint[] IS NULL OR s.person_id = ANY(%(people)s)
GROUP BY s.person_id
"""
)
NEW_ROWS = (
    FIRST_ORDERS
    + """
SELECT f.id, round(s.share / 100, 6)
FROM firsts f JOIN records_creditshare s ON s.order_id = f.id AND s.kind = 'direct'
WHERE s.person_id = ANY(%(people)s) ORDER BY f.signed_on
"""
)


def _new_params(asked: Asked) -> dict:
    return asked.params(
        least=asked.reading["new_customers.minimum_order_value"],
        survival=asked.interval("new_customers.survival"),
    )


def new_customers(asked: Asked) -> Measures:
    """2.2.3 Customers whose first valid order was signed in the period, by credit share. Orders
    below the minimum value, or cancelled within the survival days, do not make a customer."""
    return {
        person: Sum(amount=amount, n=n) for person, amount, n in select(NEW, _new_params(asked))
    }


def new_rows(asked: Asked) -> list[Row]:
    """The first orders behind the count."""
    found = select(NEW_ROWS, _new_params(asked))
    orders = Order.objects.select_related("customer").in_bulk([row[0] for row in found])
    return [_row(orders[pk], orders[pk].signed_on, "customer_won", share) for pk, share in found]


# ------------------------------------------------------------------------------------ 2.2.4
# A customer that changed hands in the window counts for who had it at the window's start; for
# nobody, if nobody had it then.
KEPT = """
WITH moved AS (
    SELECT DISTINCT ON (story) split_part(story, '/', 2)::bigint AS customer,
           (body->>'previous')::bigint AS owner
    FROM records_ledgerline
    WHERE what = 'owner_changed' AND at >= %(since)s AND story LIKE 'customer/%%'
    ORDER BY story, at
), looked AS (
    SELECT c.id, CASE WHEN m.customer IS NULL THEN c.owner_id ELSE m.owner END AS owner,
           greatest(12, ceil(%(factor)s * coalesce(c.purchase_cycle_months, 0)))::int
           * interval '1 month' AS look
    FROM records_customer c LEFT JOIN moved m ON m.customer = c.id
    WHERE c.first_order_on < %(from)s AND c.merged_into_id IS NULL
      AND (%(mates)s::bigint[] IS NULL OR c.owner_id = ANY(%(mates)s) OR c.id = ANY(ARRAY(
           SELECT customer FROM moved WHERE owner = ANY(%(mates)s))))
), active AS (
    SELECT k.id, k.owner,
           bool_or(o.signed_on >= %(end)s - k.look) AS stayed
    FROM looked k JOIN records_order o ON o.customer_id = k.id
    WHERE o.status <> 'cancelled' AND o.signed_on < %(end)s
    GROUP BY k.id, k.owner
    HAVING bool_or(o.signed_on >= %(from)s - k.look AND o.signed_on < %(from)s)
)
"""
KEPT_ALL = (
    KEPT
    + """
SELECT owner, count(*) FILTER (WHERE stayed), count(*) FROM active
WHERE owner IS NOT NULL GROUP BY owner
"""
)
KEPT_ROWS = (
    KEPT
    + """
SELECT a.id, a.stayed, c.name, c.short_name FROM active a JOIN records_customer c ON c.id = a.id
WHERE a.owner = ANY(%(people)s) ORDER BY a.stayed, c.sort_key
"""
)


def _kept_params(asked: Asked) -> dict:
    """`mates` are those whose customers are looked at: the people, and their teams' members."""
    months = asked.reading["customer_retention.window"].amount
    mates = None
    if asked.people is not None:
        teams = {asked.team_of[person] for person in asked.people if person in asked.team_of}
        mates = {person for person, team in asked.team_of.items() if team in teams}
        mates = sorted(mates | set(asked.people))
    begins = add_months(asked.end, -months)
    return asked.params(
        mates=mates,
        factor=asked.reading["customer_retention.cycle_factor"],
        since=datetime.combine(begins, time.min, asked.calendar.zone),
        **{"from": begins},
    )


def customer_retention(asked: Asked) -> Measures:
    """2.2.4 Of the customers active at the start of the rolling window, those still active at its
    end. Small books are pulled towards the team's rate (metrics.md, small samples)."""
    found = select(KEPT_ALL, _kept_params(asked))
    wanted = None if asked.people is None else set(asked.people)
    teams: dict[int | None, list[int]] = defaultdict(lambda: [0, 0])
    for person, kept, whole in found:
        of_team = teams[asked.team_of.get(person)]
        of_team[0] += kept
        of_team[1] += whole
    small = asked.reading["customer_retention.small_below"]
    pull = asked.reading["customer_retention.shrinkage"]
    measures: Measures = {}
    for person, kept, whole in found:
        if wanted is not None and person not in wanted:
            continue
        part, of = teams[asked.team_of.get(person)]
        shrinks = whole < small and of > whole
        measures[person] = Ratio(
            part=kept,
            whole=whole,
            n=whole,
            towards=HUNDRED * part / of if shrinks else None,
            pull=pull if shrinks else 0,
        )
    return measures


def retention_rows(asked: Asked) -> list[Row]:
    """The customers that were active at the window's start: who stayed, who went."""
    return [
        Row(
            ref=f"customer/{pk}",
            label="customer_won" if stayed else "customer_lost",
            at=asked.end,
            value=Decimal(int(stayed)),
            customer_id=pk,
            customer=short or name,
            verdict="kept" if stayed else "gone",
            tone="ok" if stayed else "bad",
            part=Decimal(int(stayed)),
            whole=Decimal(1),
        )
        for pk, stayed, name, short in select(KEPT_ROWS, _kept_params(asked))
    ]
