"""The palette's answers (4.6): what is due next, customers, numbers, pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from zhangfa.answers import desk, search

from .context import Frame, now_of
from .doors import door


@door
@require_GET
def hits(request: HttpRequest) -> HttpResponse:
    """What was typed, among what the person may see; with nothing typed, what is due next."""
    typed = (request.GET.get("q") or request.GET.get("about_name") or "").strip()
    for_log = request.GET.get("for") == "log"
    context = {"typed": typed, "for_log": for_log, "customers": [], "numbers": [], "next": []}
    if typed and not typed.startswith(">"):
        context["customers"] = search.customers(request.user, typed, 6 if for_log else 8)
        if not for_log:
            context["numbers"] = search.numbers(request.user, typed)
    elif not for_log:
        rows = desk.desk_of(request.user, now_of(request)).rows[:5] if not typed else []
        context["next"] = rows
    word = typed.lstrip(">").strip().lower()
    frame = Frame(request, request.user, now_of(request))
    context["places"] = (
        [] if for_log else [p for p in frame.nav if not word or word in str(p.label).lower()]
    )
    return render(request, "search/hits.html", context)


urlpatterns = [path("", hits, name="search")]
