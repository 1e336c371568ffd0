"""Clause 4.1: whose rows each role sees, for every kind of record; memberships are dated."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from zhangfa.records.models import (
    Activity,
    Contract,
    CreditShare,
    Customer,
    Deal,
    Delivery,
    DeliveryException,
    Membership,
    Order,
    Owed,
    Payment,
    Person,
    Proposal,
    Team,
    Ticket,
    Verdict,
)
from zhangfa.records.people import ROLES
from zhangfa.records.scope import scope_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
BEGAN = date(2020, 1, 1)


@pytest.fixture
def east(db) -> Team:
    return Team(name="East", parent=Team(name="Sales").place()).place()


def person(name: str, role: str, team: Team | None = None, *, lead: bool = False) -> Person:
    made = Person.objects.create_user(name, name=name.title(), roles=[role])
    if team is not None:
        Membership.objects.create(person=made, team=team, lead=lead, starts_on=BEGAN)
    return made


@pytest.fixture
def lin(east) -> Person:
    return person("lin", "seller", east)


@pytest.fixture
def rows(lin) -> dict[str, object]:
    """One record of each kind, all of Lin's."""
    customer = Customer.objects.create(name="恒越", owner=lin, entered_at=NOW)
    deal = Deal.objects.create(
        customer=customer, title="产线", owner=lin, opened_at=NOW, stage_since=NOW
    )
    order = Order.objects.create(
        number="O-1", customer=customer, owner=lin, signed_at=NOW, signed_on=NOW.date(),
        amount=Decimal(100),
    )  # fmt: skip
    CreditShare.objects.create(order=order, person=lin, share=Decimal(100), amount=Decimal(100))
    return {
        "customer": customer,
        "deal": deal,
        "proposal": Proposal.objects.create(deal=deal, version=1),
        "contract": Contract.objects.create(
            number="C-1", customer=customer, owner=lin, amount=Decimal(1), drafted_at=NOW
        ),
        "order": order,
        "delivery": Delivery.objects.create(order=order, planned_at=NOW),
        "exception": DeliveryException.objects.create(order=order, kind="quality", raised_at=NOW),
        "payment": Payment.objects.create(
            customer=customer, number="P-1", paid_on=NOW.date(), amount=Decimal(1)
        ),
        "ticket": Ticket.objects.create(
            number="S-1", customer=customer, owner=lin, title="停机", raised_at=NOW
        ),
        "activity": Activity.objects.create(
            customer=customer, person=lin, kind="call", at=NOW, noted_at=NOW, text="电话"
        ),
        "owed": Owed.objects.create(
            kind="needs_report", story=deal.ref, opening=1, person=lin, opens_at=NOW, due=NOW,
            promised=NOW,
        ),
        "verdict": Verdict.objects.create(
            person=lin, frozen_by=lin, period="2026-Q1", card="", digest="a", previous="b",
            frozen_at=NOW,
        ),
        "person": lin,
    }  # fmt: skip


WHOLE = {
    "seller": set(),
    "supervisor": set(),
    "legal": {"contract"},
    "finance": {"customer", "activity", "contract", "order", "payment", "verdict"},
    "technical": {"ticket", "deal", "order", "delivery", "exception", "proposal"},
    "product": {"deal", "proposal"},
    "production": {"order", "delivery", "exception"},
    "logistics": {"order", "delivery", "exception"},
    "service": {"customer", "activity", "ticket", "delivery"},
    "hr": {"person", "verdict"},
    "policy_officer": {"person", "verdict", "owed"},
    "administrator": {"person"},
}


def seen_by(viewer: Person, rows: dict[str, object]) -> set[str]:
    fresh = Person.objects.get(pk=viewer.pk)
    return {
        kind
        for kind, row in rows.items()
        if type(row).objects.visible_to(fresh).filter(pk=row.pk).exists()
    }


def test_4_1_no_role_is_forgotten_here():
    assert {*WHOLE, "director"} == set(ROLES)


