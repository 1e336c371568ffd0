"""The money of an order: payments and what they settle, changes of its value (2.2.1, 2.2.2)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from zhangfa.actions import money
from zhangfa.actions import orders as actions
from zhangfa.records.models import Instalment, Order

from .context import now_of
from .doors import door
from .order_page import attempt, seen
from .typed import amount, day


@door
@require_POST
def payments(request: HttpRequest, pk: int) -> HttpResponse:
    """2.2.2 Money received: for the instalments named, else for what has been due longest."""
    order, given = seen(request, pk), request.POST

    def receive() -> Any:
        return money.receive_payment(
            order.customer,
            by=request.user,
            at=now_of(request),
            amount=amount(given.get("amount", "")),
            paid_on=day(given.get("paid_on", ""), "paid_on"),
            number=given.get("number", "").strip()[:60],
            currency=order.currency,
            to=_parts(order, given),
        )

    return attempt(request, order, "payment", receive, gettext("The payment is noted."))


def _parts(order: Order, given: Any) -> list[tuple[Instalment, Decimal]] | None:
    """What was written beside instalments of this order; None where nothing was."""
    parts = []
    for row in order.instalments.all():
        typed = given.get(f"to-{row.pk}", "").strip()
        if typed:
            parts.append((row, amount(typed, "to")))
    return parts or None


@door
@require_POST
def changes(request: HttpRequest, pk: int) -> HttpResponse:
    """2.2.1 A return, a credit, a cancellation or another value, with its reason."""
    order, given = seen(request, pk), request.POST

    def change() -> Any:
        return actions.change_order(
            order,
            by=request.user,
            at=now_of(request),
            kind=given.get("kind", ""),
            amount=amount(given.get("amount", "")),
            reason=given.get("reason", "").strip()[:160],
        )

    return attempt(request, order, "change", change, gettext("The change is noted on today."))


urlpatterns = [
    path("<int:pk>/payments/", payments, name="order_payments"),
    path("<int:pk>/changes/", changes, name="order_changes"),
]
