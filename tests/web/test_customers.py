"""The list of customers, and one customer, as their users meet them (1.1)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from zhangfa.actions import customers as actions
from zhangfa.actions import deals
from zhangfa.records.models import (
    Channel,
    Contact,
    Customer,
    LedgerLine,
    Membership,
    Person,
    Team,
)

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def office():
    """A lead with two sellers, a seller of another team, a director, somebody in service."""
    root = Team(name="Company").place()
    one, other = Team(name="East", parent=root).place(), Team(name="West", parent=root).place()
    made = {"East": one, "West": other}
    for name, roles, team, leads in (
        ("lead", ["supervisor"], one, True),
        ("ann", ["seller"], one, False),
        ("bob", ["seller"], one, False),
        ("cai", ["seller"], other, False),
        ("dora", ["director"], root, True),
        ("service", ["service"], root, False),
    ):
        person = Person.objects.create_user(name, name=name.title(), roles=roles, language="en")
        Membership.objects.create(person=person, team=team, lead=leads, starts_on=date(2020, 1, 1))
        made[name] = person
    return made


def entered(by: Person, name: str, days: int = 1, **details) -> Customer:
    """A customer of somebody, entered some days ago."""
    moment = NOW - timedelta(days=days)
    return actions.enter_customer(by=by, at=moment, name=name, **details).record


@pytest.fixture
def customer(office) -> Customer:
    return entered(
        office["ann"], "苏州恒越精密机械有限公司", industry="精密加工", city="苏州", intent=80
    )


def page(person: Person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def names(answer) -> list[str]:
    """The customers on the list, in their order."""
    text = answer.content.decode()
    return [part.split("</a>")[0].split(">")[-1] for part in text.split('class="main-cell">')[1:]]


def test_4_1_the_list_shows_ones_own_the_teams_and_nobody_elses(office, customer):
    entered(office["bob"], "Bob's Works")
    entered(office["cai"], "Cai's Works")
    url = reverse("customers")
    assert names(page(office["ann"]).get(url)) == [customer.name]
    assert set(names(page(office["lead"]).get(url))) == {customer.name, "Bob&#39;s Works"}
    assert len(names(page(office["dora"]).get(url))) == 3
    assert names(page(office["cai"]).get(url)) == ["Cai&#39;s Works"]


@pytest.mark.parametrize("typed", ["恒越", "hengyue", "szhy", "精密机", "恒越 "])
def test_4_6_the_list_finds_by_fragment_pinyin_and_initials(office, customer, typed):
    entered(office["ann"], "华东电子")
    found = page(office["ann"]).get(reverse("customers"), {"q": typed})
    assert names(found) == [customer.name]


def test_4_6_pieces_that_do_not_stand_together_are_no_hit(office, customer):
    assert names(page(office["ann"]).get(reverse("customers"), {"q": "越机精"})) == []


def test_1_1_3_filters_leave_out_what_they_say(office, customer):
    other = entered(office["bob"], "Bob", industry="食品", city="常州", headcount=6000, intent=100)
    Customer.objects.filter(pk=other.pk).update(grade="A", status="existing")
    Customer.objects.filter(pk=customer.pk).update(grade="B")
    client, url = page(office["dora"]), reverse("customers")
    for asked, wanted in (
        ({"grade": "A"}, ["Bob"]),
        ({"grade": ["A", "B"]}, ["Bob", customer.name]),
        ({"status": "existing"}, ["Bob"]),
        ({"owner": office["ann"].pk}, [customer.name]),
        ({"industry": "食品"}, ["Bob"]),
        ({"city": "苏州"}, [customer.name]),
        ({"team": office["East"].pk}, ["Bob", customer.name]),
        ({"team": office["West"].pk}, []),
        ({"grade": "Z", "status": "no", "owner": "x", "page": "-3"}, ["Bob", customer.name]),
    ):
        assert names(client.get(url, asked)) == wanted, asked


def test_1_1_6_stillness_finds_those_whose_touch_is_overdue(office, customer):
    quiet = entered(office["ann"], "Quiet", days=40)
    entered(office["ann"], "Fresh", days=1)
    client, url = page(office["ann"]), reverse("customers")
    assert names(client.get(url, {"quiet": "touch"})) == ["Quiet"]
    assert names(client.get(url, {"quiet": "regrade"})) == ["Quiet"]
    assert len(names(client.get(url, {"quiet": "never"}))) == 3
    actions.log_activity(quiet, by=office["ann"], at=NOW, kind="call", text="Spoke")
    assert names(client.get(url, {"quiet": "touch"})) == []
    assert "Quiet" not in names(client.get(url, {"quiet": "never"}))


def test_1_1_6_a_stands_first_and_every_column_sorts_both_ways(office, customer):
    for name, grade in (("Zed", "A"), ("Abe", "C")):
        made = entered(office["ann"], name)
        Customer.objects.filter(pk=made.pk).update(grade=grade)
        if name == "Abe":
            deals.open_deal(made, by=office["ann"], at=NOW, title="Lamp", amount=9)
    Customer.objects.filter(pk=customer.pk).update(grade="B")
    client, url = page(office["ann"]), reverse("customers")
    assert names(client.get(url)) == ["Zed", customer.name, "Abe"]
    assert names(client.get(url, {"sort": "name"})) == ["Abe", customer.name, "Zed"]
    assert names(client.get(url, {"sort": "-name"})) == ["Zed", customer.name, "Abe"]
    assert names(client.get(url, {"sort": "-amount"}))[0] == "Abe"
    for key in ("touched", "-touched", "entered", "-entered", "due", "-due", "amount", "nonsense"):
        assert len(names(client.get(url, {"sort": key}))) == 3


def test_the_list_has_pages_that_keep_the_filters(office):
    for n in range(53):
        entered(office["ann"], f"Works {n:02}")
    client, url = page(office["ann"]), reverse("customers")
    first = client.get(url, {"q": "works"})
    assert len(names(first)) == 50
    assert "1–50 of 53" in first.content.decode()
    assert "q=works&amp;page=2" in first.content.decode()
    second = client.get(url, {"q": "works", "page": 2})
    assert len(names(second)) == 3
    assert not set(names(first)) & set(names(second))


def test_the_list_asks_the_database_six_times_however_long_it_is(
    office, django_assert_max_num_queries
):
    client, url = page(office["lead"]), reverse("customers")
    for n in range(30):
        entered(office["ann" if n % 2 else "bob"], f"Works {n:02}", city=f"City {n % 5}")
    client.get(url)
    with django_assert_max_num_queries(6):
        answer = client.get(url)
    assert len(names(answer)) == 30
    assert len(answer.content) < 80_000


def test_htmx_gets_the_list_without_its_frame(office, customer):
    part = page(office["ann"]).get(reverse("customers"), headers={"HX-Request": "true"})
    text = part.content.decode()
    assert text.lstrip().startswith('<div id="list"')
    assert customer.name in text
    assert "HX-Request" in part["Vary"]


def test_empty_states_say_what_to_do(office):
    text = page(office["ann"]).get(reverse("customers")).content.decode()
    assert "No customers yet" in text
    assert reverse("customer_new") in text
    none = page(office["ann"]).get(reverse("customers"), {"q": "zzz"}).content.decode()
    assert "Take all filters away" in none


def test_1_1_4_a_customer_is_entered_with_source_contact_and_grade(office):
    fair = Channel.objects.create(name="Fair", kind="trade_show")
    told = {"name": "  New  Works ", "city": "苏州", "channel": fair.pk, "intent": "70"}
    told |= {"contact_name": "Zhou", "contact_phone": "139"}
    answer = page(office["ann"]).post(reverse("customer_new"), told)
    made = Customer.objects.get(name="New Works")
    assert (answer.status_code, answer["Location"]) == (302, reverse("customer", args=[made.pk]))
    assert (made.owner, made.channel, made.intent) == (office["ann"], fair, 70)
    assert Contact.objects.get(customer=made).name == "Zhou"
    assert LedgerLine.objects.filter(customer=made.pk, what="customer_graded").count() == 1


def test_1_1_4_what_is_wrong_is_said_at_its_field(office):
    answer = page(office["ann"]).post(reverse("customer_new"), {"name": "", "headcount": "many"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_name_error"' in text
    assert 'id="id_headcount_error"' in text
    entered(office["cai"], "Taken", credit_code="91310000MA1FL5E62R")
    twice = {"name": "Other", "credit_code": "91310000MA1FL5E62R"}
    again = page(office["ann"]).post(reverse("customer_new"), twice).content.decode()
    assert "Another customer already has this credit code." in again
    assert Customer.objects.count() == 1


def test_1_1_4_a_likely_duplicate_is_shown_first_and_entered_only_when_sure(office, customer):
    client, url = page(office["ann"]), reverse("customer_new")
    told = {"name": "苏州恒越精密机械股份有限公司"}
    hint = client.get(reverse("customer_similar"), told).content.decode()
    assert reverse("customer", args=[customer.pk]) in hint
    assert customer.name in client.post(url, told).content.decode()
    assert Customer.objects.count() == 1
    client.post(url, {**told, "sure": "1"})
    assert Customer.objects.count() == 2


def test_4_1_only_those_who_sell_enter_customers(office):
    assert page(office["service"]).get(reverse("customer_new")).status_code == 403
    refused = page(office["service"]).post(reverse("customer_new"), {"name": "Mine"})
    assert refused.status_code == 403
    assert Customer.objects.count() == 0


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_4_12_the_list_speaks_three_languages(office, customer, language):
    client = Client(headers={"accept-language": language})
    client.force_login(office["ann"])
    text = client.get(reverse("customers")).content.decode()
    assert {"zh-hans": "新客户", "zh-hant": "新客戶", "en": "New customer"}[language] in text
