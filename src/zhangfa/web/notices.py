"""A person's notices: what came due, what somebody asked, what was escalated (0.7)."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from zhangfa.actions import inbox
from zhangfa.answers import refs
from zhangfa.records.models import Notice

from . import figures
from .context import now_of
from .doors import door

PAGE = 50
TONES = {"breached": "bad", "escalated": "bad", "due": "warn", "reminded": "warn", "asked": "acc"}


@door
@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """The inbox by day, newest first; each leads to what it is about."""
    return render(request, "notices/page.html", _context(request))


def _context(request: HttpRequest) -> dict[str, Any]:
    rows = Notice.objects.filter(person=request.user).select_related("owed__customer")
    unread = request.GET.get("show") == "unread"
    if unread:
        rows = rows.filter(read_at=None)
    page = Paginator(rows.order_by("-at", "-pk"), PAGE).get_page(request.GET.get("page"))
    found = list(page.object_list)
    days = [(day, list(group)) for day, group in groupby(found, lambda n: figures.day_of(n.at))]
    return {
        "page": page,
        "days": days,
        "refs": refs.describe(row.ref for row in found),
        "tones": TONES,
        "only_unread": unread,
    }


@door
@require_GET
def bell(request: HttpRequest) -> HttpResponse:
    """How many are unread, for the frame of an open page."""
    return render(request, "notices/bell_answer.html")


@door
@require_GET
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Open one: it is read, and its obligation or record follows."""
    found = inbox.read_one(pk, by=request.user, at=now_of(request))
    if found is None:
        raise Http404
    if found.owed is not None:
        return redirect("duty", found.owed_id)
    ref = refs.describe([found.ref]).get(found.ref)
    if ref is None or ref.page == "scorecards":
        return redirect("today")
    return redirect(ref.page, ref.pk)


@door
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """All seen, or the one that is named."""
    one = request.POST.get("notice", "")
    if one.isdigit():
        inbox.read_one(int(one), by=request.user, at=now_of(request))
    else:
        inbox.read_all(by=request.user, at=now_of(request))
    if request.headers.get("HX-Request"):
        return render(request, "notices/answer.html", _context(request))
    return redirect("notices")


urlpatterns = [
    path("", notices, name="notices"),
    path("bell/", bell, name="notices_bell"),
    path("reading/", read, name="notices_read"),
    path("<int:pk>/", notice, name="notice"),
]
