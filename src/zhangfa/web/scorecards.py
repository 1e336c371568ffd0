"""Scorecards: one's own and a person's for a period, with the evidence behind every figure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from zhangfa.actions import appraisal
from zhangfa.actions.action import Invalid, NotNow
from zhangfa.answers import evidence as evidences
from zhangfa.answers import standing as standings
from zhangfa.answers.scorecard import Result
from zhangfa.records.editions import current_calendar, current_policy
from zhangfa.records.models import Person, Verdict
from zhangfa.rules.bands import Bands
from zhangfa.rules.measures.base import REASONS
from zhangfa.rules.scores import NOT_RATED, Line
from zhangfa.rules.terms import Period

from . import drawing, figures, rows, standings_pages, values
from .context import now_of
from .doors import door, said
from .periods import period_name, period_of, switch


@door
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """One's own card of the running month; who has none is shown the people they may see."""
    now = now_of(request)
    month = Period.containing("month", current_calendar().day(now))
    answer = _card(request, request.user, month)
    if answer is not None:
        return answer
    if request.user.has("director", "hr", "policy_officer"):
        quarter = Period.containing("quarter", month.start)
        return redirect("standing", quarter.label)
    return render(request, "scorecards/none.html", {"period": month, **switch(request, month)})


@door
@require_GET
def scorecard(request: HttpRequest, person: int, period: str) -> HttpResponse:
    """A person's card of a period."""
    wanted, about = period_of(period), _person(request, person, period)
    answer = _card(request, about, wanted)
    if answer is not None:
        return answer
    told = {"period": wanted, "about": about, **switch(request, wanted)}
    return render(request, "scorecards/none.html", told)


def _person(request: HttpRequest, pk: int, period: str) -> Person:
    """The person of a card that this viewer may open; 404 otherwise. Who may see only frozen
    results (finance, for pay) opens only those."""
    about = get_object_or_404(Person, pk=pk)
    if standings.may_see(request.user, pk):
        return about
    get_object_or_404(
        Verdict.objects.visible_to(request.user).filter(person=about, period=period)[:1]
    )
    return about


def _card(request: HttpRequest, person: Person, period: Period) -> HttpResponse | None:
    result, found, verdict = standings.among(person, period, now_of(request))
    if result is None:
        return None
    reading = current_policy().on(period.start)
    told = {
        "result": result,
        "card": result.card,
        "about": person,
        "own": person.pk == request.user.pk,
        "period": period,
        "verdict": verdict,
        "place": standings.places(found).get(person.pk),
        "bands": band_parts(reading),
        "groups": _groups(result),
        "moved": evidences.moved_weight(result),
        "reasons": REASONS,
        "measured_text": measured_text,
        "not_rated": NOT_RATED,
        "coaching": _coaching(request, person, period, found),
        "may_freeze": _may_freeze(request, person, period),
        "error": "",
        **switch(request, period),
    }
    return render(request, "scorecards/page.html", told)


def _coaching(request: HttpRequest, person: Person, period: Period, found: list[Result]) -> Any:
    """The offer of coaching, for the person and those who lead them alone (2.4.3)."""
    if period.kind == "month" or not standings.may_see_lowest(request.user, person.pk):
        return None
    reading = current_policy().on(period.start)
    offers = standings.lowest(found, reading).proposals
    return next((each for each in offers if each.person == str(person.pk)), None)


def _may_freeze(request: HttpRequest, person: Person, period: Period) -> bool:
    over = period.end <= current_calendar().day(now_of(request))
    return over and appraisal.freeze.may(request.user, person)


@dataclass(frozen=True)
class Band:
    """A part of the bar from 0 to 100 and what it means for pay."""

    low: Decimal
    high: Decimal
    tone: str
    change: Decimal


def band_parts(reading: Any) -> list[Band]:
    """The bands from the lowest up, with the change of the bonus in per cent."""
    bands = list(reversed(Bands.read(reading["bonus.bands"]).bands))
    parts = []
    for here, above in zip(bands, [*bands[1:], None], strict=True):
        change = (here.factor - 1) * 100
        tone = "low" if change < 0 else "high" if change > 0 else "mid"
        parts.append(Band(here.floor, above.floor if above else Decimal(100), tone, change))
    return parts


def _groups(result: Result) -> list[dict[str, Any]]:
    """The dimensions with their lines as the waterfall draws them."""
    lines = list(result.card.lines)
    blocks = drawing.waterfall(
        (line.effective_weight, None if line.points is None else line.earned) for line in lines
    )
    drawn = {line.metric: block for line, block in zip(lines, blocks, strict=True)}
    return [
        {
            "key": dimension.key,
            "dimension": dimension,
            "range": _range(result, dimension.key),
            "lines": [
                {
                    "line": line,
                    "block": drawn[line.metric],
                    "target": target_text(line),
                    "actual": actual_text(line),
                }
                for line in dimension.lines
                if line.weight or line.points is not None
            ],
        }
        for dimension in result.card.dimensions
        if dimension.weight or dimension.earned
    ]


