"""The event hub: tells open pages that something changed, and no more than that.

One connection listens on the channel `zhangfa`; every browser has a queue. A message carries a
topic and ids, never contents: the page fetches what it shows with the usual permission checks.

A payload is JSON: `t` names the topic and the other keys the subject. Who gets it is told by at
least one of `owner` (a person whose rows it is about), `team`, `kind` (a kind of record that a
department sees whole), `to` (a list of people), `all` (true); `team` and `owner` follow the same
scopes as every page. A message with none of these is dropped.

The browser gets `event: <t>` with the payload as data, `event: resync` when messages may have
been missed (after a reconnect, or when it was too slow), and a comment every 15 seconds.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhangfa.config.settings")
django.setup()

import psycopg  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import DatabaseError  # noqa: E402
from procrastinate.contrib.django.utils import connector_params  # noqa: E402

from zhangfa.web.hub_people import Viewer, find_viewer  # noqa: E402

CHANNEL = "zhangfa"
QUEUE_LENGTH = 100
HEARTBEAT_SECONDS = 15.0
RECHECK_SECONDS = 60.0
RECONNECT_SECONDS = 1.0
MOST_BROWSERS = 5000
MOST_PER_PERSON = 20
RESYNC = b"event: resync\ndata: {}\n\n"
logger = logging.getLogger("zhangfa.hub")
Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


@dataclass(eq=False)
class Browser:
    """One open page: who looks at it, and what it has yet to be told."""

    viewer: Viewer
    queue: asyncio.Queue[bytes] = field(default_factory=lambda: asyncio.Queue(QUEUE_LENGTH))

    def tell(self, event: bytes) -> None:
        """Queue an event; a browser that is too slow loses its queue and is told to fetch anew."""
        try:
            self.queue.put_nowait(event)
        except asyncio.QueueFull:
            while not self.queue.empty():
                self.queue.get_nowait()
            self.queue.put_nowait(RESYNC)


class Hub:
    """All open pages and the one connection that listens for them."""

    def __init__(self) -> None:
        self.browsers: set[Browser] = set()
        self.listening = False
        self._task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """Begin to listen, on the loop of the first request."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        while True:
            try:
                told = {**connector_params(), "application_name": "zhangfa hub"}
                connection = await psycopg.AsyncConnection.connect(**told, autocommit=True)
                async with connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    self.listening = True
                    self._tell_all(RESYNC)
                    async for notice in connection.notifies():
                        self.pass_on(notice.payload)
            except psycopg.Error as error:
                logger.warning("The hub lost the database and tries again: %s", error)
            self.listening = False
            await asyncio.sleep(RECONNECT_SECONDS)

    def _tell_all(self, event: bytes) -> None:
        for browser in self.browsers:
            browser.tell(event)

    def pass_on(self, payload: str) -> None:
        """Queue a message for every browser whose viewer may know of it."""
        try:
            told = json.loads(payload)
            topic = told["t"]
        except (ValueError, TypeError, KeyError):
            logger.warning("A message without a topic was dropped")
            return
        event = f"event: {topic}\ndata: {json.dumps(told)}\n\n".encode()
        for browser in self.browsers:
            if browser.viewer.may_know(told):
                browser.tell(event)


hub = Hub()


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application: `/events` for browsers, `/healthz` for the supervisor."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http":
        hub.wake()
        if scope["path"] == "/healthz":
            told = {"listening": hub.listening, "browsers": len(hub.browsers)}
            await _answer(send, 200, json.dumps(told).encode(), b"application/json")
        elif scope["path"] == "/events":
            await _events(scope, receive, send)
        else:
            await _answer(send, 404, b"")


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            hub.wake()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await send({"type": "lifespan.shutdown.complete"})
            return


async def _answer(
    send: Send,
    status: int,
    body: bytes,
    kind: bytes = b"text/plain",
    more: Sequence[tuple[bytes, bytes]] = (),
) -> None:
    headers = [(b"content-type", kind), (b"cache-control", b"no-store"), *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _events(scope: Scope, receive: Receive, send: Send) -> None:
    headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
    allowed = cross_origin(headers.get(b"origin", ""), headers.get(b"host", ""))
    if allowed is None:
        return await _answer(send, 403, b"Another site's page may not listen here.")
    key = session_key(headers.get(b"cookie", ""))
    try:
        viewer = await asyncio.to_thread(find_viewer, key)
    except DatabaseError:
        # Anything but 200 would make the browser give up for good.
        return await _answer(send, 200, b"retry: 2000\n\n", b"text/event-stream", allowed)
    if viewer is None:
        return await _answer(send, 401, b"Sign in first.")
    same = sum(browser.viewer.person == viewer.person for browser in hub.browsers)
    if len(hub.browsers) >= MOST_BROWSERS or same >= MOST_PER_PERSON:
        return await _answer(send, 503, b"Too many open pages.")
    await _stream(Browser(viewer), key, allowed, receive, send)
    return None


def cross_origin(origin: str, host: str) -> list[tuple[bytes, bytes]] | None:
    """The headers that let a page of the same host, on whatever port, listen; None refuses it."""
    if not origin:
        return []
    if urlsplit(origin).hostname != urlsplit(f"//{host}").hostname:
        return None
    return [
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-allow-credentials", b"true"),
        (b"vary", b"Origin"),
    ]


def session_key(cookies: str) -> str:
    """The session cookie's value, or an empty text."""
    try:
        found = SimpleCookie(cookies).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    return found.value if found else ""


async def _stream(
    browser: Browser, key: str, allowed: list[tuple[bytes, bytes]], receive: Receive, send: Send
) -> None:
    headers = [
        (b"content-type", b"text/event-stream"),
        (b"cache-control", b"no-cache, no-store"),
        (b"x-accel-buffering", b"no"),
        *allowed,
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    gone = asyncio.create_task(_until_gone(receive))
    hub.browsers.add(browser)
    try:
        await _write(send, b"retry: 2000\n\n")
        await _speak(browser, key, gone, send)
    finally:
        hub.browsers.discard(browser)
        gone.cancel()


async def _speak(browser: Browser, key: str, gone: asyncio.Task[None], send: Send) -> None:
    """Write what is queued until the browser leaves or the session ends."""
    checked = time.monotonic()
    while not gone.done():
        try:
            event = await asyncio.wait_for(browser.queue.get(), HEARTBEAT_SECONDS)
        except TimeoutError:
            event = b": still here\n\n"
        if time.monotonic() - checked > RECHECK_SECONDS:
            if not await _still_welcome(browser, key):
                return await send({"type": "http.response.body", "body": b""})
            checked = time.monotonic()
        await _write(send, event)
    return None


async def _still_welcome(browser: Browser, key: str) -> bool:
    """Read the session and the scope anew; while the database is away, what was known holds."""
    with suppress(DatabaseError):
        viewer = await asyncio.to_thread(find_viewer, key)
        if viewer is None:
            return False
        browser.viewer = viewer
    return True


async def _write(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
