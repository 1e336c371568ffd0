"""Contracts: the list and one contract."""

from __future__ import annotations

from .placeholders import placeholder

urlpatterns = [
    placeholder("", "contracts"),
    placeholder("<int:pk>/", "contract"),
]
