"""Who works here: enrolment, teams, layers, leave (2.1.2, 0.1)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Q
from pypinyin import Style, lazy_pinyin

from zhangfa.records.models import HandIn, LayerSpell, Leave, Membership, Person, Team
from zhangfa.records.people import ROLES, during
from zhangfa.rules import facts
from zhangfa.rules.terms import Period

from . import store
from .action import Did, Invalid, about, action
from .may import either, lead, owner, role

admin = role("administrator", "hr")


@action(may=admin, creates=True)
def enrol_person(
    _: None,
    *,
    by: Any,
    at: datetime,
    username: str,
    name: str,
    roles: list[str],
    password: str | None = None,
    **details: Any,
) -> Did:
    """Make an account for somebody with their roles; each role begins at `at`."""
    unknown = set(roles) - set(ROLES)
    if unknown:
        raise Invalid("roles", "There is no role %(role)s.", role=", ".join(sorted(unknown)))
    if Person.objects.filter(username=username).exists():
        raise Invalid("username", "The name %(name)s is taken.", name=username)
    details.setdefault("initials", "".join(lazy_pinyin(name, style=Style.FIRST_LETTER))[:40])
    details.setdefault("joined_on", at.date())
    person = Person.objects.create_user(username, password, name=name, roles=roles, **details)
    return Did(person, about(person, *(facts.RoleStarted(role=each) for each in roles)))


@action(may=admin)
def change_roles(person: Person, *, by: Any, at: datetime, roles: list[str]) -> tuple:
    """Give and take roles; nobody changes their own (trust: nobody acts on their own line)."""
    if by.pk == person.pk:
        raise Invalid("roles", "Somebody else has to change your own roles.")
    if unknown := set(roles) - set(ROLES):
        raise Invalid("roles", "There is no role %(role)s.", role=", ".join(sorted(unknown)))
    started = [facts.RoleStarted(role=each) for each in roles if each not in person.roles]
    ended = [facts.RoleEnded(role=each) for each in person.roles if each not in roles]
    person.roles = roles
    person.save(update_fields=["roles"])
    return (*started, *ended)


@action(may=admin)
def join_team(
    person: Person, *, by: Any, at: datetime, team: Team, lead: bool = False, on: date | None = None
) -> None:
    """Put somebody into a team from a day on; an earlier membership ends on that day."""
    on = on or at.date()
    Membership.objects.filter(person=person, starts_on__gte=on).delete()
    Membership.objects.filter(during(on), person=person).update(ends_on=on)
    Membership.objects.create(person=person, team=team, lead=lead, starts_on=on)


@action(may=admin)
def assign_layer(
    person: Person, *, by: Any, at: datetime, layer: str, on: date | None = None
) -> None:
    """Newcomer, mature or supervisor from a day on (2.1.2)."""
    if layer not in LayerSpell.Layer.values:
        raise Invalid("layer", "There is no layer %(layer)s.", layer=layer)
    on = on or at.date()
    LayerSpell.objects.filter(person=person, starts_on__gte=on).delete()
    LayerSpell.objects.filter(during(on), person=person).update(ends_on=on)
    LayerSpell.objects.create(person=person, layer=layer, starts_on=on)


@action(may=either(admin, lead, owner))
def take_leave(
    person: Person,
    *,
    by: Any,
    at: datetime,
    starts_on: date,
    ends_on: date,
    deputy: Person | None = None,
) -> facts.LeaveTaken:
    """Approved leave with a deputy; `ends_on` is the first day back."""
    if ends_on <= starts_on:
        raise Invalid("ends_on", "Leave must end after it starts.")
    if deputy is not None and deputy.pk == person.pk:
        raise Invalid("deputy", "Nobody can stand in for themselves.")
    overlap = Q(starts_on__lt=ends_on, ends_on__gt=starts_on)
    if Leave.objects.filter(overlap, person=person).exists():
        raise Invalid("starts_on", "There is leave in these days already.")
    Leave.objects.create(person=person, starts_on=starts_on, ends_on=ends_on, deputy=deputy)
    return facts.LeaveTaken(start=starts_on, end=ends_on)


HAND_INS: dict[str, type[facts.What]] = {
    "channel_report": facts.ChannelReportSubmitted,
    "monthly_brief": facts.BriefIssued,
    "self_evaluation": facts.SelfEvaluated,
    "superior_evaluation": facts.SuperiorEvaluated,
}


@action(may=owner)
def hand_in(
    person: Person, *, by: Any, at: datetime, kind: str, period: str, text: str
) -> facts.What:
    """1.1.2, 2.3.1, 2.3.4, 2.3.5 What a person owes for a period that is over."""
    if kind not in HAND_INS:
        raise Invalid("kind", "Nothing of this kind is handed in.")
    if not text.strip():
        raise Invalid("text", "Write down what you conclude.")
    try:
        Period.read(period)
    except ValueError as error:
        raise Invalid("period", "%(error)s", error=str(error)) from error
    store.insert(HandIn(person=person, kind=kind, period=period, text=text, at=at))
    return HAND_INS[kind](period=period)  # type: ignore[call-arg]
