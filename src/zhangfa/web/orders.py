"""Orders and receivables: the lists with their filters (1.3.4 to 1.3.10, 2.2.2)."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from zhangfa.actions.may import SELLING, sells
from zhangfa.answers import orders as answers
from zhangfa.answers import receivables as money

from . import figures, order_doing, order_money, order_page
from .context import now_of
from .doors import door

VIEWS = {
    "open": gettext_lazy("Open"),
    "late": gettext_lazy("Overdue"),
    "confirm": gettext_lazy("To confirm"),
    "sign_off": gettext_lazy("To sign off"),
    "unpaid": gettext_lazy("Payment overdue"),
}
BUCKETS = {
    "current": gettext_lazy("Not due yet"),
    "30": gettext_lazy("1–30 days"),
    "60": gettext_lazy("31–60 days"),
    "90": gettext_lazy("61–90 days"),
    "older": gettext_lazy("Over 90 days"),
}


def _page(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1


@door
@require_GET
def orders(request: HttpRequest) -> HttpResponse:
    """The orders one may see, what is urgent first; with htmx only the list."""
    person, now, given = request.user, now_of(request), request.GET
    asked = answers.Asked(
        text=given.get("q", "").strip()[:80],
        view=given.get("view", "") if given.get("view") in VIEWS else "",
        mine=bool(given.get("mine")),
        page=_page(request),
    )
    sees_money = person.has(*SELLING, "finance")
    book = answers.book(person, asked, now, figures.day_of(now), money=sees_money)
    part = "list" if request.headers.get("HX-Request") else "page"
    context = {"book": book, "asked": asked, "views": VIEWS, "sells": sells(person, None)}
    answer = render(request, f"orders/{part}.html", context)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


@door
@require_GET
def receivables(request: HttpRequest) -> HttpResponse:
    """1.3.3, 2.2.2 What is still to be paid, by how long it is overdue; the oldest first."""
    person, given = request.user, request.GET
    if not person.has(*SELLING, "finance"):
        raise PermissionDenied
    bucket = given.get("age", "") if given.get("age") in money.BUCKETS else ""
    text, today = given.get("q", "").strip()[:80], figures.day_of(now_of(request))
    book = money.sheet(person, today, bucket=bucket, text=text, page=_page(request))
    part = "receivables_list" if request.headers.get("HX-Request") else "receivables"
    answer = render(request, f"orders/{part}.html", {"book": book, "buckets": BUCKETS})
    patch_vary_headers(answer, ["HX-Request"])
    return answer


urlpatterns = [
    path("", orders, name="orders"),
    path("receivables/", receivables, name="receivables"),
    *order_page.urlpatterns,
    *order_doing.urlpatterns,
    *order_money.urlpatterns,
]
