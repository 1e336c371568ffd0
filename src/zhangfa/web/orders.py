"""Orders: the list and one order."""

from __future__ import annotations

from .placeholders import placeholder

urlpatterns = [
    placeholder("", "orders"),
    placeholder("receivables/", "receivables"),
    placeholder("<int:pk>/", "order"),
]
