"""1.4.3 to 1.4.6 After-sales: the list, an issue with its three clocks, what is done about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import path
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhangfa.actions import tickets as actions
from zhangfa.actions.action import Invalid
from zhangfa.answers import tickets as answers
from zhangfa.policy import term
from zhangfa.records.models import Customer, Person, Ticket

from . import figures, symbols
from .context import now_of
from .doors import door, said, toast

FOUND = 8
REASONS = ("customer", "supplier", "other")
HANDLERS = ("seller", "supervisor", "technical", "service")
DONE: dict[str, Any] = {
    "answer": gettext_lazy("Noted: the customer has been answered."),
    "solve": gettext_lazy("The preliminary solution is noted."),
    "resolve": gettext_lazy("Resolved; the customer's word is still wanted."),
    "confirm": gettext_lazy("Closed with the customer's confirmation."),
    "silent": gettext_lazy("Closed; the customer did not answer."),
    "reopen": gettext_lazy("Open again; the clock goes on."),
    "wait": gettext_lazy("The clock stands."),
    "resume": gettext_lazy("The clock goes on."),
    "assign": gettext_lazy("Handed over."),
}


@door
@require_GET
def tickets(request: HttpRequest) -> HttpResponse:
    """The issues one may see; with htmx only the list."""
    given = request.GET
    page = given.get("page", "1")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1
    text = given.get("q", "").strip()[:80]
    book = answers.book(request.user, given.get("view", ""), text, number, now_of(request))
    context = {"book": book, "views": answers.VIEWS, "may_raise": _may_raise(request)}
    part = "list" if request.headers.get("HX-Request") else "page"
    return render(request, f"tickets/{part}.html", context)


def _may_raise(request: HttpRequest) -> bool:
    return bool(actions.raise_ticket.may(request.user, None))


@door
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """1.4.3 An issue a customer raised, typed in; its three clocks begin at once."""
    if not _may_raise(request):
        raise PermissionDenied
    seen = Customer.objects.visible_to(request.user).standing()
    given = request.POST if request.method == "POST" else request.GET
    chosen = given.get("customer", "")
    customer = seen.filter(pk=chosen).first() if chosen.isdigit() else None
    text = given.get("q", "").strip()
    errors: dict[str, str] = {}
    if request.method == "POST":
        if customer is None:
            errors["customer"] = gettext("Choose the customer who raised it.")
        try:
            if customer is not None:
                made = actions.raise_ticket(
                    customer,
                    by=request.user,
                    at=now_of(request),
                    title=given.get("title", "")[:200],
                    text=given.get("text", "")[:4000],
                    priority=_priority(given.get("priority", "")),
                )
                return redirect("ticket", made.record.pk)
        except Invalid as error:
            errors[error.field] = said(error)
    found = list(seen.filter(name__icontains=text)[:FOUND]) if text else []
    context = {
        "customer": customer,
        "found": found,
        "q": text,
        "given": given,
        "errors": errors,
        "priorities": (1, 2, 3, 4),
    }
    return render(request, "tickets/new.html", context, status=422 if errors else 200)


def _priority(text: str) -> int:
    return int(text) if text in ("1", "2", "3", "4") else 3


def _seen(request: HttpRequest, pk: int) -> Ticket:
    rows = Ticket.objects.visible_to(request.user).select_related("customer", "owner")
    return get_object_or_404(rows, pk=pk)


def _context(request: HttpRequest, ticket: Ticket, **more: Any) -> dict[str, Any]:
    person, now = request.user, now_of(request)
    page = answers.ticket_page(person, ticket, now)
    handles = actions.answer_ticket.may(person, ticket)
    status = ticket.status
    may = {
        "answer": handles and not ticket.answered_at and status != "closed",
        "solve": handles and status != "closed",
        "resolve": handles and status in ("open", "answered", "waiting"),
        "confirm": handles and status in ("answered", "resolved", "waiting", "open"),
        "silent": handles and status == "resolved",
        "reopen": handles and status in ("closed", "resolved"),
        "wait": handles and status in ("open", "answered", "resolved"),
        "resume": handles and status == "waiting",
        "assign": actions.assign_ticket.may(person, ticket) and status != "closed",
    }
    handlers = (
        Person.objects.filter(is_active=True, roles__overlap=list(HANDLERS)).order_by("name")
        if may["assign"]
        else ()
    )
    return {
        "ticket": ticket,
        "page": page,
        "may": may,
        "feed": [_told(line, page.people) for line in page.lines],
        "reasons": REASONS,
        "handlers": handlers,
        "error": "",
        "given": {},
        "shows_customer": bool(
            ticket.customer_id
            and Customer.objects.visible_to(person).filter(pk=ticket.customer_id).exists()
        ),
        **more,
    }


def _told(line: Any, people: dict[int, Person]) -> dict[str, Any]:
    who = people[line.by].name if line.by in people else ""
    what = term(f"fact.{line.what}", figures.language())
    text = " · ".join(part for part in (who, what) if part)
    return {"symbol": symbols.symbol(line.what), "text": text, "at": line.at}


@door
@require_GET
def ticket(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of one issue."""
    return render(request, "tickets/ticket.html", _context(request, _seen(request, pk)))


def _do(name: str, given: Any) -> tuple[Callable[..., Any], dict[str, Any]]:
    """The action of a button with what was typed. Raises Http404 for an unknown one."""
    text = given.get("text", "").strip()[:4000]
    if name == "assign":
        chosen = given.get("to", "")
        rows = Person.objects.filter(is_active=True, roles__overlap=list(HANDLERS))
        to = rows.filter(pk=chosen).first() if chosen.isdigit() else None
        if to is None:
            raise Invalid("to", "Choose who answers for it now.")
        return actions.assign_ticket, {"to": to}
    reason = given.get("reason", "")
    table: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
        "answer": (actions.answer_ticket, {"text": text}),
        "solve": (actions.propose_solution, {"text": text}),
        "resolve": (actions.resolve_ticket, {}),
        "confirm": (actions.confirm_ticket, {}),
        "silent": (actions.close_silently, {}),
        "reopen": (actions.reopen_ticket, {}),
        "wait": (
            actions.wait_for_customer,
            {"reason": reason if reason in REASONS else REASONS[0]},
        ),
        "resume": (actions.go_on, {}),
    }
    if name not in table:
        raise Http404(name)
    return table[name]


@door
@require_POST
def act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One step; the page's parts come back with a toast, or with the refusal at its field."""
    about = _seen(request, pk)
    htmx = request.headers.get("HX-Request")
    try:
        do, details = _do(name, request.POST)
        do(about, by=request.user, at=now_of(request), **details)
    except Invalid as error:
        context = _context(request, about, error=said(error), field=name, given=request.POST)
        part = "parts" if htmx else "ticket"
        return render(request, f"tickets/{part}.html", context, status=422)
    if not htmx:
        return redirect("ticket", pk)
    parts = render_to_string("tickets/parts.html", _context(request, _seen(request, pk)), request)
    return HttpResponse(parts + toast(request, str(DONE[name])))


urlpatterns = [
    path("", tickets, name="tickets"),
    path("new/", new, name="ticket_new"),
    path("<int:pk>/", ticket, name="ticket"),
    path("<int:pk>/<str:name>/", act, name="ticket_act"),
]
