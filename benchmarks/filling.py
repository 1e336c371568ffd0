"""Filling an empty database with a company, by INSERT ... SELECT and COPY.

Rows have the shape and the spread that the actions give them: an eighth of the customers are
A, most are C; some customers have hundreds of activities, most a handful; obligations fall due
evenly over four months, a few are late.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone
from namings import FORM, keys_of, named

from zhangfa.records import models as r
from zhangfa.records.ledger import LedgerLine
from zhangfa.records.names import fold, grams_of
from zhangfa.rules.terms import Period

Say = Callable[[str], None]
BIG = ("customer", "activity", "ledgerline", "owed", "order", "instalment", "creditshare")


def fill(size: Any, say: Say = lambda word: None) -> None:
    """Everything; some minutes at full size. The indexes are made after the rows."""
    now = timezone.now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        cursor.execute("SELECT setseed(0.42)")
        indexes = _drop_indexes(cursor)
        fillings = (_people, _targets, _customers, _activities, _deals, _orders, _tickets)
        for step in (*fillings, _ledger, _owed, _notices):
            step(cursor, size, now)
            say(step.__name__[1:])
        for statement in indexes:
            cursor.execute(statement)
        say("indexes")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    say("vacuumed and analysed")


def _drop_indexes(cursor: Any) -> list[str]:
    """Take the plain indexes off the large tables; returns how they are made again."""
    cursor.execute(
        "SELECT i.indexname, i.indexdef FROM pg_indexes i "
        "JOIN pg_class c ON c.relname = i.indexname JOIN pg_index x ON x.indexrelid = c.oid"
        " WHERE NOT x.indisunique AND i.tablename = ANY(%s)",
        [[f"records_{name}" for name in BIG]],
    )
    found = cursor.fetchall()
    for name, _ in found:
        cursor.execute(f'DROP INDEX "{name}"')
    return [definition for _, definition in found]


def _insert(cursor: Any, model: type[models.Model], source: str, **given: str) -> None:
    """INSERT ... SELECT with our SQL for some columns and the model's defaults for the rest."""
    columns, values, params = [], [], []
    for field in model._meta.concrete_fields:
        if field.column in given:
            columns.append(field.column)
            values.append(given[field.column].replace("%", "%%"))
        elif not field.primary_key and not field.null:
            default = field.get_default()
            columns.append(field.column)
            values.append("%s" if default not in ([], {}) else "'{}'")
            params += [default] if default not in ([], {}) else []
    names = ", ".join(f'"{column}"' for column in columns)
    table = model._meta.db_table
    rows = source.replace("%", "%%")
    cursor.execute(f"INSERT INTO {table} ({names}) SELECT {', '.join(values)} FROM {rows}", params)
    if "id" in given:
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
        )


def _people(cursor: Any, size: Any, now: Any) -> None:
    """The director 1, the leads 2 to teams + 1, then the sellers; twenty to a team."""
    root = r.Team(name="Company").place()
    teams = [r.Team(name=f"Team {n}", parent=root).place() for n in range(teams_of(size))]
    begins = (now - timedelta(days=900)).date()
    people = [r.Person(username="director", name="总监", roles=["director"], language="en")]
    people += [
        r.Person(username=f"lead{n}", name=f"主管{n}", roles=["supervisor"], language="zh-hans")
        for n in range(len(teams))
    ]
    people += [
        r.Person(username=f"seller{n}", name=f"销售{n}", roles=["seller"], bonus_base=12000)
        for n in range(size.sellers)
    ]
    for person in people:
        person.set_unusable_password()
    r.Person.objects.bulk_create(people)
    leads, sellers = people[1 : len(teams) + 1], people[len(teams) + 1 :]
    members = [r.Membership(person=people[0], team=root, lead=True, starts_on=begins)]
    members += [
        r.Membership(person=lead, team=team, lead=True, starts_on=begins)
        for lead, team in zip(leads, teams, strict=True)
    ]
    members += [
        r.Membership(person=person, team=teams[n % len(teams)], starts_on=begins)
        for n, person in enumerate(sellers)
    ]
    r.Membership.objects.bulk_create(members)
    layers = [(lead, "supervisor") for lead in leads] + [(one, "mature") for one in sellers]
    r.LayerSpell.objects.bulk_create(
        r.LayerSpell(person=person, layer=layer, starts_on=begins) for person, layer in layers
    )


