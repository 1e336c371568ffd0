"""The event hub tells open pages what they may know, and tells them to fetch anew after a gap."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
import pytest

from zhangfa.config import databases
from zhangfa.records.scope import Scope
from zhangfa.web import hub as module
from zhangfa.web.hub import QUEUE_LENGTH, RESYNC, Browser, Hub, cross_origin, session_key
from zhangfa.web.hub_people import Viewer, find_viewer

ALICE = Viewer(1, Scope(frozenset({1}), frozenset(), frozenset()))
BOSS = Viewer(2, Scope(frozenset({1, 2, 3}), frozenset({7}), frozenset()))
LAWYER = Viewer(4, Scope(frozenset({4}), frozenset(), frozenset({"contract"})))
DIRECTOR = Viewer(5, Scope(frozenset({5}), frozenset(), frozenset(), all=True))


@pytest.mark.parametrize(
    ("told", "who"),
    [
        ({"t": "fact", "owner": 1}, {1, 2, 5}),
        ({"t": "fact", "owner": 3}, {2, 5}),
        ({"t": "fact", "owner": 9}, {5}),
        ({"t": "metric", "team": 7}, {2, 5}),
        ({"t": "metric", "team": 8}, {5}),
        ({"t": "fact", "owner": 9, "kind": "contract"}, {4, 5}),
        ({"t": "notice", "to": [1]}, {1}),
        ({"t": "policy", "all": True}, {1, 2, 4, 5}),
        ({"t": "fact", "owner": None}, {5}),
        ({"t": "secret"}, set()),
    ],
)
def test_4_1_a_message_reaches_only_those_who_may_see_its_rows(told: dict, who: set[int]) -> None:
    everybody = (ALICE, BOSS, LAWYER, DIRECTOR)
    assert {viewer.person for viewer in everybody if viewer.may_know(told)} == who


def in_loop(run: Callable[[], Awaitable[Any]]) -> Any:
    return asyncio.run(asyncio.wait_for(run(), 20))


def test_a_browser_that_is_too_slow_is_told_to_fetch_anew() -> None:
    async def story() -> list[bytes]:
        browser = Browser(ALICE)
        for n in range(QUEUE_LENGTH + 1):
            browser.tell(b"%d" % n)
        return [browser.queue.get_nowait() for _ in range(browser.queue.qsize())]

    assert in_loop(story) == [RESYNC]


def test_a_message_without_a_topic_is_dropped_and_the_hub_goes_on() -> None:
    async def story() -> int:
        hub = Hub()
        browser = Browser(DIRECTOR)
        hub.browsers.add(browser)
        for payload in ("no json", "[]", '"text"', "{}", '{"id": 1}'):
            hub.pass_on(payload)
        hub.pass_on('{"t": "fact", "owner": 1}')
        return browser.queue.qsize()

    assert in_loop(story) == 1


@pytest.mark.parametrize(
    ("origin", "host", "allowed"),
    [
        ("", "localhost:8001", True),
        ("http://localhost:8000", "localhost:8001", True),
        ("https://crm.example", "crm.example", True),
        ("https://evil.example", "localhost:8001", False),
        ("null", "localhost:8001", False),
    ],
)
def test_only_pages_of_the_same_host_may_listen(origin: str, host: str, allowed: bool) -> None:
    headers = cross_origin(origin, host)
    assert (headers is not None) == allowed
    if origin and allowed:
        assert (b"access-control-allow-origin", origin.encode()) in headers


def test_an_odd_cookie_header_is_no_session() -> None:
    assert session_key("") == ""
    assert session_key("zhangfa_session=abc; other=1") == "abc"
    assert session_key("\x00=;=;;") == ""


@pytest.mark.django_db
def test_the_hub_knows_a_person_by_the_session_cookie_until_they_sign_out(
    client, django_user_model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zhangfa.web.hub_people.connections.close_all", lambda: None)
    person = django_user_model.objects.create_user("lin", name="林", roles=["seller"])
    client.force_login(person)
    key = client.session.session_key
    found = find_viewer(key)
    assert found is not None and found.person == person.pk
    assert find_viewer("guessed") is None
    django_user_model.objects.filter(pk=person.pk).update(is_active=False)
    assert find_viewer(key) is None
    django_user_model.objects.filter(pk=person.pk).update(is_active=True)
    client.logout()
    assert find_viewer(key) is None


def test_the_stream_says_resync_after_the_database_was_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One connection listens; when it is cut, the hub comes back and pages fetch anew."""
    url = psycopg.conninfo.make_conninfo(databases.url("owner"), dbname="postgres")
    monkeypatch.setattr(module, "RECONNECT_SECONDS", 0.05)
    parameters = psycopg.conninfo.conninfo_to_dict(url)
    monkeypatch.setattr(module, "connector_params", lambda: parameters)
    ours = "application_name = 'zhangfa hub' AND datname = 'postgres'"

    async def story() -> tuple[list[bytes], int]:
        hub = Hub()
        browser = Browser(DIRECTOR)
        hub.browsers.add(browser)
        hub.wake()
        heard = [await browser.queue.get()]
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as other:
            note = json.dumps({"t": "fact", "owner": 1, "id": 5})
            await other.execute("SELECT pg_notify('zhangfa', %s)", [note])
            heard.append(await browser.queue.get())
            found = await other.execute(f"SELECT count(*) FROM pg_stat_activity WHERE {ours}")
            connections = (await found.fetchone())[0]
            await other.execute(
                f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {ours}"
            )
            heard.append(await browser.queue.get())
            assert hub.listening
        hub._task.cancel()
        return heard, connections

    heard, connections = in_loop(story)
    assert heard[0] == heard[2] == RESYNC
    assert heard[1] == b'event: fact\ndata: {"t": "fact", "owner": 1, "id": 5}\n\n'
    assert connections == 1
