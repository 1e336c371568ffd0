"""The screens as a reader gets them: whole page as HTML, through the WSGI handler with all
middleware, one client; and requests per second with two web workers.

    python benchmarks/screens.py [--small] [--database NAME] [--profile SCREEN] [--no-load]

The baseline is a bare Django view with 50 rows and Jinja2, without our middleware, measured in
turns with every screen: `x` is how many times its time. p50 is the lowest median of some blocks,
so that what else the machine does counts less; p95 is over all of them.
"""

from __future__ import annotations

import argparse
import cProfile
import http.client
import io
import itertools
import os
import pstats
import re
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from world import arguments, machine, note, say, size_of, world

BLOCKS, ROUNDS = 5, 10
LIST = "the list of 50 in a bare view"


@dataclass
class Screen:
    """Something a person opens: its address, who asks, what it may take (ms, queries)."""

    name: str
    path: str | Callable[[int], str]
    who: str = "seller"
    target: float | None = None
    queries: int | None = None
    form: Callable[[int], dict[str, str]] | None = None
    htmx: bool = False


class Handler:
    """Our WSGI application, called as a server calls it, with a signed-in session."""

    def __init__(self) -> None:
        from zhangfa.config.wsgi import application

        self.application = application
        self.cookies = {name: cookie_of(name) for name in ("seller", "lead", "director")}
        self.token = "a" * 32

    def __call__(self, screen: Screen, n: int) -> tuple[int, bytes]:
        path = screen.path if isinstance(screen.path, str) else screen.path(n)
        body = urlencode(screen.form(n)).encode() if screen.form else b""
        environ = self._environ(screen, path, body)
        told: list[int] = []
        parts = self.application(environ, lambda status, *_: told.append(int(status[:3])))
        text = b"".join(parts)
        parts.close()
        return told[0], text

    def _environ(self, screen: Screen, path: str, body: bytes) -> dict[str, Any]:
        address, _, query = path.partition("?")
        cookie = f"zhangfa_session={self.cookies[screen.who]}; csrftoken={self.token}"
        environ = {
            "REQUEST_METHOD": "POST" if screen.form else "GET",
            "PATH_INFO": address,
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "127.0.0.1:8000",
            "HTTP_COOKIE": cookie,
            "HTTP_ACCEPT_LANGUAGE": "zh-CN",
            "HTTP_X_CSRFTOKEN": self.token,
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.url_scheme": "http",
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            "wsgi.version": (1, 0),
        }
        if screen.htmx:
            environ["HTTP_HX_REQUEST"] = "true"
        return environ


def person_of(name: str) -> Any:
    """The one who asks: an ordinary seller, a lead, or the director who sees everything."""
    from zhangfa.records.models import Person

    return Person.objects.get(username={"seller": "seller0", "lead": "lead0"}.get(name, name))


