"""Clauses 0.5 and 2.3.8: what happened, what was adopted and what is frozen is never changed, not
even by the owner of the tables; results are one chain.

`tests/config/test_roles.py` holds the same against the application's own role.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from zhangfa.records.append_only import TABLES
from zhangfa.records.models import (
    CreditShare,
    Customer,
    Edition,
    Leave,
    LedgerLine,
    Membership,
    Order,
    Person,
    Team,
    Verdict,
)
from zhangfa.rules.scores import FIRST, chained_hash

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 3, 2, tzinfo=UTC)


@pytest.fixture
def lin(db) -> Person:
    return Person.objects.create_user("lin", name="Lin", roles=["seller"])


def verdict(person: Person, period: str, previous: str = FIRST, **given) -> Verdict:
    told = {"card": f"card of {period}", "total": Decimal(80), "frozen_at": NOW, **given}
    digest = chained_hash(previous, told["card"])
    return Verdict.objects.create(
        person=person, frozen_by=person, period=period, previous=previous, digest=digest, **told
    )


@pytest.fixture
def frozen(lin) -> dict[str, object]:
    """One row in each table that only grows."""
    line = LedgerLine.objects.create(
        what="customer_touched", story="customer/1", at=NOW, noted_at=NOW, entered_at=NOW, by=lin.pk
    )
    edition = Edition.objects.create(
        key="2026-05-01", title="May", effective=date(2026, 5, 1), document="", adopted_at=NOW
    )
    rows = (line, verdict(lin, "2026-Q1"), edition)
    return {row._meta.db_table: row for row in rows}


def test_0_5_there_is_a_row_to_try_in_every_such_table(frozen):
    assert set(frozen) == set(TABLES)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "attempt",
    ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"],
    ids=["update", "delete", "truncate"],
)
def test_0_5_the_owner_of_the_tables_is_refused_too(frozen, table, attempt):
    with (
        pytest.raises(DatabaseError, match="only ever appended to"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(attempt.format(table))
    row = frozen[table]
    assert type(row)._base_manager.filter(pk=row.pk).values().get()["id"] == row.pk


@pytest.mark.parametrize("table", TABLES)
def test_0_5_neither_a_save_nor_a_delete_in_our_own_code_gets_through(frozen, table):
    row = frozen[table]
    for do in (row.save, row.delete):
        key = row.pk
        with pytest.raises(DatabaseError, match="only ever appended to"), transaction.atomic():
            do()
        row.pk = key


def test_2_3_8_the_chain_of_results_cannot_fork(lin):
    first = verdict(lin, "2026-Q1")
    verdict(lin, "2026-Q2", first.digest)
    with pytest.raises(IntegrityError, match="verdict_chain"), transaction.atomic():
        verdict(lin, "2026-Q3", first.digest)


def test_2_3_8_one_result_of_a_person_for_a_period_and_version(lin):
    first = verdict(lin, "2026-Q1")
    with pytest.raises(IntegrityError, match="verdict_once"), transaction.atomic():
        verdict(lin, "2026-Q1", first.digest)
    assert verdict(lin, "2026-Q1", first.digest, version=2).pk


def test_2_1_3_an_edition_is_never_seconded_by_who_adopts_it(lin):
    with pytest.raises(IntegrityError, match="edition_two_people"), transaction.atomic():
        Edition.objects.create(
            key="x", title="x", effective=date(2026, 6, 1), document="", adopted_at=NOW,
            adopted_by=lin, seconded_by=lin,
        )  # fmt: skip


@pytest.mark.parametrize("share", [Decimal("99.9999"), Decimal("0.0001")])
def test_2_2_1_direct_shares_that_make_no_whole_are_refused_by_the_database(lin, share):
    customer = Customer.objects.create(name="恒越", owner=lin, entered_at=NOW)
    order = Order.objects.create(
        number="O-1", customer=customer, owner=lin, signed_at=NOW, signed_on=date(2026, 4, 3),
        amount=Decimal(10),
    )  # fmt: skip
    with (
        pytest.raises(DatabaseError, match="not 100 %"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        CreditShare.objects.create(order=order, person=lin, share=share, amount=Decimal(10))
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    ("model", "given"),
    [
        (Membership, {"starts_on": date(2026, 3, 2), "ends_on": date(2026, 3, 2)}),
        (Leave, {"starts_on": date(2026, 3, 3), "ends_on": date(2026, 3, 2)}),
    ],
)
def test_0_1_a_spell_ends_after_it_begins(lin, model, given):
    more = {"team": Team(name="East").place()} if model is Membership else {}
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.create(person=lin, **given, **more)


def test_4_1_a_role_that_nobody_knows_is_refused_by_the_database(lin):
    with pytest.raises(IntegrityError, match="person_roles_known"), transaction.atomic():
        Person.objects.filter(pk=lin.pk).update(roles=["king"])
