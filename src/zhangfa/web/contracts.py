"""Contracts: the list with its filters, and drafting a new one (1.3.1)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET, require_http_methods

from zhangfa.actions import contracts as actions
from zhangfa.actions.action import Invalid
from zhangfa.actions.may import SELLING, sells
from zhangfa.answers import contracts as answers

from . import contract_doing, contract_page
from .context import now_of
from .contract_forms import NewContractForm
from .doors import door, said

REVIEWERS = ("legal", "finance")


def asked_of(request: HttpRequest) -> answers.Asked:
    """The filters as they stand in the address; what is unknown asks nothing."""
    given = request.GET
    page = given.get("page", "1")
    return answers.Asked(
        text=given.get("q", "").strip()[:80],
        state=given.get("state", "") if given.get("state") in answers.STATES else "",
        whose=given.get("whose", "") if given.get("whose") in answers.WHOSE else "",
        late=bool(given.get("late")),
        page=int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 6 else 1,
    )


@door
@require_GET
def contracts(request: HttpRequest) -> HttpResponse:
    """The contracts one may see, what is urgent first; with htmx only the list.

    Who has only orders to look at is led there."""
    person = request.user
    if not person.has(*SELLING, *REVIEWERS) and not request.GET:
        return redirect("orders")
    book = answers.book(person, asked_of(request), now_of(request))
    part = "list" if request.headers.get("HX-Request") else "page"
    context = {
        "book": book,
        "asked": book.asked,
        "states": answers.STATES,
        "may_draft": sells(person, None),
        "reviews": person.has(*REVIEWERS),
    }
    answer = render(request, f"contracts/{part}.html", context)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


@door
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """1.3.1 Draft a contract from a deal that has come as far."""
    person, now = request.user, now_of(request)
    if not sells(person, None):
        raise PermissionDenied
    given: Any = request.POST if request.method == "POST" else None
    form = NewContractForm(given, person=person, deal=request.GET.get("deal", ""), now=now)
    if request.method == "POST" and form.is_valid():
        told = form.told()
        deal = told.pop("deal")
        try:
            made = actions.draft_contract(deal, by=person, at=now, **told)
            return redirect("contract", made.record.pk)
        except Invalid as error:
            form.add_error(error.field if error.field in form.fields else None, said(error))
    status = 422 if request.method == "POST" else 200
    return render(request, "contracts/new.html", {"form": form}, status=status)


urlpatterns = [
    path("", contracts, name="contracts"),
    path("new/", new, name="contract_new"),
    *contract_page.urlpatterns,
    *contract_doing.urlpatterns,
]
