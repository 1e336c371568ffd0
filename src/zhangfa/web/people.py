"""2.1.2, 4.1 Who works here: teams, roles, layers, leave with deputies; arranged by HR."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhangfa.actions import people as actions
from zhangfa.actions.action import Invalid
from zhangfa.answers import standing
from zhangfa.records.editions import current_calendar
from zhangfa.records.models import LayerSpell, Membership, Person, Team
from zhangfa.records.people import ROLES, during

from .context import now_of
from .doors import door, said

LONGEST = 200  # people of one list


def _today(request: HttpRequest) -> date:
    return current_calendar().day(now_of(request))


def _arranges(request: HttpRequest) -> bool:
    return bool(actions.enrol_person.may(request.user, None))


@door
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """The people one may see, by team, with roles and layer as they are today."""
    day, text = _today(request), request.GET.get("q", "").strip()[:60]
    rows = Person.objects.visible_to(request.user).filter(is_active=True)
    if text:
        rows = rows.filter(
            Q(name__icontains=text) | Q(username__icontains=text) | Q(initials__istartswith=text)
        )
    rows = rows.order_by("name", "pk")[:LONGEST]
    ids = [row.pk for row in rows]
    teams = {
        each.person_id: each
        for each in Membership.objects.filter(during(day), person__in=ids).select_related("team")
    }
    layers = dict(
        LayerSpell.objects.filter(during(day), person__in=ids).values_list("person_id", "layer")
    )
    groups: dict[str, list[Any]] = {}
    for row in rows:
        place = teams.get(row.pk)
        key = place.team.path if place else "~"
        groups.setdefault(key, []).append((row, place, layers.get(row.pk)))
    shown = [
        (held[0][1].team if held[0][1] else None, sorted(held, key=_leads_first))
        for _, held in sorted(groups.items())
    ]
    context = {"groups": shown, "count": len(ids), "q": text, "arranges": _arranges(request)}
    return render(request, "people/page.html", context)


def _leads_first(row: tuple[Person, Membership | None, str | None]) -> tuple[bool, str]:
    return not (row[1] and row[1].lead), row[0].name


def _seen(request: HttpRequest, pk: int) -> Person:
    rows = Person.objects.visible_to(request.user)
    if request.user.pk == pk:
        rows = Person.objects.all()
    return get_object_or_404(rows, pk=pk)


def _page(request: HttpRequest, about: Person, **more: Any) -> HttpResponse:
    day = _today(request)
    arranges = _arranges(request)
    context = {
        "about_person": about,
        "memberships": about.memberships.select_related("team"),
        "spells": about.layers.all(),
        "leaves": about.leaves.select_related("deputy").order_by("-starts_on")[:20],
        "above": about.supervisor_on(day),
        "today": day,
        "arranges": arranges,
        "may_leave": actions.take_leave.may(request.user, about),
        "sees_card": standing.may_see(request.user, about.pk) and about.has("seller", "supervisor"),
        "teams": Team.objects.order_by("path") if arranges else (),
        "roles": ROLES,
        "layers": LayerSpell.Layer.values,
        "deputies": Person.objects.filter(is_active=True).exclude(pk=about.pk).order_by("name"),
        "errors": {},
        "given": {},
        "did": "",
        **more,
    }
    return render(request, "people/person.html", context, status=422 if context["errors"] else 200)


@door
@require_GET
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: roles, teams and layers with their days, leave with deputies."""
    return _page(request, _seen(request, pk))


def _day(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(name, "Give a day as 2026-11-23.") from error


def _roles(about: Person, given: Any, now: dict[str, Any]) -> None:
    actions.change_roles(about, roles=given.getlist("roles"), **now)


def _team(about: Person, given: Any, now: dict[str, Any]) -> None:
    chosen = given.get("team", "")
    team = Team.objects.filter(pk=chosen).first() if chosen.isdigit() else None
    if team is None:
        raise Invalid("team", "Choose a team.")
    on = _day(given.get("on", ""), "on")
    actions.join_team(about, team=team, lead=bool(given.get("lead")), on=on, **now)


def _layer(about: Person, given: Any, now: dict[str, Any]) -> None:
    on = _day(given.get("from", ""), "from")
    actions.assign_layer(about, layer=given.get("layer", ""), on=on, **now)


def _leave(about: Person, given: Any, now: dict[str, Any]) -> None:
    chosen = given.get("deputy", "")
    deputy = Person.objects.filter(pk=chosen, is_active=True).first() if chosen.isdigit() else None
    actions.take_leave(
        about,
        starts_on=_day(given.get("starts_on", ""), "starts_on"),
        ends_on=_day(given.get("ends_on", ""), "ends_on"),
        deputy=deputy,
        **now,
    )


DEEDS: dict[str, Callable[[Person, Any, dict[str, Any]], None]] = {
    "roles": _roles,
    "team": _team,
    "layer": _layer,
    "leave": _leave,
}


@door
@require_POST
def act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Roles, team, layer or leave; a refusal stands at its field with what was typed."""
    about = _seen(request, pk)
    if name not in DEEDS:
        raise Http404(name)
    try:
        DEEDS[name](about, request.POST, {"by": request.user, "at": now_of(request)})
    except Invalid as error:
        return _page(
            request, about, errors={error.field: said(error)}, given=request.POST, did=name
        )
    return redirect("person", pk)


def _password(text: str) -> None:
    """A first password is as good as any other, or there is none yet. Raises Invalid."""
    if not text:
        return
    try:
        validate_password(text)
    except ValidationError as error:
        raise Invalid("password", "%(why)s", why=" ".join(error.messages)) from error


@door
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """4.1 An account for somebody who joins: name, user name, roles, first password."""
    if not _arranges(request):
        raise PermissionDenied
    errors: dict[str, str] = {}
    given = request.POST
    if request.method == "POST":
        name, username = given.get("name", "").strip(), given.get("username", "").strip()
        try:
            if not name:
                raise Invalid("name", "A person needs a name.")
            if not username or not username.replace(".", "").replace("-", "").isalnum():
                raise Invalid("username", "Letters, digits, dots and dashes make a user name.")
            _password(given.get("password", ""))
            made = actions.enrol_person(
                by=request.user,
                at=now_of(request),
                username=username.lower()[:80],
                name=name[:80],
                roles=given.getlist("roles"),
                password=given.get("password") or None,
            )
            return redirect("person", made.record.pk)
        except Invalid as error:
            errors[error.field] = said(error)
    context = {"roles": ROLES, "given": given, "errors": errors}
    return render(request, "people/new.html", context, status=422 if errors else 200)


urlpatterns = [
    path("", people, name="people"),
    path("new/", new, name="person_new"),
    path("<int:pk>/", person, name="person"),
    path("<int:pk>/<str:name>/", act, name="person_act"),
]
