"""The statements behind the team board (3.1.3): each asks for all people at once."""

from __future__ import annotations

TREND = """
WITH weeks AS (
    SELECT n, %(last)s::date - 7 * (%(weeks)s - n) + 1 AS begins,
           %(last)s::date - 7 * (%(weeks)s - 1 - n) + 1 AS ends
    FROM generate_series(0, %(weeks)s - 1) n
), signed AS (
    SELECT w.n, sum(s.amount) AS amount
    FROM weeks w JOIN records_order o ON o.signed_on >= w.begins AND o.signed_on < w.ends
    JOIN records_creditshare s ON s.order_id = o.id AND s.kind = 'direct'
    WHERE s.person_id = ANY(%(people)s) GROUP BY 1
), due AS (
    SELECT w.n, sum(i.amount - i.credited) AS asked,
           sum(least(coalesce(a.paid, 0), i.amount - i.credited)) AS paid
    FROM weeks w JOIN records_instalment i ON i.due_on >= w.begins AND i.due_on < w.ends
    JOIN records_order o ON o.id = i.order_id AND o.status <> 'cancelled'
    LEFT JOIN LATERAL (SELECT sum(amount) AS paid FROM records_allocation
                       WHERE instalment_id = i.id) a ON true
    WHERE NOT i.disputed AND EXISTS (
        SELECT 1 FROM records_creditshare s WHERE s.order_id = o.id AND s.kind = 'direct'
        AND s.person_id = ANY(%(people)s))
    GROUP BY 1
), won AS (
    SELECT w.n, count(*) AS customers FROM weeks w
    JOIN records_customer c ON c.first_order_on >= w.begins AND c.first_order_on < w.ends
    WHERE c.owner_id = ANY(%(people)s) GROUP BY 1
), kept AS (
    SELECT w.n, count(*) FILTER (WHERE k.outcome = 'met') AS met, count(*) AS fell
    FROM weeks w JOIN records_owed k
      ON k.due >= (w.begins::timestamp AT TIME ZONE %(zone)s)
     AND k.due < least((w.ends::timestamp AT TIME ZONE %(zone)s), %(now)s)
    WHERE k.person_id = ANY(%(people)s) AND k.outcome IN ('', 'met', 'late') GROUP BY 1
)
SELECT coalesce(signed.amount, 0), round(100 * due.paid / nullif(due.asked, 0), 1),
       coalesce(won.customers, 0), round(100.0 * kept.met / nullif(kept.fell, 0), 1)
FROM weeks w LEFT JOIN signed USING (n) LEFT JOIN due USING (n) LEFT JOIN won USING (n)
LEFT JOIN kept USING (n) ORDER BY w.n
"""
REACHED = """
WITH cohort AS (
    SELECT d.id, d.stage FROM records_deal d
    WHERE d.owner_id = ANY(%(people)s) AND d.opened_at < %(ends)s
      AND (d.closed_at IS NULL OR d.closed_at >= %(begins)s)
), reached AS (
    SELECT c.id, greatest(
        coalesce(array_position(%(stages)s::text[], c.stage::text), 1),
        coalesce((SELECT max(array_position(%(stages)s::text[], l.body->>'stage'))
                  FROM records_ledgerline l
                  WHERE l.story = 'deal/' || c.id AND l.what = 'stage_entered'), 1)) AS place
    FROM cohort c
)
"""
FUNNEL = REACHED + "SELECT place, count(*) FROM reached GROUP BY 1"
REACHED_IDS = REACHED + "SELECT id FROM reached WHERE place >= %(place)s"
KEPT = """
SELECT person_id, kind, count(*) FILTER (WHERE outcome = 'met'), count(*)
FROM records_owed
WHERE due >= %(begins)s AND due < least(%(ends)s, %(now)s) AND outcome IN ('', 'met', 'late')
  AND person_id = ANY(%(people)s)
GROUP BY 1, 2
"""
