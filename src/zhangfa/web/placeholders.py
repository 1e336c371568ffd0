"""Addresses that are known before their screens are written: they answer 404."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path


def _not_written(request: HttpRequest, **_: Any) -> HttpResponse:
    raise Http404("This page is not written yet.")


def placeholder(route: str, name: str) -> URLPattern:
    """A URL that resolves by name and answers 404."""
    return path(route, _not_written, name=name)
