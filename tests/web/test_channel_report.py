"""1.1.1 to 1.1.3 Sources, the monthly channel report and its lessons, as their users meet them."""

from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from zhangfa.actions import customers, deals
from zhangfa.actions.orders import enter_order
from zhangfa.answers import channels
from zhangfa.records.models import Campaign, Channel, Membership, Owed, Person, Team
from zhangfa.rules.terms import Period

pytestmark = pytest.mark.django_db


def at(text: str) -> datetime:
    """ "2026-03-02 09:00" in China."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai"))


MARCH = Period.read("2026-03")
NOW = at("2026-04-02 10:00")


@pytest.fixture
def office():
    root = Team(name="Company").place()
    east = Team(name="East", parent=root).place()
    made = {}
    for name, roles, lead in (
        ("lead", ["supervisor"], True),
        ("ann", ["seller"], False),
        ("bob", ["seller"], False),
    ):
        person = Person.objects.create_user(name, name=name.title(), roles=roles, language="en")
        Membership.objects.create(person=person, team=east, lead=lead, starts_on=date(2020, 1, 1))
        made[name] = person
    made["legal"] = Person.objects.create_user("legal", name="Legal", roles=["legal"])
    return made


@pytest.fixture
def show(office):
    """A show with three leads of Ann's and one of Bob's; one of Ann's has a deal and an order."""
    show = Channel.objects.create(name="Trade fair", kind="trade_show")
    Campaign.objects.create(
        channel=show,
        name="Spring",
        starts_on=date(2026, 3, 30),
        ends_on=date(2026, 4, 2),
        cost=Decimal(8000),
    )
    made = []
    for n, (who, day) in enumerate((("ann", 3), ("ann", 9), ("ann", 31), ("bob", 12))):
        made.append(
            customers.enter_customer(
                by=office[who], at=at(f"2026-03-{day:02} 10:00"), name=f"Works {n}", channel=show
            ).record
        )
    deals.open_deal(
        made[0], by=office["ann"], at=at("2026-03-11 09:00"), title="Line", amount=Decimal(50000)
    )
    enter_order(
        made[0],
        by=office["ann"],
        at=at("2026-03-20 09:00"),
        number="O-1",
        amount=Decimal(50000),
        promised_on=date(2026, 4, 20),
    )
    return show


def page(person: Person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def test_1_1_2_the_figures_are_made_from_the_records(office, show):
    ann, bob = office["ann"], office["bob"]
    found = channels.report(ann, [ann.pk], [ann.pk, bob.pk], MARCH, NOW)
    [line] = found.lines
    # Half of the show's four days lie in March, and three of its four leads are Ann's.
    expected = channels.Figures(3, 1, Decimal(1), Decimal(50000), Decimal("3000.00"))
    assert line.own == expected == found.total.own
    assert (line.team.leads, line.team.cost) == (4, Decimal("4000.00"))
    assert line.own.conversion == Decimal(1) / 3
    assert line.own.cost_per_win == Decimal("3000.00")
    assert line.own.roi == Decimal(47000) / 3000
    assert line.before == channels.Figures()


def test_1_1_1_a_lead_stays_with_who_found_it_and_its_channel(office, show):
    ann, bob = office["ann"], office["bob"]
    moved = customers.Customer.objects.get(name="Works 1")
    customers.hand_over(moved, by=office["lead"], at=at("2026-03-25 09:00"), to=bob)
    assert channels.tally([ann.pk], MARCH, NOW)[show.pk].leads == 3
    assert channels.tally([bob.pk], MARCH, NOW)[show.pk].leads == 1


def test_1_1_2_handing_it_in_answers_what_is_owed(office, show):
    ann = office["ann"]
    client = page(ann)
    shown = client.get("/reports/channels/?month=2026-03").content.decode()
    assert "Trade fair" in shown and "Not handed in yet" in shown

    refused = client.post("/reports/channels/?month=2026-03", {"text": "  "})
    assert (
        refused.status_code == 422 and "Write down what you conclude." in refused.content.decode()
    )

    text = "Fewer but larger customers came from the fair."
    assert client.post("/reports/channels/?month=2026-03", {"text": text}).status_code == 302
    owed = Owed.objects.filter(kind="channel_report", person=ann, window="2026-03").first()
    assert owed is None or owed.outcome in ("met", "late")
    assert text in client.get("/reports/channels/?month=2026-03").content.decode()


def test_1_1_3_lessons_are_found_by_everybody_who_sells_and_figures_are_not(office, show):
    page(office["ann"]).post("/reports/channels/?month=2026-03", {"text": "Fair leads are larger."})
    bob = page(office["bob"])
    assert (
        "Fair leads are larger." in bob.get("/reports/channels/lessons/?q=larger").content.decode()
    )
    assert "Fair leads" not in bob.get("/reports/channels/lessons/?q=adverts").content.decode()
    assert bob.get(f"/reports/channels/?who={office['ann'].pk}").status_code == 404
    assert bob.post(f"/reports/channels/?who={office['bob'].pk}&month=x", {}).status_code == 422


def test_4_1_a_lead_sees_the_team_and_may_not_hand_in_for_somebody(office, show):
    lead = page(office["lead"])
    assert lead.get("/reports/channels/?month=2026-03&who=team").status_code == 200
    ann = f"/reports/channels/?month=2026-03&who={office['ann'].pk}"
    assert lead.get(ann).status_code == 200
    assert lead.post(ann, {"text": "In her name"}).status_code == 403
    assert page(office["legal"]).get("/reports/channels/").status_code == 403


def test_4_3_the_workbook_holds_the_same_figures_and_no_formula(office, show):
    Channel.objects.filter(pk=show.pk).update(name="=HYPERLINK(1)")
    answer = page(office["ann"]).get("/reports/channels/?month=2026-03&format=xlsx")
    assert answer["Content-Disposition"] == 'attachment; filename="channels-2026-03.xlsx"'
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0)
    head, line, total, *_ = sheet.to_python()
    assert head[0] == "Channel"
    assert line[:6] == ["=HYPERLINK(1)", 3, 1, 1, 50000, 3000]
    assert total[0] == "Total"


def test_4_3_a_cell_holds_what_a_cell_can_hold():
    from zhangfa.papers.workbook import Column, Sheet, workbook

    odd = ["a\x00b\x07", "x" * 40000, None]
    made = workbook("t", [Sheet("a/b[c]:d" * 9, [Column("h")] * 3, [odd])])
    book = CalamineWorkbook.from_filelike(io.BytesIO(made))
    assert len(book.sheet_names[0]) <= 31
    first, second, *rest = book.get_sheet_by_index(0).to_python()[1]
    assert first == "ab" and len(second) == 32767 and rest in ([], [""])
