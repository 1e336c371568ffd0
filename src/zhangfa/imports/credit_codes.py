"""The unified social credit code of Chinese organisations (GB 32100) and its check digits."""

from __future__ import annotations

import unicodedata
from typing import Any

from .how import How, as_text
from .messages import Unreadable, _

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""31 characters: I, O, S, V and Z are left out, since they look like others."""
LENGTH = 18
WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
LOOKALIKES = str.maketrans({"I": "1", "O": "0", "S": "5", "Z": "2", "V": "U"})


def check_character(body: str) -> str:
    """The 18th character for the first 17 (mod 31 of the weighted sum)."""
    total = sum(ALPHABET.index(char) * weight for char, weight in zip(body, WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def read_credit_code(cell: Any, how: How) -> str:
    """The code in capitals without blanks. Raises Unreadable with what is wrong about it."""
    written = as_text(cell)
    code = unicodedata.normalize("NFKC", written).upper()
    code = "".join(char for char in code if char not in " -\u200b\t")
    if len(code) != LENGTH:
        raise Unreadable(
            _("A unified social credit code has 18 characters; this one has %(count)s."),
            count=len(code),
        )
    wrong = next((char for char in code if char not in ALPHABET), "")
    if wrong:
        _refuse_character(code, wrong)
    if not code[2:8].isdigit():
        raise Unreadable(
            _("Characters 3 to 8 of a unified social credit code are a region's digits: %(part)s."),
            part=code[2:8],
        )
    expected = check_character(code[:17])
    if code[17] != expected:
        raise Unreadable(
            _(
                "The check character of %(code)s should be %(expected)s, not %(found)s: "
                "a character is mistyped or two are swapped."
            ),
            code=code,
            expected=expected,
            found=code[17],
        )
    if code != written:
        how.note(_("The code was written without blanks and in capitals."))
    return code


def _refuse_character(code: str, wrong: str) -> None:
    likely = code.translate(LOOKALIKES)
    if all(char in ALPHABET for char in likely) and likely[17] == check_character(likely[:17]):
        raise Unreadable(
            _("%(wrong)s never occurs in a unified social credit code; perhaps it is %(likely)s."),
            wrong=wrong,
            likely=likely,
        )
    raise Unreadable(
        _("%(wrong)s never occurs in a unified social credit code."),
        wrong=wrong,
    )
