"""One customer: why this grade, what is owed, what happened; and noting what happens (4.2)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
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
from zhangfa.actions.action import Invalid
from zhangfa.answers import customer as answers
from zhangfa.answers import timeline as timelines
from zhangfa.policy import term
from zhangfa.records.models import Activity, Customer, Deal, Owed
from zhangfa.rules.obligations import KINDS

from . import customer_duties, customer_words, figures
from .context import now_of
from .doors import door, toast

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
    found = answers.found_for(request.user, pk, now_of(request))
    if found is None:
        raise Http404
    return found


def shown_timeline(page: timelines.Timeline, names: dict[str, str], address: str) -> dict[str, Any]:
    """A page of a timeline in words, and where the next one is."""
    more = ""
    if page.skip:
        asked = {"only": page.only, "skip": page.skip, "until": page.until.isoformat()}
        more = f"{address}?{urlencode(asked)}"
    lines = [(moment, customer_words.line(moment, names)) for moment in page.moments]
    return {"timeline": page, "lines": lines, "more_url": more}


def paged(request: HttpRequest) -> tuple[datetime, int]:
    """Up to which moment, and how many moments to leave out."""
    asked = request.GET
    skip = int(asked.get("skip", "0")) if asked.get("skip", "0").isdigit() else 0
    try:
        until = parse_datetime(asked.get("until", "").replace(" ", "+"))
    except ValueError:
        until = None
    if until is None or timezone.is_naive(until):
        until = now_of(request)
    return until, min(skip, 100_000)


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
        **shown_timeline(found.timeline, names, reverse("customer_timeline", args=[customer.pk])),
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
    found, (until, skip) = seen(request, pk), paged(request)
    page = timelines.of_customer(found.pk, until, only=_only(request), skip=skip)
    names = {each.ref: each.name for each in answers.records_of(found)}
    shown = shown_timeline(page, names, reverse("customer_timeline", args=[pk]))
    context = {"customer": found, "only": ONLY, **shown}
    return render(request, f"customers/timeline{'_more' if skip else ''}.html", context)


@door
@require_POST
def log(request: HttpRequest, pk: int) -> HttpResponse:
    """4.2 Two taps and a sentence; a visit with outcome and next step counts (2.2.5)."""
    found, given = seen(request, pk), request.POST
    outcome = actions.log_activity(
        found,
        by=request.user,
        at=moment_of(request),
        noted_at=now_of(request),
        kind=given.get("kind", "note"),
        text=given.get("note", ""),
        deal=_deal(request, found),
        outcome=given.get("outcome", "").strip()[:160],
        next_step=given.get("next_step", "").strip()[:160],
        draft_key=given.get("key", "")[:40],
    )
    told = gettext("Noted: %(what)s") % {"what": kind_word(given.get("kind", "note"))}
    return answer(request, found, told, lines=outcome.lines)


def kind_word(kind: str) -> str:
    return term(f"activity.{kind}", figures.language()) if kind in Activity.Kind.values else kind


def moment_of(request: HttpRequest) -> datetime:
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


def _owed(request: HttpRequest, customer: Customer) -> QuerySet[Owed]:
    return Owed.objects.visible_to(request.user).filter(customer=customer)


@door
@require_POST
def owed_done(request: HttpRequest, pk: int, owed: int) -> HttpResponse:
    """Complete what is owed, as on Today."""
    found = seen(request, pk)
    done = customer_duties.complete(request, _owed(request, found), owed)
    return answer(request, found, done.text, lines=done.lines, asking=done.asking, error=done.error)


@door
@require_POST
def owed_snooze(request: HttpRequest, pk: int, owed: int) -> HttpResponse:
    """Put aside what is owed; its deadline stays."""
    found = seen(request, pk)
    return answer(request, found, customer_duties.snooze(request, _owed(request, found), owed).text)


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
