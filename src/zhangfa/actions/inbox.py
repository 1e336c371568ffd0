"""Notices are read; nothing is owed or judged by it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from zhangfa.records.models import Notice


def read_all(*, by: Any, at: datetime) -> int:
    """Mark the person's own unread notices as read; returns how many there were."""
    return Notice.objects.filter(person=by, read_at=None).update(read_at=at)
