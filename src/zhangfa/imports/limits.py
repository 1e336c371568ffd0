"""How much the import takes on. Every limit has a name, and a refusal that says it."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, counts in pieces, lengths in characters."""

    file_bytes: int = 64 * MEGABYTE
    unpacked_bytes: int = 512 * MEGABYTE
    pack_ratio: int = 200
    """Unpacked to packed size; checked from `ratio_from_bytes` on, since small files pack well."""
    ratio_from_bytes: int = 8 * MEGABYTE
    members: int = 2_000
    """Parts inside one XLSX file."""
    rows: int = 1_000_000
    columns: int = 500
    sheet_cells: int = 20_000_000
    """Cells of a sheet's rectangle, empty ones too: they are held in memory at once."""
    cell_characters: int = 32_767
    header_characters: int = 200
    nesting: int = 16
    """Depth of elements in an event log."""
    problems: int = 200
    """Problems of one file that are listed singly; more are counted."""
