"""The import's tests need no database: only files."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def files() -> Path:
    """Small files of our own."""
    return Path(__file__).parent / "files"
