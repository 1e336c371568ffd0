"""4.14: a backup brings everything back, and refuses to throw anything away unasked."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import psycopg
import pytest

from .conftest import Installation

TEAM = "INSERT INTO records_team (name, path, code) VALUES (%s, '/', '')"
LINE = (
    "INSERT INTO records_ledgerline (what, story, at, noted_at, entered_at, body)"
    " VALUES ('said', 'deal/1', now(), now(), now(), '{}')"
)


@pytest.fixture
def saved(installation: Installation, tmp_path: Path) -> Path:
    """A backup of an installation with a team and a fact."""
    with psycopg.connect(installation.owner_url) as owner:
        owner.execute("DELETE FROM records_team")
        owner.execute(TEAM, ["华东一组"])
        owner.execute(LINE)
    file = tmp_path / "今天.zip"
    done = installation.zhangfa("backup", str(file), "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["rows"]["records_team"] == 1
    return file


def teams(installation: Installation) -> list[str]:
    with psycopg.connect(installation.app_url) as application:
        return [name for (name,) in application.execute("SELECT name FROM records_team")]


def test_4_14_a_restore_brings_every_row_back_with_the_rights_of_the_application(
    installation: Installation, saved: Path
) -> None:
    with psycopg.connect(installation.owner_url) as owner:
        owner.execute("DELETE FROM records_team")
        owner.execute(TEAM, ["Written after the backup"])
    done = installation.zhangfa("restore", str(saved), "--replace")
    assert done.returncode == 0, done.stderr
    assert teams(installation) == ["华东一组"]
    with (
        psycopg.connect(installation.app_url) as application,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        application.execute("DELETE FROM records_ledgerline")
    with (
        psycopg.connect(installation.owner_url) as owner,
        pytest.raises(psycopg.errors.RestrictViolation),
    ):
        owner.execute("DELETE FROM records_ledgerline")


def test_4_14_a_restore_over_data_needs_to_be_asked_for(
    installation: Installation, saved: Path
) -> None:
    done = installation.zhangfa("restore", str(saved))
    assert done.returncode == 2
    assert "--replace" in done.stderr
    assert teams(installation) == ["华东一组"]


def test_a_file_that_is_no_backup_changes_nothing(
    installation: Installation, saved: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK not really")
    done = installation.zhangfa("restore", str(broken), "--replace")
    assert done.returncode == 2
    assert "no backup" in done.stderr
    assert teams(installation) == ["华东一组"]


def test_a_backup_with_rows_missing_is_noticed_and_changes_nothing(
    installation: Installation, saved: Path, tmp_path: Path
) -> None:
    short = tmp_path / "short.zip"
    with zipfile.ZipFile(saved) as good, zipfile.ZipFile(short, "w") as archive:
        manifest = json.loads(good.read("manifest.json"))
        manifest["rows"]["records_team"] = 2
        archive.writestr("manifest.json", json.dumps(manifest))
        archive.writestr("database.dump", good.read("database.dump"))
    done = installation.zhangfa("restore", str(short), "--replace")
    assert done.returncode == 2
    assert "records_team" in done.stderr
    assert teams(installation) == ["华东一组"]


def test_a_backup_is_readable_by_its_owner_only(saved: Path) -> None:
    assert saved.stat().st_mode & 0o077 == 0
