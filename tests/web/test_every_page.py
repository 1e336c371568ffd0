"""Every page of the product, opened by somebody whose page it is: it answers, it asks the database
no more often than query_budgets.toml allows, it weighs little, it speaks one language, its ids are
its own, and every link on it leads somewhere (4.6, 4.12, 4.13)."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from functools import cache
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import Resolver404, resolve
from told_company import TABLE, Route, address, browser_of, kind_of, record_of, routes, told

from zhangfa.records.editions import current_calendar
from zhangfa.records.models import Person
from zhangfa.web import assets
from zhangfa.web.placeholders import _not_written

pytestmark = pytest.mark.django_db
__all__ = ["told"]

VIEWERS = (
    "lin",
    "gu",
    "zhao",
    "yuan",
    "admin",
    "cheng",
    "fang",
    "qian",
    "tang",
    "shi",
    "wan",
    "bai",
)
HEAVIEST = 80 * 1024  # bytes of a first visit: page, styles, scripts, font, icon
ASSET = re.compile(r"/static/(generated/[\w.-]+)")
WORD = re.compile(r"[A-Za-z]{3,}")
FILE = re.compile(r"[\w.*-]+\.(?:csv|xlsx|xes|toml)\b")
BOOKKEEPING = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")


@pytest.fixture(scope="module")
def _built() -> None:
    assets.build(collected=False, quiet=True)


@pytest.fixture(scope="module")
def people(told) -> dict[str, Person]:
    return {person.username: person for person in Person.objects.filter(username__in=VIEWERS)}


class Page(HTMLParser):
    """What a reader and a browser find in a page."""

    SILENT = frozenset({"script", "style", "kbd", "code", "time", "textarea", "option"})
    SPOKEN = ("aria-label", "placeholder", "title", "alt")
    VOID = frozenset(
        ("area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr")
    )

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.spoken: list[str] = []
        self._open: list[str] = []
        self._foreign = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.ids += [given["id"]] if given.get("id") else []
        self.links += [given[name] for name in ("href", "hx-get") if given.get(name)]
        self.spoken += [given[name] for name in self.SPOKEN if given.get(name)]
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not self.SILENT & set(self._open):
            self.spoken.append(data.strip())


def opened(route: Route, people: dict[str, Person], language: str = "en"):
    """The page as the first person who may open it gets it, with its address and its reader."""
    seen = []
    for name in VIEWERS:
        person = people[name]
        where = address(route, record_of(kind_of(route), person), person)
        if where is None:
            continue
        client = browser_of(person, language)
        answer = client.get(where)
        if answer.status_code == 405:
            pytest.skip("nothing to look at: it only takes something")
        if answer.status_code == 302 and answer.url.startswith("/"):
            where, answer = answer.url, client.get(answer.url)
        if answer.status_code == 200:
            return where, client, answer
        seen.append(f"{name} {where}: {answer.status_code}")
    if not seen:
        pytest.skip("the story has nothing to fill this address with")
    pytest.fail("nobody can open it: " + "; ".join(seen))


@pytest.fixture(params=routes(), ids=lambda route: route.name)
def route(request, told) -> Route:
    return request.param


def test_4_13_the_page_answers_within_its_budget_of_statements(route, people):
    where, client, _ = opened(route, people)
    current_calendar()  # kept for seconds, which a slow machine may need for the page before
    with CaptureQueriesContext(connection) as asked:
        client.get(where)
    said = [query["sql"] for query in asked if not query["sql"].startswith(BOOKKEEPING)]
    budget = TABLE["pages"].get(route.name, TABLE["default"])
    told_of = "\n".join(" ".join(text.split())[:90] for text in said)
    assert len(said) <= budget, f"{len(said)} statements, {budget} allowed:\n{told_of}"


def test_4_13_a_first_visit_weighs_no_more_than_80_kilobytes(route, people, _built):
    _, _, answer = opened(route, people)
    text = answer.content.decode()
    if "<html" not in text:
        pytest.skip("a part of a page")
    files = set(ASSET.findall(text)) | {"generated/inter.woff2"}
    weight = len(gzip.compress(answer.content, 6)) + sum(map(_weight, files))
    assert weight <= HEAVIEST


@cache
def _weight(name: str) -> int:
    held = (assets.STATIC / name).read_bytes() if (assets.STATIC / name).exists() else b""
    return len(held) if name.endswith("woff2") else len(gzip.compress(held, 9))


def test_every_id_on_a_page_stands_once_and_every_link_leads_somewhere(route, people):
    where, client, answer = opened(route, people)
    page = Page(answer.content.decode())
    assert [name for name, n in Counter(page.ids).items() if n > 1] == []
    tried: set[str] = set()
    for link in page.links:
        parts = urlsplit(link)
        if parts.scheme or parts.netloc or link.startswith(("#", "/static/", "?")):
            if link.startswith("#") and len(link) > 1:
                marks = {*page.ids}
                assert unquote(link[1:]) in marks, link
            continue
        try:
            match = resolve(unquote(parts.path))
        except Resolver404:
            pytest.fail(f"{where} has a link to {link}, which is no address")
        if match.func is _not_written or match.url_name in tried or "account" in parts.path:
            continue
        tried.add(match.url_name)
        # One link of each kind is really followed.
        status = client.get(link).status_code
        assert status < 400 or status == 405, f"{where} has a link to {link}: {status}"


def test_4_12_a_chinese_page_says_nothing_in_english(route, people):
    _, _, answer = opened(route, people, "zh-hans")
    allowed = set(TABLE["words"]["allowed"])
    names = _names()
    said = []
    for text in Page(answer.content.decode()).spoken:
        if text in names:
            continue
        foreign = [
            w
            for w in WORD.findall(FILE.sub("", text))
            if w not in allowed and w.lower() not in names
        ]
        said += [text] if foreign else []
    assert said == []


def _names() -> set[str]:
    """What people have named themselves in Latin letters: user names, codes, numbers."""
    return {name.lower() for name in Person.objects.values_list("username", flat=True)}
