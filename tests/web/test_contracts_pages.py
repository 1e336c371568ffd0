"""Contracts as their users meet them: drafted, handed in, reviewed by two, signed (1.3.1-1.3.4)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from zhangfa.actions import contracts as actions
from zhangfa.actions import customers, deals
from zhangfa.records.models import (
    Contract,
    Deal,
    LedgerLine,
    Membership,
    Order,
    Owed,
    Person,
    Team,
)

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC).replace(microsecond=0)
HTMX = {"HX-Request": "true"}
TERMS = [
    {"label": "Deposit", "percent": 30, "days": 7},
    {"label": "Rest", "percent": 70, "days": 30},
]
CHECKED = ["payment_terms", "breach_liability"]


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
        ("lia", ["legal"], root, False),
        ("fin", ["finance"], root, False),
        ("wan", ["logistics"], root, False),
    ):
        person = Person.objects.create_user(name, name=name.title(), roles=roles, language="en")
        Membership.objects.create(person=person, team=team, lead=leads, starts_on=date(2020, 1, 1))
        made[name] = person
    return made


@pytest.fixture
def deal(office) -> Deal:
    """A deal of ann's in the contract stage."""
    ann, moment = office["ann"], NOW - timedelta(days=4)
    customer = customers.enter_customer(by=ann, at=moment, name="Second Works").record
    told = {"title": "Second line", "amount": Decimal(100_000)}
    made = deals.open_deal(customer, by=ann, at=moment, **told).record
    Deal.objects.filter(pk=made.pk).update(stage="contract")
    made.refresh_from_db()
    return made


@pytest.fixture
def draft(office, deal) -> Contract:
    told = {"number": "H-1", "amount": Decimal(100_000), "payment_terms": TERMS}
    told |= {"breach_terms": "0.05 % a day"}
    return actions.draft_contract(deal, by=office["ann"], at=NOW - timedelta(days=2), **told).record


@pytest.fixture
def handed_in(office, draft) -> Contract:
    told = {"legal": office["lee"], "finance": office["fin"]}
    actions.submit_draft(draft, by=office["ann"], at=NOW - timedelta(hours=3), **told)
    draft.refresh_from_db()
    return draft


