"""After-sales tickets: the list and one ticket."""

from __future__ import annotations

from .placeholders import placeholder

urlpatterns = [
    placeholder("", "tickets"),
    placeholder("<int:pk>/", "ticket"),
]
