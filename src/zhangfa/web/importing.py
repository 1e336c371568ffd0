"""Import: upload, matching, dry run, undo."""

from __future__ import annotations

from .placeholders import placeholder

urlpatterns = [
    placeholder("", "imports"),
    placeholder("<int:pk>/", "import"),
]
