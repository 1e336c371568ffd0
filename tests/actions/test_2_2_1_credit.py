"""Clause 2.2.1: who is credited with an order, and with what changes it, to the cent."""

from __future__ import annotations

from decimal import Decimal

import pytest
from acting_help import MONDAY, at
from django.db.models import Sum
from hypothesis import given
from hypothesis import strategies as st

from zhangfa.actions import orders
from zhangfa.actions.action import Invalid
from zhangfa.answers.scorecard import company_of
from zhangfa.metrics.performance import sales_amount, sales_rows
from zhangfa.records.models import CreditShare, Instalment, Order, OrderChange
from zhangfa.rules.exact import split
from zhangfa.rules.terms import Period

pytestmark = pytest.mark.django_db
THIRDS = (Decimal("33.3333"), Decimal("33.3333"), Decimal("33.3334"))
cents = st.integers(1, 10**9).map(lambda n: Decimal(n) / 100)


def by_thirds(people) -> dict:
    return dict(zip((people.lin, people.zhou, people.he), THIRDS, strict=True))


def credited(order: Order) -> dict[str, Decimal]:
    rows = CreditShare.objects.filter(order=order).order_by("pk")
    return dict(rows.values_list("person__username", "amount"))


def test_2_2_1_thirds_of_an_order_make_its_amount(people):
    order = people.order(amount=Decimal("100.00"), shares=by_thirds(people))
    assert credited(order) == {
        "lin": Decimal("33.33"),
        "zhou": Decimal("33.33"),
        "he": Decimal("33.34"),
    }


@pytest.mark.parametrize(
    "shares",
    [
        (Decimal(50), Decimal("49.9999")),
        (Decimal(60), Decimal(60), Decimal(-20)),
        (Decimal(100), Decimal(0)),
        (Decimal("33.33333"), Decimal("66.66667")),
        (Decimal(101),),
    ],
    ids=["short", "negative", "nothing", "finer than can be kept", "more"],
)
def test_2_2_1_shares_that_are_no_whole_are_refused_and_nothing_is_kept(people, shares):
    given_ = dict(zip((people.lin, people.zhou, people.he), shares, strict=False))
    customer = people.customer()
    with pytest.raises(Invalid) as refused:
        orders.enter_order(
            customer, by=people.lin, at=MONDAY, number="O-2", amount=Decimal(10), shares=given_
        )
    assert refused.value.field == "shares"
    assert not Order.objects.filter(number="O-2").exists()


def test_2_2_1_what_is_returned_is_taken_from_each_to_the_cent(people):
    """Each third of 100.00 rounded on its own would leave a cent with nobody."""
    order = people.order(amount=Decimal("100.00"), shares=by_thirds(people))
    orders.change_order(
        order, by=people.lin, at=at("03-05 10:00"), kind="returned", amount=Decimal(100),
        reason="wrong size",
    )  # fmt: skip
    change = OrderChange.objects.get()
    assert sum(change.credits().values()) == Decimal("-100.00")
    left = {key: part + change.credits()[key] for key, part in amounts_of(order).items()}
    assert set(left.values()) == {Decimal(0)}


def amounts_of(order: Order) -> dict[int, Decimal]:
    return dict(CreditShare.objects.filter(order=order).values_list("person_id", "amount"))


@pytest.mark.parametrize("kind", ["amended", "returned", "cancelled", "credited"])
def test_2_2_1_the_figure_and_its_rows_are_the_same_cents(people, kind):
    order = people.order(amount=Decimal("100.01"), shares=by_thirds(people))
    orders.change_order(
        order, by=people.lin, at=at("03-05 10:00"), kind=kind, amount=Decimal("50.01"),
        reason="as agreed",
    )  # fmt: skip
    period = Period.read("2026-Q1")
    everybody = company_of(period, at("03-31 12:00")).asked()
    found = {person: measure.amount for person, measure in sales_amount(everybody).items()}
    sign = 1 if kind == "amended" else -1
    assert sum(found.values()) == Decimal("100.01") + sign * Decimal("50.01")
    parts = OrderChange.objects.get().credits()
    assert found == {pk: amount + parts[pk] for pk, amount in amounts_of(order).items()}
    for person in (people.lin, people.zhou, people.he):
        alone = company_of(period, at("03-31 12:00")).asked((person.pk,))
        assert sales_amount(alone)[person.pk].amount == found[person.pk]
        assert sum(row.value for row in sales_rows(alone)) == found[person.pk]


@given(amount=cents, weights=st.lists(st.integers(1, 10**6), min_size=1, max_size=7))
def test_2_2_1_any_shares_of_any_change_make_exactly_its_amount(amount, weights):
    shares = _shares(weights)
    order = Order(pk=1, amount=amount)
    order._prefetched_objects_cache = {"shares": _Rows(shares)}
    for kind in OrderChange.Kind.values:
        change = OrderChange(order=order, kind=kind, amount=amount)
        signed = amount if kind == "amended" else -amount
        parts = change.credits()
        assert sum(parts.values()) == signed
        for share in shares:
            assert abs(parts[share.person_id] - signed * share.share / 100) < Decimal("0.01")


class _Rows(list):
    def all(self):
        return self


def _shares(weights: list[int]) -> list[CreditShare]:
    parts = split(Decimal(100), weights, 4)
    return [
        CreditShare(pk=n, person_id=n, share=part, kind="direct")
        for n, part in enumerate(parts, 1)
        if part
    ]


@pytest.mark.parametrize(
    ("amount", "percents"),
    [
        ("0.02", (25, 25, 25, 25)),
        ("0.05", (30, 30, 40)),
        ("100.01", ("33.33", "33.33", "33.34")),
        ("999999.99", (10, 20, 70)),
    ],
)
def test_1_3_3_the_instalments_make_the_order_to_the_cent(people, amount, percents):
    terms = [{"label": str(n), "percent": each, "days": 30 * n} for n, each in enumerate(percents)]
    order = people.order(amount=Decimal(amount), payment_terms=terms)
    rows = Instalment.objects.filter(order=order)
    assert rows.aggregate(sum=Sum("amount"))["sum"] == Decimal(amount)
    assert all(row.amount > 0 for row in rows)