def cookie_of(name: str) -> str:
    from django.conf import settings
    from django.contrib.sessions.backends.db import SessionStore

    person = person_of(name)
    session = SessionStore()
    session["_auth_user_id"] = str(person.pk)
    session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
    session["_auth_user_hash"] = person.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def screens() -> list[Screen]:
    """What is measured, with the targets of docs/reference/performance.md."""
    from zhangfa.records.models import Customer

    busy = list(
        Customer.objects.filter(owner=person_of("seller"))
        .order_by("id")
        .values_list("pk", flat=True)
    )[:5]
    book_of = Customer.objects.filter(owner=person_of("seller")).order_by("id")
    usual = list(book_of.values_list("pk", flat=True)[book_of.count() // 2 :][:5])
    words = ["机械", "苏州", "恒越", "卓科"]
    typed = ["suzhou", "hengyue", "szhy", "zhuoke"]
    log = itertools.count()

    def book(n: int) -> str:
        return f"/customers/{busy[n % 5]}/"

    def chinese(n: int) -> str:
        return f"/search/?q={quote(words[n % 4])}"

    def pinyin(n: int) -> str:
        return f"/search/?q={typed[n % 4]}"

    def call(n: int) -> dict[str, str]:
        number = next(log)
        return {
            "about": f"customer/{usual[number % 5]}",
            "kind": "call",
            "note": "确认备件清单",
            "key": f"{os.getpid()}-{time.time_ns()}-{number}",
        }

    return [
        Screen("Today", "/", target=12),
        Screen("Customers, own 200", "/customers/", target=10, queries=6),
        Screen("Customers, team", "/customers/", "lead", target=10, queries=6),
        Screen("Customers, all 100,000", "/customers/", "director", target=10, queries=6),
        Screen("Customer with timeline", book, target=12, queries=10),
        Screen("Pipeline", "/deals/", target=15),
        Screen("Team board", "/team/", "lead", target=15),
        Screen("Scorecard", "/scorecards/", target=15),
        Screen("Log a call", "/log/", target=8, form=call, htmx=True),
        Screen("Search, two characters", chinese, target=5, htmx=True),
        Screen("Search, pinyin", pinyin, target=5, htmx=True),
        Screen("Search of all, two characters", chinese,
               "director", target=5, htmx=True),
        Screen("Search of all, pinyin", pinyin, "director",
               target=5, htmx=True),
    ]  # fmt: skip


def timed(
    ask: Callable[[int], Any], beside: Callable[[int], Any] | None = None, blocks: int = BLOCKS
) -> dict[str, float]:
    """p50 and p95 of the time that passed, and p50 of our own processor time, in milliseconds;
    with `beside`, the p50 of that as `bare`, measured in turns."""
    medians, others, spent, every = [], [], [], []
    for block in range(blocks):
        passed, busy = zip(
            *(_once(ask, n) for n in range(block * ROUNDS, (block + 1) * ROUNDS)), strict=True
        )
        medians.append(statistics.median(passed))
        spent.append(statistics.median(busy))
        every += passed
        if beside is not None:
            others.append(statistics.median(_once(beside, n)[0] for n in range(ROUNDS)))
    every.sort()
    p95 = every[min(len(every) - 1, int(0.95 * len(every)))]
    found = {"p50": min(medians), "p95": p95, "cpu": min(spent)}
    return {**found, "bare": min(others)} if others else found


def _once(ask: Callable[[int], Any], n: int) -> tuple[float, float]:
    """Milliseconds that passed, and that our own processor worked."""
    began, busy = time.perf_counter(), time.thread_time()
    ask(n)
    return (time.perf_counter() - began) * 1000, (time.thread_time() - busy) * 1000


def bare() -> Callable[[int], Any]:
    """A Django view of 50 customers in a Jinja2 table: no middleware, no frame, one query."""
    from django.http import HttpResponse
    from django.template import engines
    from django.test import RequestFactory

    from zhangfa.records.models import Customer

    template = engines["jinja2"].env.from_string(
        "<table>{% for c in rows %}<tr><td>{{ c.grade }}</td><td><a href='/customers/{{ c.pk }}/'>"
        "{{ c.name }}</a></td><td>{{ c.industry }}</td><td>{{ c.city }}</td><td>{{ c.owner.name }}"
        "</td><td>{{ c.touched_at }}</td></tr>{% endfor %}</table>"
    )
    owner, request = person_of("seller").pk, RequestFactory().get("/")

    def view(request: Any) -> HttpResponse:
        rows = Customer.objects.filter(owner=owner).select_related("owner")
        rows = rows.only("grade", "name", "industry", "city", "touched_at", "owner__name")
        return HttpResponse(template.render({"rows": rows.order_by("grade", "sort_key")[:50]}))

    return lambda n: view(request)


def queries_of(handler: Handler, screen: Screen) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        handler(screen, 1)
    return len([q for q in seen.captured_queries if not _bookkeeping(q["sql"])])


def _bookkeeping(sql: str) -> bool:
    return sql.split(" ", 1)[0].rstrip(";") in ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "SET")


def measure(given: argparse.Namespace) -> dict[str, Any]:
    """Every screen; a screen that is not there yet is told as such."""
    handler = Handler()
    asks = screens()
    view = bare()
    timed(view, blocks=1)
    told: dict[str, Any] = {LIST: {**timed(view), "queries": 1, "times": 1.0}}
    report(LIST, told[LIST])
    for screen in asks:
        if given.only and given.only.lower() not in screen.name.lower():
            continue
        status, text = handler(screen, 0)
        if status != 200:
            told[screen.name] = {"status": status}
            say(
                f"{screen.name:32} answers {status}: "
                f"{re.sub('<[^>]+>', ' ', text.decode())[:200]!r}"
            )
            continue
        for n in range(1, 6):
            handler(screen, n)
        taken = timed(lambda n, s=screen: handler(s, n), view)
        found = {
            **taken,
            "queries": queries_of(handler, screen),
            "times": taken["p50"] / taken["bare"],
            "bytes": len(text),
            "target": screen.target,
            "target_queries": screen.queries,
        }
        told[screen.name] = found
        told[LIST]["p50"] = min(told[LIST]["p50"], taken["bare"])
        report(screen.name, found)
        if given.profile:
            profile(handler, screen)
        if given.sql:
            show_sql(handler, screen)
    return told


def report(name: str, found: dict[str, Any]) -> None:
    missed = found.get("target") and found["p50"] > found["target"]
    missed = missed or (found.get("target_queries") or 99) < found["queries"]
    print(
        f"{name:32} p50 {found['p50']:7.1f} ms  p95 {found['p95']:7.1f} ms  "
        f"cpu {found['cpu']:6.1f} ms  x{found['times']:5.1f}  "
        f"{found['queries']:3} queries  {found.get('bytes', 0) / 1024:6.1f} KB"
        f"{'  MISSED ' + str(found['target']) if missed else ''}",
        flush=True,
    )


def profile(handler: Handler, screen: Screen) -> None:
    watcher = cProfile.Profile(time.thread_time)
    watcher.enable()
    for n in range(10):
        handler(screen, n)
    watcher.disable()
    pstats.Stats(watcher).sort_stats("cumulative").print_stats(45)


def show_sql(handler: Handler, screen: Screen) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        handler(screen, 1)
    for query in seen.captured_queries:
        print(f"   {float(query['time']) * 1000:6.1f} ms  {query['sql'][:240]}")


# ------------------------------------------------------------------------ two web workers


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serving(port: int) -> Iterator[None]:
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", "2", "--blocking-threads", "4", "--no-ws"]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path[:2])}
    server = subprocess.Popen(
        [*command, "zhangfa.config.wsgi:application"], env=env,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(200):
            try:
                with socket.create_connection(("127.0.0.1", port), 1):
                    break
            except OSError:
                time.sleep(0.1)
        yield
    finally:
        server.terminate()
        server.wait(20)


def load(seconds: float = 5.0, clients: int = 8) -> dict[str, float]:
    """Requests per second of a screen; client threads share the two cores with the workers."""
    told: dict[str, float] = {}
    port = free_port()
    for _ in serving(port):
        for screen in screens():
            if screen.form or screen.who != "seller":
                continue
            _hammer(port, screen, cookie_of("seller"), 2.0, clients)  # what is kept is there
            counted = _hammer(port, screen, cookie_of("seller"), seconds, clients)
            if counted:
                told[screen.name] = counted / seconds
                print(f"{screen.name:32} {counted / seconds:7.1f} requests/s", flush=True)
    return told


def _hammer(port: int, screen: Screen, cookie: str, seconds: float, clients: int) -> int:
    counted = [0] * clients

    def client(place: int) -> None:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        headers = {"Cookie": f"zhangfa_session={cookie}", "Accept-Language": "zh-CN"}
        until = time.monotonic() + seconds
        n = place
        while time.monotonic() < until:
            path = screen.path if isinstance(screen.path, str) else screen.path(n)
            link.request("GET", path, headers=headers)
            answer = link.getresponse()
            answer.read()
            counted[place] += answer.status == 200
            n += 1
        link.close()

    threads = [threading.Thread(target=client, args=[place]) for place in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counted)


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--only", help="screens whose name has this word")
    parser.add_argument("--profile", action="store_true", help="where the time goes")
    parser.add_argument("--sql", action="store_true", help="every statement with its time")
    parser.add_argument("--no-load", action="store_true", help="without requests per second")
    given = parser.parse_args()
    with world(given, size_of(given)) as size:
        told = {"machine": machine(), "size": vars(size), "screens": measure(given)}
        if not given.no_load:
            told["requests_per_second"] = load()
        if not (given.only or given.small):
            note("screens", told)


if __name__ == "__main__":
    main()
