"""Results: sales amount, new customers, retention (2.2.1, 2.2.3, 2.2.4).

Rows are one person's. A metric adds its rows up, so rows that the database has already grouped
(by person and deal, say) give the same answer as single ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from ..credit import DIRECT, Credit
from ..exact import Number, exact, total
from ..terms import Span, add_months
from .amounts import Ratio, Sum

REFUNDS = frozenset({"cancelled", "returned", "credited"})


def later(day: date, span: Span) -> date:
    """The day so many days, weeks or months on. Raises ValueError for units that need a clock."""
    match span.unit:
        case "days":
            return day + timedelta(days=span.amount)
        case "weeks":
            return day + timedelta(weeks=span.amount)
        case "months":
            return add_months(day, span.amount)
    raise ValueError(f"{span} is no length in whole days")


def counts(credit: Credit, refund_window: Span | None) -> bool:
    """2.2.1: whether a credit is the person's: direct, and no refund after the look-back window.

    A later refund stays with the company. Without a window every refund counts.
    """
    if credit.kind != DIRECT:
        return False
    if credit.what not in REFUNDS or credit.signed_on is None or refund_window is None:
        return True
    return credit.on <= later(credit.signed_on, refund_window)


def sales_amount(
    credits: Iterable[Credit],
    currency: str,
    refund_window: Span | None = None,
    carried: Number = 0,
) -> Sum:
    """2.2.1: what the person is credited with for the period, refunds taken off on their own day.

    A person without any credit sold 0, which is a figure. The amount may be negative (0 points);
    `carried` is the negative rest of the period before, where the policy carries it on.
    """
    counted = [credit for credit in credits if counts(credit, refund_window)]
    by_deal: dict[str, Fraction] = defaultdict(Fraction)
    for credit in counted:
        by_deal[credit.deal] += exact(credit.amount)
    if carried:
        by_deal["carried"] += exact(carried)
    return Sum(
        total(by_deal.values()),
        currency,
        terms=tuple(sorted(by_deal.items())),
        n=len(counted),
        evidence=tuple(credit.ref for credit in counted),
    )


def carried_on(sales: Sum, negative_total: Literal["drop", "carry"]) -> Fraction:
    """2.2.1: the negative rest that enters the next period: 0 or below."""
    rest = min(sales.exact or Fraction(0), Fraction(0))
    return rest if negative_total == "carry" else Fraction(0)


@dataclass(frozen=True)
class FirstOrder:
    """A customer's first valid order in this period, as one person is credited with it.

    `customer` is the legal entity or its group, as the policy counts; `last_order_on` the last
    order before; `related` marks a split of a related party that a person has confirmed as such.
    """

    ref: str
    customer: str
    signed_on: date
    amount: Decimal
    percent: Decimal = Decimal(100)
    cancelled_on: date | None = None
    last_order_on: date | None = None
    related: bool = False


def new_customers(
    orders: Iterable[FirstOrder],
    minimum_order_value: Number,
    survival: Span,
    won_back_after: Span,
) -> Sum:
    """2.2.3: customers (in fractions, by share) whose first valid order was signed in the period.

    An order below the minimum, or cancelled before it stood for the survival time, does not count
    (a later cancellation is a late fact). Customers who come back after a long time stand beside
    as "won_back"; earlier comers-back are no new customers at all.
    """
    valid = [o for o in orders if _stands(o, minimum_order_value, survival)]
    fresh = [o for o in valid if o.last_order_on is None]
    back = [
        o
        for o in valid
        if o.last_order_on is not None and later(o.last_order_on, won_back_after) <= o.signed_on
    ]
    return _customers(fresh, beside=(("won_back", _customers(back)),))


def _stands(order: FirstOrder, minimum: Number, survival: Span) -> bool:
    if order.related or exact(order.amount) < exact(minimum):
        return False
    return order.cancelled_on is None or order.cancelled_on >= later(order.signed_on, survival)


def _customers(orders: list[FirstOrder], beside: tuple[tuple[str, Sum], ...] = ()) -> Sum:
    share: dict[str, Fraction] = {}
    for order in sorted(orders, key=lambda o: (o.signed_on, o.ref), reverse=True):
        share[order.customer] = exact(order.percent) / 100
    return Sum(
        total(share.values()),
        terms=tuple(sorted(share.items())),
        n=len(share),
        evidence=tuple(order.ref for order in orders),
        beside=beside,
    )


@dataclass(frozen=True)
class Kept:
    """A customer over the rolling window: was it active at its start, is it at its end?

    `percent` is the person's share of it (the owner at the start has 100, unless it moved);
    `amount` what it ordered in the window before the start; `n` how many customers alike.
    """

    customer: str
    active_at_start: bool
    active_at_end: bool
    percent: Decimal = Decimal(100)
    amount: Decimal = Decimal(0)
    excluded: bool = False
    n: int = 1


def active(
    on: date,
    last_order_on: date | None,
    contract_until: date | None,
    window: Span,
    cycle_days: int | None,
    cycle_factor: Number,
) -> bool:
    """2.2.4: an order or a contract within the window, or within so many purchase cycles."""
    if contract_until is not None and contract_until >= on:
        return True
    last = max((day for day in (last_order_on, contract_until) if day), default=None)
    if last is None:
        return False
    cycle = exact(cycle_factor) * (cycle_days or 0)
    return on <= max(later(last, window), last + timedelta(days=int(cycle)))


def customer_retention(
    customers: Iterable[Kept],
    small_below: int = 0,
    shrinkage: Number = 0,
    team: Number | None = None,
) -> Ratio:
    """2.2.4: of the customers active at the start of the window, those active at its end, in %.

    New ones count on neither side; two people may exclude a customer (insolvency, own refusal).
    Fewer than `small_below` customers are shrunk toward the team's rate (in %). The twin by
    amount stands beside as "by_amount".
    """
    started = [c for c in customers if c.active_at_start and not c.excluded]
    kept = [c for c in started if c.active_at_end]
    whole = total(exact(c.percent) / 100 * c.n for c in started)
    n = sum(c.n for c in started)
    by_amount = Ratio(total(c.amount for c in kept), total(c.amount for c in started), n=n)
    return Ratio(
        total(exact(c.percent) / 100 * c.n for c in kept),
        whole,
        towards=team if n < small_below else None,
        pull=shrinkage if n < small_below else 0,
        n=n,
        evidence=tuple(c.customer for c in started),
        reason_na=None if whole else "nobody_at_start",
        beside=(("by_amount", by_amount),),
    )
