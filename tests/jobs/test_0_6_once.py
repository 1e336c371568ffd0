"""Clauses 0.6 and 0.7: each notice exactly once, whatever happens to the sweep."""

from __future__ import annotations

import json
import threading
from collections import Counter
from datetime import timedelta

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext
from sweep_help import HOUR, at, department, move, owe, said

from zhangfa.actions.renewal import renew
from zhangfa.jobs import sweep as module
from zhangfa.jobs.sweep import sweep
from zhangfa.records.models import Leave, Look, Membership, Notice, Owed, Person, Team

OPENS, DUE, LATER = at("03-02 09:00"), at("03-04 17:00"), at("03-04 17:01")
MANY = 60


@pytest.fixture
def committed(django_db_setup, django_db_blocker):
    """A department whose rows other connections see; taken away afterwards."""
    with django_db_blocker.unblock():
        try:
            yield department()
        finally:
            connection.close()
            for model in (Notice, Look, Owed, Leave, Membership):
                model.objects.all().delete()
            for team in Team.objects.order_by("-path"):
                team.delete()
            Person.objects.all().delete()
            connection.close()


def late_ones(who: Person) -> list[Owed]:
    return [owe(who, OPENS, DUE - n * HOUR / 60) for n in range(MANY)]


def every_one_once() -> None:
    """One breach and one word to the supervisor for each obligation: none lost, none twice."""
    told = Counter(Notice.objects.values_list("owed_id", "kind", "person__username"))
    everything = Owed.objects.values_list("pk", flat=True)
    wanted = [("breached", "lin"), ("escalated", "gu")]
    assert told == Counter((pk, *each) for pk in everything for each in wanted)
    assert Owed.objects.filter(breached_at=None).count() == 0


def in_thread(do) -> threading.Thread:
    def run() -> None:
        try:
            do()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_0_7_two_sweeps_at_the_same_time_say_everything_once(committed):
    late_ones(committed["lin"])
    threads = [in_thread(lambda: sweep(LATER, batch=7)) for _ in range(2)]
    for thread in threads:
        thread.join()
    every_one_once()


def test_0_7_what_another_sweep_holds_is_passed_over_and_not_waited_for(committed):
    held, free = owe(committed["lin"], OPENS, DUE), owe(committed["lin"], OPENS, DUE)
    with transaction.atomic():
        Owed.objects.select_for_update().get(pk=held.pk)
        in_thread(lambda: sweep(LATER)).join(timeout=20)
        assert Notice.objects.filter(owed=free).count() == 2
        assert Notice.objects.filter(owed=held).count() == 0
    sweep(LATER)
    every_one_once()


def test_0_7_a_sweep_killed_half_way_says_the_rest_when_it_comes_back(committed, monkeypatch):
    """The database ends its connection in the third batch, when all of it has been written."""
    late_ones(committed["lin"])
    announced, killed = module._announce, []

    def and_die(cursor, *rest) -> None:
        announced(cursor, *rest)
        killed.append(cursor)
        if len(killed) == 3:
            pid = cursor.connection.info.backend_pid
            with psycopg.connect(**_parameters(), autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s)", [pid])

    monkeypatch.setattr(module, "_announce", and_die)
    with pytest.raises(DatabaseError):
        sweep(LATER, batch=10)
    connection.close()
    assert Owed.objects.exclude(breached_at=None).count() == 20
    assert Notice.objects.count() == 40
    monkeypatch.undo()
    sweep(LATER)
    every_one_once()


def _parameters() -> dict[str, object]:
    wanted = ("host", "port", "user", "password", "dbname")
    told = connection.get_connection_params()
    return {name: told[name] for name in wanted if told.get(name)}


@pytest.mark.django_db
def test_0_7_after_days_of_standstill_every_level_is_told_and_no_stale_reminder():
    people = department()
    owed = owe(people["lin"], OPENS, DUE)
    sweep(at("03-11 10:00"))
    assert sorted(said(owed)) == [("gu", "escalated"), ("lin", "breached"), ("zhao", "escalated")]
    sweep(at("03-11 10:01"))
    sweep(at("03-12 10:00"))
    assert len(said(owed)) == 3


@pytest.mark.django_db
def test_0_7_a_hundred_sweeps_of_one_afternoon_say_what_one_says():
    people = department()
    late_ones(people["lin"])
    for second in range(0, 1500, 15):
        sweep(LATER + timedelta(seconds=second))
    every_one_once()


@pytest.mark.django_db
def test_0_7_a_deadline_that_moved_has_its_own_notices():
    people = department()
    owed = owe(people["lin"], OPENS, DUE)
    sweep(LATER)
    due = at("03-06 17:00")
    move(due=due, step=0, breached_at=None, next_at=at("03-05 10:00"))
    sweep(at("03-05 10:01"))
    sweep(at("03-06 17:01"))
    lin = [kind for who, kind in said(owed) if who == "lin"]
    assert lin == ["breached", "reminded", "breached"]


@pytest.mark.django_db
def test_0_6_open_pages_hear_of_the_breach_once_for_each_who_owes():
    people = department()
    for name, number in (("lin", 3), ("zhou", 1)):
        for _ in range(number):
            owe(people[name], OPENS, DUE)
    role = owe("legal", OPENS, DUE, kind="legal_review")
    heard = [told for told in events(LATER) if told["t"] == "breach"]
    counts = {told["owner"]: told["n"] for told in heard if "owner" in told}
    assert counts == {people["lin"].pk: 3, people["zhou"].pk: 1}
    assert [t for t in heard if "to" in t] == [
        {"t": "breach", "id": role.pk, "n": 1, "to": [people["fang"].pk]}
    ]
    assert [told["t"] for told in events(LATER + HOUR / 60)] == []


@pytest.mark.django_db
def test_3_1_2_whoever_finds_a_notice_hears_of_it():
    people = department()
    owe(people["lin"], OPENS, DUE)
    told = [each["to"] for each in events(LATER) if each["t"] == "notice"]
    assert told == [sorted([people["lin"].pk, people["gu"].pk])]


@pytest.mark.django_db
def test_0_6_when_very_many_owe_at_once_every_open_page_looks_again(monkeypatch):
    people = department()
    monkeypatch.setattr(module, "NAMED", 1)
    owe(people["lin"], OPENS, DUE)
    owe(people["zhou"], OPENS, DUE)
    assert {"t": "breach", "all": True} in events(LATER)


def events(now) -> list[dict]:
    with CaptureQueriesContext(connection) as asked:
        sweep(now)
    sent = [each["sql"] for each in asked if "pg_notify" in each["sql"]]
    return [json.loads(sql.split("'zhangfa', '")[1].rsplit("'", 1)[0]) for sql in sent]


@pytest.mark.django_db
def test_0_6_a_thousand_obligations_take_as_many_statements_as_one():
    people = department()
    sweep(LATER)  # policy and calendar are read once for many sweeps

    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            sweep(LATER)
        return len([each for each in asked if "pg_notify" not in each["sql"]])

    owe(people["lin"], OPENS, DUE)
    one = statements()
    rows = [owe(people["lin"], OPENS, DUE + n * HOUR / 3600) for n in range(50)]
    assert rows and statements() == one


@pytest.mark.django_db
def test_0_6_what_is_done_waived_or_renewed_is_left_alone():
    people = department()
    for outcome in ("met", "late", "waived", "cancelled"):
        owe(people["lin"], OPENS, DUE, outcome=outcome)
    gone = owe(people["zhou"], OPENS, DUE)
    renew([gone.story], LATER, quiet=True)  # nothing in the ledger: it follows from no fact
    assert sweep(LATER) == 0 and said() == []
