"""The quick log."""

from __future__ import annotations

from .placeholders import placeholder

urlpatterns = [
    placeholder("", "log"),
]
