"""Scorecards: one's own, and a person's for a period."""

from __future__ import annotations

from .placeholders import placeholder

urlpatterns = [
    placeholder("", "scorecards"),
    placeholder("<int:person>/<str:period>/", "scorecard"),
]
