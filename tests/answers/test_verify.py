"""`zhangfa verify`: a told company gives nothing; what is tampered with is found and named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import connection, transaction

from zhangfa.actions import appraisal, duties, orders
from zhangfa.answers.verify import verify
from zhangfa.config import cli_data
from zhangfa.config.cli import cli
from zhangfa.demo.tell import tell
from zhangfa.records.editions import forget
from zhangfa.records.models import (
    Allocation,
    LedgerLine,
    Order,
    OrderChange,
    Owed,
    Person,
    Verdict,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 2, 24, tzinfo=UTC)


@pytest.fixture(scope="module")
def company(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A company of thirty customers, three results of a month frozen; taken back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        forget()
        tell(NOW, customers=30, days=100)
        people = list(Person.objects.sellers().order_by("pk")[:3])
        director = Person.objects.get(username="zhao")
        appraisal.freeze_all(
            None, by=director, at=NOW, period="2026-10", people=people, reason="nobody rated"
        )
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _again(company: None) -> Iterator[None]:
    """Every test takes back what it did to the company."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def tampered(statement: str, *values: Any, table: str = "") -> list[dict[str, str]]:
    """Do what only the owner of the tables can do, and look."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        if table:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, values)
    return verify(NOW)["differences"]


def test_0_5_and_2_3_8_a_told_company_differs_in_nothing() -> None:
    told = verify(NOW)
    assert told["differences"] == [] and told["ok"] is True
    assert told["checked"]["obligations"] == Owed.objects.count() > 500
    assert told["checked"]["results"] == 3
    assert told["checked"]["figures"] > 500


def test_0_5_an_obligation_that_was_made_met_is_named() -> None:
    row = Owed.objects.filter(outcome="", due__lt=NOW, opens_at__lt=NOW).first()
    assert row is not None
    found = tampered("UPDATE records_owed SET outcome = 'met' WHERE id = %s", row.pk)
    assert [each["row"] for each in found] == [f"owed/{row.pk}"]
    assert found[0]["found"] == f"{row.kind} outcome met"


def test_0_5_a_deleted_and_an_invented_obligation_are_named() -> None:
    row = Owed.objects.filter(outcome="met").first()
    assert row is not None
    found = tampered("UPDATE records_owed SET \"window\" = 'never' WHERE id = %s", row.pk)
    assert {(each["row"], each["found"]) for each in found} == {
        (row.story, "nothing"),
        (f"owed/{row.pk}", row.kind),
    }


def test_2_3_8_a_frozen_total_and_its_card_are_held_against_the_hash() -> None:
    verdict = Verdict.objects.order_by("id")[1]
    row = f"verdict/{verdict.pk}"
    statement = "UPDATE records_verdict SET total = total + 1 WHERE id = %s"
    found = tampered(statement, verdict.pk, table="records_verdict")
    assert [each["row"] for each in found] == [row]
    statement = 'UPDATE records_verdict SET card = replace(card, \'"earned":"\', \'"earned":"1\')'
    found = tampered(f"{statement}, total = total - 1 WHERE id = %s", verdict.pk)
    assert {each["row"] for each in found} == {row}
    assert any(each["found"].startswith("hash ") for each in found)
    assert any(each["found"].startswith("lines that make ") for each in found)


def test_2_3_8_a_frozen_result_that_was_taken_out_of_the_chain_is_missed() -> None:
    first, second, _ = Verdict.objects.order_by("id")
    found = tampered("DELETE FROM records_verdict WHERE id = %s", first.pk, table="records_verdict")
    assert [each["row"] for each in found] == [f"verdict/{second.pk}"]


def test_2_2_1_credit_that_is_not_the_whole_order_is_named() -> None:
    order = Order.objects.exclude(amount=0).first()
    assert order is not None
    statement = "UPDATE records_creditshare SET amount = amount - 0.01 WHERE order_id = %s"
    found = tampered(statement, order.pk)
    assert {each["row"] for each in found} == {f"order/{order.pk}"}
    assert {each["check"] for each in found} == {"credit"}


def test_2_2_1_an_order_that_grew_without_a_fact_is_named() -> None:
    order = Order.objects.first()
    assert order is not None
    found = tampered("UPDATE records_order SET amount = amount + 1 WHERE id = %s", order.pk)
    assert {(each["check"], each["row"]) for each in found} == {
        ("credit", f"order/{order.pk}"),
        ("ledger", f"order/{order.pk}"),
    }


def test_2_2_1_a_return_that_no_fact_tells_of_is_named() -> None:
    order = Order.objects.first()
    assert order is not None
    OrderChange.objects.create(order=order, kind="returned", amount=5, on=NOW.date(), at=NOW)
    found = verify(NOW)["differences"]
    assert [(each["row"], each["found"]) for each in found] == [
        (f"order/{order.pk}", "returned 5.00")
    ]


def test_2_2_1_a_return_that_was_taken_back_with_its_fact_is_no_difference() -> None:
    order, director = Order.objects.exclude(amount=0).first(), Person.objects.get(username="zhao")
    assert order is not None
    orders.change_order(
        order, by=director, at=NOW, kind="returned", amount=Decimal(1), reason="broken"
    )
    line = LedgerLine.objects.get(story=order.ref, what="goods_returned", by=director.pk)
    OrderChange.objects.filter(order=order).delete()
    assert {each["row"] for each in verify(NOW)["differences"]} == {order.ref}
    duties.retract(order, by=director, at=NOW, fact=line.pk)
    assert verify(NOW)["differences"] == []


def test_2_2_2_more_allocated_than_paid_is_named() -> None:
    one = Allocation.objects.first()
    assert one is not None
    found = tampered("UPDATE records_allocation SET amount = amount * 3 WHERE id = %s", one.pk)
    assert f"payment/{one.payment_id}" in {each["row"] for each in found}
    assert {"allocations", "ledger"} <= {each["check"] for each in found}


@pytest.fixture
def no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands find the test's database running."""
    monkeypatch.setattr(cli_data, "ensure_database", lambda role: nullcontext())
    monkeypatch.setattr(cli_data, "set_up", lambda role: None)


def test_the_command_ends_with_1_and_names_the_row(no_server: None) -> None:
    told = CliRunner().invoke(cli, ["verify", "--json"])
    answer = json.loads(told.output)
    assert (told.exit_code, answer["ok"]) == (0, True)
    row = Owed.objects.filter(outcome="met").first()
    assert row is not None
    tampered("UPDATE records_owed SET outcome = 'late' WHERE id = %s", row.pk)
    told = CliRunner().invoke(cli, ["verify"])
    assert told.exit_code == 1
    assert f"owed/{row.pk}: {row.kind} outcome late instead of met" in told.output
