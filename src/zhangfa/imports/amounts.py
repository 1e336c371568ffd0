"""Money and numbers in the usual spellings: ¥1,234.56, 1.2万, (1,234.50), 1.234,56 (exact)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from babel.numbers import list_currencies

from .how import How, as_text
from .messages import Unreadable, _

LARGEST = Decimal(10) ** 14
"""Amounts are kept with 14 digits before the point."""
LONGEST = 60
"""Characters of an amount with its words; longer cells are texts."""
UNITS = {"百": 100, "千": 1_000, "万": 10_000, "萬": 10_000, "百万": 1_000_000, "千万": 10_000_000}
UNITS |= {"亿": 10**8, "億": 10**8, "万亿": 10**12, "k": 1_000, "bn": 10**9}
SIGNS = {
    "¥": "CNY JPY",
    "元": "CNY TWD HKD MOP",
    "圆": "CNY",
    "人民币": "CNY",
    "rmb": "CNY",
    "nt$": "TWD",
    "新台币": "TWD",
    "新臺幣": "TWD",
    "hk$": "HKD",
    "港币": "HKD",
    "港元": "HKD",
    "us$": "USD",
    "$": "USD TWD HKD SGD AUD CAD NZD MOP",
    "美元": "USD",
    "€": "EUR",
    "欧元": "EUR",
    "£": "GBP",
    "英镑": "GBP",
    "日元": "JPY",
    "円": "JPY",
}
"""Sign -> currencies: the column's own where it is among them, else the first."""
NUMBER = re.compile(
    r"(?P<sign>[-+])?(?P<lead>\D*?)(?P<inner>[-+])?(?P<digits>[\d.,' ]*\d)"
    r"(?P<power>[eE][+-]?\d+)?(?P<tail>\D*?)(?P<after>-)?"
)
LAST_MARK = re.compile(r"([.,])(\d+)\D*$")
ONE_POINT = re.compile(r"-?[1-9]\d{0,2}\.\d{3}")
GROUPED = re.compile(r"\d{1,3}(?:([,.' ])\d{3})(?:\1\d{3})*")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount with the currency it states, or its column's."""

    amount: Decimal
    currency: str


def read_money(cell: Any, how: How) -> Money:
    """An amount to the cent, half up. Raises Unreadable where it is none or ambiguous."""
    amount, currency = _read(cell, how)
    return Money(_rounded(amount, how.places, how), currency or how.currency)


def read_decimal(cell: Any, how: How) -> Decimal:
    """A plain number to the column's places, without currency."""
    amount, currency = _read(cell, how)
    if currency and currency != how.currency:
        raise Unreadable(_("%(value)s is not a plain number."), value=as_text(cell)[:40])
    return _rounded(amount, how.places, how)


def read_integer(cell: Any, how: How) -> int:
    """A whole number."""
    amount, currency = _read(cell, how)
    if currency or amount != amount.to_integral_value():
        raise Unreadable(_("%(value)s is not a whole number."), value=as_text(cell)[:40])
    return int(amount)


def _rounded(amount: Decimal, places: int, how: How) -> Decimal:
    rounded = amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    if rounded != amount:
        how.note(_("The amount was rounded to %(places)s places."), places=places)
    return rounded


def _read(cell: Any, how: How) -> tuple[Decimal, str]:
    if isinstance(cell, bool):
        raise Unreadable(_("%(value)s is not a number."), value=as_text(cell))
    if isinstance(cell, int | float | Decimal):
        exact = Decimal(repr(cell)) if isinstance(cell, float) else Decimal(cell)
        return _bounded(exact, cell, how), ""
    text = cell.strip() if isinstance(cell, str) else ""
    try:
        amount, currency = Decimal(_plain(text, how)), ""
    except InvalidOperation:
        amount, currency = _spelled(text, how)
    return _bounded(amount, cell, how), currency


def _plain(text: str, how: How) -> str:
    """The text where it is a number as machines write it, else something Decimal refuses."""
    dotted = text.count(".") == 1 and "_" not in text and not _doubtful(text, how)
    return text if text.isascii() and (dotted or text.lstrip("+-").isdigit()) else "?"


def _doubtful(text: str, how: How) -> bool:
    """Whether the only point may part thousands: 1.234 is 1234 to some."""
    return how.decimal == "comma" or (how.decimal == "auto" and bool(ONE_POINT.fullmatch(text)))


