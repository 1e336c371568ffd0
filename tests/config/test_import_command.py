"""4.3 `zhangfa import` from outside: a dry run, the import, its account and the refused rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest

TEXT = "code,name,city\nCLI-1,Command Line Works,Suzhou\nCLI-2,,Wuxi\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "customers.csv"
    path.write_text(TEXT, encoding="utf-8")
    return path


def count(installation: Any) -> int:
    with psycopg.connect(installation.owner_url) as owner:
        [held] = owner.execute(
            "SELECT count(*) FROM records_customer WHERE code LIKE 'CLI-%'"
        ).fetchone() or [0]
    return int(held)


def test_4_3_a_dry_run_and_the_import_give_the_same_account(installation, table, tmp_path) -> None:
    refused = tmp_path / "refused.csv"
    words = ["import", "customers", str(table), "--json"]
    dry = installation.zhangfa(*words, "--dry-run")
    assert dry.returncode == 0, dry.stderr
    assert count(installation) == 0
    done = installation.zhangfa(*words, "--refused", str(refused))
    assert done.returncode == 0, done.stderr
    assert count(installation) == 1
    told, foretold = json.loads(done.stdout), json.loads(dry.stdout)
    assert told["tables"] == foretold["tables"]
    assert (told["balanced"], told["refused"], told["dry_run"]) == (True, 1, False)
    assert foretold["dry_run"] is True
    assert "100 %" in done.stderr, "how far it is goes beside the answer"
    assert "CLI-2" in refused.read_text(encoding="utf-8-sig")


def test_4_3_an_unknown_profile_ends_with_2_and_names_it(installation, table) -> None:
    told = installation.zhangfa("import", "no_such_profile", str(table))
    assert told.returncode == 2
    assert "no_such_profile" in told.stderr + told.stdout
    assert "Traceback" not in told.stderr
