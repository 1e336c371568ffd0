"""Today, the quick log, the palette and the inbox, as their users meet them (4.2, 4.6, 0.7)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from zhangfa.actions import customers, people, tickets
from zhangfa.jobs.sweep import sweep
from zhangfa.records.models import Activity, LedgerLine, Membership, Notice, Owed, Person, Team

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def office():
    """A lead with two sellers, a seller of another team, somebody in service."""
    root = Team(name="Company").place()
    one, other = Team(name="East", parent=root).place(), Team(name="West", parent=root).place()
    made = {}
    for name, roles, team, lead in (
        ("lead", ["supervisor"], one, True),
        ("ann", ["seller"], one, False),
        ("bob", ["seller"], one, False),
        ("cai", ["seller"], other, False),
        ("service", ["service"], root, False),
    ):
        person = Person.objects.create_user(name, name=name.title(), roles=roles, language="en")
        Membership.objects.create(person=person, team=team, lead=lead, starts_on=date(2020, 1, 1))
        made[name] = person
    return made


@pytest.fixture
def customer(office):
    ann = office["ann"]
    return customers.enter_customer(
        by=ann, at=NOW - timedelta(hours=5), name="苏州恒越精密机械有限公司", intent=80
    ).record


@pytest.fixture
def ticket(office, customer):
    return tickets.raise_ticket(
        customer, by=office["service"], at=NOW - timedelta(minutes=30), title="Stops at night"
    ).record


def page(person: Person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def owed_of(kind: str) -> Owed:
    return Owed.objects.get(kind=kind, outcome="")


def test_1_4_3_what_is_owed_stands_on_the_desk_with_its_clause(office, ticket):
    text = page(office["ann"]).get("/").content.decode()
    assert "1.4.3" in text
    assert ticket.number in text
    assert 'hx-post="' + reverse("owed_done", args=[owed_of("ticket_response").pk]) in text


def test_nobody_else_sees_the_desk_of_a_seller(office, ticket):
    assert ticket.number not in page(office["bob"]).get("/").content.decode()
    assert ticket.number not in page(office["cai"]).get("/").content.decode()
    assert ticket.number in page(office["lead"]).get("/?who=team").content.decode()


def test_1_4_3_one_tap_completes_and_undo_takes_it_back(office, ticket):
    owed, client = owed_of("ticket_response"), page(office["ann"])
    answer = client.post(reverse("owed_done", args=[owed.pk])).content.decode()
    owed.refresh_from_db()
    assert owed.outcome == "met"
    undo = answer.split('hx-post="/today/undo/')[1].split('"')[0].replace("&amp;", "&")
    client.post(f"/today/undo/{undo}")
    owed.refresh_from_db()
    ticket.refresh_from_db()
    assert owed.outcome == ""
    assert (ticket.status, ticket.answered_at) == ("open", None)
    assert LedgerLine.objects.filter(what="fact_retracted").count() == 1


def test_1_4_4_a_kind_that_wants_a_sentence_asks_for_it_in_its_row(office, ticket):
    owed, client = owed_of("ticket_solution"), page(office["ann"])
    url = reverse("owed_done", args=[owed.pk])
    assert "<textarea" in client.post(url).content.decode().split(f'id="ob{owed.pk}"')[1][:900]
    refused = client.post(url, {"note": " "}).content.decode()
    assert "Say in a sentence what happened." in refused
    client.post(url, {"note": "Change the lamp."})
    ticket.refresh_from_db()
    owed.refresh_from_db()
    assert (owed.outcome, ticket.solution) == ("met", "Change the lamp.")


def test_a_stranger_cannot_complete_what_is_not_theirs(office, ticket):
    owed = owed_of("ticket_response")
    for name in ("bob", "cai"):
        assert page(office[name]).post(reverse("owed_done", args=[owed.pk])).status_code == 404
    owed.refresh_from_db()
    assert owed.outcome == ""


def test_4_2_put_aside_it_leaves_the_desk_and_keeps_its_deadline(office, ticket):
    owed, client = owed_of("ticket_response"), page(office["ann"])
    due = owed.due
    client.post(reverse("owed_snooze", args=[owed.pk]), {"hours": "3"})
    owed.refresh_from_db()
    assert owed.due == due
    assert f'id="ob{owed.pk}"' not in client.get("/").content.decode()


def test_0_6_a_waiver_needs_a_second_person_and_a_reason(office, ticket):
    owed = owed_of("ticket_response")
    url = reverse("owed_waive", args=[owed.pk])
    assert page(office["ann"]).post(url, {"reason": "I wish"}).status_code == 403
    assert page(office["lead"]).post(url, {"reason": " "}).status_code == 422
    page(office["lead"]).post(url, {"reason": "Reported twice"})
    owed.refresh_from_db()
    assert owed.outcome == "waived"


def test_4_2_a_quick_log_sent_twice_counts_once(office, customer):
    client = page(office["ann"])
    note = {"about": f"customer/{customer.pk}", "kind": "call", "note": "Spares", "key": "k-1"}
    for _ in range(2):
        assert client.post("/log/", note).status_code == 200
    assert Activity.objects.filter(customer=customer, kind="call").count() == 1
    assert LedgerLine.objects.filter(what="customer_touched").count() == 1


def test_4_2_a_quick_log_finds_its_customer_by_initials_and_refuses_doubt(office, customer):
    client = page(office["ann"])
    told = client.post("/log/", {"about_name": "szhy", "kind": "call", "note": "Hello"})
    assert told.status_code == 200
    assert Activity.objects.filter(customer=customer).count() == 1
    doubt = client.post("/log/", {"about_name": "nobody", "kind": "call", "note": "Hello"})
    assert doubt.status_code == 422
    assert "Choose the customer" in doubt.content.decode()


@pytest.mark.parametrize("typed", ["恒越", "hengyue", "szhy", "苏州恒"])
def test_4_6_the_palette_finds_by_fragment_pinyin_and_initials(office, customer, typed):
    link = reverse("customer", args=[customer.pk])
    assert link in page(office["ann"]).get("/search/", {"q": typed}).content.decode()
    assert link not in page(office["cai"]).get("/search/", {"q": typed}).content.decode()


def test_1_1_2_a_report_is_handed_in_from_the_desk(office):
    ann = office["ann"]
    enrolled = people.enrol_person(
        by=Person.objects.create_user("hr", name="HR", roles=["hr"]),
        at=NOW - timedelta(days=70),
        username="dora",
        name="Dora",
        roles=["seller"],
    ).record
    owed = Owed.objects.filter(kind="channel_report", person=enrolled, outcome="").first()
    assert ann.pk != enrolled.pk
    page(enrolled).post(reverse("owed_done", args=[owed.pk]), {"note": "Trade shows convert."})
    owed.refresh_from_db()
    assert owed.outcome in ("met", "late")


def test_0_7_what_is_missed_reaches_the_inbox_once(office, ticket):
    later = NOW + timedelta(hours=2)
    sweep(later)
    sweep(later)
    told = Notice.objects.filter(
        person=office["ann"], kind="breached", owed__kind="ticket_response"
    )
    assert told.count() <= 1
    assert Owed.objects.get(kind="ticket_response").breached_at == later
    inbox = page(office["ann"]).get("/notices/")
    assert inbox.status_code == 200
    page(office["ann"]).post("/notices/reading/")
    assert not Notice.objects.filter(person=office["ann"], read_at=None).exists()


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_4_12_today_speaks_three_languages(office, ticket, language):
    client = Client(headers={"accept-language": language})
    office["ann"].language = language
    office["ann"].save()
    client.force_login(office["ann"])
    text = client.get("/").content.decode()
    assert {"zh-hans": "记一笔", "zh-hant": "記一筆", "en": "Quick log"}[language] in text
