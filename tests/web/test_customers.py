"""The list of customers, and one customer, as their users meet them (1.1)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from zhangfa.actions import contacts, deals
from zhangfa.actions import customers as actions
from zhangfa.records.models import (
    Activity,
    Change,
    Channel,
    Contact,
    Customer,
    LedgerLine,
    Membership,
    Owed,
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


# ------------------------------------------------------------------------------- one customer


def opened(who: Person, customer: Customer, **asked) -> str:
    answer = page(who).get(reverse("customer", args=[customer.pk]), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def owed_of(kind: str, customer: Customer) -> Owed:
    """What is owed now; a later week's may stand beside it already."""
    begun = Owed.objects.filter(kind=kind, customer=customer, outcome="").begun(NOW)
    return begun.latest("due")


def test_1_1_5_the_page_says_why_the_grade_stands_where_it_stands(office, customer):
    actions.rate_customer(customer, by=office["ann"], at=NOW, budget_known=True, intent=90)
    customer.refresh_from_db()
    text = opened(office["ann"], customer)
    assert f"Why grade {customer.grade}" in text
    assert "Rated 90 of 100 by the seller · 36" in text
    assert "The budget is known · 20" in text
    assert "A ≥ 75" in text
    assert "Industry rated" not in text
    history = text.split("History of grades")[1].split("</table>")[0]
    assert history.count("<tr>") == 2
    assert "Ann" in history


def test_4_1_the_page_is_for_those_who_may_see_the_customer(office, customer):
    url = reverse("customer", args=[customer.pk])
    for name, status in (("ann", 200), ("lead", 200), ("dora", 200), ("service", 200)):
        assert page(office[name]).get(url).status_code == status, name
    for name in ("bob", "cai"):
        for path in ("", "timeline/", "details/", "forms/rating/"):
            assert page(office[name]).get(url + path).status_code == 404
        for path in ("log/", "rating/", "owner/", "loss/", "contacts/"):
            assert page(office[name]).post(url + path).status_code == 404


def test_a_merged_customer_leads_to_where_its_records_went(office, customer):
    other = entered(office["ann"], "Other")
    actions.merge_customers(other, by=office["lead"], at=NOW, into=customer)
    answer = page(office["ann"]).get(reverse("customer", args=[other.pk]))
    assert answer["Location"] == reverse("customer", args=[customer.pk])


@pytest.mark.parametrize("kind", ["call", "visit", "message", "meeting", "note"])
def test_4_2_the_composer_writes_an_activity_and_closes_what_it_answers(office, customer, kind):
    owed, weekly = owed_of("customer_touch", customer), owed_of("weekly_update", customer)
    url = reverse("customer_log", args=[customer.pk])
    told = {"kind": kind, "note": "They ask for spares", "outcome": "Good", "next_step": "Quote"}
    answer = page(office["ann"]).post(url, told, headers={"HX-Request": "true"}).content.decode()
    noted = Activity.objects.get(customer=customer)
    assert (noted.kind, noted.text, noted.outcome) == (kind, "They ask for spares", "Good")
    assert noted.next_step == "Quote"
    owed.refresh_from_db()
    weekly.refresh_from_db()
    assert owed.outcome == ("" if kind == "note" else "met")
    assert weekly.outcome == "met"
    assert answer.lstrip().startswith('<div id="timeline"')
    assert "They ask for spares" in answer
    assert f'id="ob{weekly.pk}"' not in answer
    assert "/undo/?lines=" in answer


@pytest.mark.parametrize(
    ("kind", "closes"), [("call", "customer_touch"), ("note", "weekly_update")]
)
def test_4_2_what_was_just_noted_can_be_taken_back(office, customer, kind, closes):
    owed, client = owed_of(closes, customer), page(office["ann"])
    url = reverse("customer_log", args=[customer.pk])
    told = {"kind": kind, "note": "Wrong customer"}
    answer = client.post(url, told, headers={"HX-Request": "true"}).content.decode()
    undo = answer.split(f'hx-post="{reverse("customer_undo", args=[customer.pk])}')[1]
    back = client.post(
        reverse("customer_undo", args=[customer.pk]) + undo.split('"')[0].replace("&amp;", "&"),
        headers={"HX-Request": "true"},
    ).content.decode()
    owed.refresh_from_db()
    assert owed.outcome == ""
    assert not Activity.objects.exists()
    assert "Wrong customer" not in back
    customer.refresh_from_db()
    assert customer.touched_at is None


