"""Customers: the list and one customer."""

from __future__ import annotations

from .placeholders import placeholder

urlpatterns = [
    placeholder("", "customers"),
    placeholder("<int:pk>/", "customer"),
]
