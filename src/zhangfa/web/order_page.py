"""One order: where it stands, what is owed, its deliveries, what went wrong, its money (1.3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from zhangfa.actions import duties, exceptions, money
from zhangfa.actions import orders as actions
from zhangfa.actions.action import Invalid
from zhangfa.answers import order as answers
from zhangfa.answers import timeline as timelines
from zhangfa.records.editions import current_policy
from zhangfa.records.models import Order, OrderChange, Owed
from zhangfa.rules.obligations import KINDS

from . import customer_duties, figures
from .context import now_of
from .customer_page import paged, shown_timeline
from .doors import door, said, toast

CLAUSES = {kind.key: kind.clause for kind in KINDS}
TONES = {"delivered": "ok", "closed": "ok", "shipped": "acc", "cancelled": "bad"} | {
    "on_hold": "warn",
    "disputed": "bad",
}
DUE_TONES = {"paid": "ok", "current": "", "30": "warn", "60": "bad", "90": "bad", "older": "bad"}


def seen(request: HttpRequest, pk: int) -> Order:
    """The order, if this person may see it; 404 otherwise."""
    return get_object_or_404(answers.found_for(request.user), pk=pk)


def context_of(
    request: HttpRequest, order: Order, *, asking: int = 0, error: str = "", **more: Any
) -> dict[str, Any]:
    """Everything the page and its parts show."""
    now, person = now_of(request), request.user
    today = figures.day_of(now)
    found = answers.order_page(order, person, now, today)
    address = reverse("order_timeline", args=[order.pk])
    reading = current_policy().on(today)
    return {
        "page": found,
        "order": order,
        "customer": order.customer,
        "may": may_of(person, order),
        **shown_timeline(found.timeline, found.names, address),
        "clauses": CLAUSES,
        "one_tap": duties.ONE_TAP,
        "tones": TONES,
        "due_tones": DUE_TONES,
        "tracked": [order.status, *(s for s in actions.TRACKED if s in Order.MOVES[order.status])],
        "documents": reading["delivery_documents.set"],
        "kinds": reading["exception.kinds"],
        "alternatives": reading["exception.alternatives"],
        "helpers": exceptions.HELPERS,
        "change_kinds": OrderChange.Kind.values,
        "today": today,
        "asking": asking,
        "error": error,
        "failed": "",
        "errors": {},
        "given": {},
        **more,
    }


def may_of(person: Any, order: Order) -> dict[str, bool]:
    """What this person finds to do on the page."""
    alive = order.status not in ("closed", "cancelled")
    working = alive and order.status != "delivered"
    answers_for = actions.track_order.may(person, order)
    return {
        "track": answers_for and working,
        "production": actions.schedule_production.may(person, order) and alive,
        "logistics": actions.schedule_logistics.may(person, order) and alive,
        "plan": actions.plan_delivery.may(person, order) and working,
        "confirm": answers_for,
        "documents": actions.prepare_documents.may(person, order),
        "change": answers_for and order.status != "cancelled",
        "trouble": answers_for,
        "money": answers_for or person.has("finance"),
        "pay": money.receive_payment.may(person, order.customer),
    }


def answer(
    request: HttpRequest,
    order: Order,
    text: str = "",
    *,
    lines: tuple[Any, ...] = (),
    status: int = 200,
    **shown: Any,
) -> HttpResponse:
    """After something was done: the parts of the page anew, with a toast that can undo it."""
    whole = not request.headers.get("HX-Request")
    if whole and status == 200:
        return redirect("order", order.pk)
    context = context_of(request, seen(request, order.pk), **shown)
    if whole:
        return render(request, "orders/order.html", context, status=status)
    parts = render_to_string("orders/parts.html", context, request)
    undo = ""
    if duties.undoable(lines):
        ids = ",".join(str(line.pk) for line in lines)
        undo = f"{reverse('order_undo', args=[order.pk])}?lines={ids}"
    if text:
        tone = "bad" if status > 399 else ""
        parts += toast(request, text, undo=undo, target="#timeline", tone=tone)
    return HttpResponse(parts, status=status)


def attempt(
    request: HttpRequest,
    order: Order,
    form: str,
    do: Callable[[], Any],
    told: str,
    *,
    undoing: bool = True,
) -> HttpResponse:
    """Do it and show the page anew; a refusal stands at its field of `form`, with what was typed.

    What can be taken back in one tap is offered for undoing."""
    try:
        outcome = do()
    except Invalid as error:
        text = said(error)
        shown = {"failed": form, "errors": {error.field: text}, "given": request.POST}
        return answer(request, order, text, status=422, **shown)
    return answer(request, order, told, lines=outcome.lines if undoing else ())


@door
@require_GET
def order(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of one order."""
    return render(request, "orders/order.html", context_of(request, seen(request, pk)))


@door
@require_GET
def timeline(request: HttpRequest, pk: int) -> HttpResponse:
    """What happened before what is shown."""
    found, (until, skip) = seen(request, pk), paged(request)
    page = timelines.of_records(found.customer_id, answers.stories_of(found), until, skip=skip)
    context = shown_timeline(page, {}, reverse("order_timeline", args=[pk]))
    return render(request, "customers/timeline_more.html", context)


def _owed(request: HttpRequest, order: Order) -> QuerySet[Owed]:
    stories = answers.stories_of(order)
    return Owed.objects.visible_to(request.user).filter(story__in=stories)


@door
@require_POST
def owed_done(request: HttpRequest, pk: int, owed: int) -> HttpResponse:
    """Complete what is owed about the order, as on Today."""
    found = seen(request, pk)
    done = customer_duties.complete(request, _owed(request, found), owed)
    return answer(request, found, done.text, lines=done.lines, asking=done.asking, error=done.error)


@door
@require_POST
def owed_snooze(request: HttpRequest, pk: int, owed: int) -> HttpResponse:
    """Put aside what is owed; its deadline stays."""
    found = seen(request, pk)
    return answer(request, found, customer_duties.snooze(request, _owed(request, found), owed).text)


@door
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what was just done here."""
    found = seen(request, pk)
    lines = [int(n) for n in request.GET.get("lines", "").split(",") if n.isdigit()]
    duties.undo(lines, by=request.user, at=now_of(request))
    return answer(request, found, gettext("Taken back."))


urlpatterns = [
    path("<int:pk>/", order, name="order"),
    path("<int:pk>/timeline/", timeline, name="order_timeline"),
    path("<int:pk>/undo/", undo, name="order_undo"),
    path("<int:pk>/owed/<int:owed>/completion/", owed_done, name="order_owed_done"),
    path("<int:pk>/owed/<int:owed>/snooze/", owed_snooze, name="order_owed_snooze"),
]
