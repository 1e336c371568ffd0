"""0.1, 0.2, 0.5 The working calendar: shown, a notice entered, deadlines counted again."""

from __future__ import annotations

import json
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from zhangfa.actions import calendars, contracts, customers, deals
from zhangfa.actions.action import Invalid, NotAllowed
from zhangfa.records.editions import current_calendar, forget
from zhangfa.records.ledger import Change
from zhangfa.records.models import CalendarDay, Owed, Person

pytestmark = pytest.mark.django_db


def at(text: str) -> datetime:
    """ "2026-03-02 09:00" in China."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai"))


NOW = at("2026-12-30 15:00")
NOTICE = "1月1日（周五）至3日（周日）放假调休，共3天。1月4日（周一）上班。"


@pytest.fixture
def hr():
    return Person.objects.create_user("yuan", name="Yuan", roles=["hr"], language="en")


@pytest.fixture
def review(hr):
    """A draft handed in on the last afternoon but one of the published year."""
    seller = Person.objects.create_user("ann", name="Ann", roles=["seller"])
    legal = Person.objects.create_user("fang", name="Fang", roles=["legal"])
    finance = Person.objects.create_user("qian", name="Qian", roles=["finance"])
    customer = customers.enter_customer(by=seller, at=NOW, name="Works").record
    deal = deals.open_deal(customer, by=seller, at=NOW, title="Line", amount=50000).record
    contract = contracts.Contract.objects.create(
        number="H-1", customer=customer, deal=deal, owner=seller, amount=50000, drafted_at=NOW
    )
    contracts.submit_draft(contract, by=seller, at=NOW, legal=legal, finance=finance)
    return Owed.objects.get(kind="legal_review", person=legal)


def page(person: Person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def test_0_2_a_provisional_deadline_is_counted_again_and_the_change_is_noted(hr, review):
    assert review.provisional
    before = review.due
    days = calendars.days_of("2027-01-01 休\n2027-01-04 休\n2027-01-09 班", 2027)
    done = calendars.enter_notice(by=hr, at=NOW, days=days, year=2027).record
    after = Owed.objects.get(pk=review.pk)
    assert (done.days, after.provisional) == (3, False)
    assert after.due > before and done.moved >= 1 and done.firm >= 1
    assert after.due == at("2027-01-05 18:00")
    noted = Change.objects.get(ref=review.story, field="due:legal_review")
    assert (noted.old, noted.new, noted.by) == (before.isoformat(), after.due.isoformat(), hr)
    assert Change.objects.get(ref="calendar", field="2027-01-04").new == "off"


def test_0_2_a_whole_notice_moves_how_far_the_calendar_is_known_and_single_days_do_not(hr):
    days = {date(2027, 5, 3): False}
    calendars.enter_notice(by=hr, at=NOW, days=days, year=2027, whole=False)
    forget()
    assert current_calendar().published_until == date(2026, 12, 31)
    assert not current_calendar().is_workday(date(2027, 5, 3))
    calendars.enter_notice(by=hr, at=NOW, days={date(2027, 10, 1): False}, year=2027)
    forget()
    known = current_calendar()
    assert known.published_until == date(2027, 12, 31)
    # A whole notice is the whole truth: a day it does not name is an ordinary day again.
    assert known.is_workday(date(2027, 10, 4)) and not known.is_workday(date(2027, 10, 1))


def test_0_5_the_past_is_never_counted_again_and_not_everybody_may_enter(hr):
    with pytest.raises(Invalid) as refused:
        calendars.enter_notice(by=hr, at=NOW, days={date(2026, 12, 30): False}, year=2026)
    assert refused.value.field == "text"
    seller = Person.objects.create_user("cai", name="Cai", roles=["seller"])
    with pytest.raises(NotAllowed):
        calendars.enter_notice(by=seller, at=NOW, days={date(2027, 1, 1): False}, year=2027)
    assert not CalendarDay.objects.exists()


def test_0_2_real_sentences_are_read_as_their_days(shared_data):
    path = shared_data / "cn_calendar" / "notice_sentences_to_dates.json"
    cases = json.loads(path.read_text("utf-8"))
    assert len(cases) == 49
    for case in cases:
        expected = {date.fromisoformat(d["date"]): not d["isOffDay"] for d in case["expected"]}
        assert calendars.days_of(case["description"], case["year"]) == expected


@pytest.mark.parametrize("text", ["", "2027-02-30 休", "2027-02-20 maybe", "随便写的一句话。"])
def test_0_2_what_cannot_be_read_is_said_at_the_field(hr, text):
    answer = page(hr).post("/calendar/", {"text": text, "year": "2027", "sure": "1"})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not CalendarDay.objects.exists()


def test_0_2_a_notice_is_read_first_and_entered_when_one_is_sure(hr):
    client, year = page(hr), datetime.now(ZoneInfo("Asia/Shanghai")).year + 1
    sent = {"text": f"{year}-01-01 休\n{year}-01-02 班", "year": str(year)}
    read = client.post("/calendar/", sent).content.decode()
    assert f"{year}-01-01" in read and not CalendarDay.objects.exists()
    assert client.post("/calendar/", sent | {"sure": "1", "whole": "1"}).status_code == 302
    assert list(CalendarDay.objects.order_by("day").values_list("works", flat=True)) == [
        False,
        True,
    ]
    assert "2 days entered." in client.get(f"/calendar/?year={year}").content.decode()


def test_0_1_everybody_sees_the_year_and_only_some_the_form(hr):
    seller = Person.objects.create_user("cai", name="Cai", roles=["seller"])
    shown = page(seller).get("/calendar/?year=2026").content.decode()
    assert 'title="Holiday"' in shown and 'name="text"' not in shown
    assert page(seller).post("/calendar/", {"text": NOTICE}).status_code == 403
    assert page(seller).get("/calendar/?year=1066").status_code == 404
