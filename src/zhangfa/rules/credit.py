"""Who is credited with a deal: shares that make 100 %, and amounts split to the cent (2.2.1).

Direct shares of a deal add up to exactly 100 %. People in supporting roles get an overlay
credit: shown to them, never added to a team's total.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from .exact import HUNDRED, Number, Refused, decimal, exact, split, total

Kind = Literal["direct", "overlay"]
DIRECT: Kind = "direct"
OVERLAY: Kind = "overlay"


class SharesNotWhole(Refused):
    """The direct shares of a deal do not add up to 100 %."""


@dataclass(frozen=True)
class Share:
    """A person's part of a deal in percent, valid from a day up to but not including another."""

    person: str
    percent: Decimal
    kind: Kind = DIRECT
    valid_from: date | None = None
    valid_until: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether this share is valid on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day < self.valid_until
        )


@dataclass(frozen=True)
class Credit:
    """What one event of a deal gives one person: an amount to the cent, on the event's day.

    `what` is "signed", "amended", "invoiced", "cancelled", "returned" or "credited"; `signed_on`
    the day the deal was signed, from which a refund's look-back window runs.
    """

    ref: str
    deal: str
    person: str
    amount: Decimal
    on: date
    what: str = "signed"
    kind: Kind = DIRECT
    percent: Decimal = Decimal(100)
    signed_on: date | None = None


def check_shares(shares: Iterable[Share]) -> None:
    """Raise SharesNotWhole unless the direct shares make exactly 100 % and name nobody twice."""
    direct = [share for share in shares if share.kind == DIRECT]
    made = total(share.percent for share in direct)
    if made != HUNDRED:
        raise SharesNotWhole(
            "The direct shares of a deal make 100 %%, not %(made)s %%.", made=f"{decimal(made):f}"
        )
    if any(share.percent <= 0 for share in direct):
        raise SharesNotWhole("Every direct share of a deal is more than 0.")
    if len({share.person for share in direct}) < len(direct):
        raise SharesNotWhole("Somebody has two direct shares of the same deal.")


def credits_of(
    ref: str,
    deal: str,
    amount: Number,
    on: date,
    shares: Iterable[Share],
    what: str = "signed",
    signed_on: date | None = None,
    places: int = 2,
) -> tuple[Credit, ...]:
    """The credits of one event under the shares valid on its day; refunds have a negative amount.

    Direct parts add up to the amount exactly (largest remainder; at a tie the person whose key
    comes first). An overlay credit is its own rounded part of the amount.
    """
    valid = sorted((s for s in shares if s.holds_on(on)), key=lambda s: (s.kind, s.person))
    check_shares(valid)
    direct = [share for share in valid if share.kind == DIRECT]
    parts = split(amount, [share.percent for share in direct], places)
    overlays = [share for share in valid if share.kind == OVERLAY]
    parts += [_own_part(amount, share, places) for share in overlays]
    return tuple(
        Credit(ref, deal, share.person, part, on, what, share.kind, share.percent, signed_on or on)
        for share, part in zip((*direct, *overlays), parts, strict=True)
    )


def team_total(credits: Iterable[Credit]) -> Fraction:
    """What a team sold: over its deals and not over its people's roll-ups, overlays left out."""
    return total(credit.amount for credit in credits if credit.kind == DIRECT)


def handed_over(
    shares: Iterable[Share],
    former: str,
    new: str,
    on: date,
    holdover_share: Number = 0,
    holdover_days: int = 0,
) -> tuple[Share, ...]:
    """The shares after a deal went from one person to another on a day.

    What is dated before stays as it was. For the days of holdover the former owner keeps that
    part (0 to 1) of his share. Raises Refused if the former owner has no valid direct share.
    """
    given = tuple(shares)
    direct = [share for share in given if share.kind == DIRECT]
    if not any(share.person == former and share.holds_on(on) for share in direct):
        raise Refused("%(person)s has no direct share on %(day)s.", person=former, day=on)
    kept_until = on + timedelta(days=holdover_days)
    cuts = {on, kept_until, *(s.valid_from for s in direct), *(s.valid_until for s in direct)}
    marks = [None, *sorted(day for day in cuts if day), None]
    stretches: list[Share] = []
    for start, end in pairwise(marks):
        percents = _percents(direct, start, end)
        if start is not None and start >= on and former in percents:
            whole = percents.pop(former)
            kept = whole * exact(holdover_share) if start < kept_until else Fraction(0)
            percents[former] = kept
            percents[new] = percents.get(new, Fraction(0)) + whole - kept
        stretches += [Share(p, decimal(x), DIRECT, start, end) for p, x in percents.items() if x]
    return (*_fused(stretches), *(share for share in given if share.kind == OVERLAY))


def _percents(shares: list[Share], start: date | None, end: date | None) -> dict[str, Fraction]:
    """Who has how much in a stretch of time that no share begins or ends inside."""
    found: dict[str, Fraction] = {}
    for share in shares:
        begun = share.valid_from is None or (start is not None and share.valid_from <= start)
        lasts = share.valid_until is None or (end is not None and end <= share.valid_until)
        if begun and lasts:
            found[share.person] = found.get(share.person, Fraction(0)) + exact(share.percent)
    return found


def _fused(stretches: list[Share]) -> list[Share]:
    """Neighbouring stretches of the same person and percentage as one."""
    fused: list[Share] = []
    for share in stretches:
        before = next((s for s in reversed(fused) if s.person == share.person), None)
        if before and before.valid_until == share.valid_from and before.percent == share.percent:
            fused[fused.index(before)] = replace(before, valid_until=share.valid_until)
        else:
            fused.append(share)
    return fused


def _own_part(amount: Number, share: Share, places: int) -> Decimal:
    rest = max(HUNDRED - exact(share.percent), Fraction(0))
    return split(amount, [share.percent, rest], places)[0]
