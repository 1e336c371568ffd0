"""The pipeline: deals by stage, moved by hand, refused by gates with a reason (1.2.1)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import path
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from zhangfa.actions import deals as actions
from zhangfa.actions.action import NotNow
from zhangfa.actions.may import sells
from zhangfa.answers import pipeline as answers
from zhangfa.policy import term
from zhangfa.records.models import Competitor, Deal

from . import customer_words, deal_doing, deal_page, figures
from .context import now_of
from .doors import door, said, toast

GATES = {
    "needs_report": gettext_lazy("needs report"),
    "proposal_sent": gettext_lazy("proposal sent"),
    "amount_known": gettext_lazy("amount known"),
    "contract_signed": gettext_lazy("contract signed"),
}


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _board(request: HttpRequest, refused: tuple[int, str] | None = None) -> dict[str, Any]:
    """The board as it is asked for in the address, with the card that was refused."""
    owner, team = (_number(request.GET.get(key, "")) for key in ("owner", "team"))
    whole = request.GET.get("whole", "")
    found = answers.board(request.user, now_of(request), owner=owner, team=team, whole=whole)
    return {
        "board": found,
        "gates": GATES,
        "refused": dict([refused]) if refused else {},
        "moves": sells(request.user, None),
        "query": request.GET.urlencode(),
    }


@door
@require_GET
def pipeline(request: HttpRequest) -> HttpResponse:
    """The board; with htmx only the board itself, for the filters."""
    part = "board" if request.headers.get("HX-Request") else "page"
    return render(request, f"deals/{part}.html", _board(request))


@door
@require_POST
def move(request: HttpRequest) -> HttpResponse:
    """1.2.1 A card was let go over a lane. The board comes back as it then is: what a gate
    refuses stands in its old lane with the reason, and the toast says it too."""
    pk, to = request.POST.get("deal", ""), request.POST.get("stage", "")
    if not pk.isdigit():
        raise Http404
    deal = get_object_or_404(Deal.objects.visible_to(request.user), pk=pk)
    if to == "lost" and deal.stage in Deal.OPEN:
        return HttpResponse(_parts(request) + _ask_loss(request, deal))
    try:
        actions.move_deal(deal, by=request.user, at=now_of(request), to=to)
    except NotNow as error:
        text = said(error)
        parts = _parts(request, (deal.pk, text))
        return HttpResponse(parts + toast(request, text, tone="bad"), status=409)
    told = gettext("%(name)s: moved to %(lane)s") % {
        "name": deal.title,
        "lane": term(f"stage.{to}", figures.language()),
    }
    return HttpResponse(_parts(request) + toast(request, told))


def _parts(request: HttpRequest, refused: tuple[int, str] | None = None) -> str:
    return render_to_string("deals/board_answer.html", _board(request, refused), request)


def _ask_loss(request: HttpRequest, deal: Deal) -> str:
    """A deal is lost only with a reason: ask for it."""
    context = {
        "deal": deal,
        "query": request.GET.urlencode(),
        "reasons": [(key, customer_words.reason(key)) for key in actions.LOST_REASONS],
        "competitors": Competitor.objects.order_by("name")[:200],
    }
    return render_to_string("deals/ask_loss.html", context, request)


@door
@require_POST
def loss(request: HttpRequest, pk: int) -> HttpResponse:
    """1.2.1 Lost, with a reason and to whom; from the board."""
    deal = get_object_or_404(Deal.objects.visible_to(request.user), pk=pk)
    deal_page.lose(request, deal)
    closed = render_to_string("deals/ask_loss.html", {"deal": None}, request)
    return HttpResponse(
        _parts(request) + closed + toast(request, gettext("The deal is noted as lost."))
    )


urlpatterns = [
    path("", pipeline, name="pipeline"),
    path("moves/", move, name="deal_moves"),
    path("<int:pk>/board-loss/", loss, name="deal_board_loss"),
    *deal_page.urlpatterns,
    *deal_doing.urlpatterns,
]
