"""Checks that hold for every row of every kind of file, before anything is read into it."""

from __future__ import annotations

import re
from typing import Any

from .limits import Limits
from .messages import Reason, Sentence, _
from .reading import Line

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
QUOTED_FORMULA = re.compile(r"'[=+\-@\t]")
LOST = re.compile("\ufffd|\\?{4,}")
"""Characters that an earlier conversion has already destroyed."""


class Shape:
    """What a row of this table must look like."""

    def __init__(self, headers: tuple[str, ...], limits: Limits) -> None:
        self.headers, self.limits, self.width = headers, limits, len(headers)

    def line(self, number: int, cells: list[Any]) -> Line:
        """The row as a Line of exactly the header's width, with reasons where it can't be used."""
        reasons: list[Reason] = []
        extra = cells[self.width :]
        if any(cell not in ("", None) for cell in extra):
            return Line(number, tuple(cells), (self._too_wide(extra),))
        cells = cells[: self.width]
        if len(cells) < self.width:
            cells = cells + [""] * (self.width - len(cells))
        whole = "".join(filter(_is_text, cells))
        if len(whole) > self.limits.cell_characters:
            reasons += self._too_long(cells)
        if CONTROL.search(whole):
            reasons += self._control(cells)
        if "'" in whole:
            cells = [_unquoted(cell) for cell in cells]
        return Line(number, tuple(cells), tuple(reasons))

    def _too_wide(self, extra: list[Any]) -> Reason:
        shown = next(str(cell) for cell in extra if cell not in ("", None))
        return Reason(
            "",
            shown[:80],
            Sentence(
                _("The row has %(count)s cells more than the header; a separator or quote is off."),
                {"count": len(extra)},
            ),
        )

    def _too_long(self, cells: list[Any]) -> list[Reason]:
        limit = self.limits.cell_characters
        return [
            Reason(
                header,
                cell[:80],
                Sentence(
                    _("The cell has %(count)s characters; at most %(limit)s are taken."),
                    {"count": len(cell), "limit": limit},
                ),
            )
            for header, cell in zip(self.headers, cells, strict=True)
            if _is_text(cell) and len(cell) > limit
        ]

    def _control(self, cells: list[Any]) -> list[Reason]:
        found = []
        for header, cell in zip(self.headers, cells, strict=True):
            hit = CONTROL.search(cell) if _is_text(cell) else None
            if hit:
                code = f"U+{ord(hit.group()):04X}"
                shown = CONTROL.sub("\ufffd", cell)[:80]
                sentence = Sentence(
                    _("The cell has the control character %(code)s, which is not text."),
                    {"code": code},
                )
                found.append(Reason(header, shown, sentence))
        return found


def _is_text(cell: Any) -> bool:
    return isinstance(cell, str)


def _unquoted(cell: Any) -> Any:
    """Takes back the quote that our own exports put before what a sheet would run as formula."""
    return cell[1:] if _is_text(cell) and QUOTED_FORMULA.match(cell) else cell
