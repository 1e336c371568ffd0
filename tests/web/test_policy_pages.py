"""0.5, 2.1.3 The policy to read, with every number's source and use; and the page of what-if."""

from __future__ import annotations

from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone
from told_company import browser_of, told

from zhangfa import policy
from zhangfa.records.editions import current_policy, forget
from zhangfa.records.models import Edition, Owed, Person
from zhangfa.rules.terms import Period

pytestmark = pytest.mark.django_db
__all__ = ["told"]


@pytest.fixture
def people(told):
    found = Person.objects.filter(username__in=("lin", "gu", "zhao", "cheng", "fang"))
    return {person.username: person for person in found}


def page(person, address, status=200, language="en"):
    answer = browser_of(person, language).get(address)
    assert answer.status_code == status, address
    return unescape(answer.content.decode())


def test_0_5_every_clause_and_every_number_in_force_is_on_some_chapter(people):
    text = "".join(
        page(people["lin"], f"/policy/?chapter={chapter}") for chapter in policy.chapters()
    )
    for id in policy.clauses():
        assert f'id="c{id}"' in text, id
    reading = current_policy().on(timezone.now().date())
    known = policy.catalogue()
    missing = [key for key in reading if key in known and f"<code>{key}</code>" not in text]
    assert missing == []


def test_1_3_2_a_number_says_whether_the_document_or_the_house_set_it(people):
    text = page(people["fang"], reverse("clause", args=["1.3.2"]))
    ours = text[text.index("legal_review.within") :]
    assert "2 working days" in ours[:200]
    assert ours.index(">document<") < ours.index("draft_resubmission.within")
    assert ">house<" in ours[ours.index("draft_resubmission.within") :]


def test_1_3_2_a_clause_counts_what_fell_due_under_it_and_opens_the_rows(people):
    text = page(people["zhao"], reverse("clause", args=["1.1.7"]))
    quarter = Period.containing("quarter", timezone.now().date())
    address = reverse("team_rows", args=[quarter.label])
    assert f"{address}?kind=weekly_update" in text
    begins, ends = quarter.bounds(timezone.get_default_timezone())
    fell = Owed.objects.filter(
        kind="weekly_update", due__gte=begins, due__lt=min(ends, timezone.now()),
        outcome__in=["", "met", "late"], person__isnull=False,
    ).count()  # fmt: skip
    assert f'<b class="num">{fell:,}</b>' in text


def test_0_5_a_typed_word_finds_clauses_and_parameters(people):
    text = page(people["lin"], "/policy/?q=legal_review")
    assert "legal_review.within" in text
    assert "ticket_response.within" not in text
    assert "法务" in page(people["lin"], "/policy/?q=法务", language="zh-hans")
    assert "Nothing found" in page(people["lin"], "/policy/?q=qqqqqq")


def test_2_1_3_an_edition_shows_what_it_changes(people):
    text = 'key = "2031-01-01"\ntitle = "Next"\neffective = 2031-01-01\n'
    text += '[legal_review]\nwithin = "3 working_days"\n'
    Edition.objects.create(
        key="2031-01-01", title="Next", effective="2031-01-01", document=text,
        adopted_at=timezone.now(), adopted_by=people["cheng"],
    )  # fmt: skip
    forget()
    shown = page(people["lin"], reverse("clause", args=["1.3.2"]) + "?edition=2031-01-01")
    assert '<s class="was">2 working days</s>' in shown
    assert "3 working days" in shown
    now = page(people["lin"], reverse("clause", args=["1.3.2"]))
    assert 'class="was"' not in now, "it is not in force yet"
    assert browser_of(people["lin"]).get("/policy/?edition=nonsense").status_code == 404
    forget()


def test_0_5_an_unknown_clause_or_chapter_is_not_found(people):
    page(people["lin"], "/policy/clauses/9.9/", 404)
    page(people["lin"], "/policy/?chapter=9", 404)


# --------------------------------------------------------------------------------- what-if


def test_2_1_3_the_form_begins_with_what_is_in_force(people):
    text = page(people["cheng"], "/whatif/")
    assert 'name="w_sales_amount" value="28"' in text
    assert 'name="floor_0" value="90.00"' in text
    assert "Change a number and try it" in text


def test_2_1_3_bands_are_tried_on_a_past_quarter_and_nothing_is_written(people):
    before = Edition.objects.count()
    text = page(people["zhao"], "/whatif/?floor_0=80&factor_0=1.3&floor_1=60&factor_1=1")
    assert "People whose result changes" in text
    assert "≥ 90 → 80" in text
    assert Edition.objects.count() == before


def test_2_1_1_weights_that_do_not_add_up_are_refused_at_their_place(people):
    text = page(people["zhao"], "/whatif/?layer=mature&w_sales_amount=29", 422)
    assert "not to 100" in text
    assert "People whose result changes" not in text


def test_2_1_3_bad_numbers_are_refused_at_their_field_and_kept(people):
    text = page(people["zhao"], "/whatif/?layer=mature&w_sales_amount=x&floor_0=many", 422)
    assert 'name="w_sales_amount" value="x"' in text
    assert 'id="e-w_sales_amount"' in text
    assert 'id="e-floor_0"' in text
    wrong = "/whatif/?kind=ticket_response&amount=0"
    assert "whole number above zero" in page(people["zhao"], wrong, 422)


def test_2_1_3_a_limit_is_tried_by_deriving_again(people):
    text = page(people["gu"], "/whatif/?kind=ticket_response&amount=9")
    assert "Derived again from the facts" in text


def test_4_1_a_seller_and_legal_do_not_simulate(people):
    for name in ("lin", "fang"):
        page(people[name], "/whatif/", 403)
