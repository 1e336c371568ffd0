"""The page's own script in a real browser: clock, keys, palette, board, quick log, theme.

No server and no database: the gallery is rendered here and handed to the browser, with the
content security policy of the product; what the page sends is written down.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.test import RequestFactory
from django.utils import timezone, translation

from zhangfa.config import csp
from zhangfa.web import assets, context, gallery

playwright_api = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.browser

SITE = "http://zhangfa.test"
NOW = datetime(2026, 11, 23, 10, 24, tzinfo=ZoneInfo("Asia/Shanghai"))
KINDS = {"css": "text/css", "js": "text/javascript", "woff2": "font/woff2", "svg": "image/svg+xml"}
BOARD = '<div class="board" id="board"><p id="moved">moved</p></div>'
DONE = (
    '<div id="worklist">none left</div><hx-partial id="toasts"><div class="toast">Done'
    '<button data-undo hx-post="/undo" hx-target="#worklist">Undo</button></div></hx-partial>'
)
HITS = '<a class="on" href="/a">A</a><a href="/b">B</a>'
PERSON = SimpleNamespace(
    pk=1, name="林知远", title="", roles=["seller", "supervisor"], is_authenticated=True
)


class Site:
    """Answers the browser's requests and remembers what was sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, str]]] = []
        self.offline = False
        self.answers = {"/undo": "undone", "/log/": "", "/search/": HITS}
        self.status = 200
        self.theme = "light"

    def page(self, path: str) -> str:
        request = RequestFactory().get(path)
        request.user, request.now, request.unread = PERSON, NOW, 2
        request.COOKIES["theme"] = self.theme
        name = path.strip("/").partition("/")[2] or "today"
        with timezone.override(NOW.tzinfo), translation.override("en"):
            return gallery.page(request, name).content.decode()

    def __call__(self, route) -> None:
        asked = urlsplit(route.request.url)
        if asked.path.startswith("/static/"):
            file = assets.STATIC / asked.path.removeprefix("/static/")
            kind = KINDS[file.suffix[1:]]
            return route.fulfill(body=file.read_bytes(), content_type=kind)
        if asked.path == "/events":
            return route.fulfill(status=204)
        if self.offline:
            return route.abort()
        if route.request.method == "POST":
            form = parse_qs(route.request.post_data or "")
            self.sent.append((asked.path, {k: v[0] for k, v in form.items()}))
            told = self.answers.get(asked.path, BOARD if "deal" in form else DONE)
            return route.fulfill(body=told, content_type="text/html", status=self.status)
        if asked.path in self.answers:
            return route.fulfill(body=self.answers[asked.path], content_type="text/html")
        if not asked.path.startswith("/_gallery/"):
            return route.fulfill(body=f"<title>{asked.path}</title>", content_type="text/html")
        rules = csp.policy(RequestFactory().get("/"))
        headers = {"Content-Security-Policy": rules, "Content-Type": "text/html; charset=utf-8"}
        return route.fulfill(body=self.page(asked.path), headers=headers)


@pytest.fixture(scope="module")
def browser() -> Iterator:
    assets.build(collected=False, quiet=True)
    with playwright_api.sync_playwright() as playwright:
        try:
            started = playwright.chromium.launch(
                executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
            )
        except playwright_api.Error as error:
            pytest.skip(f"no chromium here: {error}")
        yield started
        started.close()


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def page(browser, site, monkeypatch, settings) -> Iterator:
    settings.DEBUG, settings.EVENTS_URL = True, f"{SITE}/events"
    monkeypatch.setattr(context.Frame, "badges", {"today": (15, True)})
    troubles: list[str] = []
    opened = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    shown = opened.new_page()
    shown.on("console", lambda m: troubles.append(m.text) if m.type == "error" else None)
    shown.on("pageerror", lambda error: troubles.append(str(error)))
    # Rendering happens inside a callback of the browser's loop.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    opened.route(f"{SITE}/**", site)
    yield shown
    opened.close()
    expected = ("ERR_FAILED", "Failed to fetch", "status of 4", "ViewTransition")
    assert [t for t in troubles if not any(word in t for word in expected)] == []


def show(page, name: str = "today") -> None:
    page.goto(f"{SITE}/_gallery/{name}/")
    page.wait_for_function("() => window.htmx !== undefined")


def test_a_chip_turns_late_by_the_servers_clock_and_not_by_this_machines(page):
    page.clock.install(time=datetime(2001, 1, 1))
    show(page)
    chip = page.locator("#ob3 time")
    assert chip.get_attribute("class") == "due soon"
    assert chip.inner_text() in ("1h 12m", "1h 11m")
    page.clock.fast_forward((75 * 60 + 30) * 1000)
    assert chip.get_attribute("class") == "due late"
    assert chip.inner_text() == "late 3m"


