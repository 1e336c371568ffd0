"""Sessions in the database, as Django keeps them; only reading one is quicker."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from zhangfa.records.prepared import Prepared


@lru_cache(1)
def _kept() -> Prepared:
    def build(key: str, now: datetime) -> Any:
        return Session.objects.filter(pk=key, expire_date__gt=now).values_list("session_data")

    return Prepared(build, key=str, now=datetime)


class SessionStore(db.SessionStore):
    """Asked for by every page, so the statement is kept (records/prepared.py)."""

    def load(self) -> dict[str, Any]:
        found = _kept().rows(key=self.session_key, now=timezone.now()) if self.session_key else []
        if not found:
            self._session_key = None
            return {}
        return self.decode(found[0][0])

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session
