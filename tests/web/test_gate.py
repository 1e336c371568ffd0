"""Signing in, the second factor, settings and error pages: ours, translated, under the policy."""

from __future__ import annotations

import re

import pytest

from zhangfa.web import assets
from zhangfa.web.context import PLACES, Frame

PAGES = (
    "account_change_password",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_list_webauthn",
    "settings",
)
INLINE = re.compile(r"<script(?![^>]*(?:src=|application/json))|<style|\son\w+=|\sstyle=")


@pytest.fixture(scope="module", autouse=True)
def _made():
    assets.build(collected=False, quiet=True)


@pytest.fixture
def seller(db):
    from zhangfa.records.models import Person

    return Person.objects.create_user("lin", "correct horse 9", name="林知远", roles=["seller"])


def ours(response) -> str:
    """The page's text, once it is known to be of our own making."""
    text = response.content.decode()
    assert 'class="seal' in text
    assert not INLINE.search(text)
    assert "default-src 'self'" in response.headers["Content-Security-Policy"]
    return text


def test_a_stranger_is_asked_to_sign_in_and_a_person_gets_in(client, seller):
    text = ours(client.get("/account/login/", headers={"accept-language": "en"}))
    assert "Sign in" in text
    answer = client.post("/account/login/", {"login": "lin", "password": "correct horse 9"})
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/"


def test_a_wrong_password_is_said_on_the_same_page(client, seller):
    answer = client.post("/account/login/", {"login": "lin", "password": "wrong"})
    assert 'role="alert"' in ours(answer)


@pytest.mark.parametrize("tag", ["zh-hans", "zh-hant", "en"])
def test_the_sign_in_page_speaks_the_language_that_was_chosen(client, db, tag):
    client.post("/preferences/language/", {"language": tag, "next": "/account/login/"})
    words = {"zh-hans": "登录", "zh-hant": "登入", "en": "Sign in"}
    text = ours(client.get("/account/login/"))
    assert f"<h1>{words[tag]}</h1>" in text


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_the_account_stand_in_our_frame(client, seller, name):
    from django.urls import reverse

    client.force_login(seller)
    answer = client.get(reverse(name))
    if answer.status_code == 302:  # asked once more who one is
        assert "reauthenticate" in answer.headers["Location"]
        answer = client.get(answer.headers["Location"])
    ours(answer)


def test_what_is_not_there_is_said_in_a_sentence(client, db):
    answer = client.get("/no/such/page/", headers={"accept-language": "en"})
    assert answer.status_code == 404
    assert "There is nothing here" in ours(answer)


def test_a_broken_page_says_so_without_needing_anything(rf):
    from django.views.defaults import server_error

    assert "500" in server_error(rf.get("/")).content.decode()


def test_a_language_nobody_knows_and_an_address_elsewhere_change_nothing(client, db):
    answer = client.post(
        "/preferences/language/", {"language": "xx", "next": "https://elsewhere.example/"}
    )
    assert answer.headers["Location"] == "/"
    assert "zhangfa_language" not in answer.cookies


def test_the_language_is_remembered_with_the_person(client, seller):
    client.force_login(seller)
    client.post("/preferences/language/", {"language": "zh-hant"})
    seller.refresh_from_db()
    assert seller.language == "zh-hant"


@pytest.mark.parametrize(
    ("roles", "seen", "hidden"),
    [
        (["seller"], {"pipeline", "scorecards"}, {"people", "imports"}),
        (["legal"], {"contracts", "policy"}, {"pipeline", "scorecards", "people"}),
        (["administrator"], {"people", "imports"}, {"pipeline"}),
    ],
)
def test_the_sidebar_shows_what_a_role_works_with(rf, roles, seen, hidden):
    from types import SimpleNamespace

    frame = Frame(rf.get("/"), SimpleNamespace(pk=1, roles=roles), None)
    shown = {place.name for place in frame.nav}
    assert seen <= shown
    assert not hidden & shown


def test_every_place_of_the_sidebar_has_an_address_and_a_letter_of_its_own():
    assert all(place.url.startswith("/") for place in PLACES)
    assert len({place.letter for place in PLACES}) == len(PLACES)