def test_j_and_e_finish_a_row_and_z_takes_it_back(page, site):
    show(page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("e")
    page.wait_for_selector("text=none left")
    page.keyboard.press("z")
    page.wait_for_selector("text=undone")
    assert [path for path, _ in site.sent] == ["/_gallery/today/", "/undo"]


def test_g_and_a_letter_goes_to_a_page_but_not_while_typing(page):
    show(page, "form")
    page.locator("#f-name").press_sequentially("gt")
    assert page.url.endswith("/_gallery/form/")
    page.locator("h1").click()
    page.keyboard.press("g")
    page.keyboard.press("t")
    page.wait_for_url(f"{SITE}/")


def test_the_palette_asks_the_server_and_arrows_choose(page):
    show(page)
    page.keyboard.press("Control+k")
    page.wait_for_selector("#hits a")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{SITE}/b")


def test_a_card_moves_by_mouse_after_five_pixels_only(page, site):
    show(page, "pipeline")
    card = page.locator("#d1").bounding_box()
    lane = page.locator('[data-stage="solution"] ol').bounding_box()
    x, y = card["x"] + 40, card["y"] + 20
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 3, y)
    assert page.locator(".slot").count() == 0
    page.mouse.move(lane["x"] + 60, lane["y"] + 40, steps=8)
    assert page.locator(".slot").count() == 1
    page.wait_for_selector('[data-stage="solution"].over')
    page.mouse.up()
    page.wait_for_selector("#moved")
    assert site.sent == [("/_gallery/pipeline/", {"deal": "1", "stage": "solution"})]


def test_a_card_moves_by_shift_and_arrow_and_says_so(page, site):
    show(page, "pipeline")
    page.locator("#d1").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_selector("#moved")
    assert site.sent[0][1] == {"deal": "1", "stage": "needs"}
    assert "需求挖掘" in page.locator("#live").inner_text()


def test_a_card_goes_back_when_the_network_is_gone(page, site):
    show(page, "pipeline")
    site.offline = True
    page.locator("#d1").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_selector("#toasts .toast.bad")
    assert page.locator('[data-stage="lead"] #d1').count() == 1


def test_a_note_written_off_line_is_kept_and_sent_once_when_the_network_is_back(page, site):
    show(page, "customer")
    page.keyboard.press("l")
    page.locator("#log textarea").fill("Met the director")
    site.offline = True
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#toasts .toast")
    assert not page.locator("#log").is_visible()
    assert site.sent == []
    site.offline = False
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.wait_for_function("() => localStorage.getItem('outbox:1') === '[]'")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.wait_for_timeout(100)
    assert len(site.sent) == 1
    path, note = site.sent[0]
    assert path == "/log/"
    assert note["note"] == "Met the director"
    assert note["kind"] == "call"
    assert len(note["key"]) > 8


def test_a_draft_is_still_there_after_the_page_was_left(page):
    show(page)
    page.keyboard.press("l")
    page.locator("#log textarea").fill("Half a sentence")
    show(page, "team")
    page.keyboard.press("l")
    assert page.locator("#log textarea").input_value() == "Half a sentence"


def test_l_on_a_row_is_about_its_record(page):
    show(page, "pipeline")
    page.locator("#d3").focus()
    page.keyboard.press("j")
    page.keyboard.press("l")
    assert page.locator("#log [name=about]").input_value() == "deal/1"


def test_a_refusal_is_shown_as_the_server_words_it(page, site):
    site.status = 403
    told = '<hx-partial id="toasts"><div class="toast bad">Not yours</div></hx-partial>'
    site.answers["/_gallery/refuse"] = told
    show(page)
    page.evaluate("htmx.ajax('POST', '/_gallery/refuse', {target: '#worklist'})")
    page.wait_for_selector("text=Not yours")
    assert page.locator("#worklist .ob").count() > 5


def test_the_theme_is_switched_and_remembered_for_the_server(page):
    show(page)
    page.locator("[data-theme-toggle]").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    assert cookies["theme"] == "dark"


@pytest.mark.parametrize("name", gallery.PAGES)
def test_no_page_is_wider_than_a_phone(page, name):
    page.set_viewport_size({"width": 390, "height": 844})
    show(page, name)
    assert page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", gallery.PAGES)
def test_every_component_can_be_used_without_eyes_or_mouse(page, site, name, theme):
    """WCAG 2.2 A and AA and best practice, as axe finds it; both themes."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    site.theme = theme
    show(page, name)
    page.wait_for_timeout(300)
    found = axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert [f"{v['id']}: {n['html'][:160]}" for v in found for n in v["nodes"]] == []
