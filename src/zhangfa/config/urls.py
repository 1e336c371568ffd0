"""Every address: ours, and those of signing in."""

from __future__ import annotations

import importlib.util

from django.urls import include, path

OURS = [
    path("", include(name))
    for name in ("zhangfa.web.urls", "zhangfa.portal.urls", "zhangfa.api.urls")
    if importlib.util.find_spec(name.rpartition(".")[0]) and importlib.util.find_spec(name)
]
urlpatterns = [*OURS, path("account/", include("allauth.urls"))]