def _bounded(amount: Decimal, cell: Any, how: How) -> Decimal:
    if not amount.is_finite():
        raise Unreadable(_("%(value)s is not a number."), value=as_text(cell)[:40])
    amount *= how.scale
    if abs(amount) >= LARGEST:
        raise Unreadable(_("%(value)s is larger than any amount kept here."), value=str(cell)[:40])
    return amount


def _spelled(written: str, how: How) -> tuple[Decimal, str]:
    text = unicodedata.normalize("NFKC", written).replace("−", "-").replace("–", "-").strip()
    inside = text.startswith("(") and text.endswith(")")
    bare = text[1:-1].strip() if inside else text
    hit = NUMBER.fullmatch(bare) if len(bare) <= LONGEST else None
    if not hit:
        raise Unreadable(_("%(value)s is not an amount."), value=written[:40])
    currency, scale = _words(hit["lead"], hit["tail"], written, how)
    if scale != 1 and how.scale != 1:
        raise Unreadable(
            _("%(value)s states a unit, and so does its column; only one of them can be meant."),
            value=written[:40],
        )
    digits = _digits(hit["digits"].replace("’", "'"), how, written)
    try:
        amount = Decimal(digits + (hit["power"] or "")) * scale
    except InvalidOperation as error:
        raise Unreadable(_("%(value)s is not an amount."), value=written[:40]) from error
    minus = [mark for mark in (hit["sign"], hit["inner"], hit["after"]) if mark]
    if len(minus) + inside > 1:
        raise Unreadable(_("%(value)s is not an amount."), value=written[:40])
    return (-amount if inside or "-" in minus else amount), currency


def _words(lead: str, tail: str, written: str, how: How) -> tuple[str, int]:
    """The currency and the unit that stand before and after the digits."""
    currency, scale = "", 1
    rest = tail.strip().lower().removesuffix("整").strip()
    for unit in sorted(UNITS, key=len, reverse=True):
        if rest.startswith(unit):
            scale, rest = UNITS[unit], rest[len(unit) :].strip()
            break
    for word in (lead.strip().lower(), rest):
        if not word:
            continue
        found = _currency(word, how)
        if not found or (currency and found != currency):
            raise Unreadable(_("%(value)s is not an amount."), value=written[:40])
        currency = found
    return currency, scale


def _currency(word: str, how: How) -> str:
    """The currency of a sign or code; empty where it is none."""
    meant = SIGNS.get(word, "").split()
    if meant:
        return how.currency if how.currency in meant else meant[0]
    return word.upper() if word.upper() in list_currencies() else ""


def _digits(digits: str, how: How, written: str) -> str:
    """The digits as Decimal takes them, by the marks inside them."""
    digits = digits.replace("\u00a0", " ").strip()
    marks = [mark for mark in digits if not mark.isdigit()]
    if not marks:
        return digits
    last = marks[-1]
    if how.decimal == "auto" and ONE_POINT.fullmatch(digits):
        raise Unreadable(
            _("%(value)s may have a decimal point or part thousands. Choose the decimal mark."),
            value=written[:40],
        )
    if last in ".," and marks.count(last) == 1 and not _groups(digits, last, how):
        head, _mark, tail = digits.rpartition(last)
        if (len(set(marks)) == 1 or GROUPED.fullmatch(head)) and head.strip():
            return re.sub(r"[,.' ]", "", head) + "." + tail
    elif GROUPED.fullmatch(digits):
        return re.sub(r"[,.' ]", "", digits)
    raise Unreadable(
        _("The thousands of %(value)s are not marked in a way that can be read safely."),
        value=written[:40],
    )


def _groups(digits: str, mark: str, how: How) -> bool:
    """Whether the only mark parts thousands: 1,234 does by default, 1.234 under `comma`."""
    if (
        not GROUPED.fullmatch(digits)
        or digits[0] == "0"
        or len({char for char in digits if not char.isdigit()}) > 1
    ):
        return False
    if how.decimal == "comma":
        return mark == "."
    return mark == ","


def decimal_mark(cells: Iterable[Any]) -> str:
    """`point` or `comma` by the unambiguous values of a column; `auto` where none tells."""
    points = commas = 0
    for cell in cells:
        hit = LAST_MARK.search(cell) if isinstance(cell, str) else None
        if hit and (len(hit.group(2)) != 3 or len({*re.sub(r"[^.,]", "", cell)}) > 1):
            points += hit.group(1) == "."
            commas += hit.group(1) == ","
    if bool(points) == bool(commas):
        return "auto"
    return "point" if points else "comma"
