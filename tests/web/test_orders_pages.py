"""Orders as their users meet them: scheduled, tracked, delivered, signed off, paid (1.3, 2.2)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from zhangfa.actions import customers, duties, exceptions, money
from zhangfa.actions import orders as actions
from zhangfa.answers import receivables
from zhangfa.records.models import (
    Allocation,
    Delivery,
    DeliveryException,
    LedgerLine,
    Membership,
    Order,
    OrderChange,
    Owed,
    Payment,
    Person,
    Team,
)

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC).replace(microsecond=0)
TODAY = timezone.localdate()
HTMX = {"HX-Request": "true"}
TERMS = [
    {"label": "Deposit", "percent": 30, "days": 7},
    {"label": "Rest", "percent": 70, "days": 60},
]


@pytest.fixture
def office():
    """Two sellers of two teams, their lead, and the departments."""
    root = Team(name="Company").place()
    one, other = Team(name="East", parent=root).place(), Team(name="West", parent=root).place()
    made = {}
    for name, roles, team, leads in (
        ("lead", ["supervisor"], one, True),
        ("ann", ["seller"], one, False),
        ("bob", ["seller"], one, False),
        ("cai", ["seller"], other, False),
        ("lee", ["legal"], root, False),
        ("fin", ["finance"], root, False),
        ("wan", ["logistics"], root, False),
        ("shi", ["production"], root, False),
        ("tang", ["technical"], root, False),
        ("hana", ["hr"], root, False),
    ):
        person = Person.objects.create_user(name, name=name.title(), roles=roles, language="en")
        Membership.objects.create(person=person, team=team, lead=leads, starts_on=date(2020, 1, 1))
        made[name] = person
    return made


def bought_of(person: Person, number: str, days: int = 20, **more: object) -> Order:
    """An order of a customer of this person's, signed some days ago."""
    at = NOW - timedelta(days=days)
    customer = customers.enter_customer(by=person, at=at, name=f"{number} Works").record
    told = {"number": number, "amount": Decimal(100_000), "payment_terms": TERMS, **more}
    return actions.enter_order(customer, by=person, at=at, **told).record


@pytest.fixture
def order(office) -> Order:
    return bought_of(office["ann"], "S-1")


@pytest.fixture
def delivery(office, order) -> Delivery:
    planned = NOW + timedelta(days=12)
    return actions.plan_delivery(order, by=office["ann"], at=NOW, planned_at=planned).record


@pytest.fixture
def trouble(office, order) -> DeliveryException:
    at = NOW - timedelta(minutes=5)
    told = {"kind": "production_delay", "text": "Spindles are short"}
    return exceptions.raise_exception(order, by=office["ann"], at=at, **told).record


