"""What is owed: kinds of promises, and the engine that derives them from facts."""

from __future__ import annotations

from .engine import derive, told
from .kind import Kind
from .kinds import BY_KEY, KINDS
from .obligation import Obligation

__all__ = ["BY_KEY", "KINDS", "Kind", "Obligation", "derive", "told"]
