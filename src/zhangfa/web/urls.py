"""The addresses of our pages: one module per area, nouns throughout."""

from __future__ import annotations

from django.urls import include, path

AREAS = {
    "": "today",
    "customers/": "customers",
    "deals/": "deals",
    "contracts/": "contracts",
    "orders/": "orders",
    "tickets/": "tickets",
    "scorecards/": "scorecards",
    "team/": "team",
    "policy/": "clauses",
    "imports/": "importing",
    "people/": "people",
    "search/": "search",
    "duties/": "duty",
    "notices/": "notices",
    "whatif/": "whatif",
    "reports/": "reports",
    "calendar/": "calendars",
    "log/": "log",
    "preferences/": "preferences",
}

urlpatterns = [path(route, include(f"zhangfa.web.{module}")) for route, module in AREAS.items()]
urlpatterns.append(path("_gallery/", include("zhangfa.web.gallery")))
