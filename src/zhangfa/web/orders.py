"""Orders: the list and one order."""

from __future__ import annotations

from .placeholders import placeholder

urlpatterns = [
    placeholder("", "orders"),
    placeholder("<int:pk>/", "order"),
]
