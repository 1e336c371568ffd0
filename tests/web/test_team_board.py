"""3.1.3 The team board and 2.4 the standing, as a supervisor and others meet them: every figure is
counted from rows that it opens, and nobody sees more than their own people."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.db.models import Count
from django.utils import timezone
from told_company import browser_of, told

from zhangfa.answers import board, board_rows
from zhangfa.records.models import Deal, Owed, Person, Verdict
from zhangfa.rules.terms import Period

pytestmark = pytest.mark.django_db
__all__ = ["told"]

CELL = re.compile(r'<a href="([^"]*/duties/\?[^"]*)" title="(\d+) of (\d+) in time">(\d+)</a>')
BAR = re.compile(r'<a href="([^"]*/deals/\w+/)"><span>.*?<b class="r num">([\d,]+)</b>', re.S)
COUNTS = re.compile(r'aria-current="true">All <span class="num">([\d,]+)</span>')
TOTAL = re.compile(r'<span class="mut s num">[^<]*· ([\d,]+)</span>')


@pytest.fixture
def people(told):
    return {
        p.username: p for p in Person.objects.filter(username__in=("gu", "zhao", "lin", "fang"))
    }


def page(person, address):
    answer = browser_of(person).get(address)
    assert answer.status_code == 200, (person.username, address)
    return unescape(answer.content.decode())


def number(text):
    return int(text.replace(",", ""))


def quarter():
    return Period.containing("quarter", timezone.now().date())


def eventful():
    """A quarter of which at least thirty days have been told."""
    return Period.containing("quarter", (timezone.now() - timedelta(days=30)).date())


def test_3_1_3_every_cell_opens_exactly_the_rows_it_was_counted_from(people):
    text = page(people["gu"], f"/team/?period={eventful().label}")
    cells = CELL.findall(text)
    assert len(cells) >= 10
    for address, met, fell, percent in cells[::5]:
        rows = page(people["gu"], address)
        assert number(COUNTS.search(rows)[1]) == int(fell)
        assert round(100 * int(met) / int(fell)) == int(percent)
        kept = page(people["gu"], address + "&outcome=met")
        assert kept.count("<tr data-row") == min(int(met), 50)


def test_3_1_3_the_rows_of_a_cell_are_the_persons_and_of_that_kind_only(people):
    now, period = timezone.now(), eventful()
    begins, ends = period.bounds(ZoneInfo("Asia/Shanghai"))
    person = people["lin"]
    fell = Owed.objects.filter(person=person, due__gte=begins, due__lt=min(ends, now))
    fell = fell.filter(outcome__in=["", "met", "late"])
    kind = fell.values_list("kind", flat=True).annotate(n=Count("pk")).order_by("-n").first()
    rows = board_rows.owed_rows(people["gu"], period, now, person=person.pk, kind=kind)
    assert 0 < rows.count() == fell.filter(kind=kind).count() < fell.count()
    worst = list(rows.values_list("outcome", flat=True))
    assert worst == sorted(worst), "the missed come first"


def test_3_1_3_every_bar_of_the_funnel_opens_its_deals(people):
    text = page(people["zhao"], f"/team/?period={eventful().label}")
    bars = BAR.findall(text)
    assert len(bars) == len(board.STAGES)
    counts = [number(count) for _, count in bars]
    assert counts == sorted(counts, reverse=True), "who came far came through what is before"
    for address, count in bars:
        assert number(TOTAL.search(page(people["zhao"], address))[1]) == number(count)


def test_3_1_3_a_deal_has_reached_its_stage_and_every_one_before(people):
    now = timezone.now()
    reached = {
        stage: set(
            board_rows.deals_reaching(people["zhao"], quarter(), now, stage).values_list(
                "pk", flat=True
            )
        )
        for stage in board.STAGES
    }
    open_deals = Deal.objects.filter(
        closed_at=None, owner__in=board.crew_of(people["zhao"], now).ids
    )
    assert open_deals.exclude(stage=board.STAGES[0]).exists()
    for deal in open_deals:
        place = board.STAGES.index(deal.stage)
        for stage in board.STAGES[: place + 1]:
            assert deal.pk in reached[stage], (deal, stage)


def test_4_1_a_supervisor_sees_the_team_a_seller_oneself_and_the_director_everybody(people):
    now = timezone.now()
    own, team, whole = (board.crew_of(people[who], now) for who in ("lin", "gu", "zhao"))
    assert own.ids == [people["lin"].pk]
    assert set(own.ids) < set(team.ids) < set(whole.ids)
    stranger = next(pk for pk in whole.ids if pk not in team.ids)
    address = f"/team/{quarter().label}/duties/?person={stranger}"
    assert browser_of(people["gu"]).get(address).status_code == 404
    assert browser_of(people["zhao"]).get(address).status_code == 200


def test_3_1_3_the_sum_of_a_team_is_what_its_members_sold(people):
    now = timezone.now()
    shown = board.board(people["gu"], quarter(), now)
    one_by_one = [
        board.METRICS["sales_amount"].measure(board.asked_of(quarter(), now, [person.pk]))
        for person in shown.people
    ]
    parts = [measure.value for found in one_by_one for measure in found.values()]
    assert shown.figures[0].now.value == sum(part for part in parts if part is not None)


def test_3_1_3_the_board_asks_for_itself_again_when_something_happens(people):
    text = page(people["gu"], "/team/")
    assert re.search(r'id="board" data-live="[^"]+/events"[^>]*hx-trigger="live"', text)


def test_3_1_3_an_unknown_kind_stage_or_period_is_not_found(people):
    browser = browser_of(people["gu"])
    for address in (
        f"/team/{quarter().label}/duties/?kind=nonsense",
        f"/team/{quarter().label}/duties/?person=x",
        f"/team/{quarter().label}/deals/nonsense/",
        "/team/?period=2026-Q9",
    ):
        assert browser.get(address).status_code == 404, address


def test_3_1_3_the_league_names_the_best_five_and_tells_the_others_their_own_gap(people):
    now = timezone.now()
    found = board_rows.league(people["lin"], quarter().previous(), now)
    totals = [result.card.total for _, result in found.rows]
    assert len(totals) <= board_rows.LEAGUE
    assert totals == sorted(totals, reverse=True)
    listed = {result.person.pk for _, result in found.rows}
    assert (found.me is None) == (people["lin"].pk in listed)


def test_2_4_the_standing_shows_a_supervisor_only_the_people_led(people):
    past = quarter().previous()
    whole = page(people["zhao"], f"/scorecards/standing/{past.label}/")
    team = page(people["gu"], f"/scorecards/standing/{past.label}/")
    assert whole.count("<tr data-row") > team.count("<tr data-row") > 0
    assert browser_of(people["lin"]).get("/scorecards/standing/2026-Q3/").status_code == 404


def test_2_3_8_all_results_of_a_past_quarter_are_frozen_with_one_reason(people):
    past = quarter().previous()
    address, browser = f"/scorecards/standing/{past.label}/", browser_of(people["gu"])
    listed = page(people["gu"], address).count("<tr data-row")
    browser.post(address + "freeze/", {"reason": "No figures of that kind were kept."})
    frozen = Verdict.objects.filter(period=past.label)
    own = frozen.filter(person=people["gu"])
    assert frozen.count() in (listed, listed - 1)
    assert not own.exists(), "nobody freezes their own result"
    assert "No figures" in frozen[0].reason


def test_2_3_8_the_running_quarter_is_refused_in_words(people):
    address = f"/scorecards/standing/{quarter().label}/freeze/"
    answer = browser_of(people["gu"]).post(address, {"reason": "x"})
    assert answer.status_code == 422
    assert "is not over yet" in answer.content.decode()
    assert not Verdict.objects.filter(period=quarter().label).exists()


def test_3_1_3_a_period_before_the_company_began_is_empty_and_says_so(people):
    text = page(people["gu"], f"/team/?period={(timezone.now() - timedelta(days=3000)).year}")
    assert "No targets are set for this period." in text
