"""Notices are read; nothing is owed or judged by it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection

from zhangfa.records.models import Notice

TOLD_AT_ONCE = 500  # people in one message; a message holds 8000 bytes


def read_all(*, by: Any, at: datetime) -> int:
    """Mark the person's own unread notices as read; returns how many there were."""
    return Notice.objects.filter(person=by, read_at=None).update(read_at=at)


def read_one(notice: int, *, by: Any, at: datetime) -> Notice | None:
    """Mark one of the person's own notices as read; None where it is not theirs."""
    found = Notice.objects.filter(pk=notice, person=by).select_related("owed").first()
    if found is not None and found.read_at is None:
        found.read_at = at
        found.save(update_fields=["read_at"])
    return found


def tell(people: Iterable[int]) -> None:
    """Tell the open pages of these people, when the transaction commits, that a notice came."""
    told = sorted(set(people))
    with connection.cursor() as cursor:
        for start in range(0, len(told), TOLD_AT_ONCE):
            payload = json.dumps({"t": "notice", "to": told[start : start + TOLD_AT_ONCE]})
            cursor.execute("SELECT pg_notify('zhangfa', %s)", [payload])
