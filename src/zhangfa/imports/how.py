"""How the cells of one column are to be read: what the profile declares about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, time, tzinfo
from typing import Any

from .messages import Sentence


@dataclass
class How:
    """Options of a column; converters append what they changed to `notes`."""

    zone: tzinfo = UTC
    """The zone of moments that state none."""
    currency: str = "CNY"
    phone_country: str = "86"
    """The country whose numbers are written without a country code; empty: unknown."""
    day_first: bool | None = None
    """Whether 11/12/2026 is 11 December; None: such a date is refused as ambiguous."""
    decimal: str = "auto"
    """`point` (1,234.56), `comma` (1.234,56), or `auto`: by the value's own marks."""
    scale: int = 1
    """What a number is multiplied by: 1000000 where a column is in millions."""
    places: int = 2
    time_of_day: time = time(0, 0)
    """The time taken where a moment is asked for and only a day is written."""
    values: Mapping[str, Any] | None = None
    """Written value -> stored value; with it, any other written value is refused."""
    strict: bool = True
    """Whether a written value that `values` lacks is refused, or kept as it is."""
    notes: list[Sentence] = field(default_factory=list)

    def note(self, msgid: str, **params: Any) -> None:
        """Remember that the value was changed in reading."""
        self.notes.append(Sentence(msgid, params))


def as_text(cell: Any) -> str:
    """A cell as its owner sees it: 2822.0 from a sheet is 2822."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
