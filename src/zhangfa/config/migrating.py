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
