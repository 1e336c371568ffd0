"""Every icon that a page, a menu or a kind of thing asks for is there to be drawn."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from zhangfa.web import showing, symbols
from zhangfa.web.context import PLACES

PACKAGE = Path(showing.__file__).parent.parent
CALLS = re.compile(r"""\b(?:icon|empty|timeline_item|feed_item)\(\s*["']([a-z0-9-]+)["']""")


def named() -> set[str]:
    files = [*PACKAGE.rglob("*.html"), *PACKAGE.rglob("*.py")]
    found = {name for path in files for name in CALLS.findall(path.read_text("utf-8"))}
    return found | set(symbols.SYMBOLS.values()) | {place.icon for place in PLACES}


@pytest.mark.parametrize("name", sorted(named()))
def test_an_icon_that_is_asked_for_exists(name):
    assert showing.icon(name).startswith("<svg")


def test_every_kind_of_obligation_has_an_icon_of_its_own():
    from zhangfa.policy import terms

    assert {kind for kind in terms("obligation") if kind not in symbols.SYMBOLS} == set()
