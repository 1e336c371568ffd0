"""The team board."""

from __future__ import annotations

from .placeholders import placeholder

urlpatterns = [
    placeholder("", "team"),
]