def page(person: Person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def text_of(person: Person, name: str, *args: object, **asked: object) -> str:
    return page(person).get(reverse(name, args=args), asked).content.decode()


def reviewed(person: Person, contract: Contract, role: str, verdict: str, **more: object):
    told = {"role": role, "verdict": verdict, **more}
    return page(person).post(reverse("contract_review", args=[contract.pk]), told, headers=HTMX)


def approved(office, contract: Contract) -> Contract:
    for who, role in (("lee", "legal"), ("fin", "finance")):
        assert reviewed(office[who], contract, role, "approve", checked=CHECKED).status_code == 200
    contract.refresh_from_db()
    return contract


def form_of(deal: Deal, **more: object) -> dict[str, object]:
    told = {"deal": deal.pk, "number": "H-9", "title": "Second line", "amount": "80000"}
    told |= {"currency": "CNY", "label_0": "Deposit", "percent_0": "40", "days_0": "5"}
    return told | {"label_1": "Rest", "percent_1": "60", "days_1": "30", **more}


def test_1_3_1_a_deal_in_the_contract_stage_offers_to_draft_its_contract(office, deal):
    address = reverse("contract_new") + f"?deal={deal.pk}"
    assert address in text_of(office["ann"], "deal", deal.pk)
    Deal.objects.filter(pk=deal.pk).update(stage="negotiation")
    assert address not in text_of(office["ann"], "deal", deal.pk)


def test_1_3_1_the_form_knows_the_deal_and_makes_a_draft_with_payment_terms(office, deal):
    shown = page(office["ann"]).get(reverse("contract_new"), {"deal": deal.pk}).content.decode()
    assert 'value="Second line"' in shown
    assert 'value="100000.00"' in shown
    answer = page(office["ann"]).post(reverse("contract_new"), form_of(deal))
    made = Contract.objects.get(number="H-9")
    assert (answer.status_code, answer.url) == (302, reverse("contract", args=[made.pk]))
    assert made.payment_terms == [
        {"label": "Deposit", "percent": 40, "days": 5},
        {"label": "Rest", "percent": 60, "days": 30},
    ]
    assert (made.deal, made.owner, made.status) == (deal, office["ann"], "drafting")


def test_1_3_3_terms_that_are_no_whole_are_refused_at_the_terms(office, deal):
    answer = page(office["ann"]).post(reverse("contract_new"), form_of(deal, percent_1="50"))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "The parts add up to 90%, not to 100%." in text
    assert text.index("payment_terms_error") > text.index("percent_1")
    assert not Contract.objects.exists()


def test_1_3_1_a_number_that_is_taken_is_refused_at_its_field(office, deal, draft):
    answer = page(office["ann"]).post(reverse("contract_new"), form_of(deal, number="H-1"))
    assert answer.status_code == 422
    assert 'id="id_number_error"' in answer.content.decode()
    assert Contract.objects.count() == 1


def test_1_3_1_only_who_sells_drafts_and_only_from_deals_they_see(office, deal):
    assert page(office["lee"]).get(reverse("contract_new")).status_code == 403
    answer = page(office["cai"]).post(reverse("contract_new"), form_of(deal))
    assert answer.status_code == 422
    assert not Contract.objects.exists()


def test_1_3_1_a_draft_is_worded_anew_and_every_handing_in_keeps_its_version(office, handed_in):
    reviewed(office["lee"], handed_in, "legal", "return", findings="Cap the liability.")
    told = {"title": "Second line", "amount": "90000", "currency": "CNY"}
    told |= {"percent_0": "100", "days_0": "30", "breach_terms": "Capped at 5 %"}
    ann = page(office["ann"])
    answer = ann.post(reverse("contract_draft", args=[handed_in.pk]), told)
    assert answer.status_code == 302
    ann.post(reverse("contract_submission", args=[handed_in.pk]), {}, headers=HTMX)
    versions = list(handed_in.versions.order_by("round").values_list("round", "breach_terms"))
    assert versions == [(1, "0.05 % a day"), (2, "Capped at 5 %")]
    text = text_of(office["lee"], "contract", handed_in.pk)
    assert text.index("Version 2") < text.index("Version 1")
    assert "Cap the liability." in text
    second = handed_in.reviews.filter(round=2)
    # whoever looked at the first version looks at the second
    assert set(second.values_list("reviewer__username", flat=True)) == {"lee", "fin"}


def test_1_3_1_a_draft_before_its_reviewers_cannot_be_worded_anew(office, handed_in):
    ann, url = page(office["ann"]), reverse("contract_draft", args=[handed_in.pk])
    sentence = "Only a draft that is with its author can be changed."
    assert sentence in ann.get(url, follow=True).content.decode()
    told = {"title": "Other", "amount": "1", "currency": "CNY", "percent_0": "100"}
    answer = ann.post(url, told)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    handed_in.refresh_from_db()
    assert handed_in.title == "Second line"


def test_1_3_2_handing_in_starts_two_clocks_of_two_working_days_with_their_paths(office, draft):
    url = reverse("contract_submission", args=[draft.pk])
    told = {"legal": office["lee"].pk, "finance": ""}
    answer = page(office["ann"]).post(url, told, headers=HTMX)
    assert answer.status_code == 200
    rows = {o.kind: o for o in Owed.objects.filter(story=draft.ref, outcome="")}
    assert set(rows) == {"legal_review", "finance_review"}
    assert rows["legal_review"].person == office["lee"]
    assert (rows["finance_review"].person, rows["finance_review"].role) == (None, "finance")
    text = answer.content.decode()
    for owed, who in ((rows["legal_review"], "lee"), (rows["finance_review"], "fin")):
        assert f'data-due="{int(owed.due.timestamp())}"' in text
        # the path of a deadline opens for the department that owes it
        assert reverse("duty", args=[owed.pk]) in text_of(office[who], "contract", draft.pk)
        assert reverse("duty", args=[owed.pk]) not in text


def test_1_3_2_the_author_is_offered_as_no_reviewer_and_refused_at_the_field(office, draft):
    both = Person.objects.create_user("both", roles=["seller", "legal"], language="en")
    Contract.objects.filter(pk=draft.pk).update(owner=both)
    shown = text_of(both, "contract", draft.pk)
    assert f'<option value="{both.pk}"' not in shown
    url = reverse("contract_submission", args=[draft.pk])
    answer = page(both).post(url, {"legal": both.pk}, headers=HTMX)
    assert answer.status_code == 422
    assert 'id="e-legal"' in answer.content.decode()
    draft.refresh_from_db()
    assert draft.status == "drafting"


def test_1_3_2_the_author_cannot_review_what_they_wrote(office, handed_in):
    Person.objects.filter(pk=office["ann"].pk).update(roles=["seller", "legal"])
    ann = Person.objects.get(username="ann")
    assert 'id="review-legal"' not in text_of(ann, "contract", handed_in.pk)
    assert reviewed(ann, handed_in, "legal", "approve", checked=CHECKED).status_code == 403


def test_1_3_3_no_approval_without_payment_terms_and_breach_liability(office, handed_in):
    before = LedgerLine.objects.count()
    for checked, field in (
        ([], "e-payment_terms_checked"),
        (["breach_liability"], "e-payment_terms_checked"),
        (["payment_terms"], "e-breach_checked"),
    ):
        answer = reviewed(office["lee"], handed_in, "legal", "approve", checked=checked)
        assert answer.status_code == 422
        assert f'id="{field}"' in answer.content.decode(), checked
    assert LedgerLine.objects.count() == before


def test_1_3_3_what_the_policy_adds_to_the_checklist_is_asked_and_wanted(
    office, handed_in, monkeypatch
):
    points = [*CHECKED, "warranty"]
    monkeypatch.setattr(actions, "checklist_on", lambda at: points)
    assert 'value="warranty"' in text_of(office["lee"], "contract", handed_in.pk)
    answer = reviewed(office["lee"], handed_in, "legal", "approve", checked=CHECKED)
    assert answer.status_code == 422
    assert 'id="e-checked"' in answer.content.decode()
    answer = reviewed(office["lee"], handed_in, "legal", "approve", checked=points)
    assert answer.status_code == 200


def test_1_3_2_returning_wants_findings_and_what_was_ticked_stays(office, handed_in):
    answer = reviewed(office["lee"], handed_in, "legal", "return", checked=["payment_terms"])
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="e-findings"' in text
    assert 'value="payment_terms" checked' in text


def test_1_3_2_a_return_stops_the_other_clock_and_sends_the_draft_back(office, handed_in):
    answer = reviewed(office["lee"], handed_in, "legal", "return", findings="No cap.")
    assert answer.status_code == 200
    handed_in.refresh_from_db()
    assert handed_in.status == "returned"
    text = text_of(office["ann"], "contract", handed_in.pk)
    assert "No cap." in text
    assert "clock stands" in text
    assert 'id="submit"' in text
    # finance may still look at what it has
    assert 'id="review-finance"' in text_of(office["fin"], "contract", handed_in.pk)


def test_1_3_2_both_approvals_make_it_ready_to_sign(office, handed_in):
    approved(office, handed_in)
    assert handed_in.status == "approved"
    text = text_of(office["ann"], "contract", handed_in.pk)
    assert reverse("contract_signature", args=[handed_in.pk]) in text
    assert reverse("contract_signature", args=[handed_in.pk]) not in text_of(
        office["lee"], "contract", handed_in.pk
    )


def test_1_3_4_signing_makes_order_line_credit_and_receivables_at_once(office, handed_in):
    approved(office, handed_in)
    told = {"order_number": "S-1", "promised_on": "2030-01-31"}
    told |= {"person_0": office["ann"].pk, "share_0": "60"}
    told |= {"person_1": office["bob"].pk, "share_1": "40"}
    url = reverse("contract_signature", args=[handed_in.pk])
    answer = page(office["ann"]).post(url, told)
    order = Order.objects.get(number="S-1")
    assert (answer.status_code, answer.url) == (302, reverse("order", args=[order.pk]))
    assert order.promised_on == date(2030, 1, 31)
    assert dict(order.shares.values_list("person__username", "amount")) == {
        "ann": Decimal(60_000),
        "bob": Decimal(40_000),
    }
    assert list(order.lines.values_list("text", "amount")) == [("Second line", Decimal(100_000))]
    assert list(order.instalments.order_by("due_on").values_list("amount", flat=True)) == [
        Decimal(30_000),
        Decimal(70_000),
    ]
    handed_in.refresh_from_db()
    assert (handed_in.status, handed_in.deal.stage) == ("signed", "won")


def test_1_3_4_shares_that_are_no_whole_and_a_taken_number_are_refused_at_their_fields(
    office, handed_in
):
    approved(office, handed_in)
    url = reverse("contract_signature", args=[handed_in.pk])
    told = {"order_number": "S-1", "person_0": office["ann"].pk, "share_0": "90"}
    answer = page(office["ann"]).post(url, told)
    assert answer.status_code == 422
    assert 'id="shares_error"' in answer.content.decode()
    assert not Order.objects.exists()
    handed_in.refresh_from_db()
    assert handed_in.status == "approved"
    told["share_0"] = "100"
    page(office["ann"]).post(url, told)
    assert Order.objects.count() == 1


def test_1_3_4_nothing_is_signed_before_both_have_approved(office, handed_in):
    url = reverse("contract_signature", args=[handed_in.pk])
    assert page(office["ann"]).post(url, {"order_number": "S-1"}).status_code == 422
    assert page(office["lee"]).get(url).status_code == 403
    assert not Order.objects.exists()


def test_4_1_a_contract_opens_for_its_team_legal_and_finance_and_for_nobody_else(office, draft):
    url = reverse("contract", args=[draft.pk])
    for name in ("ann", "lead", "lee", "fin"):
        assert page(office[name]).get(url).status_code == 200, name
    for name in ("bob", "cai", "wan"):
        assert page(office[name]).get(url).status_code == 404, name
    for name in ("bob", "cai", "wan"):
        assert 'href="' + url not in text_of(office[name], "contracts", state="drafting")


def test_4_1_legal_is_led_to_no_page_that_does_not_open_for_it(office, handed_in):
    text = text_of(office["lee"], "contract", handed_in.pk)
    assert "Second Works" in text
    assert reverse("customer", args=[handed_in.customer_id]) not in text
    assert reverse("deal", args=[handed_in.deal_id]) not in text
    assert reverse("customer", args=[handed_in.customer_id]) in text_of(
        office["ann"], "contract", handed_in.pk
    )


def test_1_3_2_the_list_puts_what_is_due_first_and_finds_my_reviews(office, deal, handed_in):
    told = {"number": "H-2", "amount": Decimal(5_000)}
    actions.draft_contract(deal, by=office["ann"], at=NOW, **told)
    text = text_of(office["lee"], "contracts")
    assert text.index("H-1 ·") < text.index("H-2 ·")
    mine = text_of(office["lee"], "contracts", whose="reviews")
    assert "H-1 ·" in mine
    assert "H-2 ·" not in mine
    # named for lee: not on lia's desk
    assert "H-1 ·" not in text_of(office["lia"], "contracts", whose="reviews")
    reviewed(office["lee"], handed_in, "legal", "approve", checked=CHECKED)
    assert "H-1 ·" not in text_of(office["lee"], "contracts", whose="reviews")


def test_the_list_is_narrowed_by_state_search_whose_and_lateness(office, deal, handed_in):
    told = {"number": "H-2", "amount": Decimal(5_000), "title": "Spare parts"}
    actions.draft_contract(deal, by=office["ann"], at=NOW, **told)
    Owed.objects.filter(story=handed_in.ref, kind="legal_review").update(
        due=NOW - timedelta(hours=1)
    )
    for asked, wanted in (
        ({}, {"H-1", "H-2"}),
        ({"state": "drafting"}, {"H-2"}),
        ({"q": "spare"}, {"H-2"}),
        ({"q": "second works"}, {"H-1", "H-2"}),
        ({"late": "1"}, {"H-1"}),
        ({"state": "nonsense", "page": "x"}, {"H-1", "H-2"}),
    ):
        text = text_of(office["ann"], "contracts", **asked)
        assert {n for n in ("H-1", "H-2") if f"{n} ·" in text} == wanted, asked
    assert 'In review <span class="num">1</span>' in text_of(office["ann"], "contracts")
    part = page(office["ann"]).get(reverse("contracts"), headers=HTMX).content.decode()
    assert part.lstrip().startswith('<div id="list"')


def test_who_has_only_orders_to_look_at_is_led_to_them(office, draft):
    answer = page(office["wan"]).get(reverse("contracts"))
    assert (answer.status_code, answer.url) == (302, reverse("orders"))


def test_withdrawing_ends_the_reviews(office, handed_in):
    url = reverse("contract_withdrawal", args=[handed_in.pk])
    assert page(office["fin"]).post(url, headers=HTMX).status_code == 403
    assert page(office["ann"]).post(url, headers=HTMX).status_code == 200
    handed_in.refresh_from_db()
    assert handed_in.status == "withdrawn"
    assert not Owed.objects.filter(story=handed_in.ref, outcome="").exists()


def test_1_3_2_a_reviewer_gets_from_today_over_the_duty_to_the_contract(office, handed_in):
    owed = Owed.objects.get(story=handed_in.ref, kind="legal_review")
    assert reverse("duty", args=[owed.pk]) in text_of(office["lee"], "today")
    duty = text_of(office["lee"], "duty", owed.pk)
    assert reverse("contract", args=[handed_in.pk]) in duty
    assert 'id="review-legal"' in text_of(office["lee"], "contract", handed_in.pk)


def test_4_13_the_contract_list_asks_no_more_for_more_rows(office, deal, draft):
    client, url = page(office["ann"]), reverse("contracts")
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for n in range(12):
        told = {"number": f"X-{n}", "amount": Decimal(5_000)}
        actions.draft_contract(deal, by=office["ann"], at=NOW, **told)
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(few)
