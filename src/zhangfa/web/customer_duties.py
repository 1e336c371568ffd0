"""What is owed about a record, done on the record's own page: complete, put aside (4.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext

from zhangfa.actions import duties
from zhangfa.actions.action import Invalid
from zhangfa.policy import term
from zhangfa.records.models import Owed

from . import figures
from .context import now_of
from .doors import said


@dataclass(frozen=True)
class Done:
    """What came of it: a word for the toast and the lines to undo, or what is still asked."""

    text: str = ""
    lines: tuple[Any, ...] = ()
    asking: int = 0
    error: str = ""


def complete(request: HttpRequest, rows: QuerySet[Owed], pk: int) -> Done:
    """Complete one of these; kinds that want a sentence ask for it first."""
    owed = get_object_or_404(rows.select_related("customer"), pk=pk)
    note = request.POST.get("note", "").strip()
    if not note and owed.kind in duties.COMPLETE and owed.kind not in duties.ONE_TAP:
        error = gettext("Say in a sentence what happened.") if "note" in request.POST else ""
        return Done(asking=pk, error=error)
    try:
        outcome = duties.complete(owed, by=request.user, at=now_of(request), note=note)
    except Invalid as refused:
        return Done(asking=pk, error=said(refused))
    what = term(owed.kind, figures.language(), "title")
    return Done(gettext("Done: %(what)s") % {"what": what}, outcome.lines)


def snooze(request: HttpRequest, rows: QuerySet[Owed], pk: int) -> Done:
    """Out of sight on Today for some hours; the deadline does not move."""
    owed = get_object_or_404(rows, pk=pk)
    hours = request.POST.get("hours", "")
    if not hours.isdigit():
        raise Invalid("hours", "Between one hour and a week.")
    duties.snooze(owed, by=request.user, at=now_of(request), hours=int(hours))
    return Done(gettext("Put aside. Its deadline stays."))
