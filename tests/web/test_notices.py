"""The inbox and the bell: unread ones counted, each leads to what it is about (0.7, 3.1.2)."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from zhangfa.actions import customers, inbox, tickets
from zhangfa.actions.renewal import renew
from zhangfa.jobs.sweep import sweep
from zhangfa.records.models import Membership, Notice, Owed, Person, Team

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def ann():
    person = Person.objects.create_user("ann", name="Ann", roles=["seller"], language="en")
    team = Team(name="East").place()
    Membership.objects.create(person=person, team=team, starts_on=date(2020, 1, 1))
    return person


@pytest.fixture
def told(ann):
    """Somebody in service raised an issue for Ann's customer: she was asked three things."""
    service = Person.objects.create_user("bai", name="Bai", roles=["service"], language="en")
    begun = NOW - timedelta(hours=2)
    customer = customers.enter_customer(by=ann, at=begun, name="恒越精密", intent=80).record
    tickets.raise_ticket(customer, by=service, at=begun, title="Stops at night")
    return list(Notice.objects.filter(person=ann))


def client_of(person: Person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def test_0_7_every_page_says_how_many_notices_are_unread(ann, told):
    text = client_of(ann).get("/preferences/").content.decode()
    assert f"Notices: {len(told)} unread" in text
    assert len(told) == 3


def test_0_7_opening_a_notice_marks_it_read_and_leads_to_its_obligation(ann, told):
    answer = client_of(ann).get(reverse("notice", args=[told[0].pk]))
    assert answer["location"] == reverse("duty", args=[told[0].owed_id])
    told[0].refresh_from_db()
    assert told[0].read_at is not None
    assert Notice.objects.filter(person=ann, read_at=None).count() == 2


def test_4_1_nobody_opens_or_reads_anothers_notices(ann, told):
    bob = Person.objects.create_user("bob", name="Bob", roles=["seller"], language="en")
    assert client_of(bob).get(reverse("notice", args=[told[0].pk])).status_code == 404
    client_of(bob).post(reverse("notices_read"), {"notice": told[0].pk})
    client_of(bob).post(reverse("notices_read"))
    assert Notice.objects.filter(person=ann, read_at=None).count() == 3


def test_0_7_one_is_marked_read_where_it_stands_and_the_bell_follows(ann, told):
    client = client_of(ann)
    part = client.post(
        reverse("notices_read"), {"notice": told[0].pk}, headers={"HX-Request": "true"}
    ).content.decode()
    assert '<hx-partial id="bell">' in part
    assert f'id="n{told[0].pk}"' in part
    shown = client.get(reverse("notices"), {"show": "unread"}).content.decode()
    assert f'id="n{told[0].pk}"' not in shown
    assert f'id="n{told[1].pk}"' in shown


def test_0_7_the_inbox_is_grouped_by_day(ann, told):
    Notice.objects.filter(pk=told[0].pk).update(at=NOW - timedelta(days=3))
    Notice.objects.exclude(pk=told[0].pk).update(at=NOW)
    text = client_of(ann).get(reverse("notices")).content.decode()
    assert text.count('<section class="grp">') == 2


def test_3_1_2_open_pages_are_told_of_a_notice_and_only_those_of_its_people(ann, told):
    with CaptureQueriesContext(connection) as asked:
        sweep(NOW)
    sent = [each["sql"] for each in asked if "pg_notify" in each["sql"]]
    heard = [json.loads(sql.split("'zhangfa', '")[1].rsplit("'", 1)[0]) for sql in sent]
    assert {"t": "notice", "to": [ann.pk]} in heard
    assert Owed.objects.filter(breached_at=NOW).exists()


def test_0_7_reading_twice_keeps_the_first_moment(ann, told):
    inbox.read_one(told[0].pk, by=ann, at=NOW)
    inbox.read_one(told[0].pk, by=ann, at=NOW + timedelta(hours=1))
    told[0].refresh_from_db()
    assert told[0].read_at == NOW


def test_0_7_a_notice_outlives_the_obligation_that_follows_from_the_facts_no_more(ann, told):
    owed = Owed.objects.get(pk=told[0].owed_id)
    story = owed.story
    owed.pk, owed.opening, owed.window = None, 0, "2026-W01"
    owed.save(force_insert=True)
    kept = Notice.objects.create(
        person=ann, kind="reminder", owed=owed, ref=story, once="x", at=NOW - timedelta(hours=1)
    )
    renew([story], NOW)
    assert not Owed.objects.filter(pk=owed.pk).exists()
    connection.check_constraints()
    kept.refresh_from_db()
    assert kept.owed_id is None
    assert kept.read_at == NOW, "there is nothing left to do about it"
    answer = client_of(ann).get(reverse("notice", args=[kept.pk]))
    assert answer["location"] == "/tickets/" + story.partition("/")[2] + "/"
