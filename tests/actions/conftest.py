"""The department of `acting_help`, as a fixture."""

from __future__ import annotations

import pytest
from acting_help import Office, office


@pytest.fixture
def people(db) -> Office:
    return office()
