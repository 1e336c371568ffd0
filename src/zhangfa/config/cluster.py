"""What a PostgreSQL data folder needs: made once, its options written at every start."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg import sql

from . import places
from .account import Account
from .postgres import PostgresError, Programs

DURABLE = {
    "shared_buffers": "256MB",
    "max_connections": "200",
    "wal_compression": "on",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",  # our statements are many and small: compiling a plan costs more than it saves
    "log_min_duration_statement": "2000",
}
PASSING = ("pre-existing shared memory block", "Address already in use", "is being used by")


class Passwords(Protocol):
    """What `prepare` needs to know about the roles."""

    @property
    def app_password(self) -> str: ...


def create(
    programs: Programs, data: Path, owner: str, password: str, account: Account | None
) -> None:
    """Make a data folder beside its place and move it there when it is whole."""
    draft = data.with_name("data.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    key = data.with_name("data.key")
    places.write_private(key, password)
    if account:
        account.give(draft)
        account.give(key)
    try:
        _initdb(programs, draft, owner, key, account)
    finally:
        key.unlink()
    with (draft / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write("\ninclude_if_exists = 'zhangfa.conf'\n")
    draft.rename(data)


def _initdb(
    programs: Programs, folder: Path, owner: str, key: Path, account: Account | None
) -> None:
    locale = ["--locale=C.UTF-8"]
    if programs.major >= 17:
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    done = subprocess.run(
        [
            programs["initdb"],
            *("-D", folder, "-U", owner, "--pwfile", key),
            *("-A", "scram-sha-256", "-E", "UTF8", "--no-instructions", *locale),
        ],
        cwd="/",
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        **(account.options if account else {}),
    )
    if done.returncode:
        raise PostgresError(f"The database could not be created:\n{done.stderr.strip()[-2000:]}")


def check_version(programs: Programs, data: Path) -> None:
    """Raises PostgresError when the data was written by another major version."""
    written = int((data / "PG_VERSION").read_text(encoding="ascii"))
    if written != programs.major:
        raise PostgresError(
            f"{data} was written by PostgreSQL {written}, the programs here are "
            f"{programs.major}: see docs/how-to/upgrade.md"
        )


def write_options(data: Path, options: Mapping[str, str], account: Account | None) -> None:
    """Write zhangfa.conf: only this machine, no socket file, the last port if it is free."""
    path = data / "zhangfa.conf"
    values = {
        **DURABLE,
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "port": str(_free_port(_last_port(path))),
        "timezone": "UTC",
        "log_timezone": "UTC",
        **options,
    }
    lines = [f"{key} = '{value}'\n" for key, value in values.items()]
    places.write_private(path, "".join(lines))
    if account:
        account.give(path)


def _last_port(path: Path) -> int:
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            key, _, value = line.partition(" = ")
            if key == "port":
                return int(value.strip("'"))
    return 0


def _free_port(wanted: int) -> int:
    """The wanted port of 127.0.0.1 if nobody has it, else any free one."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise PostgresError("No free port on 127.0.0.1")


def passes_by_itself(told: str) -> bool:
    """Whether a failed start will succeed a moment later."""
    return any(text in told for text in PASSING)


def prepare(url: str, database: str, role: str, passwords: Passwords) -> None:
    """Create our database and the application's role, if they are not there."""
    with psycopg.connect(url, autocommit=True) as connection:
        name, password = sql.Identifier(role), sql.Literal(passwords.app_password)
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(name, password))
        if not connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [database]
        ).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
