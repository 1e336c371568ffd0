"""Backup and restore: everything in one file, and the proof that everything came back (4.14).

The file is a zip of `database.dump` (pg_dump's custom form) and `manifest.json` with versions,
the moment and the number of rows of every table, counted in the very snapshot that was dumped.
Rights are not in it: they belong to the installation and are granted anew.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from zhangfa import __version__

from . import databases
from .postgres import PostgresError, Programs, find_programs

DUMP, MANIFEST = "database.dump", "manifest.json"
FORMAT = 1


class BackupError(RuntimeError):
    """The backup or restore did not happen; the text says why and what to do."""


def make(file: Path) -> dict[str, Any]:
    """Write a backup beside `file` and move it there when whole. Returns the manifest."""
    url = databases.url("owner")
    with tempfile.TemporaryDirectory(dir=file.resolve().parent, prefix=".backup-") as folder:
        dump, whole = Path(folder) / DUMP, Path(folder) / "whole.zip"
        with psycopg.connect(url) as connection:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            snapshot = _one(connection, "SELECT pg_export_snapshot()")
            _run(
                _programs(connection),
                "pg_dump",
                url,
                *("--format=custom", "--no-owner", "--no-acl", f"--snapshot={snapshot}"),
                f"--file={dump}",
            )
            manifest = _manifest(connection)
        with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:
            archive.write(dump, DUMP)
            archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
        whole.chmod(0o600)
        whole.replace(file)
    return manifest


def _manifest(connection: psycopg.Connection[Any]) -> dict[str, Any]:
    rows = count_rows(connection)
    return {
        "format": FORMAT,
        "zhangfa": __version__,
        "postgresql": connection.info.server_version // 10000,
        "taken_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "tables": len(rows),
        "total_rows": sum(rows.values()),
        "rows": rows,
    }


def count_rows(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """The exact number of rows of every table of ours."""
    names = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
    ).fetchall()
    return {name: _one(connection, sql.SQL("SELECT count(*) FROM {}"), name) for (name,) in names}


def bring_back(file: Path, *, replace: bool = False) -> dict[str, Any]:
    """Restore a backup into an empty database, or in place of what is there with `replace`.

    Raises BackupError when the file is no backup, the database holds tables, or a table came
    back with another number of rows; in each case the database is as it was before.
    """
    manifest = read_manifest(file)
    url = databases.url("owner")
    with psycopg.connect(url) as connection:
        programs = _programs(connection)
        if count_rows(connection) and not replace:
            raise BackupError(
                "the database is not empty: restore into an empty one, or say --replace to "
                "throw away what it holds"
            )
    return _swap_in(programs, url, file, manifest)


def _swap_in(programs: Programs, url: str, file: Path, manifest: dict[str, Any]) -> dict[str, Any]:
    """Restore into a new database, count, and only then put it in the old one's place."""
    name = conninfo_to_dict(url)["dbname"]
    draft, old = f"{name}_restoring", f"{name}_replaced"
    with _maintenance(url) as connection:
        _drop(connection, draft)
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(draft)))
    try:
        _fill(programs, psycopg.conninfo.make_conninfo(url, dbname=draft), file, manifest)
        with _maintenance(url) as connection:
            _drop(connection, old)
            _end_sessions(connection, name)
            _rename(connection, name, old)
            _rename(connection, draft, name)
            _drop(connection, old)
    except BaseException:
        with _maintenance(url) as connection:
            _drop(connection, draft)
        raise
    return {"tables": manifest["tables"], "total_rows": manifest["total_rows"]}


def _fill(programs: Programs, url: str, file: Path, manifest: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory(prefix="zhangfa-restore-") as folder:
        with zipfile.ZipFile(file) as archive:
            dump = archive.extract(DUMP, folder)
        _run(
            programs,
            "pg_restore",
            url,
            *("--no-owner", "--no-acl", "--exit-on-error", "--single-transaction", dump),
        )
    with psycopg.connect(url) as connection:
        found = count_rows(connection)
    if found != manifest["rows"]:
        wrong = sorted(t for t, n in manifest["rows"].items() if found.get(t) != n)
        raise BackupError(f"rows are missing after the restore, in {', '.join(wrong)}")


def read_manifest(file: Path) -> dict[str, Any]:
    """What a backup says of itself. Raises BackupError when it is none."""
    try:
        with zipfile.ZipFile(file) as archive:
            told = json.loads(archive.read(MANIFEST))
            names = archive.namelist()
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise BackupError(f"{file} is no backup of Zhangfa ({error})") from None
    if DUMP not in names or told.get("format") != FORMAT:
        raise BackupError(f"{file} is a backup of another form than this version reads")
    return dict(told)


def _programs(connection: psycopg.Connection[Any]) -> Programs:
    """pg_dump and its like of the server's own version. Raises BackupError."""
    try:
        return find_programs(connection.info.server_version // 10000)
    except PostgresError as error:
        raise BackupError(str(error)) from None


def _run(programs: Programs, name: str, url: str, *words: str) -> None:
    """Run a PostgreSQL client; the password goes through the environment, not the arguments."""
    told = conninfo_to_dict(url)
    password = told.pop("password", None)
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    if password:
        environment["PGPASSWORD"] = str(password)
    target = psycopg.conninfo.make_conninfo("", **told)
    done = subprocess.run(
        [programs[name], f"--dbname={target}", *words],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupError(f"{name} failed: {done.stderr.strip()[-1000:]}")


def _maintenance(url: str) -> psycopg.Connection[Any]:
    other = psycopg.conninfo.make_conninfo(url, dbname="postgres")
    return psycopg.connect(other, autocommit=True)


def _one(connection: psycopg.Connection[Any], text: Any, name: str | None = None) -> Any:
    query = text.format(sql.Identifier(name)) if name else text
    row = connection.execute(query).fetchone()
    return row[0] if row else None


def _drop(connection: psycopg.Connection[Any], name: str) -> None:
    connection.execute(
        sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    )


def _end_sessions(connection: psycopg.Connection[Any], name: str) -> None:
    connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
    )


def _rename(connection: psycopg.Connection[Any], name: str, other: str) -> None:
    connection.execute(
        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
            sql.Identifier(name), sql.Identifier(other)
        )
    )
