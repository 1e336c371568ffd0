"""4.3 What an import reads becomes records with their history; every row is accounted for; an
import is taken back as a whole."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from zhangfa.actions import imports as actions
from zhangfa.actions.action import NotAllowed, NotNow
from zhangfa.answers.cards import cards_as_data
from zhangfa.answers.verify import verify
from zhangfa.imports.mapping import load_profile
from zhangfa.imports.run import carry_out, run
from zhangfa.imports.sources import open_sources
from zhangfa.records.models import (
    Allocation,
    Contract,
    CreditShare,
    Customer,
    Deal,
    ImportedRow,
    ImportRun,
    LedgerLine,
    Membership,
    Order,
    Owed,
    Person,
    Product,
    Target,
    Ticket,
)
from zhangfa.rules.terms import Period

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
CRM = {
    "products.csv": "product,series,sales_price\nGTX Pro,GTX,4821\nMG Special,MG,55\n",
    "accounts.csv": (
        "account,sector,year_established,revenue,employees,office_location,subsidiary_of\n"
        "Acme,technolgy,1996,1100.04,2822,United States,\n"
        "Betasoloin,medical,1999,251.41,495,United States,Acme\n"
    ),
    "sales_teams.csv": (
        "sales_agent,manager,regional_office\nAnna Snelling,Dustin Brinkmann,Central\n"
        "Moses Frase,Dustin Brinkmann,Central\n"
    ),
    "sales_pipeline.csv": (
        "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n"
        "1C1I7A6R,Moses Frase,GTXPro,Acme,Won,2016-10-20,2017-03-01,1054\n"
        "Z063OYW0,Anna Snelling,MG Special,Betasoloin,Lost,2016-10-25,2017-03-11,0\n"
        "EC4QE1BX,Anna Snelling,GTX Pro,Acme,Engaging,2017-05-01,,\n"
        "HAXMC4IX,Moses Frase,GTX Pro,,Prospecting,,,\n"
        "MV1LWRNH,Moses Frase,GTX Pro,Betasoloin,Won,2016-10-25,2016-12-31,4514\n"
    ),
}


def bring(files, profile="crm_sales_opportunities", **options):
    chosen = load_profile(profile)
    sources = open_sources(chosen, {name: text.encode() for name, text in files.items()})
    return carry_out(chosen, sources, by=None, now=NOW, name="test", **options)


def counts(told, entity):
    return next(each for each in told.account["tables"] if each["entity"] == entity)


def test_4_3_every_row_is_accounted_for():
    told = bring(CRM)
    assert told.account["balanced"]
    deals = counts(told, "deal")
    assert (deals["rows"], deals["created"], deals["refused_late"]) == (5, 4, 1)
    [refused] = told.refused
    assert refused.cells[0] == "HAXMC4IX"
    assert "needs its customer" in str(refused.reasons[0])
    assert told.run.refused_file.count("HAXMC4IX") == 1
    run_row = ImportRun.objects.get(pk=told.run.pk)
    assert run_row.account["tables"] == told.account["tables"]


def test_4_3_a_misspelt_product_is_kept_and_its_merging_proposed():
    told = bring(CRM)
    assert Product.objects.filter(name="GTXPro").exists()
    [proposal] = [each for each in told.account["proposals"] if each["entity"] == "product"]
    assert (proposal["written"], proposal["into"]) == ("GTXPro", "GTX Pro")


def test_4_3_original_days_and_authors_are_kept():
    bring(CRM)
    moses = Person.objects.get(name="Moses Frase")
    deal = Deal.objects.get(code="1C1I7A6R")
    assert (deal.stage, deal.owner, deal.amount) == ("won", moses, Decimal(1054))
    order = Order.objects.get(number="SO-MV1LWRNH")
    assert str(order.signed_on) == "2016-12-31", "a day stays that day in the company's zone"
    lines = LedgerLine.objects.filter(story=deal.ref).order_by("at", "id")
    assert [line.what for line in lines] == ["deal_opened", "stage_entered", "deal_won"]
    assert all(line.by == moses.pk and line.at.year in (2016, 2017) for line in lines)
    assert all(line.noted_at == line.at and line.entered_at == NOW for line in lines)


def test_4_3_history_opens_no_duty_that_nobody_could_have_kept():
    bring(CRM)
    assert not Owed.objects.exists()


def test_4_3_people_come_with_team_layer_and_lead_and_cannot_sign_in():
    bring(CRM)
    lead = Person.objects.get(name="Dustin Brinkmann")
    assert lead.has("supervisor")
    assert not lead.has_usable_password()
    place = Membership.objects.get(person=lead)
    assert place.lead
    assert place.team.parent.name == "Central"
    assert lead.leads(Person.objects.get(name="Anna Snelling").pk)


def test_4_3_credit_of_an_imported_order_is_whole_and_to_the_cent():
    bring(CRM)
    for order in Order.objects.all():
        [share] = CreditShare.objects.filter(order=order)
        assert (share.share, share.amount) == (100, order.amount)


def test_4_3_the_same_files_again_change_nothing():
    bring(CRM)
    before = LedgerLine.objects.count()
    again = bring(CRM)
    assert sum(each.get("created", 0) for each in again.account["tables"]) == 0
    assert sum(each.get("updated", 0) for each in again.account["tables"]) == 0
    assert LedgerLine.objects.count() == before + 1, "but for the import's own line"


def test_4_3_a_changed_field_and_a_stage_reached_meanwhile_are_updated():
    bring(CRM)
    later = dict(CRM)
    later["accounts.csv"] = CRM["accounts.csv"].replace(",495,", ",500,")
    later["sales_pipeline.csv"] = CRM["sales_pipeline.csv"].replace(
        "Engaging,2017-05-01,,", "Won,2017-05-01,2017-06-30,700"
    )
    told = bring(later)
    assert counts(told, "customer")["updated"] == 1
    assert Customer.objects.get(name="Betasoloin").headcount == 500
    deal = Deal.objects.get(code="EC4QE1BX")
    assert (deal.stage, deal.amount) == ("won", Decimal(700))
    assert LedgerLine.objects.filter(story=deal.ref, what="deal_won").count() == 1


def test_4_3_a_dry_run_says_the_same_and_writes_nothing():
    dry = bring(CRM, dry=True)
    assert not Customer.objects.exists()
    assert not ImportRun.objects.exists()
    told = bring(CRM)
    assert dry.account["tables"] == told.account["tables"]


def test_4_3_an_import_is_taken_back_as_a_whole():
    told = bring(CRM)
    done = actions.undo(told.run, by=None, at=NOW)
    assert done["kept"] == 0
    for model in (Customer, Deal, Order, Product, Person):
        assert not model.objects.exists(), model
    assert not Owed.objects.exists()
    assert verify(NOW)["ok"], "the ledger keeps what was said and that it was taken back"
    with pytest.raises(NotNow):
        actions.undo(told.run, by=None, at=NOW)


def test_4_3_taking_back_gives_changed_fields_their_old_values():
    bring(CRM)
    later = {**CRM, "accounts.csv": CRM["accounts.csv"].replace(",495,", ",500,")}
    told = bring(later)
    done = actions.undo(told.run, by=None, at=NOW)
    assert done == {"removed": 0, "restored": 1, "kept": 0}
    assert Customer.objects.get(name="Betasoloin").headcount == 495


def test_4_3_what_is_used_by_now_stays_when_an_import_is_taken_back():
    told = bring(CRM)
    acme = Customer.objects.get(name="Acme")
    Deal.objects.create(
        customer=acme, title="New", owner=acme.owner, opened_at=NOW, stage_since=NOW
    )
    done = actions.undo(told.run, by=None, at=NOW)
    assert done["kept"] == 2, "the customer, and who owns it"
    assert Customer.objects.filter(name="Acme").exists()
    assert not Order.objects.exists()


def test_4_1_only_who_may_imports():
    seller = Person.objects.create_user("ann", name="Ann", roles=["seller"])
    chosen = load_profile("crm_sales_opportunities")
    sources = open_sources(chosen, {name: text.encode() for name, text in CRM.items()})
    with pytest.raises(NotAllowed):
        carry_out(chosen, sources, by=seller, now=NOW)
    assert not ImportRun.objects.exists()


def test_2_2_2_payments_settle_what_has_been_due_longest(shared_data):
    told = run(shared_data / "classicmodels", profile="classicmodels")
    assert told["balanced"]
    paid = Allocation.objects.filter(payment__customer__code="103").order_by("instalment__due_on")
    assert paid.exists()
    for order in Order.objects.filter(customer__code="103"):
        assert order.amount == sum(line.amount for line in order.lines.all())
    assert not Order.objects.filter(status="shipped", deliveries=None).exists()


def test_1_4_3_tickets_of_a_log_have_their_three_clocks(shared_data):
    told = run(shared_data / "incident_log", profile="incident_log")
    assert told["balanced"]
    tickets = Ticket.objects.count()
    for kind in ("ticket_response", "ticket_solution", "ticket_closure"):
        assert Owed.objects.filter(kind=kind).count() == tickets
    met = Owed.objects.filter(kind="ticket_response", outcome="met").count()
    assert met == 4955, "as counted by hand over the log"


REVIEWS = """case,activity,role,resource,timestamp,amount
d1,Declaration SAVED by EMPLOYEE,EMPLOYEE,STAFF MEMBER,2026-03-02 08:00:00+01:00,9
d1,Declaration SUBMITTED by EMPLOYEE,EMPLOYEE,STAFF MEMBER,2026-03-02 09:00:00+01:00,9
d1,Declaration APPROVED by ADMINISTRATION,ADMINISTRATION,STAFF MEMBER,2026-03-03 09:00:00+01:00,9
d1,Declaration FINAL_APPROVED by SUPERVISOR,SUPERVISOR,STAFF MEMBER,2026-03-09 09:00:00+01:00,9
"""


def test_1_3_2_reviews_of_a_log_are_judged_by_working_days():
    told = bring({"domestic_declarations_events.csv": REVIEWS}, "approvals_bpi2020")
    assert told.account["balanced"]
    [contract] = Contract.objects.all()
    assert contract.status == "approved"
    outcomes = dict(Owed.objects.values_list("kind", "outcome"))
    assert outcomes == {"legal_review": "met", "finance_review": "late"}


def test_4_3_what_became_of_each_row_is_kept():
    told = bring(CRM)
    kept = ImportedRow.objects.filter(run=told.run)
    assert kept.filter(entity="deal", outcome="created").count() == 4
    assert kept.get(entity="customer", key="Acme").object_id == Customer.objects.get(name="Acme").pk


def test_2_2_1_targets_that_no_file_names_follow_the_profiles_method():
    files = dict(CRM)
    files["sales_pipeline.csv"] += (
        "X1,Anna Snelling,MG Special,Acme,Won,2017-04-01,2017-05-02,2000\n"
        "X2,Moses Frase,MG Special,Acme,Won,2017-04-01,2017-06-02,1000\n"
    )
    bring(files)
    moses, lead = (Person.objects.get(name=name) for name in ("Moses Frase", "Dustin Brinkmann"))
    told = dict(
        Target.objects.filter(person=moses, metric="sales_amount").values_list("period", "value")
    )
    # 2016-Q4: Moses 4514, Anna 0; 2017-Q1: Moses 1054; 2017-Q2: 3000 between the two.
    assert told["2016-Q4"] == told["2017-Q1"] == Decimal(2257), "the first takes its own"
    assert told["2017-Q2"] == Decimal(527)
    above = Target.objects.get(person=lead, metric="sales_amount", period="2017-Q2")
    assert above.value == Decimal(1054), "who leads is asked for the sum"
    assert above.method == "layer_mean_before"
    parts = Target.objects.filter(metric="new_customers", value__lt=1)
    assert not parts.exists(), "nobody is asked for half a customer"


def test_2_3_an_imported_quarter_has_its_cards_ranking_and_bands(shared_data):
    run(shared_data / "crm_sales_opportunities", profile="crm_sales_opportunities")
    told = cards_as_data(Period.read("2017-Q4"), NOW)
    rated = [card for card in told["people"] if card["total"] is not None]
    assert len(rated) == 35 + 6, "every agent, and who leads them"
    assert all(card["band"] for card in rated)
    first = next(card for card in rated if card["place"]["place"] == 1)
    assert first["total"] == max((card["total"] for card in rated), key=float)
