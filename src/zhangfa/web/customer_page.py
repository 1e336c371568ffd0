"""One customer: why this grade, what is owed, what happened; and noting what happens (4.2)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from zhangfa.actions import contacts as contact_actions
from zhangfa.actions import customers as actions
from zhangfa.actions import deals as deal_actions
from zhangfa.actions import duties
from zhangfa.actions.action import Invalid, Outcome
from zhangfa.answers import customer as answers
from zhangfa.answers import timeline as timelines
from zhangfa.policy import term
from zhangfa.records.models import Activity, Customer, Deal, Owed
from zhangfa.rules.obligations import KINDS

from . import customer_words, figures
from .context import now_of
from .doors import door, said, toast

CLAUSES = {kind.key: kind.clause for kind in KINDS}
ONLY = {
    "": gettext_lazy("Everything"),
    "contacts": gettext_lazy("Contacts made"),
    "deals": gettext_lazy("Deals"),
    "orders": gettext_lazy("Contracts, orders, money"),
    "tickets": gettext_lazy("After-sales"),
}


def seen(request: HttpRequest, pk: int) -> Customer:
    """The customer, if this person may see it; 404 otherwise."""
    return get_object_or_404(answers.found_for(request.user, now_of(request)), pk=pk)


def _only(request: HttpRequest) -> str:
    asked = request.GET.get("only", "")
    return asked if asked in ONLY else ""


def context_of(
    request: HttpRequest, customer: Customer, *, asking: int = 0, error: str = ""
) -> dict[str, Any]:
    """Everything the page and its parts show."""
    found = answers.customer_page(customer, now_of(request), only=_only(request))
    person, names = request.user, found.names
    may = {
        "edit": actions.edit_details.may(person, customer),
        "log": actions.log_activity.may(person, customer),
        "hand_over": actions.hand_over.may(person, customer),
        "contact": contact_actions.may_edit(person, customer),
        "deal": deal_actions.open_deal.may(person, customer),
    }
    return {
        "page": found,
        "customer": customer,
        "may": may,
        "lines": [(m, customer_words.line(m, names)) for m in found.timeline.moments],
        "only": ONLY,
        "factors": customer_words.factors(found.grade.factors) if found.grade else [],
        "clauses": CLAUSES,
        "completes": duties.COMPLETE,
        "names": names,
        "open_deals": [each for each in found.of("deal") if each.state in Deal.OPEN],
        "tenure": answers.tenure(customer, now_of(request).date()),
        "reason": customer_words.reason,
        "asking": asking,
        "error": error,
    }


def answer(
    request: HttpRequest,
    customer: Customer,
    text: str = "",
    *,
    lines: tuple[Any, ...] = (),
    **shown: Any,
) -> HttpResponse:
    """After something was done: the parts of the page anew, with a toast that can undo it."""
    if not request.headers.get("HX-Request"):
        return redirect("customer", customer.pk)
    context = context_of(request, seen(request, customer.pk), **shown)
    parts = render_to_string("customers/parts.html", context, request)
    undo = ""
    if duties.undoable(lines):
        ids = ",".join(str(line.pk) for line in lines)
        undo = f"{reverse('customer_undo', args=[customer.pk])}?lines={ids}"
    if text:
        parts += toast(request, text, undo=undo, target="#timeline")
    return HttpResponse(parts)


@door
@require_GET
def customer(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of one customer; one that was merged leads to where its records went."""
    found = seen(request, pk)
    if found.merged_into_id:
        return redirect("customer", found.merged_into_id)
    return render(request, "customers/customer.html", context_of(request, found))


@door
@require_GET
def timeline(request: HttpRequest, pk: int) -> HttpResponse:
    """What happened: another filter, or the page after the one shown."""
    found, asked = seen(request, pk), request.GET
    skip = int(asked.get("skip", "0")) if asked.get("skip", "0").isdigit() else 0
    until = parse_datetime(asked.get("until", "").replace(" ", "+")) or now_of(request)
    page = timelines.of_customer(found.pk, until, only=_only(request), skip=min(skip, 100_000))
    names = {each.ref: each.name for each in answers.records_of(found)}
    context = {
        "customer": found,
        "timeline": page,
        "only": ONLY,
        "lines": [(m, customer_words.line(m, names)) for m in page.moments],
    }
    return render(request, f"customers/timeline{'_more' if skip else ''}.html", context)


