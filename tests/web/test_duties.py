"""The page of one obligation: why then, by whom, what came of it, what it counts (0.3, 4.2)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from zhangfa.actions import customers, tickets, waivers
from zhangfa.actions.action import NotNow
from zhangfa.answers.duty import duty_of
from zhangfa.jobs.sweep import sweep
from zhangfa.records.models import LedgerLine, Membership, Notice, Owed, Person, Team

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def office():
    """A lead with two sellers, and somebody in service."""
    team = Team(name="East").place()
    made = {}
    for name, roles, lead in (
        ("lead", ["supervisor"], True),
        ("ann", ["seller"], False),
        ("bob", ["seller"], False),
        ("service", ["service"], False),
    ):
        person = Person.objects.create_user(name, name=name.title(), roles=roles, language="en")
        Membership.objects.create(person=person, team=team, lead=lead, starts_on=date(2020, 1, 1))
        made[name] = person
    return made


@pytest.fixture
def customer(office):
    hours = NOW - timedelta(hours=5)
    return customers.enter_customer(
        by=office["ann"], at=hours, name="苏州恒越精密机械有限公司", intent=80
    ).record


@pytest.fixture
def ticket(office, customer):
    begun = NOW - timedelta(minutes=30)
    return tickets.raise_ticket(customer, by=office["service"], at=begun, title="Stops").record


def client_of(person: Person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def owed_of(kind: str) -> Owed:
    return Owed.objects.get(kind=kind, outcome="")


def page(person: Person, owed: Owed) -> str:
    return client_of(person).get(reverse("duty", args=[owed.pk])).content.decode()


def test_0_3_the_page_counts_the_deadline_step_by_step_and_cites_clause_and_edition(office, ticket):
    owed = owed_of("ticket_solution")
    text = page(office["ann"], owed)
    assert "24 hours later" in text
    assert "1.4.4" in text
    assert "How the deadline was counted" in text
    found = duty_of(owed, NOW)
    assert found.citations[0].key == "ticket_solution.within"
    assert found.edition in text


def test_0_3_the_steps_end_at_the_deadline_that_binds_whatever_the_kind(office, ticket, customer):
    rows = list(Owed.objects.all())
    assert len({row.kind for row in rows}) > 4
    for row in rows:
        found = duty_of(row, NOW)
        assert found.reckoning.due == row.due
        assert found.reckoning.counted in (None, row.due), row.kind


def test_0_4_a_stop_of_the_clock_is_told_with_its_reason(office, ticket):
    tickets.wait_for_customer(ticket, by=office["ann"], at=NOW)
    later = NOW + timedelta(hours=2)
    tickets.go_on(ticket, by=office["ann"], at=later)
    owed = owed_of("ticket_solution")
    found = duty_of(owed, later)
    assert found.reckoning.counted == owed.due == NOW + timedelta(hours=25, minutes=30)
    assert [reason for _, reason in found.reckoning.stops] == ["pause_reason.customer"]
    text = page(office["ann"], owed)
    assert "the clock stood until" in text
    assert text.count("Waiting for the customer") == 2


def test_4_1_a_colleague_finds_no_page_the_lead_does(office, ticket):
    owed = owed_of("ticket_response")
    address = reverse("duty", args=[owed.pk])
    assert client_of(office["bob"]).get(address).status_code == 404
    assert client_of(office["lead"]).get(address).status_code == 200


def test_4_2_done_on_its_page_and_taken_back_there(office, ticket):
    owed, client = owed_of("ticket_response"), client_of(office["ann"])
    answer = client.post(reverse("duty_complete", args=[owed.pk]))
    owed.refresh_from_db()
    assert owed.outcome == "met"
    lines = answer["location"].split("undo=")[1]
    client.post(reverse("duty_undo", args=[owed.pk]), {"lines": lines})
    owed.refresh_from_db()
    assert owed.outcome == ""
    assert "Taken back: Issue answered" in page(office["ann"], owed)


def test_4_2_a_kind_that_wants_a_sentence_is_refused_without_one(office, ticket):
    owed, client = owed_of("ticket_solution"), client_of(office["ann"])
    refused = client.post(reverse("duty_complete", args=[owed.pk]), {"note": " "})
    assert refused.status_code == 422
    assert "Say in a sentence what happened." in refused.content.decode()


def test_0_6_asked_to_be_let_off_the_lead_is_told_once_and_the_reason_is_on_the_page(
    office, ticket
):
    owed = owed_of("ticket_response")
    address = reverse("duty_waive", args=[owed.pk])
    client_of(office["ann"]).post(address, {"reason": "The customer called it off"})
    notice = Notice.objects.get(once=f"waive/{owed.pk}/{office['ann'].pk}")
    assert (notice.person, notice.kind) == (office["lead"], "asked")
    with pytest.raises(NotNow):
        waivers.ask_waiver(owed, by=office["ann"], at=NOW, reason="again")
    owed.refresh_from_db()
    assert owed.outcome == ""
    assert "The customer called it off" in page(office["lead"], owed)


def test_0_6_waived_by_the_lead_the_page_says_by_whom_and_why(office, ticket):
    owed = owed_of("ticket_response")
    address = reverse("duty_waive", args=[owed.pk])
    client_of(office["lead"]).post(address, {"reason": "Wrong customer"})
    owed.refresh_from_db()
    assert owed.outcome == "waived"
    text = page(office["ann"], owed)
    assert "Wrong customer" in text
    assert "Waived: it counts for nobody" in text


def test_0_7_reminders_stand_in_the_history_with_whom_they_went_to(office, ticket, monkeypatch):
    monkeypatch.setattr("zhangfa.jobs.sweep.wakes_at", lambda now, *_: now)  # whatever the hour
    sweep(NOW + timedelta(minutes=25))
    owed = owed_of("ticket_response")
    told = [event for event in duty_of(owed, NOW).history if event.key == "notice"]
    assert {event.to for event in told} == {"Ann"}
    assert "Reminder to Ann" in page(office["ann"], owed)


def test_2_2_6_what_it_would_do_to_compliance_is_the_metrics_own_arithmetic(office, ticket):
    tickets.answer_ticket(ticket, by=office["ann"], at=NOW, text="We look into it")
    owed = owed_of("ticket_solution")
    effect = duty_of(owed, owed.due + timedelta(minutes=1)).effect
    assert effect.ways["late"] > effect.ways["missed"]
    assert set(effect.ways) == {"late", "missed"}
    assert effect.now == effect.ways["missed"]


def test_4_2_today_leads_to_the_page_of_each_obligation(office, ticket):
    owed = owed_of("ticket_response")
    text = client_of(office["ann"]).get("/").content.decode()
    assert f'href="{reverse("duty", args=[owed.pk])}"' in text


def test_a_fact_that_is_gone_leaves_the_page_standing(office, ticket):
    owed = owed_of("ticket_response")
    assert LedgerLine.objects.filter(pk=owed.opening).exists()
    owed.opening += 10_000
    found = duty_of(owed, NOW)
    assert found.obligation is None
    assert found.citations == ()
