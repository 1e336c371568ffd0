"""3.1.3 The team board: live key figures, funnel, attainment, who kept what; every figure opens."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from zhangfa.answers import board as boards
from zhangfa.answers import board_rows, refs
from zhangfa.policy import term
from zhangfa.records.editions import current_calendar
from zhangfa.records.models import LedgerLine, Person
from zhangfa.rules.obligations import KINDS
from zhangfa.rules.terms import Period

from . import figures, symbols
from .context import now_of
from .doors import door
from .periods import period_of, switch

CLAUSES = {kind.key: kind.clause for kind in KINDS}
PAGE = 50
ADDED = ("sales_amount", "new_customers")  # nothing yet is a nought, not a gap
LISTED = 10
OUTCOMES = ("missed", "late", "met")
TONES = {
    "deal_won": "ok",
    "order_signed": "ok",
    "contract_signed": "ok",
    "payment_received": "ok",
    "customer_won": "ok",
    "delivered": "ok",
    "signed_off": "ok",
    "legal_approved": "ok",
    "finance_approved": "ok",
    "deal_lost": "bad",
    "legal_returned": "warn",
    "finance_returned": "warn",
    "ticket_raised": "warn",
    "exception_raised": "bad",
}


def _period(request: HttpRequest) -> Period:
    label = request.GET.get("period", "")
    if label:
        return period_of(label)
    return Period.containing("month", current_calendar().day(now_of(request)))


@door
@require_GET
def team(request: HttpRequest) -> HttpResponse:
    """The board; it asks for itself again whenever something happens."""
    period, now = _period(request), now_of(request)
    shown = boards.board(request.user, period, now)
    context = {
        "board": shown,
        "figures": [_figure(each, period) for each in shown.figures],
        "funnel": [
            (
                term(f"stage.{stage}", figures.language()),
                count,
                reverse("team_deals", args=[period.label, stage]),
            )
            for stage, count in shown.funnel
        ],
        "reached": [
            (person, ratio, reverse("scorecard", args=[person.pk, period.label]))
            for person, ratio in shown.attainment
        ],
        "listed": LISTED,
        "kinds": [term(kind, figures.language(), "short") for kind in shown.heat.kinds],
        "heat": [_heat_row(row, shown.heat.kinds, period) for row in shown.heat.rows],
        "league": board_rows.league(request.user, period, now),
        "feed": feed(request),
        "period": period,
        "leads": request.user.has("supervisor", "director", "hr", "policy_officer"),
        **switch(request, period),
    }
    return render(request, "team/page.html", context)


def _figure(each: boards.Figure, period: Period) -> dict[str, Any]:
    """A key figure in the reader's words."""
    counted = each.now.value if each.now else None
    if counted is None and each.metric in ADDED:
        counted = Decimal(0)
    value, unit = _value(each.metric, counted)
    goal = ""
    if each.target is not None:
        said, word = _value(each.metric, each.target)
        goal = gettext("target %(value)s") % {"value": f"{said}{word}"}
    change = each.change
    text = (
        figures.number(Decimal(change.numerator) / change.denominator, 1, sign=True)
        if (change is not None)
        else ""
    )
    percent = "%" if each.metric == "sales_amount" and text else ""
    return {
        "label": term(f"metric.{each.metric}", figures.language()),
        "value": value,
        "unit": unit,
        "change": text + percent,
        "good": None if change is None or change == 0 else change > 0,
        "goal": goal,
        "trend": [float(v) for v in each.trend if v is not None],
    }


def _value(metric: str, value: Decimal | None) -> tuple[str, str]:
    """A figure and its unit apart."""
    if value is None:
        return figures.NONE, ""
    if metric == "sales_amount":
        return figures.money(value), ""
    if metric == "new_customers":
        return figures.number(value.quantize(Decimal("0.1"))), ""
    return figures.number(value, 1), "%"


def _heat_row(row: Any, kinds: tuple[str, ...], period: Period) -> tuple[Any, list[Any], float]:
    """A person's cells: kept in per cent, the address of its rows, what it says on hover."""
    person, cells, mean = row
    found = []
    for kind, cell in zip(kinds, cells, strict=True):
        if cell is None:
            found.append((None, "", gettext("Nothing fell due")))
            continue
        met, fell = cell
        address = reverse("team_rows", args=[period.label])
        hint = gettext("%(met)s of %(fell)s in time") % {"met": met, "fell": fell}
        found.append((100 * met / fell, f"{address}?person={person.pk}&kind={kind}", hint))
    return person, found, float(mean)


def feed(request: HttpRequest) -> list[dict[str, Any]]:
    """What just happened, as lines with their links."""
    lines = board_rows.feed(request.user, now_of(request))
    named = refs.describe(line.story for line in lines)
    people = Person.objects.in_bulk({line.by for line in lines if line.by})
    return [_told(line, named.get(line.story), people) for line in lines]


def _told(line: LedgerLine, ref: refs.Ref | None, people: dict[int, Person]) -> dict[str, Any]:
    parts = [people[line.by].name if line.by in people else ""]
    parts.append(term(f"fact.{line.what}", figures.language()))
    if ref is not None:
        parts.append(ref.text)
    return {
        "symbol": symbols.symbol(line.what),
        "text": " · ".join(part for part in parts if part),
        "at": line.at,
        "tone": TONES.get(line.what, ""),
        "href": reverse(ref.page, args=[ref.pk]) if ref and ref.page != "scorecards" else "",
    }


@door
@require_GET
def rows(request: HttpRequest, period: str) -> HttpResponse:
    """The very obligations behind a cell, the worst first."""
    wanted, given = period_of(period), request.GET
    about = None
    if person := given.get("person", ""):
        if not person.isdigit():
            raise Http404
        about = get_object_or_404(Person.objects.visible_to(request.user), pk=person)
    kind = given.get("kind", "")
    if kind and kind not in CLAUSES:
        raise Http404
    outcome = given.get("outcome", "") if given.get("outcome") in OUTCOMES else ""
    told = {"person": about.pk if about else None, "kind": kind}
    found = board_rows.owed_rows(request.user, wanted, now_of(request), **told)
    counts = board_rows.outcomes(found)
    chosen = board_rows.owed_rows(request.user, wanted, now_of(request), **told, outcome=outcome)
    page = Paginator(chosen, PAGE).get_page(given.get("page"))
    context = {
        "page": page,
        "refs": refs.describe(row.story for row in page.object_list),
        "counts": counts,
        "whole": sum(counts.values()),
        "outcome": outcome,
        "about": about,
        "kind": kind,
        "clause_id": CLAUSES.get(kind, ""),
        "period": wanted,
        "clauses": CLAUSES,
        **switch(request, wanted),
    }
    return render(request, "team/rows.html", context)


@door
@require_GET
def deals(request: HttpRequest, period: str, stage: str) -> HttpResponse:
    """The deals behind a bar of the funnel, the largest first."""
    wanted = period_of(period)
    if stage not in boards.STAGES:
        raise Http404
    found = board_rows.deals_reaching(request.user, wanted, now_of(request), stage)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "stage": stage, "period": wanted, **switch(request, wanted)}
    return render(request, "team/deals.html", context)


urlpatterns = [
    path("", team, name="team"),
    path("<str:period>/duties/", rows, name="team_rows"),
    path("<str:period>/deals/<str:stage>/", deals, name="team_deals"),
]
