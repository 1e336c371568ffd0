"""A gallery of the components with sample data, for developers: `/_gallery/` when DEBUG is on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from . import drawing, gallery_sample
from .context import now_of

PAGES = {
    "today": "sun",
    "customer": "building-2",
    "pipeline": "square-kanban",
    "team": "chart-column-big",
    "score": "gauge",
    "list": "rows-3",
    "form": "text-cursor-input",
    "parts": "component",
}


def page(request: HttpRequest, name: str = "today") -> HttpResponse:
    """One of the sample pages. Raises Http404 for an unknown one, and outside development."""
    if name not in PAGES or not settings.DEBUG:
        raise Http404(name)
    now = now_of(request)
    return render(
        request, f"gallery/{name}.html", {"pages": PAGES, "page": name, **_sample(name, now)}
    )


def _sample(name: str, now: Any) -> dict[str, Any]:
    sample = gallery_sample
    owed = sample.owed(now)
    if name == "today":
        groups = sample.grouped(owed, now)
        rail = drawing.day_rail(owed, now, 8.5, 18.5)
        return {"groups": groups, "rail": rail, "names": {row.pk: row.title for row in owed}}
    if name == "customer":
        return {"customer": sample.CUSTOMERS[0], "owed": owed[:3], "timeline": sample.timeline(now)}
    if name in ("pipeline", "list"):
        return {"lanes": sample.lanes(now), "deals": sample.deals(now)}
    if name == "team":
        return sample.team(now)
    if name == "score":
        return sample.score()
    return {"customer": sample.CUSTOMERS[0], "later": now + timedelta(hours=3)}


urlpatterns = [path("", page, name="gallery"), path("<str:name>/", page, name="gallery_page")]
