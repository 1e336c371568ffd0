"""A company large enough to measure on, in a database of its own, dropped after the run.

    python benchmarks/world.py --small --keep my_bench     # make one and leave it there
    python benchmarks/screens.py --database my_bench       # measure in one that is there

Full size: 100,000 customers, 1,000,000 activities and as many facts, 500,000 open obligations,
500 sellers. `--small` is a twentieth. It is made with set-based SQL (see `filling.py`), without
the actions: what is measured is reading and acting in it, not its making.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / "build" / "bench"
RESULTS = ROOT / "build" / "bench-results.json"
sys.path.insert(0, str(ROOT / "src"))


@dataclass(frozen=True)
class Size:
    """How many rows of each kind."""

    customers: int = 100_000
    sellers: int = 500
    activities: int = 1_000_000
    facts: int = 1_000_000
    owed: int = 500_000
    settled: int = 500_000
    deals: int = 20_000
    orders: int = 30_000
    tickets: int = 10_000

    def of(self, share: float) -> Size:
        """The same company, a part of it."""
        return Size(**{key: max(20, int(n * share)) for key, n in vars(self).items()})


FULL = Size()
SMALL = 0.05


def arguments(described: str | None) -> argparse.ArgumentParser:
    """The options that every benchmark knows."""
    parser = argparse.ArgumentParser(description=(described or "").partition("\n")[0])
    parser.add_argument("--small", action="store_true", help="a twentieth of the size")
    parser.add_argument("--customers", type=int, help="how many; the rest in proportion")
    parser.add_argument("--database", help="measure in this database, made with --keep")
    parser.add_argument("--keep", help="leave the database, under this name")
    return parser


def size_of(given: argparse.Namespace, full: Size = FULL) -> Size:
    if given.customers:
        return full.of(given.customers / full.customers)
    return full.of(SMALL) if given.small else full


@contextmanager
def world(given: argparse.Namespace, size: Size) -> Iterator[Size]:
    """Django set up on a filled database of its own, which is dropped when the block ends.

    Uses the server of DATABASE_URL, or our own server with its data under `build/bench`.
    """
    url, server = _server()
    name = given.database or given.keep or f"zhangfa_bench_{os.getpid()}"
    if not given.database:
        _administer(url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        _administer(url, f'CREATE DATABASE "{name}"')
    try:
        _enter(url, name)
        if not given.database:
            _fill(size)
        _as_application()
        yield size
    finally:
        _leave()
        if not (given.database or given.keep):
            _administer(url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        if server is not None:
            server.stop()


def _server() -> tuple[str, Any]:
    """A URL with the right to create databases, and the server if it is ours to stop."""
    if given := os.environ.get("DATABASE_URL"):
        return given, None
    from zhangfa.config.embedded import OWNER, EmbeddedServer

    server = EmbeddedServer(HOME / "postgres", {"shared_buffers": "512MB"})
    was_there = server.running() is not None
    address = server.start(lambda line: say(line))
    return address.url(OWNER, "postgres"), None if was_there else server


def _administer(url: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


def _enter(url: str, name: str) -> None:
    """Settings as a served installation has them, on this database."""
    from psycopg.conninfo import conninfo_to_dict

    told = {**conninfo_to_dict(url), "dbname": name}
    secret = f":{told['password']}" if told.get("password") else ""
    place = f"{told.get('host', '127.0.0.1')}:{told.get('port', 5432)}"
    os.environ |= {
        "DATABASE_URL": f"postgresql://{told.get('user', 'zhangfa')}{secret}@{place}/{name}",
        "ZHANGFA_DATABASE_ROLE": "owner",
        "ZHANGFA_APP_ROLE": "zhangfa_bench",
        "ZHANGFA_ENV": "demo",
        "ZHANGFA_HOME": str(HOME),
        "DJANGO_SETTINGS_MODULE": "zhangfa.config.settings",
    }
    os.environ.pop("ZHANGFA_DEBUG", None)
    HOME.mkdir(parents=True, exist_ok=True)
    import django

    django.setup()
    from zhangfa.config import migrating
    from zhangfa.web import assets

    assets.build(collected=True, quiet=True)
    migrating.migrate(quiet=True)


def _as_application() -> None:
    """Go on as the role that serves pages."""
    from django.db import connection

    from zhangfa.config import databases

    os.environ["ZHANGFA_DATABASE_ROLE"] = "app"
    connection.close()
    connection.close_pool()
    entry = databases.settings(databases.url("app"), pooled=True)
    connection.settings_dict |= {key: entry[key] for key in ("USER", "PASSWORD") if key in entry}


def _leave() -> None:
    from django.conf import settings

    if settings.configured:
        from django.db import connections

        for connection in connections.all(initialized_only=True):
            connection.close()
            if hasattr(connection, "close_pool"):
                connection.close_pool()


def _fill(size: Size) -> None:
    import filling

    began = time.monotonic()
    filling.fill(size, lambda word: say(f"{time.monotonic() - began:6.1f} s  {word}"))


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0]
    model = ""
    info = Path("/proc/cpuinfo")
    if info.exists():
        named = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        model = named[0].partition(":")[2].strip() if named else ""
    return {
        "processor": model or platform.processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "postgresql": version.partition(" ")[0],
        "load": round(os.getloadavg()[0], 2),
    }


def note(part: str, told: dict[str, Any], *, beside: bool = False) -> None:
    """Keep the figures of this part in `build/bench-results.json`, beside the other parts'; and
    `beside` what the part noted before."""
    known = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    known[part] = {**known.get(part, {}), **told} if beside else told
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(known, ensure_ascii=False, indent=1, default=str))


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--sellers", type=int)
    given = parser.parse_args()
    size = size_of(given)
    if given.sellers:
        size = replace(size, sellers=given.sellers)
    with world(given, size):
        say(json.dumps({**vars(size), **machine()}, ensure_ascii=False))


if __name__ == "__main__":
    main()
