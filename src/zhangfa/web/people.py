"""People, teams and roles."""

from __future__ import annotations

from .placeholders import placeholder

urlpatterns = [
    placeholder("", "people"),
    placeholder("<int:pk>/", "person"),
]