def test_4_2_a_note_without_words_or_from_the_future_is_refused(office, customer):
    client, url = page(office["ann"]), reverse("customer_log", args=[customer.pk])
    tomorrow = (NOW + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    for told, sentence in (
        ({"kind": "call", "note": " "}, "Say in a sentence what happened."),
        ({"kind": "call", "note": "x", "at": tomorrow}, "cannot be noted"),
        ({"kind": "call", "note": "x", "at": "yesterday"}, "no date and time"),
        ({"kind": "dance", "note": "x"}, "no activity kind"),
    ):
        answer = client.post(url, told)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
    assert not Activity.objects.exists()


def test_0_what_is_noted_later_stands_at_its_own_time_with_both_dates(office, customer):
    early = NOW - timedelta(hours=30)
    url = reverse("customer_log", args=[customer.pk])
    told = {"kind": "call", "note": "Yesterday", "at": early.isoformat()}
    page(office["ann"]).post(url, told)
    line = LedgerLine.objects.get(what="customer_touched")
    assert (line.at, line.noted_at.date()) == (early, datetime.now(UTC).date())


def test_1_1_7_a_duty_is_completed_and_put_aside_on_the_page(office, customer):
    weekly, client = owed_of("weekly_update", customer), page(office["ann"])
    done = reverse("customer_owed_done", args=[customer.pk, weekly.pk])
    htmx = {"HX-Request": "true"}
    asked = client.post(done, headers=htmx).content.decode()
    assert f'id="note{weekly.pk}"' in asked
    assert "Say in a sentence" in client.post(done, {"note": " "}, headers=htmx).content.decode()
    due = weekly.due
    client.post(
        reverse("customer_owed_snooze", args=[customer.pk, weekly.pk]), {"hours": "3"}, headers=htmx
    )
    weekly.refresh_from_db()
    assert weekly.snoozed_until is not None
    assert weekly.due == due
    client.post(done, {"note": "Waits for the budget"}, headers=htmx)
    weekly.refresh_from_db()
    assert weekly.outcome == "met"


def test_the_timeline_merges_activities_and_facts_and_can_be_narrowed(office, customer):
    ann = office["ann"]
    actions.log_activity(customer, by=ann, at=NOW, kind="call", text="Asked about delivery")
    deals.open_deal(customer, by=ann, at=NOW, title="Second line", amount=5000)
    everything = opened(ann, customer)
    assert "Asked about delivery" in everything
    assert "Customer entered" in everything
    url = reverse("customer_timeline", args=[customer.pk])
    calls = page(ann).get(url, {"only": "contacts"}).content.decode()
    assert "Asked about delivery" in calls
    assert "Customer entered" not in calls
    about = page(ann).get(url, {"only": "deals"}).content.decode()
    assert "Deal opened · Second line" in about
    assert "¥5,000" in about
    assert "Asked about delivery" not in about
    none = page(ann).get(url, {"only": "tickets"}).content.decode()
    assert "Nothing has happened here yet" in none


def test_the_timeline_goes_on_without_gap_or_repetition(office, customer):
    ann = office["ann"]
    for n in range(45):
        moment = NOW - timedelta(minutes=n)
        actions.log_activity(customer, by=ann, at=moment, kind="call", text=f"Talk {n:02}.")
    first = opened(ann, customer)
    more = first.split('id="older"')[1].split('hx-get="')[1].split('"')[0].replace("&amp;", "&")
    second = page(ann).get(more).content.decode()
    shown = [f"Talk {n:02}." for n in range(45)]
    assert [text for text in shown if text in first] == shown[:30]
    assert [text for text in shown if text in second] == shown[30:]
    assert 'id="older"' not in second


def test_the_page_asks_the_database_ten_times_at_most(
    office, customer, django_assert_max_num_queries
):
    ann = office["ann"]
    for n in range(25):
        actions.log_activity(customer, by=ann, at=NOW, kind="call", text=f"Talk {n}")
        deals.open_deal(customer, by=ann, at=NOW, title=f"Deal {n}", amount=n)
    contacts.add_contact(customer, by=ann, at=NOW, name="Zhou", phone="139")
    client, url = page(ann), reverse("customer", args=[customer.pk])
    client.get(url)
    with django_assert_max_num_queries(10):
        answer = client.get(url)
    assert len(answer.content) < 80_000


def test_1_1_4_contacts_are_added_and_changed_with_the_change_noted(office, customer):
    client = page(office["ann"])
    url = reverse("customer_contacts", args=[customer.pk])
    assert client.post(url, {"name": " "}).status_code == 422
    assert client.post(url, {"name": "Zhou", "email": "nonsense"}).status_code == 422
    client.post(url, {"name": "Zhou", "title": "Head", "decides": "on"})
    made = Contact.objects.get(customer=customer)
    assert (made.name, made.decides) == ("Zhou", True)
    form = client.get(reverse("customer_contact", args=[customer.pk, made.pk])).content.decode()
    assert 'value="Zhou"' in form
    client.post(
        reverse("customer_contact", args=[customer.pk, made.pk]),
        {"name": "Zhou", "title": "Director", "decides": "on"},
    )
    made.refresh_from_db()
    noted = Change.objects.get(ref=customer.ref)
    assert (made.title, noted.old, noted.new) == ("Director", "Head", "Director")
    other = entered(office["bob"], "Other")
    strange = reverse("customer_contact", args=[other.pk, made.pk])
    assert page(office["bob"]).get(strange).status_code == 404


def test_4_11_details_are_edited_and_each_change_is_noted(office, customer):
    client, url = page(office["ann"]), reverse("customer_details", args=[customer.pk])
    assert customer.name in client.get(url).content.decode()
    assert client.post(url, {"name": "", "headcount": "x"}).status_code == 422
    told = {"name": customer.name, "city": "无锡", "industry": "精密加工", "headcount": "900"}
    assert client.post(url, told).status_code == 302
    customer.refresh_from_db()
    assert (customer.city, customer.headcount) == ("无锡", 900)
    assert set(Change.objects.values_list("field", flat=True)) == {"city", "headcount"}
    assert page(office["service"]).get(url).status_code == 403


def test_1_1_5_changed_answers_change_the_grade(office, customer):
    before = customer.grade_points
    told = {"intent": "100", "industry_potential": "90", "budget_known": "on"}
    url = reverse("customer_rating", args=[customer.pk])
    answer = page(office["ann"]).post(url, told, headers={"HX-Request": "true"})
    customer.refresh_from_db()
    assert customer.grade_points > before
    assert f"Why grade {customer.grade}" in answer.content.decode()
    assert page(office["ann"]).post(url, {"intent": "101"}).status_code == 422
    assert page(office["service"]).post(url, told).status_code == 403


def test_4_4_a_lead_hands_over_and_the_seller_cannot(office, customer):
    url, told = reverse("customer_owner", args=[customer.pk]), {"to": office["bob"].pk}
    assert page(office["ann"]).post(url, told).status_code in (403, 422)
    assert page(office["lead"]).post(url, {"to": office["cai"].pk}).status_code == 422
    page(office["lead"]).post(url, told)
    customer.refresh_from_db()
    assert customer.owner == office["bob"]
    assert "Ann → Bob" in opened(office["bob"], customer)
    assert page(office["ann"]).get(reverse("customer", args=[customer.pk])).status_code == 404


def test_a_lost_customer_says_why_and_owes_nothing_that_recurs(office, customer):
    url = reverse("customer_loss", args=[customer.pk])
    assert page(office["ann"]).post(url, {"reason": ""}).status_code == 422
    page(office["ann"]).post(url, {"reason": "price"})
    customer.refresh_from_db()
    assert (customer.status, customer.lost_reason) == ("lost", "price")
    assert "Customer lost" in opened(office["ann"], customer)
    assert not Owed.objects.filter(customer=customer, kind="weekly_update", outcome="").exists()


@pytest.mark.parametrize("name", ["rating", "contact", "loss"])
def test_forms_are_loaded_when_they_are_opened(office, customer, name):
    form = page(office["ann"]).get(reverse("customer_form", args=[customer.pk, name]))
    assert "<form" in form.content.decode()
    none = page(office["ann"]).get(reverse("customer_form", args=[customer.pk, "nothing"]))
    assert none.status_code == 404
