"""What moves an order: schedules, tracking, deliveries, what goes wrong (1.3.5 to 1.3.11)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from zhangfa.actions import exceptions
from zhangfa.actions import orders as actions
from zhangfa.policy import term
from zhangfa.records.models import Delivery, DeliveryException

from . import figures
from .context import now_of
from .doors import door
from .order_page import attempt, seen
from .typed import moment

SCHEDULES = {"production": actions.schedule_production, "logistics": actions.schedule_logistics}


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.user, "at": now_of(request)}


@door
@require_POST
def schedule(request: HttpRequest, pk: int) -> HttpResponse:
    """1.3.5 The department has its plan."""
    order, role = seen(request, pk), request.POST.get("role", "")
    if role not in SCHEDULES:
        raise Http404
    told = gettext("Scheduled: %(role)s") % {"role": term(f"role.{role}", figures.language())}
    return attempt(
        request, order, "schedule", lambda: SCHEDULES[role](order, **_who(request)), told
    )


@door
@require_POST
def tracking(request: HttpRequest, pk: int) -> HttpResponse:
    """1.3.6 Today's word on where the order stands."""
    order, given = seen(request, pk), request.POST
    told = {"status": given.get("status", ""), "note": given.get("note", "")[:500]}
    return attempt(
        request,
        order,
        "tracking",
        lambda: actions.track_order(order, **_who(request), **told),
        gettext("Tracked for today."),
        undoing=told["status"] in ("", order.status),  # another state is not taken back in one tap
    )


@door
@require_POST
def deliveries(request: HttpRequest, pk: int) -> HttpResponse:
    """1.3.7 A delivery on a day: confirmation and documents are owed before it."""
    order = seen(request, pk)

    def plan() -> Any:
        planned_at = moment(request.POST.get("planned_at", ""), "planned_at")
        return actions.plan_delivery(order, **_who(request), planned_at=planned_at)

    return attempt(request, order, "plan", plan, gettext("The delivery is planned."))


def _reschedule(delivery: Delivery, request: HttpRequest) -> Any:
    planned_at = moment(request.POST.get("planned_at", ""), "planned_at")
    return actions.reschedule_delivery(delivery, **_who(request), planned_at=planned_at)


def _confirm(delivery: Delivery, request: HttpRequest) -> Any:
    given = request.POST
    mode = given.get("mode", "phone")
    told = {"mode": mode if mode in MODES else "phone", "acceptance": given.get("acceptance", "")}
    return actions.confirm_delivery(delivery, **_who(request), **told)


def _sign_off(delivery: Delivery, request: HttpRequest) -> Any:
    name = request.POST.get("name", "").strip()[:80]
    return actions.sign_off_delivery(delivery, **_who(request), name=name)


MODES = ("phone", "visit", "message")
STEPS: dict[str, Any] = {
    "rescheduling": _reschedule,
    "confirmation": _confirm,
    "documents": lambda d, request: actions.prepare_documents(d, **_who(request)),
    "handover": lambda d, request: actions.deliver(d, **_who(request)),
    "sign_off": _sign_off,
    "cancellation": lambda d, request: actions.cancel_delivery(d, **_who(request)),
}


def _told(step: str) -> str:
    return {
        "rescheduling": gettext(
            "The delivery has another day; what is owed before it moved along."
        ),
        "confirmation": gettext("The delivery is confirmed with the customer."),
        "documents": gettext("The delivery documents are ready."),
        "handover": gettext("Delivered. The customer's sign-off is owed now."),
        "sign_off": gettext("Signed off."),
        "cancellation": gettext("The delivery is cancelled."),
    }[step]


@door
@require_POST
def delivery(request: HttpRequest, pk: int, delivery: int, step: str) -> HttpResponse:
    """1.3.7 to 1.3.9 One step of a delivery."""
    order = seen(request, pk)
    row = get_object_or_404(Delivery, order=order, pk=delivery)
    if step not in STEPS:
        raise Http404
    do = STEPS[step]
    return attempt(request, order, f"{step}-{row.pk}", lambda: do(row, request), _told(step))


@door
@require_POST
def troubles(request: HttpRequest, pk: int) -> HttpResponse:
    """1.3.10 Something went wrong: an apology and an alternative are owed."""
    order, given = seen(request, pk), request.POST
    told = {"kind": given.get("kind", ""), "text": given.get("text", "")}
    return attempt(
        request,
        order,
        "exception",
        lambda: exceptions.raise_exception(order, **_who(request), **told),
        gettext("Noted. An apology and an alternative are owed from now on."),
    )


def _assign(trouble: DeliveryException, request: HttpRequest) -> Any:
    given = request.POST
    told = {"role": given.get("role", ""), "text": given.get("text", "")}
    due = moment(given.get("due", ""), "due")
    return exceptions.assign_task(trouble, **_who(request), due=due, **told)


def _finish(trouble: DeliveryException, request: HttpRequest) -> Any:
    number = request.POST.get("task", "")
    told = {"task": int(number) if number.isdigit() else 0, "text": request.POST.get("text", "")}
    return exceptions.finish_task(trouble, **_who(request), **told)


ANSWERS: dict[str, Any] = {
    "apology": lambda t, request: exceptions.apologise(t, **_who(request)),
    "alternative": lambda t, request: exceptions.offer_alternative(
        t, **_who(request), kind=request.POST.get("kind", "")
    ),
    "settlement": lambda t, request: exceptions.resolve_exception(
        t, **_who(request), chosen=request.POST.get("chosen", "")[:40]
    ),
    "tasks": _assign,
    "task_completion": _finish,
}


def _answered(step: str) -> str:
    return {
        "apology": gettext("The apology is noted."),
        "alternative": gettext("The alternative is noted as offered."),
        "settlement": gettext("The exception is settled."),
        "tasks": gettext("Asked. Their part is owed from now on."),
        "task_completion": gettext("Your part is in."),
    }[step]


@door
@require_POST
def trouble(request: HttpRequest, pk: int, exception: int, step: str) -> HttpResponse:
    """1.3.10, 1.3.11 What is done about an exception."""
    order = seen(request, pk)
    row = get_object_or_404(DeliveryException, order=order, pk=exception)
    if step not in ANSWERS:
        raise Http404
    do = ANSWERS[step]
    return attempt(request, order, f"{step}-{row.pk}", lambda: do(row, request), _answered(step))


urlpatterns = [
    path("<int:pk>/schedule/", schedule, name="order_schedule"),
    path("<int:pk>/tracking/", tracking, name="order_tracking"),
    path("<int:pk>/deliveries/", deliveries, name="order_deliveries"),
    path("<int:pk>/deliveries/<int:delivery>/<slug:step>/", delivery, name="order_delivery"),
    path("<int:pk>/exceptions/", troubles, name="order_exceptions"),
    path("<int:pk>/exceptions/<int:exception>/<slug:step>/", trouble, name="order_exception"),
]
