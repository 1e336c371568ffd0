"""The import's tests need no database: only files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Sentences are compared in the language of their message ids."""
    with translation.override("en"):
        yield


@pytest.fixture
def files() -> Path:
    """Small files of our own."""
    return Path(__file__).parent / "files"
