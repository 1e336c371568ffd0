"""The turn of a period: duties that come back are owed again (1.1.6, 1.1.7, 2.3)."""

from __future__ import annotations

from datetime import datetime

from zhangfa.actions.renewal import roll_on


def turn(now: datetime) -> int:
    """Open the windows whose time has come; returns the rows written. Safe to repeat."""
    return roll_on(now)
