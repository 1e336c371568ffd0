"""What the tests of the rules share: a story told in short lines (see `story_help`)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from story_help import Told, telling


@pytest.fixture(scope="session")
def story() -> Callable[..., Told]:
    """`story(text, now=..., about=..., policy=..., owner=...)` gives what is owed then."""
    return telling
