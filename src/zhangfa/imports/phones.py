"""Phone numbers, several in one cell too: written one way, so that the same number is found."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from .how import How, as_text
from .messages import Unreadable, _

LONGEST = 160
EXTENSION = re.compile(r"\s*(?:转|轉|分机|分機|ext\.?|x|#)\s*[:.]?\s*(\d{1,6})$", re.IGNORECASE)
BETWEEN = re.compile(r"[;；、，,\n]|\s/\s|(?<=\d{7})/(?=\+?\d{7})|\s{3,}")
LABEL = re.compile(r"^(?:tel|phone|mobile|cell|fax|电话|手机|電話|手機|传真)\s*[.:：]?\s*", re.I)
ALLOWED = re.compile(r"[\d\s().+\-/·]+")
MOBILE = re.compile(r"(?:(?:\+|00)?86)?(1[3-9]\d{9})")
LANDLINE = re.compile(r"(?:(?:\+|00)86)?0?(10|2[0-57-9]|[3-9]\d{2})(\d{7,8})")


def read_phone(cell: Any, how: How) -> str:
    """One or more numbers, parted by ` / `; Chinese ones as +86…, others tidied.

    Raises Unreadable where a part has letters, or fewer than 5 or more than 20 digits.
    """
    written = as_text(cell).strip()
    text = unicodedata.normalize("NFKC", written)
    if len(text) > LONGEST:
        raise Unreadable(_("%(value)s is not a phone number."), value=written[:40])
    parts = [part.strip() for part in BETWEEN.split(text) if part.strip()]
    numbers = [_one(part, written, how) for part in parts]
    if not numbers:
        raise Unreadable(_("%(value)s is not a phone number."), value=written[:40])
    result = " / ".join(dict.fromkeys(numbers))
    if len(numbers) > 1:
        how.note(_("The cell holds %(count)s phone numbers; all are kept."), count=len(numbers))
    return result


def _one(part: str, written: str, how: How) -> str:
    part = LABEL.sub("", part)
    hit = EXTENSION.search(part)
    bare, extension = (part[: hit.start()], hit.group(1)) if hit else (part, "")
    digits = re.sub(r"\D", "", bare)
    if not ALLOWED.fullmatch(bare) or not 5 <= len(digits) <= 20:
        raise Unreadable(_("%(value)s is not a phone number."), value=written[:40])
    number = _chinese(bare, digits, how) or " ".join(bare.split())
    return f"{number} ext. {extension}" if extension else number


def _chinese(bare: str, digits: str, how: How) -> str:
    """+86… for a mobile, and for a landline that is written with its 0 or +86."""
    if how.phone_country != "86" and not digits.startswith(("86", "0086")):
        return ""
    plus = "+" if bare.lstrip(" (").startswith("+") else ""
    hit = MOBILE.fullmatch(plus + digits)
    if hit:
        return f"+86{hit.group(1)}"
    if digits.startswith(("0", "86")) and not digits.startswith("00") and not plus:
        stated = digits if digits.startswith("0") else f"+{digits}"
    elif plus and digits.startswith("86"):
        stated = plus + digits
    else:
        return ""
    hit = LANDLINE.fullmatch(stated)
    usual = hit and (stated.startswith("+") or 10 <= len(digits) <= 12) and len(digits) >= 11
    return f"+86{hit.group(1)}{hit.group(2)}" if hit and usual else ""


def phone_key(number: str) -> str:
    """The digits by which two spellings of a number are the same; the last 11 at most."""
    first = number.split(" / ")[0].partition(" ext.")[0]
    digits = re.sub(r"\D", "", first)
    if digits.startswith("86") and len(digits) > 11:
        digits = digits[2:]
    return digits.lstrip("0")[-11:]
