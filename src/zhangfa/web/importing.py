"""4.3 Import: upload, what each column is, a dry run, the run with its account, undo."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from zhangfa.actions.may import role
from zhangfa.imports.limits import MEGABYTE, Limits
from zhangfa.imports.messages import Refused
from zhangfa.records.models import ImportRun

from . import import_columns as columns
from . import import_drafts as drafts
from . import import_runs
from .context import now_of
from .doors import door
from .import_figures import state_of, totals

may_import = role("supervisor", "director", "administrator", "policy_officer")


def _allowed(request: HttpRequest) -> None:
    if not may_import(request.user, None):
        raise PermissionDenied


@door
@require_GET
def imports(request: HttpRequest) -> HttpResponse:
    """Every import one may see, newest first."""
    _allowed(request)
    runs = ImportRun.objects.visible_to(request.user).filter(dry=False).select_related("by")
    now = now_of(request)
    shown = [
        (run, totals(run.account.get("tables", ())), state_of(run, now))
        for run in runs.order_by("-at", "-pk")[:100]
    ]
    return render(request, "imports/list.html", {"runs": shown, "titles": _titles()})


@door
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Step one: the files."""
    _allowed(request)
    error = ""
    if request.method == "POST":
        try:
            draft = drafts.begin(request.FILES.getlist("files"), request.user, now_of(request))
            draft.profile = columns.fitting(draft)
            draft.save()
            return redirect("import_draft", draft.token)
        except Refused as refused:
            error = str(refused)
    context = {
        "error": error,
        "limit": Limits().file_bytes // MEGABYTE,
        "most": drafts.MOST_FILES,
        "profiles": columns.specific_profiles(),
    }
    return render(request, "imports/new.html", context, status=422 if error else 200)


@door
@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest, token: str) -> HttpResponse:
    """Step two: how each file is read, and which column is which field."""
    _allowed(request)
    held = drafts.draft_of(token, request.user)
    anew = columns.choose(held, request.POST) if request.method == "POST" else False
    looks = columns.look_at(held)
    held.save()
    ready = bool(looks) and all(look.ready for look in looks)
    if request.POST.get("go") and ready and not anew:
        return redirect("import_check", token)
    context = _columns_context(held, looks)
    context["insisted"] = bool(request.POST.get("go")) and not anew
    name = "imports/columns.html" if request.headers.get("HX-Request") else "imports/draft.html"
    return render(request, name, context)


def _titles() -> dict[str, str]:
    """The names of the profiles in the reader's language."""
    return {each.key: gettext(each.title) for each in columns.specific_profiles()}


def _columns_context(held: drafts.Draft, looks: list[columns.Look]) -> dict[str, Any]:
    return {
        "draft": held,
        "looks": looks,
        "by_hand": held.profile == drafts.HAND,
        "profiles": columns.specific_profiles(),
        "entities": columns.BY_HAND,
        "encodings": columns.ENCODINGS,
        "separators": columns.SEPARATORS,
        "out": columns.OUT,
        "fields_of": columns.fields_of,
        "label": columns.label,
    }


urlpatterns = [
    path("", imports, name="imports"),
    path("new/", new, name="import_new"),
    path("drafts/<str:token>/", draft, name="import_draft"),
    *import_runs.urlpatterns,
]
