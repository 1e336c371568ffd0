"""What every test may use."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings as hypothesis_settings

# A machine that is busy is no failure: promises about speed are benchmarks.
hypothesis_settings.register_profile("zhangfa", deadline=None)
hypothesis_settings.load_profile("zhangfa")

ROOT = Path(__file__).parents[1]
CHINA = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    """ "2026-03-02 09:00" in China."""
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data; a test that needs it is skipped where it is absent."""
    folder = Path(os.environ.get("ZHANGFA_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("the real data sets are not on this machine")
    return folder


@pytest.fixture(autouse=True)
def _fresh_policy():
    """No test reads another's adopted editions."""
    from zhangfa.records import editions

    editions.forget()
    yield
    editions.forget()
