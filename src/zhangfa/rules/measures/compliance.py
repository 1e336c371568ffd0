"""Process compliance: of what a person owed, what was kept in time (2.2.6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from ..exact import Number, exact, total
from .amounts import Ratio

MET, LATE, MISSED = "met", "late", "missed"
JUDGED = frozenset({MET, LATE, MISSED})
FIRST_TIME = "draft_first_pass"


@dataclass(frozen=True)
class Owed:
    """An obligation that fell due in the period and that this very person owed.

    `state` is "met", "late" or "missed"; whatever else it says (open, waived by a second
    person, cancelled, its clock stopped) is left out on both sides. `weight` and `late_credit`
    (0 to 1) are its kind's; `n` is how many alike.
    """

    kind: str
    state: str
    weight: Number = 1
    late_credit: Number = 0
    ref: str = ""
    n: int = 1


def process_compliance(owed: Iterable[Owed]) -> Ratio:
    """2.2.6: weight kept in time, plus the credit for late ones, of all weight due, in %.

    The figures by kind stand beside under the kind's key.
    """
    rows = [row for row in owed if row.state in JUDGED and exact(row.weight) > 0]
    kinds: dict[str, list[Owed]] = defaultdict(list)
    for row in rows:
        kinds[row.kind].append(row)
    return Ratio(
        *_weighed(rows),
        n=sum(row.n for row in rows),
        evidence=tuple(row.ref for row in rows if row.ref),
        reason_na=None if rows else "nothing_due",
        beside=tuple(
            (kind, Ratio(*_weighed(group), n=sum(row.n for row in group)))
            for kind, group in sorted(kinds.items())
        ),
    )


def first_pass(accepted: int, returned: int, weight: Number) -> tuple[Owed, ...]:
    """2.2.6: the seller's part of contract approval: drafts accepted the first time or not.

    The reviewers' two working days are owed by them; this is what the seller is marked for.
    """
    rows = (Owed(FIRST_TIME, MET, weight, n=accepted), Owed(FIRST_TIME, MISSED, weight, n=returned))
    return tuple(row for row in rows if row.n)


def _weighed(rows: list[Owed]) -> tuple[Fraction, Fraction]:
    kept = total(exact(row.weight) * row.n * _credit(row) for row in rows)
    return kept, total(exact(row.weight) * row.n for row in rows)


def _credit(row: Owed) -> Fraction:
    if row.state == MET:
        return Fraction(1)
    return exact(row.late_credit) if row.state == LATE else Fraction(0)
