"""Today: what one owes, ranked."""

from __future__ import annotations

from .placeholders import placeholder

urlpatterns = [
    placeholder("", "today"),
]
