"""Imports that are too long for a request, done by the worker."""

from __future__ import annotations

from procrastinate.contrib.django import app


@app.task(name="run_import", queue="imports")
def run_import(run: int, token: str) -> None:
    """Carry out the import that was begun with this draft; a run that ended is left alone."""
    from django.http import Http404
    from django.utils import timezone

    from zhangfa.actions.imports import fail
    from zhangfa.records.models import ImportRun
    from zhangfa.web.import_drafts import draft_of

    from .run import carry_out_draft

    begun = ImportRun.objects.select_related("by").get(pk=run)
    if begun.finished_at is not None:
        return
    try:
        draft = draft_of(token, begun.by)
    except Http404:
        fail(begun, timezone.now(), "The files of this import are gone.")
        return
    carry_out_draft(draft, begun, timezone.now())
