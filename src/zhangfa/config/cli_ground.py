"""What the commands stand on: a running database, and a plain way to say and to fail."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import click


def say(line: str) -> None:
    """Progress for people, on standard error; standard output is for answers."""
    click.echo(line, err=True)


def answer(told: Any) -> None:
    """An answer as JSON."""
    click.echo(json.dumps(told, ensure_ascii=False, indent=1, default=str))


def fail(reason: str, code: int = 1) -> NoReturn:
    """End with a sentence: 2 for bad input, 1 for what failed."""
    click.echo(f"zhangfa: {reason}", err=True)
    sys.exit(code)


@contextmanager
def ensure_database(role: str) -> Iterator[None]:
    """Have a database while the block runs; one that was not running is stopped again after it."""
    from . import databases
    from .postgres import PostgresError

    os.environ["ZHANGFA_DATABASE_ROLE"] = role
    server = databases.embedded()
    ours = server is not None and server.running() is None
    try:
        if server and ours:
            server.start(say)
        yield
    except PostgresError as error:
        fail(str(error))
    finally:
        if server and ours:
            _close_connections()
            server.stop()


def bring_up_to_date() -> None:
    """Make what tables are missing, in a process of its own: their owner signs in for that."""
    from .children import environment

    done = subprocess.run(
        [sys.executable, "-m", "zhangfa.config.cli", "migrate", "--quiet"],
        env=environment(),
        stdout=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode:
        fail("the tables could not be brought up to date; see the lines above")


def set_up(role: str) -> None:
    """Start Django, signed in to a database that already runs."""
    os.environ["ZHANGFA_DATABASE_ROLE"] = role
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhangfa.config.settings")
    import django

    django.setup()


def _close_connections() -> None:
    from django.conf import settings

    if settings.configured:
        from django.db import connections

        connections.close_all()
        for connection in connections.all(initialized_only=True):
            if hasattr(connection, "close_pool"):
                connection.close_pool()
