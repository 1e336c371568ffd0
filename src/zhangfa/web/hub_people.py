"""Who looks at an open page, and of what they may be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.db import connections

from zhangfa.records.scope import Scope, scope_of


@dataclass(frozen=True)
class Viewer:
    """A signed-in person and the scope that every page gives them."""

    person: int
    scope: Scope

    def may_know(self, told: Mapping[str, Any]) -> bool:
        """Whether a message is about rows that this person may see."""
        if told.get("all") is True or self.person in (told.get("to") or ()):
            return True
        if not any(key in told for key in ("owner", "team", "kind")):
            return False
        return (
            self.scope.all
            or (told.get("owner") is not None and self.scope.covers(told["owner"]))
            or told.get("team") in self.scope.teams
            or self.scope.sees_all(str(told.get("kind")))
        )


def find_viewer(session_key: str) -> Viewer | None:
    """The active person of a session, by Django's own check; None if there is none.

    Runs in a thread, and gives its database connection back. Raises DatabaseError.
    """
    if not session_key:
        return None
    store = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    try:
        person: Any = get_user(SimpleNamespace(session=store))  # type: ignore[arg-type]
        if not person.is_authenticated or not person.is_active:
            return None
        return Viewer(person.pk, scope_of(person))
    finally:
        connections.close_all()