@pytest.mark.parametrize("role", WHOLE)
def test_4_1_of_a_stranger_a_role_sees_what_its_department_needs(rows, role):
    assert seen_by(person("other", role), rows) == WHOLE[role]


def test_4_1_the_director_and_the_owner_see_all_of_it(rows, lin):
    assert seen_by(person("zhao", "director"), rows) == set(rows)
    assert seen_by(lin, rows) == set(rows)


def test_4_1_whoever_leads_the_team_or_one_above_sees_it_a_colleague_does_not(rows, east):
    everything = set(rows)
    assert seen_by(person("gu", "supervisor", east, lead=True), rows) == everything
    assert seen_by(person("top", "supervisor", east.parent, lead=True), rows) == everything
    assert seen_by(person("zhou", "seller", east), rows) == set()
    west = Team(name="West", parent=east.parent).place()
    assert seen_by(person("xi", "supervisor", west, lead=True), rows) == set()
    below = Team(name="East 1", parent=east).place()
    assert seen_by(person("xia", "supervisor", below, lead=True), rows) == set()


def test_4_1_a_lead_whose_membership_has_ended_sees_nothing_more(rows, east):
    gu = person("gu", "supervisor", east, lead=True)
    Membership.objects.filter(person=gu).update(ends_on=date(2026, 1, 1))
    assert seen_by(gu, rows) == set()


def test_4_1_a_member_who_has_left_the_team_stays_readable_to_its_lead(rows, east, lin):
    """What Lin did while she was there is judged there."""
    gu = person("gu", "supervisor", east, lead=True)
    Membership.objects.filter(person=lin).update(ends_on=date(2026, 1, 1))
    assert scope_of(Person.objects.get(pk=gu.pk)).covers(lin.pk)


def test_4_1_an_order_is_seen_by_everybody_who_has_a_share_of_it(rows, lin):
    other = person("he", "seller")
    order = rows["order"]
    CreditShare.objects.filter(order=order).update(share=Decimal(50))
    CreditShare.objects.create(order=order, person=other, share=Decimal(50), amount=Decimal(50))
    assert seen_by(other, rows) == {"order"}


def test_4_1_what_a_role_owes_is_seen_by_its_people_only(rows, lin):
    owed = Owed.objects.create(
        kind="legal_review", story="contract/1", opening=2, role="legal", opens_at=NOW, due=NOW,
        promised=NOW,
    )  # fmt: skip
    legal, finance = person("fang", "legal"), person("qian", "finance")
    assert Owed.objects.visible_to(legal).filter(pk=owed.pk).exists()
    assert list(Owed.objects.owed_by(legal)) == [owed]
    assert not Owed.objects.visible_to(finance).filter(pk=owed.pk).exists()


def test_2_1_2_team_lead_and_supervisor_are_those_of_the_day(east, lin):
    """Half-open: on the day a membership ends the next one holds."""
    west = Team(name="West", parent=east.parent).place()
    gu = person("gu", "supervisor", east, lead=True)
    xi = person("xi", "supervisor", west, lead=True)
    moved = date(2026, 3, 2)
    Membership.objects.filter(person=lin).update(ends_on=moved)
    Membership.objects.create(person=lin, team=west, starts_on=moved)
    day = timedelta(days=1)
    assert (lin.team_on(moved - day), lin.team_on(moved)) == (east, west)
    assert (lin.supervisor_on(moved - day), lin.supervisor_on(moved)) == (gu, xi)
    assert lin.team_on(BEGAN - day) is None and lin.supervisor_on(BEGAN - day) is None


def test_0_7_above_a_lead_stands_the_lead_of_the_team_above(east, lin):
    gu = person("gu", "supervisor", east, lead=True)
    zhao = person("zhao", "director", east.parent, lead=True)
    today = timezone.localdate()
    assert lin.supervisor_on(today) == gu
    assert gu.supervisor_on(today) == zhao
    assert zhao.supervisor_on(today) is None
