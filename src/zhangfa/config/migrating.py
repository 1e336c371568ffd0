"""Bringing the database up to this version: tables, the cache's table, the role's rights."""

from __future__ import annotations

import os


def migrate(*, quiet: bool = False) -> None:
    """Run every migration that is missing, as the tables' owner. Safe to repeat."""
    os.environ["ZHANGFA_DATABASE_ROLE"] = "owner"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhangfa.config.settings")
    import django
    from django.core.management import call_command

    from . import roles

    django.setup()
    verbosity = 0 if quiet else 1
    call_command("migrate", verbosity=verbosity, interactive=False)
    call_command("createcachetable", verbosity=0)
    roles.apply()
    suit_small_statements()


def suit_small_statements() -> bool:
    """Switch off compiled plans for this database, where the signed-in role owns it.

    Our statements are many and small: compiling a plan takes longer than it saves. False when the
    database is somebody else's; its administrator decides then.
    """
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(datname), pg_has_role(datdba, 'MEMBER') FROM pg_database"
            " WHERE datname = current_database()"
        )
        database, ours = cursor.fetchone()
        if ours:
            cursor.execute(f"ALTER DATABASE {database} SET jit = off")
    return bool(ours)
