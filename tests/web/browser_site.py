"""The product as it is served, on a told company of its own: pages, event hub, a real browser.

Run as a program it fills the database that DATABASE_URL names; the tests call that first.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

PASSWORD = "zhangfa-demo"
CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
WAIT = 20.0  # seconds for a server to answer
PATIENCE = 6000  # milliseconds for anything on a page


def fill() -> None:
    """The tables, and the demo's story made shorter."""
    import django
    from django.core.management import call_command

    django.setup()
    from django.utils import timezone

    from zhangfa.demo.tell import tell

    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    tell(timezone.now(), customers=60, days=75)


@dataclass
class Site:
    """Where the product is served, and the sessions of those who have signed in."""

    address: str
    browser: Any
    states: dict[str, Any] = field(default_factory=dict)

    def open(
        self, name: str, *, width: int = 1440, theme: str = "light", language: str = "zh-CN"
    ) -> Visit:
        """A window of a person who is signed in, in a size, a theme and a language."""
        if name not in self.states:
            self.states[name] = self._sign_in(name)
        height = 900 if width > 600 else 844
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            storage_state=self.states[name],
            locale=language,
            color_scheme=theme,
            has_touch=width < 600,
        )
        spoken = {"zh-CN": "zh-hans", "zh-TW": "zh-hant", "en": "en"}[language]
        for key, value in (("theme", theme), ("zhangfa_language", spoken)):
            context.add_cookies([{"name": key, "value": value, "url": self.address}])
        return Visit(self, context, spoken)

    def _sign_in(self, name: str) -> Any:
        context = self.browser.new_context(locale="zh-CN")
        page = context.new_page()
        sign_in(page, self.address, name)
        state = context.storage_state()
        context.close()
        return state


class Visit:
    """One window; it remembers everything the browser complained about."""

    def __init__(self, site: Site, context: Any, language: str) -> None:
        self.site, self.context, self.language = site, context, language
        self.troubles: list[str] = []
        context.set_default_timeout(PATIENCE)
        self.page = context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))

    def _console(self, message: Any) -> None:
        # A refusal (409, 422) is an answer that the page shows; browsers also log it.
        if message.type == "error" and "status of 4" not in message.text:
            self.troubles.append(message.text)

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, kind: Any, *_: Any) -> None:
        self.context.close()
        if kind is None:
            assert self.troubles == []

    def go(self, path: str) -> Any:
        """Open a page and wait until its scripts have started; returns the answer."""
        answer = self.page.goto(self.site.address + path)
        if answer.status != 200:
            return answer
        self.page.wait_for_function("() => window.htmx !== undefined")
        return answer


def sign_in(page: Any, address: str, name: str) -> None:
    """Through the form, as people do."""
    page.goto(f"{address}/account/login/")
    page.locator("[name=login]").fill(name)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form button.pri").click()
    page.wait_for_url(f"{address}/")


def _free_pair() -> int:
    """A port that is free, with a free one after it."""
    while True:
        with socket.socket() as one, socket.socket() as two:
            one.bind(("127.0.0.1", 0))
            port = int(one.getsockname()[1])
            try:
                two.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


@contextmanager
def served(database_url: str, home: Path) -> Iterator[str]:
    """Pages and event hub on a database that `fill` has filled; ends both."""
    port = _free_pair()
    source = Path(__file__).resolve().parents[2] / "src"
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": "zhangfa.config.settings",
        "PYTHONPATH": str(source),
        "ZHANGFA_DATABASE_ROLE": "owner",
        "ZHANGFA_ENV": "test",
        "ZHANGFA_EVENTS_PORT": str(port + 1),
        "ZHANGFA_HOME": str(home),
    }
    subprocess.run([sys.executable, __file__], env=environment, check=True)
    granian = [sys.executable, "-m", "granian", "--host", "127.0.0.1", "--no-ws", "--workers", "1"]
    pages = [*granian, "--interface", "wsgi", "--blocking-threads", "4", "--port", str(port)]
    hub = [*granian, "--interface", "asgi", "--port", str(port + 1)]
    with (home / "browser.log").open("wb") as log:
        started = [
            subprocess.Popen(command, env=environment, stdout=log, stderr=log)
            for command in (
                [*pages, "zhangfa.config.wsgi:application"],
                [*hub, "zhangfa.web.hub:app"],
            )
        ]
        try:
            _until_it_answers(f"http://127.0.0.1:{port}/account/login/")
            yield f"http://127.0.0.1:{port}"
        finally:
            for process in started:
                process.terminate()
            for process in started:
                process.wait(WAIT)


def _until_it_answers(url: str) -> None:
    deadline = time.monotonic() + WAIT
    while True:
        try:
            with urlopen(url, timeout=5):
                return
        except (URLError, OSError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


if __name__ == "__main__":
    fill()
