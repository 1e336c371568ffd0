"""What the tests of the machine room share: folders that other accounts can reach, servers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from zhangfa.config import databases, places
from zhangfa.config.embedded import EmbeddedServer


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """An empty folder that every account can pass through (pytest's own are private)."""
    folder = Path(tempfile.mkdtemp(prefix="zhangfa-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def server(open_folder: Path) -> Iterator[EmbeddedServer]:
    """A server of its own, not yet started; stopped and removed afterwards."""
    one = EmbeddedServer(open_folder / "postgres")
    yield one
    one.stop()
    place = one.place
    if not place.is_relative_to(open_folder):
        shutil.rmtree(place, ignore_errors=True)


@dataclass(frozen=True)
class Installation:
    """A database of its own on the test server, migrated by our own command, and its home."""

    owner_url: str
    home: Path
    role: str

    @property
    def environment(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("ZHANGFA_")}
        return {
            **kept,
            "DATABASE_URL": self.owner_url,
            "ZHANGFA_HOME": str(self.home),
            "ZHANGFA_ENV": "development",
            "ZHANGFA_APP_ROLE": self.role,
            "PYTHONPATH": str(places.PACKAGE.parent),
        }

    @property
    def app_url(self) -> str:
        password = (self.home / "app_password").read_text()
        return make_conninfo(self.owner_url, user=self.role, password=password)

    def zhangfa(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command of ours to its end."""
        return subprocess.run(
            [sys.executable, "-m", "zhangfa.config.cli", *words],
            env={**self.environment, **more},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One migrated installation for all tests of a run that look at it from outside."""
    owner = databases.url("owner")
    name = f"test_zhangfa_{os.getpid()}_room"
    role = f"{name}_app"
    maintenance = psycopg.connect(make_conninfo(owner, dbname="postgres"), autocommit=True)
    maintenance.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    one = Installation(make_conninfo(owner, dbname=name), tmp_path_factory.mktemp("home"), role)
    done = one.zhangfa("migrate", "--quiet")
    assert done.returncode == 0, done.stderr
    yield one
    maintenance.execute(
        sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    )
    maintenance.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))
    maintenance.close()
