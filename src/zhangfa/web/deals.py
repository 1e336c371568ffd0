"""The pipeline and one deal."""

from __future__ import annotations

from .placeholders import placeholder

urlpatterns = [
    placeholder("", "pipeline"),
    placeholder("new/", "deal_new"),
    placeholder("<int:pk>/", "deal"),
]