def page(person: Person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def text_of(person: Person, name: str, *args: object, **asked: object) -> str:
    return page(person).get(reverse(name, args=args), asked).content.decode()


def sent(person: Person, where: str, /, *args: object, **told: object):
    return page(person).post(reverse(where, args=args), told, headers=HTMX)


def step(person: Person, delivery: Delivery, what: str, /, **told: object):
    return sent(person, "order_delivery", delivery.order_id, delivery.pk, what, **told)


def outcome(kind: str) -> str:
    return Owed.objects.filter(kind=kind).latest("opens_at").outcome


def typed(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def test_1_3_5_production_and_logistics_schedule_from_the_page(office, order):
    for name, role in (("shi", "production"), ("wan", "logistics")):
        kind = f"{role}_schedule"
        assert f'"role": "{role}"' in text_of(office[name], "order", order.pk)
        assert sent(office["ann"], "order_schedule", order.pk, role=role).status_code == 403
        assert sent(office[name], "order_schedule", order.pk, role=role).status_code == 200
        assert outcome(kind) in ("met", "late")
        assert f'"role": "{role}"' not in text_of(office[name], "order", order.pk)


def test_1_3_5_a_department_gets_from_today_over_the_duty_to_the_order(office, order):
    owed = Owed.objects.get(kind="logistics_schedule", outcome="")
    assert reverse("duty", args=[owed.pk]) in text_of(office["wan"], "today")
    assert reverse("order", args=[order.pk]) in text_of(office["wan"], "duty", owed.pk)
    done = reverse("order_owed_done", args=[order.pk, owed.pk])
    assert done in text_of(office["wan"], "order", order.pk)
    assert page(office["wan"]).post(done, headers=HTMX).status_code == 200
    owed.refresh_from_db()
    assert owed.outcome == "late"


def test_1_3_6_the_daily_word_says_where_the_order_stands(office, order):
    answer = sent(office["ann"], "order_tracking", order.pk, status="on_hold", note="No crane")
    assert answer.status_code == 200
    order.refresh_from_db()
    assert order.status == "on_hold"
    line = LedgerLine.objects.get(story=order.ref, what="order_tracked")
    assert line.body["status"] == "on_hold"
    assert "No crane" in text_of(office["lead"], "order", order.pk)
    assert sent(office["bob"], "order_tracking", order.pk).status_code == 404
    assert sent(office["wan"], "order_tracking", order.pk).status_code == 403


def test_1_3_6_an_order_is_not_tracked_into_its_end(office, order):
    answer = sent(office["ann"], "order_tracking", order.pk, status="closed")
    assert answer.status_code == 422
    assert 'id="o-tracking-status-e"' in answer.content.decode()
    order.refresh_from_db()
    assert (order.status, order.tracked_at) == ("open", None)


def test_1_3_7_a_planned_delivery_owes_confirmation_and_documents_three_days_before(office, order):
    planned = NOW + timedelta(days=12)
    answer = sent(office["ann"], "order_deliveries", order.pk, planned_at=typed(planned))
    assert answer.status_code == 200
    kinds = Owed.objects.filter(story__startswith="delivery/", outcome="")
    assert set(kinds.values_list("kind", flat=True)) == {
        "delivery_confirmation",
        "delivery_documents",
    }
    assert all(owed.due <= planned - timedelta(days=2) for owed in kinds)


def test_1_3_7_what_is_no_moment_is_refused_at_its_field(office, order):
    answer = sent(office["ann"], "order_deliveries", order.pk, planned_at="soon")
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="o-plan-planned_at-e"' in text
    assert 'value="soon"' in text
    assert not Delivery.objects.exists()


def test_1_3_7_the_confirmation_keeps_the_acceptance_criteria(office, delivery):
    told = {"acceptance": "Runs four hours without a stop", "mode": "visit"}
    assert step(office["wan"], delivery, "confirmation", **told).status_code == 403
    assert step(office["ann"], delivery, "confirmation", **told).status_code == 200
    assert outcome("delivery_confirmation") == "met"
    assert told["acceptance"] in text_of(office["wan"], "order", delivery.order_id)


def test_1_3_7_another_day_moves_what_is_owed_and_cancelling_ends_it(office, delivery):
    later = NOW + timedelta(days=30)
    answer = step(office["wan"], delivery, "rescheduling", planned_at=typed(later))
    assert answer.status_code == 200
    open_ = Owed.objects.filter(story=delivery.ref, outcome="")
    assert open_.count() == 2
    assert all(owed.due > NOW + timedelta(days=20) for owed in open_)
    assert step(office["ann"], delivery, "cancellation").status_code == 200
    assert not open_.all().exists()
    delivery.refresh_from_db()
    assert delivery.cancelled_at
    # what is cancelled is neither delivered nor moved any more
    for name in ("handover", "rescheduling", "confirmation"):
        told = {"planned_at": typed(later)}
        assert step(office["ann"], delivery, name, **told).status_code == 422, name
    assert delivery.order.number not in text_of(office["ann"], "orders", view="confirm")


def test_1_3_8_nothing_is_delivered_without_its_documents(office, delivery):
    refused = step(office["ann"], delivery, "handover")
    assert refused.status_code == 422
    assert "The delivery documents are missing" in refused.content.decode()
    shipped = sent(office["ann"], "order_tracking", delivery.order_id, status="shipped")
    assert shipped.status_code == 422
    assert step(office["ann"], delivery, "documents").status_code == 403
    assert step(office["tang"], delivery, "documents").status_code == 200
    assert outcome("delivery_documents") == "met"
    assert step(office["ann"], delivery, "handover").status_code == 200
    delivery.refresh_from_db()
    assert delivery.delivered_at
    assert Order.objects.get().status == "delivered"


def test_1_3_8_documents_that_were_waived_with_a_reason_hold_nothing_up(office, delivery):
    owed = Owed.objects.get(story=delivery.ref, kind="delivery_documents")
    duties.waive(delivery, by=office["lead"], at=NOW, owed=owed, reason="A spare part")
    assert step(office["ann"], delivery, "handover").status_code == 200


def test_1_3_9_the_sign_off_names_who_signed_at_the_customer(office, delivery):
    actions.prepare_documents(delivery, by=office["tang"], at=NOW)
    assert step(office["ann"], delivery, "sign_off", name="Mr Qin").status_code == 422
    step(office["ann"], delivery, "handover")
    owed = Owed.objects.get(kind="delivery_sign_off")
    assert timedelta(hours=23) < owed.due - NOW <= timedelta(hours=25)
    empty = step(office["ann"], delivery, "sign_off", name=" ")
    assert empty.status_code == 422
    assert f'id="o-sign_off-{delivery.pk}-name-e"' in empty.content.decode()
    assert "S-1" in text_of(office["ann"], "orders", view="sign_off")
    assert step(office["ann"], delivery, "sign_off", name="Mr Qin").status_code == 200
    assert outcome("delivery_sign_off") == "met"
    assert "Signed off by Mr Qin" in text_of(office["ann"], "order", delivery.order_id)


def test_1_3_10_an_exception_owes_apology_and_alternative_and_is_settled(office, order):
    told = {"kind": "quality", "text": "Scratched"}
    assert sent(office["ann"], "order_exceptions", order.pk, **told).status_code == 200
    found = DeliveryException.objects.get()
    for name, kind, given in (
        ("apology", "exception_apology", {}),
        ("alternative", "exception_alternative", {"kind": "priority_scheduling"}),
    ):
        assert outcome(kind) == ""
        answer = sent(office["ann"], "order_exception", order.pk, found.pk, name, **given)
        assert answer.status_code == 200
        assert outcome(kind) == "met"
    given = {"chosen": "priority_scheduling"}
    sent(office["ann"], "order_exception", order.pk, found.pk, "settlement", **given)
    assert "The customer chose: Priority scheduling" in text_of(office["ann"], "order", order.pk)
    again = sent(office["ann"], "order_exception", order.pk, found.pk, "settlement", **given)
    assert again.status_code == 422


def test_1_3_10_an_alternative_the_policy_does_not_know_is_refused_at_its_field(office, trouble):
    told = {"kind": "cash"}
    answer = sent(
        office["ann"], "order_exception", trouble.order_id, trouble.pk, "alternative", **told
    )
    assert answer.status_code == 422
    assert f'id="o-alternative-{trouble.pk}-kind-e"' in answer.content.decode()


def test_1_3_11_a_department_owes_the_task_it_was_asked_for(office, trouble):
    where = (trouble.order_id, trouble.pk)
    due = NOW + timedelta(days=2)
    told = {"role": "production", "text": "A new date", "due": typed(due)}
    assert sent(office["ann"], "order_exception", *where, "tasks", **told).status_code == 200
    owed = Owed.objects.get(kind="department_task")
    assert (owed.person, owed.role, owed.outcome) == (None, "production", "")
    assert abs(owed.due - due) < timedelta(minutes=1)
    assert reverse("duty", args=[owed.pk]) in text_of(office["shi"], "today")
    assert "A new date" in text_of(office["shi"], "order", trouble.order_id)
    done = {"task": 1, "text": "Week 49"}
    assert sent(office["wan"], "order_exception", *where, "task_completion", **done).status_code
    owed.refresh_from_db()
    assert owed.outcome == ""
    answer = sent(office["shi"], "order_exception", *where, "task_completion", **done)
    assert answer.status_code == 200
    owed.refresh_from_db()
    assert owed.outcome == "met"
    assert "Week 49" in text_of(office["ann"], "order", trouble.order_id)


def test_1_3_11_a_task_is_done_from_the_duty_as_well(office, trouble):
    due = NOW + timedelta(days=2)
    told = {"role": "logistics", "text": "Another carrier", "due": due}
    exceptions.assign_task(trouble, by=office["ann"], at=NOW, **told)
    owed = Owed.objects.get(kind="department_task")
    answer = page(office["wan"]).post(reverse("duty_complete", args=[owed.pk]), {"note": "Found"})
    assert answer.status_code == 302
    owed.refresh_from_db()
    assert owed.outcome == "met"


def test_1_3_11_a_task_wants_a_text_and_a_deadline_ahead(office, trouble):
    where = (trouble.order_id, trouble.pk, "tasks")
    past = typed(NOW - timedelta(hours=2))
    for told, field in (
        ({"role": "production", "text": "x", "due": past}, "due"),
        ({"role": "production", "text": " ", "due": typed(NOW + timedelta(days=1))}, "text"),
        ({"role": "hr", "text": "x", "due": typed(NOW + timedelta(days=1))}, "role"),
    ):
        answer = sent(office["ann"], "order_exception", *where, **told)
        assert answer.status_code == 422
        assert f'id="o-tasks-{trouble.pk}-{field}-e"' in answer.content.decode(), field
    assert not Owed.objects.filter(kind="department_task").exists()


def test_2_2_1_a_change_has_its_reason_and_its_own_date(office, order):
    told = {"kind": "returned", "amount": "20,000", "reason": "Wrong size"}
    assert sent(office["ann"], "order_changes", order.pk, **told).status_code == 200
    change = OrderChange.objects.get()
    assert (change.amount, change.reason, change.on) == (Decimal(20_000), "Wrong size", TODAY)
    text = text_of(office["ann"], "order", order.pk)
    assert "¥80,000" in text
    assert "Wrong size" in text
    for given, field in (
        ({"reason": " "}, "reason"),
        ({"amount": "80000.01"}, "amount"),
        ({"amount": "much"}, "amount"),
        ({"kind": "burnt"}, "kind"),
    ):
        answer = sent(office["ann"], "order_changes", order.pk, **{**told, **given})
        assert answer.status_code == 422
        assert f'id="o-change-{field}-e"' in answer.content.decode(), field
    assert OrderChange.objects.count() == 1
    assert sent(office["fin"], "order_changes", order.pk, **told).status_code == 403


def test_2_2_1_the_direct_shares_on_the_page_are_the_whole_order(office):
    shares = {office["ann"]: Decimal("66.6667"), office["bob"]: Decimal("33.3333")}
    order = bought_of(office["ann"], "S-2", shares=shares)
    text = text_of(office["ann"], "order", order.pk)
    assert "66.6667%" in text
    assert "33.3333%" in text
    assert sum(order.shares.values_list("amount", flat=True)) == order.amount
    # who is credited sees the order
    assert page(office["bob"]).get(reverse("order", args=[order.pk])).status_code == 200


def test_2_2_2_a_payment_settles_what_has_been_due_longest(office, order):
    told = {"amount": "40000", "paid_on": TODAY.isoformat(), "number": "P-1"}
    assert sent(office["fin"], "order_payments", order.pk, **told).status_code == 200
    parts = Allocation.objects.order_by("instalment__due_on").values_list("amount", flat=True)
    assert list(parts) == [Decimal(30_000), Decimal(10_000)]
    assert "¥60,000" in text_of(office["fin"], "order", order.pk)
    assert LedgerLine.objects.filter(story=order.ref, what="payment_received").count() == 2


def test_2_2_2_a_payment_goes_to_the_instalment_it_names_and_never_beyond_what_is_open(
    office, order
):
    first, last = order.instalments.order_by("due_on")
    told = {"amount": "50000", "paid_on": TODAY.isoformat()}
    for given, field in (
        ({f"to-{first.pk}": "30000.01"}, "to"),
        ({f"to-{first.pk}": "30000", f"to-{last.pk}": "20000.01"}, "to"),
        ({"amount": "-5"}, "amount"),
        ({"amount": ""}, "amount"),
        ({"paid_on": "someday"}, "paid_on"),
        ({"paid_on": (TODAY + timedelta(days=3)).isoformat()}, "paid_on"),
    ):
        answer = sent(office["fin"], "order_payments", order.pk, **{**told, **given})
        assert answer.status_code == 422, given
        text = answer.content.decode()
        assert (f'id="o-payment-{field}-e"' in text) or (field == "to" and "field bad" in text)
    assert not Payment.objects.exists()
    answer = sent(office["fin"], "order_payments", order.pk, **told, **{f"to-{last.pk}": "50000"})
    assert answer.status_code == 200
    assert Allocation.objects.get().instalment == last


def test_2_2_2_the_same_receipt_is_not_noted_twice(office, order):
    told = {"amount": "100", "paid_on": TODAY.isoformat(), "number": "P-1"}
    assert sent(office["fin"], "order_payments", order.pk, **told).status_code == 200
    answer = sent(office["fin"], "order_payments", order.pk, **told)
    assert answer.status_code == 422
    assert 'id="o-payment-number-e"' in answer.content.decode()
    assert Payment.objects.count() == 1


def test_2_2_2_receivables_stand_by_age_the_oldest_first(office, order):
    old = bought_of(office["ann"], "S-9", days=140)
    text = text_of(office["fin"], "receivables")
    assert text.index("S-9 · Deposit") < text.index("S-9 · Rest") < text.index("S-1 · Deposit")
    sheet = receivables.sheet(office["fin"], TODAY)
    assert sheet.counts == {"current": 1, "30": 1, "60": 0, "90": 1, "older": 1}
    assert sheet.sums["older"] == Decimal(30_000)
    assert (sheet.whole, sheet.overdue) == (Decimal(200_000), Decimal(130_000))
    only = text_of(office["fin"], "receivables", age="older")
    assert "S-9 · Deposit" in only
    assert "S-1" not in only
    told = {"amount": Decimal(100_000), "paid_on": TODAY}
    money.receive_payment(old.customer, by=office["fin"], at=NOW, **told)
    assert "S-9" not in text_of(office["fin"], "receivables")


def test_2_2_2_the_ages_meet_without_a_gap_or_an_overlap():
    assert [receivables.bucket_of(days) for days in (-5, 0, 1, 30, 31, 60, 61, 90, 91, 4000)] == [
        *("current", "current", "30", "30", "60", "60", "90", "90", "older", "older")
    ]


def test_4_1_receivables_are_for_finance_and_for_who_sells_in_their_scope(office, order):
    assert "S-1" in text_of(office["ann"], "receivables")
    assert "S-1" in text_of(office["lead"], "receivables")
    assert "S-1 ·" not in text_of(office["cai"], "receivables")
    for name in ("wan", "shi", "tang", "lee", "hana"):
        assert page(office[name]).get(reverse("receivables")).status_code == 403, name
        assert reverse("receivables") not in text_of(office[name], "orders")
    # the departments see the order and not its money
    assert 'id="money"' in text_of(office["fin"], "order", order.pk)
    for name in ("wan", "tang"):
        assert 'id="money"' not in text_of(office[name], "order", order.pk), name


def test_4_1_an_order_opens_for_its_team_and_the_departments_and_for_nobody_else(office, order):
    url = reverse("order", args=[order.pk])
    for name in ("ann", "lead", "fin", "wan", "shi", "tang"):
        assert page(office[name]).get(url).status_code == 200, name
    for name in ("bob", "cai", "lee", "hana"):
        assert page(office[name]).get(url).status_code == 404, name
        assert f'href="{url}"' not in text_of(office[name], "orders"), name


def test_the_list_is_narrowed_to_what_is_to_do(office, order, delivery):
    bob = bought_of(office["bob"], "S-7", days=2)
    Owed.objects.filter(story=bob.ref, kind="order_tracking", outcome="").update(
        due=NOW - timedelta(hours=1), lapses_at=NOW + timedelta(hours=9)
    )
    for asked, wanted in (
        ({}, {"S-1", "S-7"}),
        ({"view": "open"}, {"S-1", "S-7"}),
        ({"view": "confirm"}, {"S-1"}),
        ({"view": "unpaid"}, {"S-1"}),
        ({"view": "sign_off"}, set()),
        ({"q": "s-7"}, {"S-7"}),
        ({"mine": "1"}, set()),
        ({"view": "nonsense", "page": "0"}, {"S-1", "S-7"}),
    ):
        text = text_of(office["lead"], "orders", **asked)
        assert {n for n in ("S-1", "S-7") if f">{n}</a>" in text} == wanted, asked
    part = page(office["ann"]).get(reverse("orders"), headers=HTMX).content.decode()
    assert part.lstrip().startswith('<div id="list"')


def test_what_is_overdue_stands_first_and_under_its_filter(office, order, trouble):
    later = bought_of(office["ann"], "S-0", days=1)
    Owed.objects.filter(story=trouble.ref, kind="exception_apology").update(
        due=NOW - timedelta(days=3)
    )
    text = text_of(office["ann"], "orders")
    assert text.index(f'href="{reverse("order", args=[order.pk])}"') < text.index(
        f'href="{reverse("order", args=[later.pk])}"'
    )
    assert f'href="{reverse("order", args=[order.pk])}"' in text_of(
        office["ann"], "orders", view="late"
    )


def test_what_was_just_tracked_can_be_taken_back(office, order):
    answer = sent(office["ann"], "order_tracking", order.pk)
    line = LedgerLine.objects.get(story=order.ref, what="order_tracked")
    undo = f"{reverse('order_undo', args=[order.pk])}?lines={line.pk}"
    assert undo in answer.content.decode()
    assert page(office["ann"]).post(undo, headers=HTMX).status_code == 200
    order.refresh_from_db()
    assert order.tracked_at is None


def test_1_3_6_another_state_is_not_taken_back_in_one_tap(office, order):
    answer = sent(office["ann"], "order_tracking", order.pk, status="on_hold")
    assert reverse("order_undo", args=[order.pk]) not in answer.content.decode()


def test_2_2_2_nothing_is_to_be_paid_for_an_order_that_was_cancelled(office, order):
    told = {"kind": "cancelled", "amount": "100000", "reason": "No budget"}
    assert sent(office["ann"], "order_changes", order.pk, **told).status_code == 200
    assert "should have been paid" not in text_of(office["fin"], "order", order.pk)
    assert "S-1 ·" not in text_of(office["fin"], "receivables")
    assert sent(office["ann"], "order_changes", order.pk, **told).status_code == 422


def test_4_13_the_order_list_asks_no_more_for_more_rows(office, order, delivery):
    client, url = page(office["ann"]), reverse("orders")
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for n in range(8):
        bought_of(office["ann"], f"X-{n}", days=3)
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(few)
