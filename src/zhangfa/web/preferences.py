"""Language and theme: remembered in cookies, the language also with the person."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from .context import THEMES

YEAR = 365 * 24 * 3600


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """To the page of ours that asked, or home."""
    wanted = request.POST.get("next") or request.headers.get("referer", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=request.is_secure()
    )
    return HttpResponseRedirect(wanted if safe else "/")


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the language; an unknown one changes nothing."""
    response = _back(request)
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, chosen, max_age=YEAR, samesite="Lax", httponly=True
        )
        get_user_model().objects.filter(pk=request.user.pk).update(language=chosen)
    return response


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Remember auto, light or dark; the page's own script sets the same cookie."""
    response = _back(request)
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie("theme", chosen, max_age=YEAR, samesite="Lax")
    return response


@login_required
def preferences(request: HttpRequest) -> HttpResponse:
    """What a person may set for themselves: language, theme, password, second factor."""
    return render(request, "preferences.html", {"languages": settings.LANGUAGES})


urlpatterns = [
    path("", preferences, name="settings"),
    path("language/", set_language, name="language"),
    path("theme/", set_theme, name="theme"),
]