@door
@require_POST
def log(request: HttpRequest, pk: int) -> HttpResponse:
    """4.2 Two taps and a sentence; a visit with outcome and next step counts (2.2.5)."""
    found, given = seen(request, pk), request.POST
    outcome = actions.log_activity(
        found,
        by=request.user,
        at=_moment(request),
        noted_at=now_of(request),
        kind=given.get("kind", "note"),
        text=given.get("note", ""),
        deal=_deal(request, found),
        outcome=given.get("outcome", "").strip()[:160],
        next_step=given.get("next_step", "").strip()[:160],
        draft_key=given.get("key", "")[:40],
    )
    told = gettext("Noted: %(what)s") % {"what": _kind(given.get("kind", "note"))}
    return answer(request, found, told, lines=outcome.lines)


def _kind(kind: str) -> str:
    return term(f"activity.{kind}", figures.language()) if kind in Activity.Kind.values else kind


def _moment(request: HttpRequest) -> datetime:
    """When it happened: now, or the moment that was chosen. Raises Invalid for what is not yet."""
    typed = request.POST.get("at", "").strip()
    if not typed:
        return now_of(request)
    try:
        chosen = parse_datetime(typed)
    except ValueError:
        chosen = None
    if chosen is None:
        raise Invalid("at", "This is no date and time.")
    if timezone.is_naive(chosen):
        chosen = timezone.make_aware(chosen)
    if chosen > now_of(request):
        raise Invalid("at", "What has not happened yet cannot be noted.")
    return chosen


def _deal(request: HttpRequest, customer: Customer) -> Deal | None:
    pk = request.POST.get("deal", "")
    if not pk.isdigit():
        return None
    return Deal.objects.visible_to(request.user).filter(customer=customer, pk=pk).first()


def _owed(request: HttpRequest, customer: Customer, owed: int) -> Owed:
    rows = Owed.objects.visible_to(request.user).filter(customer=customer)
    return get_object_or_404(rows.select_related("customer"), pk=owed)


@door
@require_POST
def owed_done(request: HttpRequest, pk: int, owed: int) -> HttpResponse:
    """Complete what is owed, as on Today; kinds that want a sentence ask for it first."""
    found = seen(request, pk)
    row, note = _owed(request, found, owed), request.POST.get("note", "").strip()
    if not note and row.kind in duties.COMPLETE and row.kind not in duties.ONE_TAP:
        wanting = gettext("Say in a sentence what happened.") if "note" in request.POST else ""
        return answer(request, found, asking=owed, error=wanting)
    try:
        outcome: Outcome = duties.complete(row, by=request.user, at=now_of(request), note=note)
    except Invalid as error:
        return answer(request, found, asking=owed, error=said(error))
    what = term(row.kind, figures.language(), "title")
    return answer(request, found, gettext("Done: %(what)s") % {"what": what}, lines=outcome.lines)


@door
@require_POST
def owed_snooze(request: HttpRequest, pk: int, owed: int) -> HttpResponse:
    """Out of sight on Today for some hours; the deadline does not move."""
    found, hours = seen(request, pk), request.POST.get("hours", "3")
    row = _owed(request, found, owed)
    duties.snooze(row, by=request.user, at=now_of(request), hours=int(hours or 0))
    return answer(request, found, gettext("Put aside. Its deadline stays."))


@door
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what was just done here."""
    found = seen(request, pk)
    lines = [int(n) for n in request.GET.get("lines", "").split(",") if n.isdigit()]
    duties.undo(lines, by=request.user, at=now_of(request))
    return answer(request, found, gettext("Taken back."))


urlpatterns = [
    path("<int:pk>/", customer, name="customer"),
    path("<int:pk>/timeline/", timeline, name="customer_timeline"),
    path("<int:pk>/log/", log, name="customer_log"),
    path("<int:pk>/undo/", undo, name="customer_undo"),
    path("<int:pk>/owed/<int:owed>/completion/", owed_done, name="customer_owed_done"),
    path("<int:pk>/owed/<int:owed>/snooze/", owed_snooze, name="customer_owed_snooze"),
]
