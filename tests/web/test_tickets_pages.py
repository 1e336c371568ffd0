"""1.4.3 to 1.4.5 After-sales as its people meet it: three clocks, pauses, closure, who may."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from zhangfa.actions import customers, tickets
from zhangfa.records.models import LedgerLine, Membership, Owed, Person, Team, Ticket

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def desk():
    east = Team(name="East").place()
    made = {}
    for name, roles, lead in (
        ("gu", ["supervisor"], True),
        ("ann", ["seller"], False),
        ("bob", ["seller"], False),
    ):
        person = Person.objects.create_user(name, name=name.title(), roles=roles, language="en")
        Membership.objects.create(person=person, team=east, lead=lead, starts_on=date(2020, 1, 1))
        made[name] = person
    for name, roles in (("bai", ["service"]), ("fang", ["legal"])):
        made[name] = Person.objects.create_user(name, name=name.title(), roles=roles, language="en")
    begun = NOW - timedelta(hours=3)
    made["works"] = customers.enter_customer(
        by=made["ann"], at=begun, name="恒越精密", intent=80
    ).record
    made["ticket"] = tickets.raise_ticket(
        made["works"], by=made["bai"], at=begun, title="Stops at night", text="Since Monday."
    ).record
    return made


def browser(person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def page(person, address, status=200):
    answer = browser(person).get(address)
    assert answer.status_code == status, address
    return unescape(answer.content.decode())


def act(person, ticket, name, status=200, **given):
    answer = browser(person).post(
        reverse("ticket_act", args=[ticket.pk, name]), given, headers={"HX-Request": "true"}
    )
    assert answer.status_code == status, answer.content.decode()[:300]
    ticket.refresh_from_db()
    return unescape(answer.content.decode())


def outcome(ticket, kind):
    return Owed.objects.get(story=ticket.ref, kind=kind).outcome


def test_1_4_3_the_three_clocks_stand_side_by_side_each_with_its_count(desk):
    text = page(desk["ann"], reverse("ticket", args=[desk["ticket"].pk]))
    for kind in ("ticket_response", "ticket_solution", "ticket_closure"):
        row = Owed.objects.get(story=desk["ticket"].ref, kind=kind)
        assert reverse("duty", args=[row.pk]) in text
    assert text.index(">overdue<") < text.index(">running<")
    assert "Since Monday." in text


def test_1_4_3_to_1_4_5_an_issue_goes_its_whole_way_by_its_buttons(desk):
    ticket, ann, bai = desk["ticket"], desk["ann"], desk["bai"]
    assert "has been answered" in act(ann, ticket, "answer")
    assert outcome(ticket, "ticket_response") == "late"
    assert "solution is noted" in act(ann, ticket, "solve", text="Replace the relay.")
    assert outcome(ticket, "ticket_solution") == "met"
    act(ann, ticket, "resolve")
    assert ticket.status == "resolved"
    act(bai, ticket, "confirm")
    assert (ticket.status, ticket.confirmed) == ("closed", True)
    assert outcome(ticket, "ticket_closure") == "met"
    text = page(ann, reverse("ticket", args=[ticket.pk]))
    assert "confirmed by the customer" in text
    assert "Replace the relay." in text
    act(bai, ticket, "reopen")
    assert (ticket.status, ticket.reopened) == ("answered", 1)


def test_1_4_4_a_solution_is_written_words_and_refused_without(desk):
    text = act(desk["ann"], desk["ticket"], "solve", 422, text="  ")
    assert "Write the solution down." in text
    assert 'aria-describedby="e-solve"' in text
    assert desk["ticket"].solved_at is None


def test_1_4_5_the_owner_does_not_confirm_for_the_customer(desk):
    act(desk["ann"], desk["ticket"], "resolve")
    text = page(desk["ann"], reverse("ticket", args=[desk["ticket"].pk]))
    assert "Customer confirms" not in text
    refused = act(desk["ann"], desk["ticket"], "confirm", 422)
    assert "Somebody else has to record" in refused
    assert desk["ticket"].status == "resolved"


def test_0_4_the_clock_stands_with_a_reason_and_goes_on(desk):
    ticket = desk["ticket"]
    act(desk["ann"], ticket, "wait", reason="supplier")
    assert ticket.status == "waiting"
    line = LedgerLine.objects.get(story=ticket.ref, what="clock_stopped")
    assert line.body["reason"] == "supplier"
    assert "the clock stands" in page(desk["ann"], reverse("ticket", args=[ticket.pk]))
    act(desk["ann"], ticket, "resume")
    assert ticket.status == "open"


def test_1_4_3_the_list_counts_its_views_and_puts_the_most_urgent_first(desk):
    later = tickets.raise_ticket(
        desk["works"], by=desk["bai"], at=NOW - timedelta(minutes=5), title="Noise"
    ).record
    text = page(desk["ann"], "/tickets/")
    assert text.index(desk["ticket"].number) < text.index(later.number)
    only = page(desk["ann"], "/tickets/?view=late")
    assert desk["ticket"].number in only
    assert later.number not in only
    assert later.number in page(desk["ann"], "/tickets/?q=nois")
    assert "No issue fits" in page(desk["ann"], "/tickets/?q=zzz")


def test_1_4_3_an_issue_is_raised_for_a_customer_that_is_looked_for(desk):
    found = page(desk["bai"], "/tickets/new/?q=恒越")
    assert f"/tickets/new/?customer={desk['works'].pk}" in found
    client = browser(desk["bai"])
    refused = client.post("/tickets/new/", {"title": "Leaks"})
    assert refused.status_code == 422
    assert "Choose the customer" in refused.content.decode()
    refused = client.post("/tickets/new/", {"customer": desk["works"].pk, "title": " "})
    assert refused.status_code == 422
    assert "in a line what is wrong" in refused.content.decode()
    made = client.post("/tickets/new/", {"customer": desk["works"].pk, "title": "Leaks"})
    ticket = Ticket.objects.get(title="Leaks")
    assert made["location"] == reverse("ticket", args=[ticket.pk])
    assert ticket.owner == desk["ann"], "the customer's owner answers for it"
    assert Owed.objects.filter(story=ticket.ref).count() == 3


def test_1_4_3_another_person_takes_over(desk):
    act(desk["bai"], desk["ticket"], "assign", to=desk["bob"].pk)
    assert desk["ticket"].owner == desk["bob"]
    refused = act(desk["bai"], desk["ticket"], "assign", 422, to="")
    assert "Choose who answers for it now." in refused


def test_4_1_others_do_not_find_an_issue_and_legal_cannot_act(desk):
    address = reverse("ticket", args=[desk["ticket"].pk])
    page(desk["bob"], address, 404)
    page(desk["fang"], address, 404)
    assert desk["ticket"].number not in page(desk["bob"], "/tickets/")
    page(desk["gu"], address)
    answer = browser(desk["bob"]).post(address + "answer/")
    assert answer.status_code == 404
    assert browser(desk["ann"]).post(address + "nonsense/").status_code == 404
    page(desk["fang"], "/tickets/new/", 403)
