"""One deal: its stages and their gates, what is owed, what was promised and said (1.2)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from zhangfa.actions import customers as customer_actions
from zhangfa.actions import deals as actions
from zhangfa.actions import duties
from zhangfa.answers import deal as answers
from zhangfa.answers import timeline as timelines
from zhangfa.records.models import Competitor, Deal, Owed
from zhangfa.rules.obligations import KINDS

from . import customer_duties, customer_words
from .context import now_of
from .customer_page import kind_word, moment_of, paged, shown_timeline
from .doors import door, toast

CLAUSES = {kind.key: kind.clause for kind in KINDS}
GATES = {
    "solution": gettext_lazy("needs report"),
    "negotiation": gettext_lazy("proposal sent"),
    "contract": gettext_lazy("amount known"),
    "won": gettext_lazy("contract signed"),
}


def seen(request: HttpRequest, pk: int) -> Deal:
    """The deal, if this person may see it; 404 otherwise."""
    return get_object_or_404(answers.found_for(request.user), pk=pk)


def _missing(deal: Deal, to: str) -> str:
    """What the gate of the next stage still wants, in a sentence; empty when it is open."""
    refused = actions.gate(deal, to) if to else None
    return gettext(refused[0]) % refused[1] if refused else ""


def context_of(
    request: HttpRequest, deal: Deal, *, asking: int = 0, error: str = ""
) -> dict[str, Any]:
    """Everything the page and its parts show."""
    found = answers.deal_page(deal, now_of(request))
    person = request.user
    address = reverse("deal_timeline", args=[deal.pk])
    may = {
        "work": actions.move_deal.may(person, deal) and deal.stage in Deal.OPEN,
        "reopen": actions.reopen_deal.may(person, deal) and deal.stage == "lost",
        "ask": actions.ask_question.may(person, deal) and deal.stage in Deal.OPEN,
        "log": customer_actions.log_activity.may(person, deal.customer),
        "gives": [role for role in ("technical", "product") if person.has(role)],
    }
    return {
        "page": found,
        "deal": deal,
        "customer": deal.customer,
        "may": may,
        **shown_timeline(found.timeline, found.names, address),
        "missing": _missing(deal, found.following),
        "gates": GATES,
        "clauses": CLAUSES,
        "completes": duties.COMPLETE,
        "names": found.names,
        "entry_kinds": [(key, customer_words.TAGS[key]) for key in answers.ENTRIES],
        "tags": customer_words.TAGS,
        "reason": customer_words.reason,
        "asking": asking,
        "error": error,
    }


def answer(
    request: HttpRequest, deal: Deal, text: str = "", *, lines: tuple[Any, ...] = (), **shown: Any
) -> HttpResponse:
    """After something was done: the parts of the page anew, with a toast that can undo it."""
    if not request.headers.get("HX-Request"):
        return redirect("deal", deal.pk)
    context = context_of(request, seen(request, deal.pk), **shown)
    parts = render_to_string("deals/parts.html", context, request)
    undo = ""
    if duties.undoable(lines):
        ids = ",".join(str(line.pk) for line in lines)
        undo = f"{reverse('deal_undo', args=[deal.pk])}?lines={ids}"
    if text:
        parts += toast(request, text, undo=undo, target="#timeline")
    return HttpResponse(parts)


@door
@require_GET
def deal(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of one deal."""
    return render(request, "deals/deal.html", context_of(request, seen(request, pk)))


@door
@require_GET
def timeline(request: HttpRequest, pk: int) -> HttpResponse:
    """What happened before what is shown."""
    found, (until, skip) = seen(request, pk), paged(request)
    stories = answers.stories_of(found)
    page = timelines.of_stories(found.pk, found.customer_id, stories, until, skip=skip)
    context = shown_timeline(page, {}, reverse("deal_timeline", args=[pk]))
    return render(request, "customers/timeline_more.html", context)


@door
@require_POST
def log(request: HttpRequest, pk: int) -> HttpResponse:
    """4.2 Two taps and a sentence, for this deal; a meeting has its consequences (1.2.3)."""
    found, given = seen(request, pk), request.POST
    outcome = customer_actions.log_activity(
        found.customer,
        by=request.user,
        at=moment_of(request),
        noted_at=now_of(request),
        kind=given.get("kind", "note"),
        text=given.get("note", ""),
        deal=found,
        outcome=given.get("outcome", "").strip()[:160],
        next_step=given.get("next_step", "").strip()[:160],
        draft_key=given.get("key", "")[:40],
    )
    told = gettext("Noted: %(what)s") % {"what": kind_word(given.get("kind", "note"))}
    return answer(request, found, told, lines=outcome.lines)


def _owed(request: HttpRequest, deal: Deal) -> QuerySet[Owed]:
    stories = answers.stories_of(deal)
    return Owed.objects.visible_to(request.user).filter(story__in=stories)


@door
@require_POST
def owed_done(request: HttpRequest, pk: int, owed: int) -> HttpResponse:
    """Complete what is owed in the deal, as on Today."""
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


def lose(request: HttpRequest, deal: Deal) -> None:
    """1.2.1 Lost, with the reason and the competitor that the form names."""
    chosen = request.POST.get("competitor", "")
    to = Competitor.objects.filter(pk=chosen).first() if chosen.isdigit() else None
    reason = request.POST.get("reason", "")
    actions.lose_deal(deal, by=request.user, at=now_of(request), reason=reason, competitor=to)


urlpatterns = [
    path("<int:pk>/", deal, name="deal"),
    path("<int:pk>/timeline/", timeline, name="deal_timeline"),
    path("<int:pk>/log/", log, name="deal_log"),
    path("<int:pk>/undo/", undo, name="deal_undo"),
    path("<int:pk>/owed/<int:owed>/completion/", owed_done, name="deal_owed_done"),
    path("<int:pk>/owed/<int:owed>/snooze/", owed_snooze, name="deal_owed_snooze"),
]
