"""2.1 to 2.3 Targets, visit plans, frozen results, adopted editions."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from zhangfa import policy as shipped
from zhangfa.records import editions
from zhangfa.records.models import Customer, Edition, Person, Target, VisitPlan
from zhangfa.rules import facts
from zhangfa.rules.policy_check import check
from zhangfa.rules.terms import Period

from .action import Invalid, NotNow, about, action
from .may import either, lead, role

officer = role("policy_officer", "director")


@action(may=either(lead, role("policy_officer", "hr", "director")))
def set_target(
    person: Person,
    *,
    by: Any,
    at: datetime,
    metric: str,
    period: str,
    value: Decimal,
    method: str = "",
    approver: Person | None = None,
) -> facts.TargetSet:
    """A target with author and approver. Once its period has begun it only changes forward:
    a second person has to approve."""
    if value < 0:
        raise Invalid("value", "A target cannot be negative.")
    begun = Period.read(period).start <= at.date()
    changed = Target.objects.filter(person=person, metric=metric, period=period).exists()
    if changed and begun and (approver is None or approver.pk == by.pk):
        raise Invalid("approver", "A target changed in its period needs a second person.")
    Target.objects.create(
        person=person,
        metric=metric,
        period=period,
        value=value,
        method=method,
        author=by,
        approver=approver,
        at=at,
    )
    return facts.TargetSet(metric=metric, period=period, value=value)


@action(may=either(lead, role("policy_officer", "director")))
def plan_visits(
    person: Person, *, by: Any, at: datetime, period: str, required: dict[Customer, int]
) -> tuple:
    """2.2.5 How many visits each customer needs in a period; frozen when the period starts."""
    if Period.read(period).start < at.date():
        raise NotNow("The plan of %(period)s is frozen.", period=period)
    VisitPlan.objects.filter(person=person, period=period).delete()
    VisitPlan.objects.bulk_create(
        [
            VisitPlan(person=person, customer=customer, period=period, required=number)
            for customer, number in required.items()
            if number > 0
        ]
    )
    return about(person, facts.VisitPlanned(period=period, count=sum(required.values())))


@action(may=officer, creates=True)
def adopt_edition(
    _: None,
    *,
    by: Any,
    at: datetime,
    document: str,
    seconded_by: Person,
    reason: str,
) -> None:
    """2.1.3 A new edition of the policy, from a day ahead, by two people, checked first."""
    if seconded_by.pk == by.pk:
        raise Invalid("seconded_by", "A second person has to agree.")
    try:
        parsed = shipped.parse_edition(document)
    except tomllib.TOMLDecodeError as error:
        raise Invalid(
            "document", "The edition cannot be read: %(error)s", error=str(error)
        ) from error
    effective: date = parsed["effective"]
    if effective <= at.date():
        raise Invalid("effective", "An edition takes effect on a day ahead, never backwards.")
    rows = list(Edition.objects.values_list("document", flat=True))
    before = [tomllib.loads(text, parse_float=Decimal) for text in rows]
    problems = check(shipped.policy_of([*before, parsed]))
    if problems:
        raise Invalid("document", problems[0].msgid, **dict(problems[0].params))
    Edition.objects.create(
        key=parsed.get("key") or effective.isoformat(),
        title=parsed["title"],
        effective=effective,
        document=document,
        adopted_at=at,
        adopted_by=by,
        seconded_by=seconded_by,
        reason=reason,
    )
    editions.forget()
