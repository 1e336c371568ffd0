"""2.4 The standing of a period: places, bands, bonuses, proposals; freezing everybody's results."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_POST

from zhangfa.actions import appraisal
from zhangfa.actions.action import Invalid, NotNow
from zhangfa.answers import standing as standings
from zhangfa.records.editions import current_calendar
from zhangfa.rules.scores import NOT_RATED
from zhangfa.rules.terms import Period

from .context import now_of
from .doors import door, said
from .periods import period_of, switch


@door
@require_GET
def standing_now(request: HttpRequest) -> HttpResponse:
    """The standing of the running quarter."""
    quarter = Period.containing("quarter", current_calendar().day(now_of(request)))
    return redirect("standing", quarter.label)


@door
@require_GET
def standing(request: HttpRequest, period: str) -> HttpResponse:
    """Places, bands, bonuses and proposals of the people one leads, or of everybody."""
    if not request.user.has("supervisor", "director", "hr", "policy_officer"):
        raise Http404
    wanted = period_of(period)
    board = standings.standing(request.user, wanted, now_of(request))
    today = current_calendar().day(now_of(request))
    told = {
        "board": board,
        "period": wanted,
        "may_freeze": wanted.end <= today,
        "undecided": any(r.card.needs_decision for r in board.results),
        "unfrozen": [r for r in board.results if r.person.pk not in board.frozen],
        "not_rated": NOT_RATED,
        "error": "",
        **switch(request, wanted),
    }
    return render(request, "scorecards/standing.html", told)


@door
@require_POST
def freeze_all(request: HttpRequest, period: str) -> HttpResponse:
    """Freeze the results of everybody this viewer may freeze, in one chain."""
    wanted = period_of(period)
    board = standings.standing(request.user, wanted, now_of(request))
    people = [
        r.person for r in board.results
        if r.person.pk not in board.frozen and appraisal.freeze.may(request.user, r.person)
    ]  # fmt: skip
    try:
        appraisal.freeze_all(
            None,
            by=request.user,
            at=now_of(request),
            period=wanted.label,
            people=people,
            reason=request.POST.get("reason", "").strip(),
        )
    except (Invalid, NotNow) as error:
        told = {"period": wanted, "unfrozen": people, "undecided": True, "error": said(error)}
        return render(request, "scorecards/freeze_all_form.html", told, status=422)
    address = reverse("standing", args=[period])
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


urlpatterns = [
    path("standing/", standing_now, name="standing_now"),
    path("standing/<str:period>/", standing, name="standing"),
    path("standing/<str:period>/freeze/", freeze_all, name="freeze_all"),
]
