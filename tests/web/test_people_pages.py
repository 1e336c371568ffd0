"""2.1.2, 4.1 People as HR, leads and they themselves meet them: teams, roles, layers, leave."""

from __future__ import annotations

from datetime import date, timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from zhangfa.records.models import LayerSpell, Leave, Membership, Person, Team

pytestmark = pytest.mark.django_db


@pytest.fixture
def company():
    root = Team(name="Company").place()
    east, west = (Team(name=name, parent=root).place() for name in ("East", "West"))
    made = {"east": east, "west": west}
    for name, roles, team, lead in (
        ("gu", ["supervisor"], east, True),
        ("ann", ["seller"], east, False),
        ("bob", ["seller"], west, False),
    ):
        person = Person.objects.create_user(name, name=name.title(), roles=roles, language="en")
        Membership.objects.create(person=person, team=team, lead=lead, starts_on=date(2020, 1, 1))
        made[name] = person
    LayerSpell.objects.create(person=made["ann"], layer="newcomer", starts_on=date(2026, 1, 1))
    made["yuan"] = Person.objects.create_user("yuan", name="Yuan", roles=["hr"], language="en")
    return made


def browser(person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def page(person, address, status=200):
    answer = browser(person).get(address)
    assert answer.status_code == status, address
    return unescape(answer.content.decode())


def act(by, about, name, status=302, **given):
    answer = browser(by).post(reverse("person_act", args=[about.pk, name]), given)
    assert answer.status_code == status, answer.content.decode()[:200]
    return unescape(answer.content.decode())


def test_4_1_hr_sees_everybody_by_team_a_lead_the_team_a_seller_oneself(company):
    text = page(company["yuan"], "/people/")
    assert text.index(">East ") < text.index(">Gu<") < text.index(">Ann<") < text.index(">West ")
    assert ">Bob<" not in page(company["gu"], "/people/")
    assert ">Gu<" not in page(company["ann"], "/people/").split('id="list"')[1]
    page(company["gu"], reverse("person", args=[company["bob"].pk]), 404)
    assert "Bob" in page(company["yuan"], "/people/?q=bo")


def test_2_1_2_a_layer_begins_on_a_day_and_the_one_before_ends_there(company):
    act(company["yuan"], company["ann"], "layer", **{"layer": "mature", "from": "2026-07-01"})
    spells = LayerSpell.objects.filter(person=company["ann"]).order_by("starts_on")
    assert [(s.layer, s.starts_on, s.ends_on) for s in spells] == [
        ("newcomer", date(2026, 1, 1), date(2026, 7, 1)),
        ("mature", date(2026, 7, 1), None),
    ]
    refused = act(company["yuan"], company["ann"], "layer", 422, **{"layer": "x", "from": "soon"})
    assert "Give a day as" in refused
    assert 'aria-describedby="e-from"' in refused


def test_2_1_2_somebody_changes_teams_from_a_day_on(company):
    act(company["yuan"], company["ann"], "team", team=company["west"].pk, on="2026-08-01")
    now = Membership.objects.get(person=company["ann"], ends_on=None)
    assert (now.team, now.starts_on, now.lead) == (company["west"], date(2026, 8, 1), False)
    assert "Choose a team." in act(company["yuan"], company["ann"], "team", 422, on="2026-08-01")


def test_4_1_roles_are_given_by_somebody_else_only(company):
    act(company["yuan"], company["ann"], "roles", roles=["seller", "service"])
    company["ann"].refresh_from_db()
    assert company["ann"].roles == ["seller", "service"]
    refused = act(company["yuan"], company["yuan"], "roles", 422, roles=["director"])
    assert "Somebody else has to change your own roles." in refused
    act(company["gu"], company["ann"], "roles", 403, roles=["director"])


def test_0_1_leave_is_entered_by_oneself_with_a_deputy_and_refused_twice(company):
    first = timezone.now().date() + timedelta(days=5)
    given = {
        "starts_on": first.isoformat(),
        "ends_on": (first + timedelta(days=3)).isoformat(),
        "deputy": company["bob"].pk,
    }
    act(company["ann"], company["ann"], "leave", **given)
    leave = Leave.objects.get(person=company["ann"])
    assert (leave.starts_on, leave.deputy) == (first, company["bob"])
    refused = act(company["ann"], company["ann"], "leave", 422, **given)
    assert "There is leave in these days already." in refused
    assert first.isoformat() in refused, "what was typed stays"
    act(company["bob"], company["ann"], "leave", 404, **given)


def test_4_1_hr_makes_an_account_and_bad_input_is_refused_at_its_field(company):
    client = browser(company["yuan"])
    for given, word in (
        ({"name": "", "username": "x"}, "A person needs a name."),
        ({"name": "Li", "username": "a b"}, "make a user name"),
        ({"name": "Li", "username": "ann"}, "The name ann is taken."),
        ({"name": "Li", "username": "li", "password": "123"}, "too short"),
    ):
        answer = client.post("/people/new/", given)
        assert answer.status_code == 422
        assert word in unescape(answer.content.decode())
    answer = client.post("/people/new/", {"name": "李明", "username": "Li.Ming", "roles": "seller"})
    made = Person.objects.get(username="li.ming")
    assert answer["location"] == reverse("person", args=[made.pk])
    assert (made.roles, made.initials) == (["seller"], "lm")
    assert not made.has_usable_password()
    page(company["gu"], "/people/new/", 403)
