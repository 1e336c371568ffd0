"""What the tests of the machine room share: folders that other accounts can reach, servers."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from zhangfa.config.embedded import EmbeddedServer


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """An empty folder that every account can pass through (pytest's own are private)."""
    folder = Path(tempfile.mkdtemp(prefix="zhangfa-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def server(open_folder: Path) -> Iterator[EmbeddedServer]:
    """A server of its own, not yet started; stopped and removed afterwards."""
    one = EmbeddedServer(open_folder / "postgres")
    yield one
    one.stop()
    place = one.place
    if not place.is_relative_to(open_folder):
        shutil.rmtree(place, ignore_errors=True)


def is_root() -> bool:
    return os.geteuid() == 0