def _range(result: Result, dimension: str) -> str:
    """What the policy document allows for the weight of a dimension."""
    key = f"card.{result.layer}.{result.card.cadence}.dimensions.{dimension}"
    known = values.parameter(key)
    return values.bounds(known) if known and known.low else ""


def target_text(line: Line) -> str:
    """The target in the metric's unit, or a dash."""
    return figures.NONE if line.target is None else measured_text(line.metric, line.target.value)


def actual_text(line: Line) -> str:
    """What was measured, or a dash."""
    return measured_text(line.metric, line.measure.value)


def measured_text(metric: str, value: Decimal | None) -> str:
    """A figure in its metric's unit: `¥1,004,000`, `91.9%`, `3 customers`."""
    if value is None:
        return figures.NONE
    unit = evidences.unit_of(metric)
    if unit == "CNY":
        return figures.money_exact(value)
    if unit == "%":
        return figures.percent(value / 100, 1)
    if unit == "customers":
        count = figures.number(value.quantize(Decimal("0.01")))
        return gettext("%(n)s customers") % {"n": count}
    return figures.number(value, 1)


@door
@require_GET
def evidence(request: HttpRequest, person: int, period: str, metric: str) -> HttpResponse:
    """What one figure of a card was counted from; a part for the page, or a page of its own."""
    wanted, about = period_of(period), _person(request, person, period)
    result, _, verdict = standings.among(about, wanted, now_of(request))
    number = request.GET.get("page", "1")
    if result is None or not number.isdigit():
        raise Http404
    try:
        found = evidences.evidence_of(
            result, metric, now_of(request), verdict=verdict, page=int(number)
        )
    except KeyError as error:
        raise Http404(metric) from error
    told = {
        "ev": found,
        "result": result,
        "about": about,
        "period": wanted,
        "verdict": verdict,
        "metric": metric,
        "listed": rows.shown(found.rows, found.refs, metric, found.late_by),
        "curve": drawn_curve(found.line),
        "shown": values.shown,
        "described": values.said_of,
        "money_like": evidences.unit_of(metric) == "CNY",
        "measured_text": measured_text,
        "period_name": period_name(wanted),
    }
    part = request.headers.get("HX-Request") == "true"
    return render(request, f"scorecards/{'evidence' if part else 'evidence_page'}.html", told)


@dataclass(frozen=True)
class DrawnCurve:
    """The curve of a metric in a box of 220 by 96, and where this value stands on it."""

    points: str
    x: float | None
    y: float | None
    ticks: list[tuple[float, str]]


def drawn_curve(line: Line) -> DrawnCurve:
    """Value to points as a small line chart."""
    anchors = [(float(x), float(y)) for x, y in line.curve.anchors]
    low, high = anchors[0][0], anchors[-1][0]
    reach = (high - low) or 1.0

    def at(x: float, y: float) -> tuple[float, float]:
        inside = min(max(x, low - reach * 0.06), high + reach * 0.06)
        return round(24 + (inside - low) / reach * 172, 1), round(76 - y * 0.66, 1)

    value = line.counted if line.attainment is None else line.attainment
    spot = (
        at(float(value), float(line.points or 0))
        if value is not None and line.points is not None
        else (None, None)
    )
    placed = [at(low - reach * 0.06, anchors[0][1]), *(at(x, y) for x, y in anchors)]
    placed.append(at(high + reach * 0.06, anchors[-1][1]))
    ticks = [(at(x, 0)[0], figures.number(Decimal(str(x)))) for x, _ in anchors]
    return DrawnCurve(" ".join(f"{x},{y}" for x, y in placed), *spot, ticks)


@door
@require_POST
def freeze(request: HttpRequest, person: int, period: str) -> HttpResponse:
    """Freeze a result (2.3.8); what the action refuses is said on the page."""
    wanted, about = period_of(period), _person(request, person, period)
    reason = request.POST.get("reason", "").strip()
    try:
        appraisal.freeze(about, by=request.user, at=now_of(request), period=period, reason=reason)
    except (Invalid, NotNow) as error:
        result, _, _ = standings.among(about, wanted, now_of(request))
        if result is None:
            raise Http404 from error
        told = {"about": about, "period": wanted, "card": result.card, "error": said(error)}
        return render(request, "scorecards/freeze_form.html", told, status=422)
    address = reverse("scorecard", args=[person, period])
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


urlpatterns = [
    path("", mine, name="scorecards"),
    *standings_pages.urlpatterns,
    path("<int:person>/<str:period>/", scorecard, name="scorecard"),
    path("<int:person>/<str:period>/freeze/", freeze, name="freeze"),
    path("<int:person>/<str:period>/<str:metric>/", evidence, name="evidence"),
]
