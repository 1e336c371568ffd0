"""4.3 Taking an import back: what it made goes, what was changed or used since stays, by row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from zhangfa.actions import imports as actions
from zhangfa.answers.verify import verify
from zhangfa.imports.mapping import load_profile
from zhangfa.imports.run import carry_out
from zhangfa.imports.sources import open_sources
from zhangfa.records.ledger import append
from zhangfa.records.models import Customer, ImportRun, LedgerLine, Person
from zhangfa.rules import facts
from zhangfa.rules.facts import to_body

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=3)
FIRST = "code,name,city,annual_revenue\nC1,Acme,Suzhou,100.10\nC2,Borealis,Wuxi,200\n"


def bring(text):
    profile = load_profile("customers")
    sources = open_sources(profile, {"customers.csv": text.encode()})
    told = carry_out(profile, sources, by=None, now=NOW, name="test")
    assert told.account["balanced"]
    return told.run


def undone(run):
    return ImportRun.objects.get(pk=run.pk).account["undone"]


def test_4_3_a_field_changed_again_since_stays_and_its_row_is_named():
    bring(FIRST)
    second = bring(FIRST.replace("Suzhou,100.10", "Hangzhou,150"))
    Customer.objects.filter(code="C1").update(city="Ningbo")
    told = actions.undo(second, by=None, at=LATER)
    acme = Customer.objects.get(code="C1")
    assert (acme.city, acme.annual_revenue) == ("Ningbo", Decimal("100.10"))
    assert told == {"removed": 0, "restored": 1, "kept": 0}
    [row] = undone(second)["rows"]
    assert (row["entity"], row["line"], row["why"]) == ("customer", 2, "changed")


def test_4_3_a_record_whose_story_went_on_stays_and_its_row_is_named():
    run = bring(FIRST)
    acme = Customer.objects.get(code="C1")
    gu = Person.objects.create_user("gu", name="Gu", roles=["supervisor"])
    what = facts.CustomerEntered(owner=gu.pk)
    append([
        LedgerLine(
            what=what.key, story=acme.ref, by=gu.pk, at=LATER, noted_at=LATER, entered_at=LATER,
            customer=acme.pk, opens=[], body=to_body(what),
        )
    ])  # fmt: skip
    told = actions.undo(run, by=None, at=LATER)
    assert (told["removed"], told["kept"]) == (1, 1)
    assert list(Customer.objects.values_list("code", flat=True)) == ["C1"]
    [row] = undone(run)["rows"]
    assert (row["key"], row["line"], row["why"]) == ("C1", 2, "changed")
    assert not LedgerLine.objects.filter(story=acme.ref, what="fact_retracted").exists()


def test_4_3_imports_are_taken_back_one_after_the_other_to_nothing():
    first = bring(FIRST)
    second = bring(FIRST.replace("Suzhou", "Hangzhou") + "C3,Cobalt,Xiamen,5\n")
    actions.undo(second, by=None, at=LATER)
    assert Customer.objects.get(code="C1").city == "Suzhou"
    assert Customer.objects.count() == 2
    actions.undo(first, by=None, at=LATER)
    assert not Customer.objects.exists()
    assert undone(first)["rows"] == []
    assert verify(LATER)["ok"]
