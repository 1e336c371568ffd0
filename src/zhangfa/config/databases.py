"""How Django reaches the database: DATABASE_URL, or our own server."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from typing import Any

import psutil
import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from . import places
from .embedded import APPLICATION, DATABASE, OWNER, Address, EmbeddedServer

TEST_OPTIONS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
PLACES = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}


def embedded() -> EmbeddedServer | None:
    """Our own server for this installation; None when DATABASE_URL names another."""
    if os.environ.get("DATABASE_URL"):
        return None
    if places.environment() == "test":
        return EmbeddedServer(places.home() / "test" / "postgres", TEST_OPTIONS)
    return EmbeddedServer(places.home() / "postgres")


def wanted_role() -> str:
    """The role this process signs in with: `app` unless it migrates, backs up or tests."""
    default = "owner" if places.environment() == "test" else "app"
    return os.environ.get("ZHANGFA_DATABASE_ROLE", default)


def url(role: str | None = None) -> str:
    """The connection URL for a role, "owner" or "app".

    A test run starts our own server if need be; everything else expects it to run already
    (the command line sees to that) and gets an address that refuses connections otherwise.
    """
    role = role or wanted_role()
    given = os.environ.get("DATABASE_URL")
    if given:
        return _outside_app_url(given) if role == "app" else given
    address = _embedded_address()
    if address is None:
        return "postgresql://nobody@127.0.0.1:1/zhangfa"
    return address.url(APPLICATION if role == "app" else OWNER)


@lru_cache
def _embedded_address() -> Address | None:
    server = embedded()
    if server is None:
        return None
    if places.environment() == "test":
        address = server.start()
        _drop_left_behind(address)
        return address
    return server.address() if server.running() else None


def application_role() -> str:
    """The name of the role that serves pages; set ZHANGFA_APP_ROLE where one cluster holds more."""
    given = os.environ.get("ZHANGFA_APP_DATABASE_URL")
    if given:
        return str(conninfo_to_dict(given)["user"])
    return os.environ.get("ZHANGFA_APP_ROLE", APPLICATION)


def application_is_given() -> bool:
    """Whether an administrator has made the application's role."""
    return bool(os.environ.get("ZHANGFA_APP_DATABASE_URL"))


def application_password() -> str:
    """The password of that role: ours to make, kept in a file with mode 0600."""
    server = embedded()
    folder = server.home if server else places.home()
    return places.secret(folder / "app_password")


def _outside_app_url(owner: str) -> str:
    given = os.environ.get("ZHANGFA_APP_DATABASE_URL")
    if given:
        return given
    return psycopg.conninfo.make_conninfo(
        owner, user=application_role(), password=application_password()
    )


def settings(connection_url: str, *, pooled: bool) -> dict[str, Any]:
    """Django's DATABASES entry for a connection URL."""
    told = dict(conninfo_to_dict(connection_url))
    entry: dict[str, Any] = {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
    }
    for theirs, ours in PLACES.items():
        if theirs in told:
            entry[ours] = told.pop(theirs)
    entry["OPTIONS"] = {"application_name": "zhangfa", "connect_timeout": 10, **told}
    if pooled:
        size = int(os.environ.get("ZHANGFA_POOL_SIZE", "8"))
        entry["OPTIONS"]["pool"] = {"min_size": 1, "max_size": size, "timeout": 10}
    entry["TEST"] = {"NAME": test_database_name()}
    return entry


def test_database_name() -> str:
    """One test database per run, so that two runs at a time do not meet."""
    return os.environ.get("ZHANGFA_TEST_DATABASE") or f"test_{DATABASE}_{_run_id()}"


def _run_id() -> int:
    """The process that began this test run: with xdist the workers' parent."""
    return os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()


def _drop_left_behind(address: Address) -> None:
    """Drop test databases whose run was killed: their names carry its process number."""
    with psycopg.connect(address.url(database="postgres"), autocommit=True) as connection:
        names = connection.execute(
            "SELECT datname FROM pg_database WHERE datname ~ '^test_zhangfa_[0-9]+'"
        ).fetchall()
        for (name,) in names:
            number = re.match(r"test_zhangfa_(\d+)", name)
            if number and not psutil.pid_exists(int(number.group(1))):
                connection.execute(
                    sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
                )
