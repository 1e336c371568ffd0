"""4.3 Steps three and four of an import: the dry run, and the run with its account and its undo."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhangfa.actions import imports as actions
from zhangfa.imports.messages import Refused
from zhangfa.imports.run import Told, carry_out, carry_out_draft, count_rows
from zhangfa.imports.sources import open_sources
from zhangfa.imports.tasks import run_import
from zhangfa.records.models import ImportRun

from . import import_drafts as drafts
from .context import now_of
from .doors import door
from .import_figures import state_of, totals

AT_ONCE = 4_000
"""Up to so many rows an import is done while its owner waits; longer ones are the worker's."""
SHOWN = 30


def _draft(request: HttpRequest, token: str) -> drafts.Draft:
    if not actions.may_import(request.user, None):
        raise Http404
    return drafts.draft_of(token, request.user)


@door
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, token: str) -> HttpResponse:
    """Step three: what would happen, row by row; nothing is written. A POST decides about names
    that are likely misspelt."""
    held = _draft(request, token)
    if request.method == "POST":
        _decide(held, request)
        held.save()
        return redirect("import_check", token)
    if not request.GET.get("part"):
        return render(request, "imports/check.html", {"draft": held})
    try:
        profile = held.read_as()
        sources = open_sources(profile, held.paths)
        told = carry_out(
            profile, sources, by=request.user, now=now_of(request), name=_name(held), dry=True
        )
    except Refused as refused:
        return render(request, "imports/check_part.html", {"draft": held, "error": str(refused)})
    context = {"draft": held, "error": "", **_account(told.account), **_refused(told)}
    return render(request, "imports/check_part.html", context)


def _name(held: drafts.Draft) -> str:
    return ", ".join(each.name for each in held.files)[:200]


def _decide(held: drafts.Draft, request: HttpRequest) -> None:
    """A name that is written wrong is read as the right one, or that is taken back."""
    given = {key: request.POST.get(key, "").strip() for key in ("entity", "written", "into")}
    if not all(given.values()):
        return
    others = [
        each for each in held.merges
        if (each["entity"], each["written"]) != (given["entity"], given["written"])
    ]  # fmt: skip
    held.merges = others if request.POST.get("no") else [*others, given]


def _account(account: dict[str, Any]) -> dict[str, Any]:
    tables = account.get("tables", [])
    return {
        "totals": totals(tables),
        "tables": tables,
        "notes": account.get("notes", []),
        "proposals": account.get("proposals", []),
        "problems": account.get("problems", []),
        "unread": account.get("unread", []),
        "balanced": account.get("balanced", True),
    }


def _refused(told: Told) -> dict[str, Any]:
    return {"refused": told.refused[:SHOWN], "refused_count": len(told.refused)}


@door
@require_POST
def start(request: HttpRequest, token: str) -> HttpResponse:
    """The import itself: at once if it is short, else by the worker while a bar moves."""
    held = _draft(request, token)
    try:
        sources = open_sources(held.read_as(), held.paths)
    except Refused as refused:
        return render(
            request, "imports/check.html", {"draft": held, "error": str(refused)}, status=422
        )
    total = sum(count_rows(table) for _spec, table in sources.readings)
    encodings = ", ".join(sorted({table.encoding.name for _spec, table in sources.readings}))
    now = now_of(request)
    book = actions.begin(
        by=request.user,
        at=now,
        profile=held.read_as().key,
        name=_name(held),
        encoding=encodings,
        total=total,
    )
    if total <= AT_ONCE:
        carry_out_draft(held, book.run, now)
    else:
        run_import.defer(run=book.run.pk, token=token)
    return redirect("import", book.run.pk)


def _run(request: HttpRequest, pk: int) -> ImportRun:
    rows = ImportRun.objects.visible_to(request.user).filter(dry=False)
    return get_object_or_404(rows.select_related("by", "undone_by"), pk=pk)


@door
@require_GET
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Step four: how far it is; then what became of every row."""
    run = _run(request, pk)
    state = state_of(run, now_of(request))
    context = {
        "run": run,
        "state": state,
        "may_undo": state.key == "done" and actions.may_import(request.user, None),
        "failed": run.account.get("failed", ""),
        "undone": run.account.get("undone"),
        **_account(run.account),
    }
    part = request.headers.get("HX-Request") and request.GET.get("part")
    answer = render(request, "imports/run_part.html" if part else "imports/run.html", context)
    if part and state.key != "running":
        answer["HX-Refresh"] = "true"  # the head of the page says that it is done, too
    return answer


@door
@require_GET
def refused_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The refused rows as written, with the line and the reasons of each, ready for correction."""
    run = _run(request, pk)
    if not run.refused_file:
        raise Http404
    answer = HttpResponse(
        run.refused_file.encode("utf-8-sig"), content_type="text/csv; charset=utf-8"
    )
    name = gettext("refused rows of import %(n)s") % {"n": run.pk}
    answer["Content-Disposition"] = f'attachment; filename="refused-{run.pk}.csv"; ' + (
        f"filename*=UTF-8''{quote(name)}.csv"
    )
    return answer


@door
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the whole import back."""
    run = _run(request, pk)
    actions.undo(run, by=request.user, at=now_of(request))
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": request.path.removesuffix("undo/")})
    return redirect("import", pk)


urlpatterns = [
    path("drafts/<str:token>/check/", check, name="import_check"),
    path("drafts/<str:token>/start/", start, name="import_start"),
    path("<int:pk>/", page, name="import"),
    path("<int:pk>/refused.csv", refused_file, name="import_refused"),
    path("<int:pk>/undo/", undo, name="import_undo"),
]
