"""What the import's tests share: tables and profiles from a few lines of text."""

from __future__ import annotations

from zhangfa.imports.mapping import Profile, read_profile
from zhangfa.imports.reading import Table, open_table
from zhangfa.imports.rows import Import, RefusedRow, Row, read_all


def table(text: str, name: str = "rows.csv") -> Table:
    """A CSV table of these lines."""
    return open_table(text.encode(), name)


def profile(**changes: object) -> Profile:
    """A profile for customers with a code and a name."""
    document = {
        "title": "Customers",
        "table": [
            {
                "file": "*",
                "entity": "customer",
                "key": ["code"],
                "columns": {"code": "code", "name": "name"},
            }
        ],
    }
    top = {name: value for name, value in changes.items() if name not in ("columns", "entity")}
    document["table"][0]["columns"] |= changes.get("columns", {})  # type: ignore[index,operator]
    return read_profile(document | top, "test")


def read(text: str, reading: Profile) -> tuple[Import, list[Row], list[RefusedRow]]:
    """All rows of a CSV text under the first table of a profile."""
    return read_all(reading, [(reading.tables[0], table(text))])
