"""Who may open what (4.1): every address, for every role, about one's own record and about those
of others. What is expected follows from one small table: whose rows a role sees. No status but
the expected ones, nothing changed by who may not, and nothing taken without the page's token."""

from __future__ import annotations

import pytest
from django.test import Client
from told_company import Route, address, kind_of, routes, told

from zhangfa.records import models as records
from zhangfa.records.models import LedgerLine, Person

pytestmark = pytest.mark.django_db
__all__ = ["told"]

OWNER = "lin"  # a seller of the first team; gu leads it, zhao leads the company
OTHER = "liang"  # a seller of the second team, led by shao
EVERYBODY = {
    "lin": "seller",
    "zhou": "seller",
    "liang": "seller",
    "gu": "supervisor",
    "shao": "supervisor",
    "zhao": "director",
    "fang": "legal",
    "qian": "finance",
    "tang": "technical",
    "pan": "product",
    "shi": "production",
    "wan": "logistics",
    "bai": "service",
    "yuan": "hr",
    "cheng": "policy_officer",
    "admin": "administrator",
}
LEADS = {"gu": {"lin", "zhou"}, "shao": {"liang"}, "zhao": set(EVERYBODY)}
# The departments that see every row of a kind; everybody else sees their own and those they lead.
SEE_ALL = {
    records.Customer: {"finance", "service"},
    records.Deal: {"technical", "product"},
    records.Contract: {"legal", "finance"},
    records.Order: {"finance", "technical", "production", "logistics"},
    records.Ticket: {"technical", "service"},
    records.Owed: {"policy_officer"},
    records.Person: {"hr", "policy_officer"},
}
TAKEN = {200, 204, 302, 303, 403, 405, 409, 422}  # a refusal says why; it is never a fault
REFUSED = {302, 403, 404, 405}
OPEN = {"language", "theme"}


@pytest.fixture(scope="module")
def people(told) -> dict[str, Person]:
    return {person.username: person for person in Person.objects.filter(username__in=EVERYBODY)}


@pytest.fixture(scope="module")
def clients(people) -> dict[str, Client]:
    """Everybody, signed in once; a fault is an answer here and not an exception."""
    made = {}
    for name, person in people.items():
        made[name] = Client(raise_request_exception=False)
        made[name].force_login(person)
    return made


@pytest.fixture(params=routes(), ids=lambda route: route.name)
def route(request, told) -> Route:
    return request.param


def record(kind: type, owner: Person):
    """A record of this kind that belongs to nobody but its owner."""
    if kind is records.Person:
        return owner
    if kind is records.Owed:
        own = records.Owed.objects.filter(person=owner, story__startswith="customer/", outcome="")
        return own.order_by("pk").first()
    rows = kind._default_manager.order_by("pk")
    if hasattr(kind, "owner"):
        rows = rows.filter(owner=owner)
        if kind is records.Ticket:
            rows = rows.filter(customer__owner=owner)
        if kind is records.Order:
            rows = rows.exclude(shares__in=records.CreditShare.objects.exclude(person=owner))
        return rows.first()
    return None


def sees(name: str, kind: type, owner: str) -> bool:
    """What the policy of 4.1 says: oneself, whom one leads, or one's department's kind."""
    role = EVERYBODY[name]
    return name == owner or owner in LEADS.get(name, ()) or role in SEE_ALL.get(kind, ())


def about_records() -> list[Route]:
    return [each for each in routes() if kind_of(each) in SEE_ALL]


def about_nothing() -> list[Route]:
    return [each for each in routes() if kind_of(each) is None]


@pytest.mark.parametrize("each", about_records(), ids=lambda each: each.name)
@pytest.mark.parametrize("owner", [OWNER, OTHER])
def test_4_1_a_record_opens_for_those_who_may_see_it_and_for_nobody_else(
    each, owner, people, clients
):
    kind = kind_of(each)
    about = record(kind, people[owner])
    where = about and address(each, about, people[owner])
    if where is None:
        pytest.skip("the story has nothing to fill this address with")
    wrong = []
    for name in people:
        status = clients[name].get(where).status_code
        expected = (TAKEN | {404}) if sees(name, kind, owner) else REFUSED
        if kind is records.Person and each.area != "scorecards":
            expected = TAKEN | {404}  # the directory of people is no secret; its doing is
        if name == owner and kind is not records.Person:
            expected = TAKEN - {403}
        if status not in expected or (status == 302 and not sees(name, kind, owner)):
            wrong.append(f"{name} ({EVERYBODY[name]}) gets {status}")
    assert wrong == []


@pytest.mark.parametrize("each", about_records(), ids=lambda each: each.name)
def test_4_1_nothing_changes_by_those_who_may_not_see_it(each, people, clients):
    kind = kind_of(each)
    about = record(kind, people[OWNER])
    where = about and address(each, about, people[OWNER])
    if where is None:
        pytest.skip("the story has nothing to fill this address with")
    lines = LedgerLine.objects.count()
    for name in people:
        if sees(name, kind, OWNER):
            continue
        status = clients[name].post(where).status_code
        assert status in {403, 404, 405}, f"{name} ({EVERYBODY[name]}) gets {status}"
    assert LedgerLine.objects.count() == lines


def test_4_1_nobody_gets_a_fault_from_a_page_without_a_record(people, clients):
    wrong = []
    for each in about_nothing():
        where = address(each, None, people[OWNER])
        if where is None:
            continue
        for name in people:
            status = clients[name].get(where).status_code
            if status not in TAKEN | {404}:
                wrong.append(f"{each.name}: {name} gets {status}")
    assert wrong == []


def test_an_empty_form_is_refused_in_words_and_never_a_fault(route, people, clients):
    """Whoever may do it forgets everything: 200, 4xx, a way back; never 500."""
    about = record(kind_of(route), people[OWNER]) if kind_of(route) in SEE_ALL else None
    where = address(route, about, people[OWNER])
    if where is None:
        pytest.skip("the story has nothing to fill this address with")
    for name in (OWNER, "gu", "zhao", "admin"):
        status = clients[name].post(where).status_code
        assert status < 500, f"{name} gets {status}"


def test_nothing_is_taken_without_the_token_of_a_page(route, people):
    about = record(kind_of(route), people[OWNER]) if kind_of(route) in SEE_ALL else None
    where = address(route, about, people[OWNER])
    if where is None:
        pytest.skip("the story has nothing to fill this address with")
    client = Client(enforce_csrf_checks=True)
    client.force_login(people[OWNER])
    assert client.post(where, {"note": "x", "kind": "call"}).status_code == 403


def test_a_stranger_is_sent_to_the_gate(route, people):
    if route.name in OPEN:
        pytest.skip("a stranger may choose language and theme for the gate itself")
    about = record(kind_of(route), people[OWNER]) if kind_of(route) in SEE_ALL else None
    where = address(route, about, people[OWNER])
    if where is None:
        pytest.skip("the story has nothing to fill this address with")
    stranger = Client()
    for answer in (stranger.get(where), stranger.post(where)):
        assert answer.status_code in (302, 303, 405), answer.status_code
        if answer.status_code != 405:
            assert "/account/login/" in answer.url
