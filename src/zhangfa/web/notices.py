"""A person's notices."""

from __future__ import annotations

from .placeholders import placeholder

urlpatterns = [
    placeholder("", "notices"),
]
