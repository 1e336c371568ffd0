"""The pipeline and one deal, as their users meet them (1.2)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from zhangfa.actions import contracts, customers
from zhangfa.actions import deals as actions
from zhangfa.answers import pipeline
from zhangfa.records.models import (
    Activity,
    Change,
    Competitor,
    Customer,
    Deal,
    LedgerLine,
    Membership,
    Owed,
    Person,
    Team,
)

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC).replace(microsecond=0)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def office():
    """A lead with two sellers, a seller of another team, a director, somebody technical."""
    root = Team(name="Company").place()
    one, other = Team(name="East", parent=root).place(), Team(name="West", parent=root).place()
    made = {"East": one, "West": other}
    for name, roles, team, leads in (
        ("lead", ["supervisor"], one, True),
        ("ann", ["seller"], one, False),
        ("bob", ["seller"], one, False),
        ("cai", ["seller"], other, False),
        ("dora", ["director"], root, True),
        ("tess", ["technical"], root, False),
    ):
        person = Person.objects.create_user(name, name=name.title(), roles=roles, language="en")
        Membership.objects.create(person=person, team=team, lead=leads, starts_on=date(2020, 1, 1))
        made[name] = person
    return made


def sold_by(person: Person, title: str, amount: int = 100_000, hours: int = 2) -> Deal:
    """A deal of somebody with a customer of their own, opened some hours ago."""
    moment = NOW - timedelta(hours=hours)
    customer = customers.enter_customer(by=person, at=moment, name=f"{title} Works").record
    told = {"title": title, "amount": Decimal(amount)}
    return actions.open_deal(customer, by=person, at=moment, **told).record


@pytest.fixture
def deal(office) -> Deal:
    return sold_by(office["ann"], "Second line")


def page(person: Person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def lanes(text: str) -> dict[str, str]:
    """The text of each lane of a board."""
    parts = text.split('data-stage="')[1:]
    return {part.split('"')[0]: part for part in parts}


def moved(person: Person, deal: Deal, to: str):
    told = {"deal": deal.pk, "stage": to}
    return page(person).post(reverse("deal_moves"), told, headers=HTMX)


def ready(deal: Deal, stage: str) -> Deal:
    """The deal with what the gates want up to a stage."""
    by = deal.owner
    if stage in ("solution", "negotiation", "contract"):
        actions.report_needs(deal, by=by, at=NOW, pains="Slow changeover")
        actions.move_deal(deal, by=by, at=NOW, to="solution")
    if stage in ("negotiation", "contract"):
        actions.send_proposal(deal, by=by, at=NOW, summary="Two robots")
        actions.move_deal(deal, by=by, at=NOW, to="negotiation")
    deal.refresh_from_db()
    return deal


def test_1_2_1_the_board_has_a_lane_for_every_stage_with_its_gate_and_sum(office, deal):
    sold_by(office["ann"], "Third line", 50_000)
    found = lanes(page(office["ann"]).get(reverse("pipeline")).content.decode())
    assert list(found) == ["discovery", "solution", "negotiation", "contract", "won", "lost"]
    assert "Second line" in found["discovery"]
    assert "¥150K" in found["discovery"]
    assert "Entry: needs report" in found["solution"]
    assert "Entry: contract signed" in found["won"]


def test_1_2_1_the_weighted_sum_takes_its_chances_from_the_policy(office, deal):
    ready(sold_by(office["ann"], "Third line", 200_000), "solution")
    board = pipeline.board(office["ann"], NOW)
    assert (board.count, board.sum) == (2, Decimal(300_000))
    assert board.weighted == Decimal("100000") * Decimal("0.1") + Decimal(200_000) * Decimal("0.3")


def test_4_1_the_board_shows_ones_own_the_teams_and_nobody_elses(office, deal):
    sold_by(office["bob"], "Bob's line")
    sold_by(office["cai"], "Cai's line")
    url = reverse("pipeline")
    assert "Bob&#39;s line" not in page(office["ann"]).get(url).content.decode()
    team = page(office["lead"]).get(url).content.decode()
    assert "Bob&#39;s line" in team
    assert "Cai&#39;s line" not in team
    assert "Cai&#39;s line" in page(office["dora"]).get(url).content.decode()


def test_the_board_is_narrowed_to_an_owner_or_a_team(office, deal):
    sold_by(office["bob"], "Bob line")
    sold_by(office["cai"], "Cai line")
    client, url = page(office["dora"]), reverse("pipeline")
    for asked, wanted in (
        ({}, {"Second line", "Bob line", "Cai line"}),
        ({"owner": office["bob"].pk}, {"Bob line"}),
        ({"team": office["East"].pk}, {"Second line", "Bob line"}),
        ({"team": office["West"].pk}, {"Cai line"}),
        ({"team": office["West"].pk, "owner": office["bob"].pk}, set()),
    ):
        text = client.get(url, asked).content.decode()
        shown = {title for title in ("Second line", "Bob line", "Cai line") if title in text}
        assert shown == wanted, asked
    part = client.get(url, {"owner": office["bob"].pk}, headers=HTMX).content.decode()
    assert part.lstrip().startswith('<div class="board"')


def test_1_2_3_a_gate_refuses_says_why_on_the_card_and_leaves_the_stage(office, deal):
    before = LedgerLine.objects.count()
    answer = moved(office["ann"], deal, "solution")
    deal.refresh_from_db()
    text = answer.content.decode()
    sentence = "The solution stage needs a needs analysis report first."
    assert (answer.status_code, deal.stage) == (409, "discovery")
    assert sentence in lanes(text)["discovery"]
    assert "hx-partial" in text
    assert text.count(sentence) == 2
    assert LedgerLine.objects.count() == before


@pytest.mark.parametrize(
    ("stage", "to", "sentence"),
    [
        ("discovery", "negotiation", "From this stage the deal cannot go there."),
        ("solution", "negotiation", "Negotiation needs a proposal that was sent"),
        ("negotiation", "won", "A deal is won by signing its contract."),
    ],
)
def test_1_2_1_every_gate_says_what_is_missing(office, deal, stage, to, sentence):
    ready(deal, stage)
    answer = moved(office["ann"], deal, to)
    deal.refresh_from_db()
    assert (answer.status_code, deal.stage) == (409, stage)
    assert sentence in answer.content.decode()


def test_1_2_1_a_move_that_is_allowed_comes_back_as_the_board_then_is(office, deal):
    actions.report_needs(deal, by=office["ann"], at=NOW, pains="Slow changeover")
    answer = moved(office["ann"], deal, "solution")
    deal.refresh_from_db()
    found = lanes(answer.content.decode())
    assert (answer.status_code, deal.stage) == (200, "solution")
    assert "Second line" in found["solution"]
    assert "Second line" not in found["discovery"]
    assert LedgerLine.objects.filter(story=deal.ref, what="stage_entered").exists()


def test_1_2_1_a_deal_is_lost_only_with_a_reason_that_the_board_asks_for(office, deal):
    rival = Competitor.objects.create(name="Rival")
    asked = moved(office["ann"], deal, "lost")
    deal.refresh_from_db()
    url = reverse("deal_board_loss", args=[deal.pk])
    assert deal.stage == "discovery"
    assert url in asked.content.decode()
    assert "Rival" in asked.content.decode()
    client = page(office["ann"])
    assert client.post(url, {"reason": ""}, headers=HTMX).status_code == 422
    client.post(url, {"reason": "price", "competitor": rival.pk}, headers=HTMX)
    deal.refresh_from_db()
    assert (deal.stage, deal.lost_reason, deal.competitor) == ("lost", "price", rival)


def test_4_1_nobody_moves_what_is_not_theirs(office, deal):
    for name, status in (("bob", 404), ("cai", 404), ("tess", 403)):
        assert moved(office[name], deal, "solution").status_code == status
    deal.refresh_from_db()
    assert deal.stage == "discovery"
    text = page(office["tess"]).get(reverse("pipeline")).content.decode()
    assert "data-fixed" in text


def test_1_1_6_a_card_says_how_long_nothing_has_moved(office, deal):
    still = sold_by(office["ann"], "Quiet line", hours=24 * 45)
    Customer.objects.filter(pk=still.customer_id).update(grade="C")
    text = page(office["ann"]).get(reverse("pipeline")).content.decode()
    assert "45 days without progress" in text
    assert text.count("without progress") == 1


def test_the_board_asks_the_database_eight_times_however_many_deals(
    office, django_assert_max_num_queries
):
    for n in range(8):
        sold_by(office["ann" if n % 2 else "bob"], f"Line {n}")
    client, url = page(office["lead"]), reverse("pipeline")
    client.get(url)
    with django_assert_max_num_queries(8):
        client.get(url)


def test_a_long_lane_is_cut_counted_and_can_be_asked_for_whole(office, monkeypatch):
    monkeypatch.setattr(pipeline, "LANE", 2)
    for n in range(4):
        sold_by(office["ann"], f"Line {n}")
    client, url = page(office["ann"]), reverse("pipeline")
    cut = lanes(client.get(url).content.decode())["discovery"]
    assert cut.count('class="deal"') == 2
    assert "and 2 more" in cut
    whole = lanes(client.get(url, {"whole": "discovery"}).content.decode())["discovery"]
    assert whole.count('class="deal"') == 4


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_4_12_the_board_speaks_three_languages(office, deal, language):
    client = Client(headers={"accept-language": language})
    client.force_login(office["ann"])
    text = client.get(reverse("pipeline")).content.decode()
    assert {"zh-hans": "准入：", "zh-hant": "准入：", "en": "Entry: "}[language] in text
    assert {"zh-hans": "加权", "zh-hant": "加權", "en": "weighted"}[language] in text


# ------------------------------------------------------------------------------- one deal


def opened(who: Person, deal: Deal) -> str:
    answer = page(who).get(reverse("deal", args=[deal.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def sent(who: Person, name: str, deal: Deal, *more: int, **told):
    return page(who).post(reverse(name, args=[deal.pk, *more]), told, headers=HTMX)


def test_1_2_1_the_track_shows_where_the_deal_stands_and_what_its_gate_wants(office, deal):
    text = opened(office["ann"], deal)
    assert 'aria-current="step"' in text
    assert "The solution stage needs a needs analysis report first." in text
    assert "10%" in text
    assert "¥10K" in text
    actions.report_needs(deal, by=office["ann"], at=NOW, pains="Slow changeover")
    ready_now = opened(office["ann"], deal)
    assert "needs a needs analysis report" not in ready_now
    assert "Slow changeover" in ready_now


def test_4_1_the_page_is_for_those_who_may_see_the_deal(office, deal):
    for name, status in (("ann", 200), ("lead", 200), ("dora", 200), ("tess", 200)):
        url = reverse("deal", args=[deal.pk])
        assert page(office[name]).get(url).status_code == status, name
    for name in ("bob", "cai"):
        assert page(office[name]).get(url).status_code == 404
        for view in ("deal_stage", "deal_needs", "deal_log", "deal_loss", "deal_questions"):
            assert sent(office[name], view, deal).status_code == 404
    assert reverse("deal_stage", args=[deal.pk]) not in opened(office["tess"], deal)


def test_1_2_1_a_refused_stage_leaves_the_deal_and_says_why(office, deal):
    answer = sent(office["ann"], "deal_stage", deal, to="solution")
    deal.refresh_from_db()
    assert (answer.status_code, deal.stage) == (422, "discovery")
    assert "needs a needs analysis report first" in answer.content.decode()


def test_1_2_a_deal_is_worked_from_discovery_to_contract_on_its_page(office, deal):
    ann = office["ann"]
    assert sent(ann, "deal_needs", deal, pains=" ").status_code == 422
    sent(ann, "deal_needs", deal, pains="Slow changeover", fits="Robot R2")
    assert deal.needs_reports.get().matches == "Robot R2"
    sent(ann, "deal_stage", deal, to="solution")
    assert sent(ann, "deal_proposals", deal, summary="R2", amount="many").status_code == 422
    sent(ann, "deal_proposals", deal, summary="Two robots", amount="250,000")
    sent(ann, "deal_stage", deal, to="negotiation")
    told = sent(ann, "deal_negotiation", deal, kind="concession", text="Two years of warranty")
    assert "Two years of warranty" in told.content.decode()
    answer = sent(ann, "deal_stage", deal, to="contract")
    deal.refresh_from_db()
    assert (deal.stage, deal.amount) == ("contract", Decimal(250_000))
    assert "Stage entered" in answer.content.decode()
    assert answer.content.decode().lstrip().startswith('<div id="timeline"')


def test_1_2_3_a_discovery_meeting_owes_the_report_and_the_report_closes_it(office, deal):
    ann = office["ann"]
    sent(ann, "deal_log", deal, kind="meeting", note="They showed the line")
    owed = Owed.objects.get(kind="needs_report", story=deal.ref)
    assert f'id="ob{owed.pk}"' in opened(ann, deal)
    assert Activity.objects.get(deal=deal).text == "They showed the line"
    sent(ann, "deal_owed_done", deal, owed.pk, note="Changeover takes an hour")
    owed.refresh_from_db()
    assert owed.outcome == "met"
    assert deal.needs_reports.get().pains == "Changeover takes an hour"


def test_1_2_4_a_department_is_asked_and_gives_its_part(office, deal):
    ready(deal, "solution")
    sent(office["ann"], "deal_contributions", deal, department="technical")
    proposal = deal.proposals.get()
    owed = Owed.objects.get(kind="technical_contribution", story=proposal.ref)
    form = reverse("deal_part", args=[deal.pk, proposal.pk])
    assert form in opened(office["tess"], deal)
    assert form not in opened(office["ann"], deal)
    refused = sent(office["tess"], "deal_part", deal, proposal.pk, department="product", text="x")
    assert refused.status_code == 422
    sent(office["tess"], "deal_part", deal, proposal.pk, department="technical", text="Reach 2 m")
    owed.refresh_from_db()
    proposal.refresh_from_db()
    assert owed.outcome == "met"
    assert "Reach 2 m" in proposal.summary


def test_1_2_7_a_question_starts_the_clock_and_its_answer_stops_it(office, deal):
    ann = office["ann"]
    text = sent(ann, "deal_questions", deal, text="How loud is it?").content.decode()
    question = deal.questions.get()
    owed = Owed.objects.get(kind="question_answer", story=question.ref)
    assert f'id="ob{owed.pk}"' in text
    assert sent(ann, "deal_answer", deal, question.pk, answer=" ").status_code == 422
    sent(ann, "deal_answer", deal, question.pk, answer="68 dB")
    owed.refresh_from_db()
    question.refresh_from_db()
    assert (owed.outcome, question.answer) == ("met", "68 dB")


def test_1_2_1_a_lost_deal_says_why_and_can_begin_again(office, deal):
    rival = Competitor.objects.create(name="Rival")
    form = page(office["ann"]).get(reverse("deal_loss", args=[deal.pk])).content.decode()
    assert "Rival" in form
    assert sent(office["ann"], "deal_loss", deal, reason="").status_code == 422
    sent(office["ann"], "deal_loss", deal, reason="timing", competitor=rival.pk)
    text = opened(office["ann"], deal)
    assert "Lost: Delivery time" in text
    assert "Rival" in text
    sent(office["ann"], "deal_reopening", deal)
    deal.refresh_from_db()
    assert deal.stage == "discovery"


def test_1_2_1_winning_shows_the_contract_that_won_it(office, deal):
    ready(deal, "contract")
    actions.move_deal(deal, by=office["ann"], at=NOW, to="contract")
    drafted = contracts.draft_contract(
        deal, by=office["ann"], at=NOW, number="H-1", amount=Decimal(100_000)
    ).record
    text = opened(office["ann"], deal)
    assert reverse("contract", args=[drafted.pk]) in text
    assert "A deal is won by signing its contract." in text


def test_1_2_1_a_deal_is_opened_for_a_customer_that_is_named(office, deal):
    customer, url = deal.customer, reverse("deal_new")
    client = page(office["ann"])
    shown = client.get(url, {"customer": customer.pk}).content.decode()
    assert customer.name in shown
    told = {"customer": customer.pk, "title": "Third line", "amount": "80000"}
    answer = client.post(url, told)
    made = Deal.objects.get(title="Third line")
    assert answer["Location"] == reverse("deal", args=[made.pk])
    assert (made.stage, made.amount, made.owner) == ("discovery", Decimal(80000), office["ann"])
    assert client.post(url, {"name": "Second line", "title": "Fourth"}).status_code == 302
    for wrong, sentence in (
        ({"name": "nobody", "title": "x"}, "No customer of yours has this name."),
        ({"customer": customer.pk, "title": ""}, "id_title_error"),
        ({"customer": customer.pk, "title": "x", "amount": "-5"}, "id_amount_error"),
    ):
        refused = client.post(url, wrong)
        assert refused.status_code == 422
        assert sentence in refused.content.decode()
    assert page(office["bob"]).get(url, {"customer": customer.pk}).status_code == 404
    assert page(office["tess"]).get(url).status_code == 403


def test_4_11_details_of_a_deal_are_edited_and_each_change_is_noted(office, deal):
    client, url = page(office["ann"]), reverse("deal_details", args=[deal.pk])
    assert 'value="Second line"' in client.get(url).content.decode()
    told = {"title": "Second line", "amount": "120000", "next_step": "Visit", "next_on": ""}
    assert client.post(url, {**told, "title": ""}).status_code == 422
    assert client.post(url, told).status_code == 302
    deal.refresh_from_db()
    assert (deal.amount, deal.next_step) == (Decimal(120_000), "Visit")
    fields = set(Change.objects.filter(ref=deal.ref).values_list("field", flat=True))
    assert fields == {"amount", "next_step"}
    assert page(office["tess"]).get(url).status_code == 403


def test_the_page_of_a_deal_asks_no_more_for_more_of_everything(
    office, deal, django_assert_max_num_queries
):
    ann = office["ann"]
    ready(deal, "negotiation")
    for n in range(12):
        actions.log_negotiation(deal, by=ann, at=NOW, kind="objection", text=f"Price {n}")
        actions.ask_question(deal, by=ann, at=NOW, text=f"Why {n}?")
    client, url = page(ann), reverse("deal", args=[deal.pk])
    client.get(url)
    with django_assert_max_num_queries(14):
        answer = client.get(url)
    assert len(answer.content) < 100_000
