"""What the application's database role may do: it owns nothing and cannot change the past (0.5).

Applied after every migration. The ledger and what is frozen can be read and added to, never
changed, by this role; triggers of the migrations refuse the same to everybody else.
"""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

READ_ONLY = ("django_migrations",)
RIGHTS = (
    "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {role}",
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC, {role}",
    "GRANT USAGE ON SCHEMA public TO {role}",
    "REVOKE TRUNCATE, REFERENCES, TRIGGER ON ALL TABLES IN SCHEMA public FROM {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
)


class RoleTaken(RuntimeError):
    """The role exists with a password that is not ours; the text says what to do."""


def create_role(cursor: Any, role: str, password: str) -> bool:
    """Create the application's role; False if it is there already.

    Raises a database error when the signed-in role may not create roles.
    """
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
    if cursor.fetchone() is not None:
        return False
    _run(cursor, "CREATE ROLE {role} LOGIN PASSWORD {password}", role, password=password)
    return True


def check_sign_in(url: str, role: str) -> None:
    """Raises RoleTaken when the application's role cannot sign in with our password."""
    try:
        psycopg.connect(url, connect_timeout=10).close()
    except psycopg.OperationalError as error:
        raise RoleTaken(
            f"the role {role} exists with another password: give this installation a role of "
            "its own with ZHANGFA_APP_ROLE, or name role and password in "
            f"ZHANGFA_APP_DATABASE_URL ({str(error).strip().splitlines()[-1]})"
        ) from None


def grant(cursor: Any, role: str, append_only: tuple[str, ...]) -> None:
    """Give the role its rights on every table; run as the tables' owner, in one transaction."""
    cursor.execute("SELECT current_database()")
    database = cursor.fetchone()[0]
    for text in RIGHTS:
        _run(cursor, text, role, database=database)
    present = _tables(cursor)
    for table in append_only:
        if table in present:
            _run(cursor, "REVOKE UPDATE, DELETE ON {table} FROM {role}", role, table=table)
    for table in READ_ONLY:
        if table in present:
            _run(cursor, "REVOKE INSERT, UPDATE, DELETE ON {table} FROM {role}", role, table=table)


def _tables(cursor: Any) -> set[str]:
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return {name for (name,) in cursor.fetchall()}


def _run(cursor: Any, text: str, role: str, *, password: str = "", **names: str) -> None:
    parts = {name: sql.Identifier(value) for name, value in names.items()}
    statement = sql.SQL(text).format(
        role=sql.Identifier(role), password=sql.Literal(password), **parts
    )
    cursor.execute(statement.as_string(None))


def apply() -> None:
    """Create the role where we may, and grant it its rights on the present database.

    Raises RoleTaken.
    """
    from django.db import connection, transaction

    from zhangfa.records.append_only import TABLES

    from . import databases

    role = databases.application_role()
    with transaction.atomic(), connection.cursor() as cursor:
        if not databases.application_is_given():
            create_role(cursor, role, databases.application_password())
        grant(cursor, role, TABLES)
    check_sign_in(databases.url("app"), role)
