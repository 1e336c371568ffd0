"""The policy: clauses, parameters, editions."""

from __future__ import annotations

from .placeholders import placeholder

urlpatterns = [
    placeholder("", "policy"),
    placeholder("clauses/<str:clause>/", "clause"),
]
