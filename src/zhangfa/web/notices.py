"""A person's notices: what came due, what somebody asked, what was escalated (0.7)."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from zhangfa.actions import inbox
from zhangfa.answers import refs
from zhangfa.records.models import Notice

from .context import now_of
from .doors import door


@door
@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """The inbox, newest first, with links to the records."""
    rows = Notice.objects.filter(person=request.user).select_related("owed__customer")
    page = Paginator(rows.order_by("-at", "-pk"), 50).get_page(request.GET.get("page"))
    named = refs.describe(row.ref for row in page.object_list)
    return render(request, "notices/page.html", {"page": page, "refs": named})


@door
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """All seen."""
    inbox.read_all(by=request.user, at=now_of(request))
    return redirect("notices")


urlpatterns = [path("", notices, name="notices"), path("reading/", read, name="notices_read")]
