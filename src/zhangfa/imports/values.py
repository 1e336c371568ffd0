"""From a cell to a value: one converter per kind of field, each refusal with its sentence."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from .amounts import read_decimal, read_integer, read_money
from .credit_codes import read_credit_code
from .dates import read_date, read_moment
from .how import How, as_text
from .messages import Unreadable, _
from .phones import read_phone

Converter = Callable[[Any, How], Any]

EMPTY_TEXT = frozenset(("", "-", "--", "—", "n/a", "#n/a", "null", "\\n"))
"""Spellings of nothing, in small letters, in a column of names and texts."""
EMPTY = EMPTY_TEXT | {"none", "nan", "nil", "无", "無", "无数据", "/"}
"""Spellings of nothing in a column of dates, numbers and the like."""
YES = frozenset(("true", "yes", "y", "t", "1", "on", "是", "对", "對", "有", "真", "√", "✓", "✔"))
NO = frozenset(
    ("false", "no", "n", "f", "0", "off", "否", "不是", "错", "錯", "无", "無", "假", "×", "✗", "x")
)
INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad]")
LOST = re.compile("\ufffd|\\?{4,}")
EMAIL = re.compile(r"[^\s@<>\"',;]+@[^\s@<>\"',;]+\.[^\s@<>\"',;.]{2,}")


def is_empty(cell: Any, text: bool = False) -> bool:
    """Whether a cell holds nothing, in the usual spellings of nothing for its kind of column."""
    if not isinstance(cell, str):
        return cell is None
    if not cell or len(cell) > 12:
        return not cell.strip()
    return cell.strip().lower() in (EMPTY_TEXT if text else EMPTY)


def read_text(cell: Any, how: How) -> str:
    """Text without blanks at its edges and without invisible characters; lines are kept."""
    written = as_text(cell)
    text = written.strip()
    if INVISIBLE.search(text):
        text = INVISIBLE.sub("", text).strip()
        how.note(_("Invisible characters were removed."))
    elif text != written:
        how.note(_("Blanks at the edges were removed."))
    if LOST.search(text):
        how.note(_("Characters were lost before this file was made; they can't be restored."))
    return text


def read_name(cell: Any, how: How) -> str:
    """A name: one line, single blanks, full-width letters and digits as usual ones."""
    text = read_text(cell, how)
    if not text.isascii():
        text = _narrow(text)
    single = " ".join(text.split())
    if single != text:
        how.note(_("Blanks inside the name were made single."))
    return single


def _narrow(text: str) -> str:
    """Full-width Latin letters, digits and blanks as narrow ones; Chinese punctuation stays."""
    return "".join(
        unicodedata.normalize("NFKC", char)
        if "\uff10" <= char <= "\uff5a" and unicodedata.normalize("NFKC", char).isalnum()
        else " "
        if char in "\u3000\u00a0"
        else char
        for char in text
    )


def read_code(cell: Any, how: How) -> str:
    """A number or code that names a record: without blanks around, on one line."""
    return " ".join(_narrow(read_text(cell, how)).split())


def read_boolean(cell: Any, how: How) -> bool:
    """Yes or no in the spellings of YES and NO."""
    text = unicodedata.normalize("NFKC", as_text(cell)).strip().lower()
    if text in YES:
        return True
    if text in NO:
        return False
    raise Unreadable(_("%(value)s is neither yes nor no."), value=as_text(cell)[:40])


def read_email(cell: Any, how: How) -> str:
    """An address with one @ and a domain; nothing is sent to find out whether it exists."""
    text = unicodedata.normalize("NFKC", as_text(cell)).strip().removeprefix("mailto:")
    if len(text) > 254 or not EMAIL.fullmatch(text):
        raise Unreadable(_("%(value)s is not an e-mail address."), value=text[:60])
    return text


def read_year(cell: Any, how: How) -> int:
    """A year from 1000 to 2200, also written 1996年."""
    text = unicodedata.normalize("NFKC", as_text(cell)).strip().removesuffix("年")
    if re.fullmatch(r"\d{4}", text) and 1000 <= int(text) <= 2200:
        return int(text)
    raise Unreadable(_("%(value)s is not a year."), value=as_text(cell)[:40])


def read_country(cell: Any, how: How) -> str:
    """A country as it is written; one that no list knows is noted with the likely spelling."""
    from .countries import likely_country

    text = read_name(cell, how)
    known, likely = likely_country(text)
    if not known and likely:
        how.note(
            _("%(value)s is not a known country; perhaps %(likely)s."), value=text, likely=likely
        )
    elif not known:
        how.note(_("%(value)s is not a known country."), value=text)
    return text


CONVERTERS: Mapping[str, Converter] = {
    "text": read_text,
    "name": read_name,
    "code": read_code,
    "date": read_date,
    "moment": read_moment,
    "money": read_money,
    "decimal": read_decimal,
    "integer": read_integer,
    "boolean": read_boolean,
    "phone": read_phone,
    "email": read_email,
    "year": read_year,
    "country": read_country,
    "credit_code": read_credit_code,
}


class Column:
    """One column's converter with its options; equal cells are converted once."""

    MEMORY = 20_000

    def __init__(self, kind: str, how: How) -> None:
        self.convert, self.how = CONVERTERS[kind], how
        self.known: dict[Any, tuple[Any, tuple[Any, ...]]] = {}

    def read(self, cell: Any) -> tuple[Any, tuple[Any, ...]]:
        """(value, notes). Raises Unreadable."""
        key = cell if isinstance(cell, str) else None
        found = self.known.get(key) if key is not None else None
        if found is None:
            self.how.notes = []
            value = self._mapped(cell)
            found = (value, tuple(self.how.notes))
            if key is not None and len(self.known) < self.MEMORY:
                self.known[key] = found
        return found

    def _mapped(self, cell: Any) -> Any:
        """The stored value of a written one, where the profile lists them."""
        if self.how.values is None:
            return self.convert(cell, self.how)
        text = " ".join(as_text(cell).split())
        if text in self.how.values:
            stored = self.how.values[text]
            if not self.how.strict:
                self.how.note(
                    _("%(value)s was read as %(stored)s, as the profile says."),
                    value=text,
                    stored=stored,
                )
            return stored
        folded = {written.casefold(): stored for written, stored in self.how.values.items()}
        if text.casefold() in folded:
            return folded[text.casefold()]
        if not self.how.strict:
            return self.convert(cell, self.how)
        raise Unreadable(
            _("%(value)s is not one of the values that the profile knows: %(known)s."),
            value=text[:40],
            known=", ".join(self.how.values),
        )
