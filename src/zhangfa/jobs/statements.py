"""The two statements of the sweep (0.6, 0.7): take what is due to be looked at, and look.

A look goes along the ladder of its kind: the reminders, the breach, the level above, the level
above that. `step` counts the rungs that are behind. Reminders and levels wait until people are
awake; the breach does not.
"""

from __future__ import annotations

# Everything is found by its key; statistics of a minute ago must not talk us into reading it all.
BY_KEY = "SET LOCAL enable_seqscan = off"

TAKE = """
WITH waiting AS MATERIALIZED (
    SELECT owed_id FROM records_look WHERE at < %(now)s
    ORDER BY at LIMIT %(batch)s FOR UPDATE SKIP LOCKED)
SELECT o.id, o.kind, o.edition, o.due, o.person_id, o.role
FROM waiting w JOIN records_owed o ON o.id = w.owed_id
WHERE o.outcome = '' AND o.next_at < %(now)s FOR UPDATE OF o SKIP LOCKED
"""

LOOK = """
WITH ladder AS (
    SELECT kind, edition, parts::float8[] AS parts, up, after, cardinality(parts::float8[]) AS k
    FROM unnest(%(kinds)s::text[], %(editions)s::text[], %(parts)s::text[], %(ups)s::boolean[],
                %(afters)s::text[]) AS t(kind, edition, parts, up, after)),
higher AS (
    SELECT * FROM unnest(%(spans)s::text[], %(dues)s::timestamptz[], %(highers)s::timestamptz[])
    AS t(after, due, at)),
told AS (
    SELECT * FROM unnest(%(owing)s::bigint[], %(roles)s::text[], %(levels)s::int[],
                         %(people)s::bigint[]) AS t(owing, role, level, person)),
taken AS MATERIALIZED (
    SELECT o.id, o.story, o.opens_at, o.due, o.step, l.parts, l.k, l.up, h.at AS higher_at,
           coalesce(o.person_id, 0) AS owing,
           CASE WHEN o.person_id IS NULL THEN o.role ELSE '' END AS role,
           o.due < %(now)s AS late, %(wakes_at)s <= %(now)s AS awake,
           (SELECT count(*) FROM unnest(l.parts) part
            WHERE o.opens_at + (o.due - o.opens_at) * part < %(now)s)::int AS behind
    FROM records_owed o
    JOIN ladder l ON l.kind = o.kind AND l.edition = o.edition
    LEFT JOIN higher h ON h.after = l.after AND h.due = o.due
    WHERE o.id = ANY(%(ids)s::bigint[])),
climbed AS MATERIALIZED (
    SELECT *, CASE
        WHEN NOT late THEN CASE WHEN awake THEN greatest(step, behind) ELSE step END
        WHEN NOT up OR NOT awake THEN greatest(step, k + 1)
        WHEN higher_at < %(now)s THEN k + 3
        ELSE greatest(step, k + 2) END AS reached
    FROM taken),
moved AS (
    UPDATE records_owed o SET
        step = c.reached,
        breached_at = CASE WHEN c.late THEN coalesce(o.breached_at, %(now)s)
                           ELSE o.breached_at END,
        next_at = CASE
            WHEN NOT c.late AND NOT c.awake THEN least(c.due, %(wakes_at)s)
            WHEN NOT c.late AND c.behind < c.k
                THEN c.opens_at + (c.due - c.opens_at) * c.parts[c.behind + 1]
            WHEN NOT c.late THEN c.due
            WHEN NOT c.up OR c.reached > c.k + 2 THEN NULL
            WHEN NOT c.awake THEN %(wakes_at)s
            ELSE c.higher_at END
    FROM climbed c WHERE o.id = c.id RETURNING o.id, o.next_at),
looks AS (UPDATE records_look l SET at = m.next_at FROM moved m
          WHERE l.owed_id = m.id AND m.next_at IS NOT NULL),
unlooked AS (DELETE FROM records_look l USING moved m
             WHERE l.owed_id = m.id AND m.next_at IS NULL),
said AS (
    SELECT c.*, rung.n, rung.kind, rung.level FROM climbed c CROSS JOIN LATERAL (
        SELECT c.reached - 1 AS n, 'reminded' AS kind, 0 AS level
        WHERE NOT c.late AND c.reached > c.step
        UNION ALL SELECT c.k, 'breached', 0 WHERE c.late AND c.step <= c.k
        UNION ALL SELECT c.k + 1, 'escalated', 1 WHERE c.step <= c.k + 1 AND c.reached >= c.k + 2
        UNION ALL SELECT c.k + 2, 'escalated', 2 WHERE c.step <= c.k + 2 AND c.reached >= c.k + 3
    ) rung),
noted AS (
    INSERT INTO records_notice (person_id, kind, owed_id, ref, once, at)
    SELECT t.person, s.kind, s.id, s.story,
           concat_ws('/', s.id, s.n, (extract(epoch FROM s.due) * 1000000)::bigint, t.person),
           %(now)s
    FROM said s JOIN told t ON t.owing = s.owing AND t.role = s.role AND t.level = s.level
    ON CONFLICT (once) DO NOTHING RETURNING person_id)
SELECT (SELECT json_agg(json_build_array(owing, role, n, id)) FROM (
            SELECT owing, role, count(*) AS n, max(id) AS id FROM climbed
            WHERE late AND step <= k GROUP BY owing, role) late),
       (SELECT array_agg(DISTINCT person_id) FROM noted)
"""
