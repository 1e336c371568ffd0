"""What another policy would have meant."""

from __future__ import annotations

from .placeholders import placeholder

urlpatterns = [
    placeholder("", "whatif"),
]
