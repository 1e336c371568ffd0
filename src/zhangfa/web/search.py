"""The palette's answers."""

from __future__ import annotations

from .placeholders import placeholder

urlpatterns = [
    placeholder("", "search"),
]
