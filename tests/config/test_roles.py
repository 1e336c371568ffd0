"""The past cannot be edited: not by the application's role, not by the owner (0.5)."""

from __future__ import annotations

import psycopg
import pytest

from zhangfa.records.append_only import TABLES

from .conftest import Installation


@pytest.fixture
def application(installation: Installation):
    with psycopg.connect(installation.app_url, autocommit=True) as connection:
        yield connection


def test_the_application_role_owns_no_table_and_is_no_superuser(application, installation) -> None:
    owned = "SELECT count(*) FROM pg_tables WHERE tableowner = current_user"
    assert application.execute(owned).fetchone() == (0,)
    power = "SELECT rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
    assert application.execute(power).fetchone() == (False, False, False)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "attempt",
    ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}", "TRUNCATE {} CASCADE"],
)
def test_0_5_what_is_written_once_refuses_change_by_the_application(
    application, table: str, attempt: str
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        application.execute(attempt.format(table))
    assert application.execute(f"SELECT count(*) FROM {table}").fetchone() is not None


@pytest.mark.parametrize("table", TABLES)
def test_0_5_even_the_owner_cannot_empty_what_is_written_once(
    installation: Installation, table: str
) -> None:
    with (
        psycopg.connect(installation.owner_url) as owner,
        pytest.raises(psycopg.errors.RestrictViolation),
    ):
        owner.execute(f"TRUNCATE {table} CASCADE")


def test_the_application_may_do_its_daily_work(application) -> None:
    inserted = "INSERT INTO records_team (name, path, code) VALUES ('Team', '/', '') RETURNING id"
    number = application.execute(inserted).fetchone()[0]
    application.execute("UPDATE records_team SET name = 'Renamed' WHERE id = %s", [number])
    application.execute("DELETE FROM records_team WHERE id = %s", [number])


@pytest.mark.parametrize(
    "attempt",
    [
        "CREATE TABLE mine (n int)",
        "DROP TABLE records_team",
        "ALTER TABLE records_ledgerline DISABLE TRIGGER ALL",
        "UPDATE django_migrations SET name = name",
        "GRANT DELETE ON records_ledgerline TO CURRENT_USER",
        "SET session_replication_role = replica",
    ],
)
def test_the_application_cannot_change_tables_triggers_or_rights(application, attempt: str) -> None:
    try:
        application.execute(attempt)
    except psycopg.errors.InsufficientPrivilege:
        return
    # PostgreSQL answers a GRANT that grants nothing with a warning only.
    asked = "SELECT has_table_privilege('records_ledgerline', 'DELETE')"
    assert application.execute(asked).fetchone() == (False,)
    assert attempt.startswith("GRANT")


def test_migrating_twice_changes_nothing(installation: Installation) -> None:
    again = installation.zhangfa("migrate", "--quiet")
    assert (again.returncode, again.stderr) == (0, "")


def test_plans_are_not_compiled_in_a_database_of_ours(application) -> None:
    """Compiling took 1.4 of 1.5 seconds of one person's retention (2.2.4)."""
    assert application.execute("SHOW jit").fetchone() == ("off",)


def test_a_role_of_somebody_else_is_not_taken_over(installation: Installation, tmp_path) -> None:
    told = installation.zhangfa("migrate", "--quiet", ZHANGFA_HOME=str(tmp_path))
    assert told.returncode == 2
    assert "ZHANGFA_APP_ROLE" in told.stderr
