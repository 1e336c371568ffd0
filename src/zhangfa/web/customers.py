"""Customers: the list with its filters, and entering a new one (1.1.4)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from zhangfa.actions import contacts
from zhangfa.actions import customers as actions
from zhangfa.actions.action import Invalid
from zhangfa.actions.may import sells
from zhangfa.answers import customers as answers
from zhangfa.records.models import Customer

from . import customer_doing, customer_page
from .context import now_of
from .customer_forms import CustomerForm
from .doors import door, said

QUIET = {
    "touch": gettext_lazy("Touch overdue"),
    "regrade": gettext_lazy("Without progress: grade again"),
    "any": gettext_lazy("Anything overdue"),
    "never": gettext_lazy("Never contacted"),
}


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def asked_of(request: HttpRequest) -> answers.Asked:
    """The filters as they stand in the address; what is unknown asks nothing."""
    given = request.GET
    sort = given.get("sort", "grade")
    return answers.Asked(
        text=given.get("q", "").strip()[:80],
        grades=tuple(g for g in given.getlist("grade") if g in Customer.Grade.values),
        status=given.get("status", "") if given.get("status") in Customer.Status.values else "",
        owner=_number(given.get("owner", "")),
        team=_number(given.get("team", "")),
        industry=given.get("industry", "")[:60],
        city=given.get("city", "")[:60],
        quiet=given.get("quiet", "") if given.get("quiet") in answers.QUIET else "",
        sort=sort if sort.removeprefix("-") in answers.SORTS else "grade",
        page=max(1, _number(given.get("page", "1")) or 1),
    )


@door
@require_GET
def customers(request: HttpRequest) -> HttpResponse:
    """The customers one may see; with htmx only the list, for the filters."""
    book = answers.book(request.user, asked_of(request), now_of(request))
    part = bool(request.headers.get("HX-Request"))
    context = {"book": book, "asked": book.asked, "quiet": QUIET, "grades": Customer.Grade.values}
    context |= {"statuses": Customer.Status.values, "may_enter": sells(request.user, None)}
    answer = render(request, f"customers/{'list' if part else 'page'}.html", context)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


@door
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """1.1.4 Enter a customer; what looks like one that is known is shown first."""
    if not sells(request.user, None):
        raise PermissionDenied
    form = CustomerForm(request.POST or None, person=request.user)
    similar: list[Customer] = []
    if request.method == "POST" and form.is_valid():
        similar = actions.similar(form.cleaned_data["name"], request.user)
        if not similar or request.POST.get("sure"):
            try:
                return redirect("customer", _enter(request, form.cleaned_data).pk)
            except Invalid as error:
                form.add_error(error.field if error.field in form.fields else None, said(error))
    context: dict[str, Any] = {"form": form, "similar": similar}
    status = 422 if request.method == "POST" else 200
    return render(request, "customers/new.html", context, status=status)


def _enter(request: HttpRequest, told: dict[str, Any]) -> Customer:
    """The customer, and the first contact where one was named."""
    person = {key: told.pop(f"contact_{key}") for key in ("name", "title", "phone")}
    known = {key: value for key, value in told.items() if value not in (None, "")}
    by, at = request.user, now_of(request)
    customer = actions.enter_customer(by=by, at=at, **known).record
    if person["name"]:
        contacts.add_contact(customer, by=by, at=at, **person)
    return customer


@door
@require_GET
def similar(request: HttpRequest) -> HttpResponse:
    """1.1.4 While a name is typed: customers that may be the same."""
    found = actions.similar(request.GET.get("name", ""), request.user)
    return render(request, "customers/similar.html", {"similar": found})


urlpatterns = [
    path("", customers, name="customers"),
    path("new/", new, name="customer_new"),
    path("similar/", similar, name="customer_similar"),
    *customer_page.urlpatterns,
    *customer_doing.urlpatterns,
]