def teams_of(size: Any) -> int:
    return max(1, size.sellers // 20)


def first_seller(size: Any) -> int:
    """The id of the first seller; the others follow it."""
    return teams_of(size) + 2


def _targets(cursor: Any, size: Any, now: Any) -> None:
    from zhangfa.records.editions import current_calendar

    day = current_calendar().day(now)
    labels = [Period.containing(kind, day).label for kind in ("month", "quarter", "year")]
    rows = f"records_person p, unnest(ARRAY{labels}) period, (VALUES ('sales_amount', 900000), "
    rows += "('new_customers', 3)) m(metric, value) WHERE p.roles && ARRAY['seller']::varchar[]"
    _insert(
        cursor, r.Target, rows, person_id="p.id", metric="m.metric", period="period",
        value="m.value", author_id="1", at="now()",
    )  # fmt: skip
    month = Period.containing("month", day)
    months = [month.label, month.previous().label, month.previous().previous().label]
    owner = _owner_of("c", size)
    _insert(
        cursor, r.VisitPlan,
        f"generate_series(1, {size.customers}, 5) c, unnest(ARRAY{months}) period",
        person_id=owner, customer_id="c", period="period", required="1",
    )  # fmt: skip


def _owner_of(customer: str, size: Any) -> str:
    return f"({first_seller(size)} + ({customer}) % {size.sellers})"


def _customers(cursor: Any, size: Any, now: Any) -> None:
    """Customers by COPY, since grams want Python; contacts and grades by SQL."""
    rng, known = random.Random(7), {}
    first, grades = first_seller(size), "AABBBBCCCCCCCCCC"
    statement = (
        "COPY records_customer (id, code, name, short_name, credit_code, industry, country, city, "
        "address, phone, website, demand, extra, tags, owner_id, status, lost_reason, grade, "
        "grade_points, budget_known, decision_maker_met, entered_at, first_order_on, touched_at, "
        "progressed_at, sort_key, initials, match_key, grams) FROM STDIN"
    )
    checked = random.Random(8)
    with cursor.copy(statement) as copy:
        for pk in range(1, size.customers + 1):
            n = (pk * 7919) % size.customers if size.customers % 7919 else pk
            name, pinyin, trade = named(n)
            initials, grams = keys_of(name, pinyin, known)
            if checked.random() < 0.0005:
                assert grams == grams_of(fold(name), pinyin, initials), name
            short = name[:4]
            existing = rng.random() < 0.35
            entered = now - timedelta(days=rng.randrange(100, 900))
            touched = now - timedelta(hours=rng.randrange(1, 60 * 24))
            bought = (now - timedelta(days=rng.randrange(1, 700))).date() if existing else None
            copy.write_row(
                (pk, f"C{pk:07}", name, short, "", trade, "中国", name[:2], "", f"1380{pk:07}",
                 "", "", "{}", [], first + pk % size.sellers, "existing" if existing else "active",
                 "", grades[rng.randrange(16)], 50, False, False, entered, bought, touched,
                 touched, pinyin, initials, name.removesuffix(FORM), grams)
            )  # fmt: skip
    cursor.execute(
        "SELECT setval(pg_get_serial_sequence('records_customer', 'id'), %s)", [size.customers]
    )
    whole = f"generate_series(1, {size.customers}) c"
    _insert(cursor, r.Contact, whole, customer_id="c", name="'王经理'", decides="true")
    _insert(
        cursor, r.GradeEntry, "records_customer c", customer_id="c.id", grade="c.grade",
        points="50", edition="'2026-01-01'", at="c.entered_at", by_id="c.owner_id",
        factors="""'[{"key": "intent", "part": "7.20", "signs": [["rated", "45", "18.00"]],
        "points": "18.00", "weight": "40"}]'::jsonb""",
    )  # fmt: skip


def _activities(cursor: Any, size: Any, now: Any) -> None:
    """Many for some customers, few for most: the n-th customer's share falls like 1/sqrt(n)."""
    kinds = "(ARRAY['call', 'call', 'message', 'visit', 'meeting'])[1 + i % 5]"
    source = (
        f"(SELECT i, 1 + floor({size.customers} * power(random(), 2))::bigint AS c, "
        f"now() - random() * interval '400 days' AS at FROM generate_series(1, {size.activities}) i"
        ") t"
    )
    _insert(
        cursor, r.Activity, source, customer_id="c", person_id=_owner_of("c", size),
        kind=kinds, at="at", noted_at="at", minutes="20",
        text="'与设备主管通话，确认备件清单和交期，下周给出正式回复。'",
        outcome="'确认交期'", next_step="''",
    )  # fmt: skip


def _deals(cursor: Any, size: Any, now: Any) -> None:
    stage = "(ARRAY['discovery', 'solution', 'negotiation', 'contract', 'won', 'lost'])[1 + i % 6]"
    source = (
        f"(SELECT i, 1 + (i * 13) % {size.customers} AS c, {stage} AS stage, "
        f"now() - random() * interval '200 days' AS at FROM generate_series(1, {size.deals}) i) t"
    )
    _insert(
        cursor, r.Deal, source, id="i", customer_id="c", owner_id=_owner_of("c", size),
        code="'D-' || i", title="'产线改造 ' || i", stage="stage",
        amount="50000 + (i * 7919) % 900000",
        stage_since="at", opened_at="at", expected_on="current_date + 30",
        closed_at="CASE WHEN stage IN ('won', 'lost') THEN at + random() * (now() - at) END",
        progressed_at="at", next_step="'约技术交流'",
    )  # fmt: skip


def _orders(cursor: Any, size: Any, now: Any) -> None:
    source = (
        f"(SELECT i, 1 + (i * 17) % {size.customers} AS c, "
        f"now() - random() * interval '700 days' AS at FROM generate_series(1, {size.orders}) i) t"
    )
    _insert(
        cursor, r.Order, source, id="i", number="'X-' || i", customer_id="c",
        owner_id=_owner_of("c", size), signed_at="at", signed_on="at::date",
        amount="30000 + (i * 7919) % 200000", status="'delivered'", promised_on="at::date + 30",
    )  # fmt: skip
    _insert(
        cursor, r.CreditShare, "records_order o", order_id="o.id", person_id="o.owner_id",
        share="100", amount="o.amount",
    )  # fmt: skip
    _insert(
        cursor, r.Instalment, "records_order o, generate_series(0, 1) n", id="2 * o.id - 1 + n",
        order_id="o.id", due_on="o.signed_on + 30 + 60 * n", amount="o.amount / 2",
    )  # fmt: skip
    _insert(
        cursor, r.Payment, "records_instalment i JOIN records_order o ON o.id = i.order_id "
        "WHERE i.id % 10 > 0 AND i.due_on < current_date", id="i.id", customer_id="o.customer_id",
        paid_on="i.due_on + (i.id % 9)::int", amount="i.amount",
    )  # fmt: skip
    _insert(
        cursor, r.Allocation, "records_payment p", payment_id="p.id", instalment_id="p.id",
        amount="p.amount",
    )  # fmt: skip


def _tickets(cursor: Any, size: Any, now: Any) -> None:
    source = (
        f"(SELECT i, 1 + (i * 19) % {size.customers} AS c, "
        f"now() - random() * interval '90 days' AS at FROM generate_series(1, {size.tickets}) i) t"
    )
    _insert(
        cursor, r.Ticket, source, id="i", number="'S-' || i", customer_id="c",
        owner_id=_owner_of("c", size), title="'主轴异响'", raised_at="at",
        status="CASE WHEN i % 4 = 0 THEN 'open' ELSE 'closed' END",
    )  # fmt: skip


def _line(cursor: Any, source: str, **given: str) -> None:
    shared = {"noted_at": "at", "entered_at": "at", "at": "at"}
    _insert(cursor, LedgerLine, source, **{**shared, **given})


def _ledger(cursor: Any, size: Any, now: Any) -> None:
    """What each customer, deal, order and ticket began with; then the touches."""
    books = "records_customer c"
    own = {"customer": "c.id", "by": "c.owner_id", "owner": "c.owner_id", "at": "c.entered_at"}
    own |= {
        "noted_at": "c.entered_at",
        "entered_at": "c.entered_at",
        "story": "'customer/' || c.id",
    }
    _line(cursor, books, **own, what="'customer_entered'",
          body="jsonb_build_object('owner', c.owner_id)")  # fmt: skip
    _line(cursor, books, **own, what="'customer_graded'",
          body="jsonb_build_object('grade', c.grade, 'points', '50.00', 'changed', true, "
          "'previous', '')")  # fmt: skip
    for table, at, what, body in (
        ("deal", "opened_at", "deal_opened", "'stage', 'discovery', 'amount', t.amount::text"),
        ("order", "signed_at", "order_signed", "'amount', t.amount::text, 'currency', 'CNY'"),
        ("ticket", "raised_at", "ticket_raised", "'source', 'typed', 'priority', 3"),
    ):
        _line(cursor, f"records_{table} t", story=f"'{table}/' || t.id", customer="t.customer_id",
              by="t.owner_id", owner="t.owner_id", what=f"'{what}'", at=f"t.{at}",
              noted_at=f"t.{at}", entered_at=f"t.{at}",
              body=f"jsonb_build_object({body})")  # fmt: skip
    cursor.execute("SELECT count(*) FROM records_ledgerline")
    rest = max(0, size.facts - cursor.fetchone()[0])
    _line(cursor, f"(SELECT * FROM records_activity ORDER BY id LIMIT {rest}) a",
          story="'customer/' || a.customer_id", customer="a.customer_id", by="a.person_id",
          owner="a.person_id", what="'customer_touched'", at="a.at", noted_at="a.noted_at",
          entered_at="a.noted_at", body="jsonb_build_object('channel', a.kind, 'activity', a.id, "
          "'valid', true)")  # fmt: skip


def _owed(cursor: Any, size: Any, now: Any) -> None:
    """Open ones from yesterday to four months ahead; settled ones over the last year."""
    kind = (
        "(ARRAY['customer_touch', 'weekly_update', 'order_tracking', 'customer_touch', "
        "'value_proposals', 'ticket_solution', 'customer_push', 'needs_report'])[1 + i % 8]"
    )
    record = (
        f"CASE i % 8 WHEN 2 THEN 'order/' || 1 + i % {size.orders} "
        f"WHEN 5 THEN 'ticket/' || 1 + i % {size.tickets} "
        f"WHEN 7 THEN 'deal/' || 1 + i % {size.deals} ELSE 'customer/' || c END"
    )
    for count, sign, offset, outcome in (
        (size.owed, "", 0, "''"),
        (size.settled, "late", size.owed, "CASE WHEN i % 9 = 0 THEN 'late' ELSE 'met' END"),
    ):
        due = (
            "now() - interval '1 day' + random() * interval '120 days'"
            if not sign
            else "now() - random() * interval '365 days'"
        )
        source = (
            f"(SELECT i, 1 + (i * 31) % {size.customers} AS c, {kind} AS kind, {due} AS due "
            f"FROM generate_series({offset + 1}, {offset + count}) i) t"
        )
        _insert(
            cursor, r.Owed, source, kind="kind", story=record, opening="i",
            person_id=_owner_of("c", size), customer_id="c", opens_at="due - interval '7 days'",
            due="due", promised="due", outcome=outcome, edition="'2026-01-01'",
            met_at="due - interval '1 hour'" if sign else "NULL",
            next_at="NULL" if sign else "due - interval '3 days'",
        )  # fmt: skip
    looks = "records_owed o WHERE o.outcome = ''"
    _insert(cursor, r.Look, looks, owed_id="o.id", at="o.next_at")


def _notices(cursor: Any, size: Any, now: Any) -> None:
    _insert(
        cursor, r.Notice, "records_person p, generate_series(1, 40) n", person_id="p.id",
        kind="'reminded'", ref="'customer/' || n", once="p.id || '/' || n",
        at="now() - n * interval '1 hour'", read_at="CASE WHEN n > 6 THEN now() END",
    )  # fmt: skip
