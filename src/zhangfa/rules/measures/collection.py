"""Money in: receipts allocated to instalments, and the collection rate (2.2.2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from ..exact import decimal, exact, total
from ..terms import Period
from .amounts import Ratio

ZERO = Decimal(0)


@dataclass(frozen=True)
class Instalment:
    """What a customer owes on a day; `credited` lowers it, an approved quality dispute stops it.

    A write-off changes nothing here: what was written off stays owed.
    """

    ref: str
    due_on: date
    amount: Decimal
    credited: Decimal = ZERO
    disputed: bool = False
    percent: Decimal = Decimal(100)

    @property
    def owed(self) -> Decimal:
        return self.amount - self.credited


@dataclass(frozen=True)
class Receipt:
    """Money received; `towards` names the instalment it was paid for, `cashed_on` ends a bill."""

    ref: str
    received_on: date
    amount: Decimal
    towards: str | None = None
    bill: bool = False
    cashed_on: date | None = None

    def counted_on(self, bills_count: Literal["receipt", "cashing"]) -> date | None:
        """The day it counts; None for a bill of acceptance that waits for its money."""
        return self.cashed_on if self.bill and bills_count == "cashing" else self.received_on


@dataclass(frozen=True)
class Allocation:
    """So much of a receipt that pays an instalment, on the day it counts."""

    receipt: str
    instalment: str
    on: date
    amount: Decimal


def allocate(
    receipts: Iterable[Receipt],
    instalments: Iterable[Instalment],
    bills_count: Literal["receipt", "cashing"] = "receipt",
) -> tuple[Allocation, ...]:
    """2.2.2: which money pays what: as the payer named it, else the oldest due first.

    No instalment takes more than is owed on it; what is over goes on to the oldest due, and
    beyond all of them stays unallocated. One customer's receipts and instalments at a time.
    """
    schedule = sorted(instalments, key=lambda i: (i.due_on, i.ref))
    left = {each.ref: each.owed for each in schedule}
    made: list[Allocation] = []
    for day, receipt in _in_order(receipts, bills_count):
        rest = receipt.amount
        named = [receipt.towards] if receipt.towards in left else []
        for ref in (*named, *left):
            part = min(rest, max(left[ref], ZERO))
            if part > 0:
                made.append(Allocation(receipt.ref, ref, day, part))
                left[ref] -= part
                rest -= part
    return tuple(made)


def _in_order(
    receipts: Iterable[Receipt], bills_count: Literal["receipt", "cashing"]
) -> list[tuple[date, Receipt]]:
    """Counting receipts by day; on the same day those that name their instalment come first."""
    dated = [(day, r) for r in receipts if (day := r.counted_on(bills_count)) is not None]
    return sorted(dated, key=lambda each: (each[0], each[1].towards is None, each[1].ref))


@dataclass(frozen=True)
class Due:
    """What a period asks of one instalment (or of many alike): so much due, so much of it paid."""

    ref: str
    due: Decimal
    paid: Decimal
    percent: Decimal = Decimal(100)
    overdue_at_start: bool = False


def due_in(
    period: Period,
    instalments: Iterable[Instalment],
    allocations: Iterable[Allocation],
    quality_disputes: Literal["excluded", "included"] = "excluded",
) -> tuple[Due, ...]:
    """2.2.2: open at the period's start or falling due in it, and what of it is paid by its end.

    An instalment overdue at the start asks for what was still open then; one falling due in the
    period asks for all of it, and money that came early counts now, at most 100 %.
    """
    before: dict[str, Fraction] = defaultdict(Fraction)
    by_end: dict[str, Fraction] = defaultdict(Fraction)
    for allocation in allocations:
        if allocation.on < period.end:
            by_end[allocation.instalment] += exact(allocation.amount)
        if allocation.on < period.start:
            before[allocation.instalment] += exact(allocation.amount)
    found = []
    for each in instalments:
        if each.due_on >= period.end or (each.disputed and quality_disputes == "excluded"):
            continue
        overdue = each.due_on < period.start
        earlier = before[each.ref] if overdue else Fraction(0)
        due = exact(each.owed) - earlier
        paid = min(by_end[each.ref] - earlier, due)
        if due > 0:
            found.append(Due(each.ref, decimal(due), decimal(paid), each.percent, overdue))
    return tuple(found)


def collection_rate(dues: Iterable[Due]) -> Ratio:
    """2.2.2: paid of what was due, in %; nothing due is not applicable.

    Each instalment counts by the person's share of its deal. What was overdue at the start
    stands beside as "overdue" (the rate of the rest alone would hide it).
    """
    rows = list(dues)
    return Ratio(
        *_shares(rows),
        n=len(rows),
        evidence=tuple(row.ref for row in rows),
        reason_na=None if any(row.due for row in rows) else "nothing_due",
        beside=(("overdue", Ratio(*_shares([r for r in rows if r.overdue_at_start]))),),
    )


def _shares(rows: list[Due]) -> tuple[Fraction, Fraction]:
    paid = total(exact(row.paid) * exact(row.percent) / 100 for row in rows)
    return paid, total(exact(row.due) * exact(row.percent) / 100 for row in rows)
