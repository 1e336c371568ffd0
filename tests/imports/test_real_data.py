"""The real data sets come in whole, with exactly the dirt that is in them (4.3, 4.4)."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from zhangfa.imports.mapping import load_profile
from zhangfa.imports.reading import open_table
from zhangfa.imports.rows import Import, Row, read_all
from zhangfa.imports.sources import find_files, open_sources


def imported(folder, name: str, data: str = "") -> tuple[Import, dict[str, list[Row]]]:
    reading = load_profile(name)
    sources = open_sources(reading, find_files(folder / (data or name)))
    assert sources.problems == []
    work, rows, refused = read_all(reading, sources.readings)
    assert refused == []
    assert work.problems == []
    assert not any(work.unused().values())
    assert work.account.balanced
    by_entity: dict[str, list[Row]] = {}
    for row in rows:
        by_entity.setdefault(row.entity, []).append(row)
    return work, by_entity


def noticed(work: Import) -> dict[tuple[str, str, str], int]:
    return {
        (note.table.split(".")[0], note.entity, note.field or note.msgid.split(" ")[0]): note.count
        for note in work.account.noticed.values()
    }


@pytest.fixture(scope="module")
def crm(shared_data):
    return imported(shared_data, "crm_sales_opportunities")


def test_the_pipeline_comes_in_whole(crm):
    _work, rows = crm
    counts = {entity: len(found) for entity, found in rows.items()}
    assert counts == {
        "product": 7,
        "customer": 85,
        "team": 9,
        "person": 41,
        "deal": 8800,
        "order": 4238,
        "order_line": 4238,
    }
    stages = Counter(row.values["stage"] for row in rows["deal"])
    assert stages == {"won": 4238, "lost": 2473, "solution": 1589, "discovery": 500}
    won = sum(row.values["amount"].amount for row in rows["order"])
    assert won == Decimal(10_005_534)
    assert {row.values["amount"].currency for row in rows["order"]} == {"USD"}
    assert all(row.values["customer"].known and row.values["owner"].known for row in rows["order"])


def test_the_pipelines_dirt_is_reported_and_the_misspelt_product_proposed(crm):
    work, rows = crm
    assert noticed(work) == {
        ("accounts", "customer", "industry"): 12,
        ("accounts", "customer", "country"): 1,
        ("sales_pipeline", "deal", "customer"): 1425,
        ("sales_pipeline", "deal", "opened_on"): 500,
    }
    (proposal,) = work.account.proposals.values()
    assert (proposal.written, proposal.into, len(proposal.places)) == ("GTXPro", "GTX Pro", 1480)
    sellers = {row.values["name"] for row in rows["person"] if row.values["role"] == "seller"}
    busy = {row.values["owner"].value for row in rows["deal"]}
    assert sellers - busy == {
        "Mei-Mei Johns",
        "Carl Lin",
        "Elizabeth Anderson",
        "Carol Thompson",
        "Natalya Ivanova",
    }


def test_managers_lead_a_team_of_their_own_below_the_office(crm):
    _work, rows = crm
    teams = {row.values["name"]: row.values.get("parent") for row in rows["team"]}
    assert teams["Team Cara Losch"].value == "East"
    assert teams["East"] is None
    anna = next(row for row in rows["person"] if row.values["name"] == "Anna Snelling")
    assert anna.values["supervisor"].value == "Dustin Brinkmann"


def test_classic_models_come_in_whole_with_their_hierarchy_and_dirt(shared_data):
    work, rows = imported(shared_data, "classicmodels")
    counts = {entity: len(found) for entity, found in rows.items()}
    assert counts == {
        "team": 7,
        "person": 23,
        "product": 110,
        "customer": 122,
        "contact": 122,
        "order": 326,
        "order_line": 2996,
        "payment": 273,
    }
    assert sum(row.values["amount"].amount for row in rows["payment"]) == Decimal("8853839.23")
    total = sum(r.values["quantity"] * r.values["unit_price"].amount for r in rows["order_line"])
    assert total == Decimal("9604190.61")
    status = Counter(row.values["status"] for row in rows["order"])
    assert status["cancelled"] == 6
    assert sum(row.values["shipped_on"] is None for row in rows["order"]) == 14
    assert sum(row.values["supervisor"] is None for row in rows["person"]) == 1
    found = noticed(work)
    assert found["Customers", "customer", "owner"] == 22
    assert found["Customers", "customer", "name"] == 6
    assert found["Customers", "contact", "name"] == 6
    late = [
        row.key[0]
        for row in rows["order"]
        if row.values["shipped_on"] and row.values["shipped_on"] > row.values["promised_on"]
    ]
    assert late == ["10165"]


def test_a_salesforce_export_comes_in_from_cp1252_with_its_lost_names_noted(shared_data):
    work, rows = imported(shared_data, "salesforce_sample")
    assert work.sources[0].table.encoding.name == "cp1252"
    assert (len(rows["customer"]), len(rows["deal"])) == (423, 38)
    assert "Pébéo of America" in {row.values["name"] for row in rows["customer"]}
    revenue = sorted(
        r.values["annual_revenue"].amount for r in rows["customer"] if r.values["annual_revenue"]
    )
    assert revenue == [Decimal(60_000_000), Decimal(84_800_000_000)]
    stages = Counter(row.values["stage"] for row in rows["deal"])
    assert stages == {"won": 8, "discovery": 10, "solution": 16, "negotiation": 4}
    assert noticed(work)["accountData", "customer", "address"] == 4
    assert sum("lost" in note.msgid for note in work.account.noticed.values()) == 3


@pytest.fixture(scope="module")
def incidents(shared_data):
    return imported(shared_data, "incident_log")


def test_1_4_every_incident_becomes_one_ticket_and_every_event_is_accounted_for(incidents):
    work, rows = incidents
    (tally,) = work.account.tallies
    assert (tally.rows, tally.records) == (59_354, 9202)
    assert (tally.outcomes["accepted"], tally.outcomes["merged"]) == (9202, 50_152)
    tickets = rows["ticket"]
    assert {row.values["status"] for row in tickets} == {"closed"}
    assert sum(row.values.get("customer") is None for row in tickets) == 2
    assert sum(row.values["reopened"] > 0 for row in tickets) == 133


def test_1_4_3_an_incident_is_answered_when_it_leaves_new_and_not_when_it_is_assigned(incidents):
    _work, rows = incidents
    hour = timedelta(hours=1)
    within = sum(
        row.values["answered_at"] - row.values["raised_at"] <= hour for row in rows["ticket"]
    )
    assert within == 4955
    assert all(row.values["answered_at"] >= row.values["raised_at"] for row in rows["ticket"])


def test_0_4_waiting_for_somebody_outside_is_a_pause_and_waiting_for_colleagues_is_not(incidents):
    _work, rows = incidents
    pauses = [pause for row in rows["ticket"] for pause in row.values["pauses"]]
    kinds = Counter(pause.waits_for for pause in pauses)
    assert set(kinds) == {"customer", "supplier", "confirmation"}
    assert all(pause.until is not None and pause.until >= pause.since for pause in pauses)
    for row in rows["ticket"]:
        spans = row.values["pauses"]
        assert all(a.until <= b.since for a, b in pairwise(spans))


def test_1_4_5_moments_missing_in_the_log_come_from_its_events_and_that_is_said(incidents):
    work, rows = incidents
    assert all(row.values["resolved_at"] and row.values["closed_at"] for row in rows["ticket"])
    said = {note.msgid: note.count for note in work.account.noticed.values()}
    assert said["The moment was missing in the file; the event's was taken."] == 783
    assert said["A step of a case occurs more than once; the row that fits is taken."] == 5
    assert "Events of a case stood out of order; they were sorted." not in said
    assert said["An event is dated before the ticket was raised."] == 1
    assert "The stated count of reopenings differs from the events." not in said


@pytest.mark.parametrize("name", ["approvals_bpi2020", "approvals_bpi2020_xes"])
def test_1_3_2_an_approval_log_becomes_rounds_of_two_reviews(shared_data, name):
    work, rows = imported(shared_data, name, "approvals_bpi2020")
    contracts = rows["contract"]
    assert len(contracts) == 10_357
    assert work.account.tallies[0].rows == 55_628
    reviews = Counter(
        (review.role, review.outcome) for row in contracts for review in row.values["reviews"]
    )
    assert reviews == {
        ("legal", "approved"): 8061 + 685,
        ("legal", "returned"): 936 + 86,
        ("finance", "approved"): 9999,
        ("finance", "returned"): 57 + 286,
    }
    assert sum(row.values["rounds"] for row in contracts) == 11_371
    assert sum(row.values["status"] == "drafting" for row in contracts) == 135
    assert all(
        review.at >= review.asked_at for row in contracts for review in row.values["reviews"]
    )
    said = {note.msgid: note.count for note in work.account.noticed.values()}
    assert said["A contract was returned by nobody that the log names."] == 89


def test_both_forms_of_the_approval_log_tell_the_same(shared_data):
    csv = imported(shared_data, "approvals_bpi2020")[1]["contract"]
    xes = imported(shared_data, "approvals_bpi2020_xes", "approvals_bpi2020")[1]["contract"]
    assert {row.key: row.values for row in csv} == {row.key: row.values for row in xes}


def test_all_real_files_open_in_the_right_encoding_without_a_refused_row(shared_data):
    for path in sorted(shared_data.rglob("*.csv*")):
        found = open_table(path)
        wanted = "cp1252" if path.name == "accountData.csv" else "utf-8"
        assert found.encoding.name == wanted, path.name
        assert not [line for line in found.rows() if line.reasons], path.name
