"""2.1 to 2.3 Targets, visit plans, frozen results, adopted editions."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from zhangfa import policy as shipped
from zhangfa.answers import scorecard
from zhangfa.answers.frozen import document
from zhangfa.answers.late import figure_rows
from zhangfa.records import editions
from zhangfa.records.models import Customer, Edition, Person, Target, Verdict, VisitPlan
from zhangfa.rules import facts
from zhangfa.rules.policy_check import check
from zhangfa.rules.scores import FIRST, Decided, chained_hash
from zhangfa.rules.terms import Period

from .action import Did, Invalid, NotAllowed, NotNow, Said, about, action
from .may import either, lead, role

officer = role("policy_officer", "director")
CHAIN = 2380  # the advisory lock: one result is added to the chain at a time


def another(person: Any, record: Any) -> bool:
    """Somebody else than the person rated."""
    return record is None or person.pk != record.pk


def freezes(person: Any, record: Any) -> bool:
    """Who leads the rated person, or arranges the appraisal; never the rated one (2.3.8)."""
    if record is None:
        return person.has("supervisor", "hr", "policy_officer", "director")
    return another(person, record) and either(lead, role("policy_officer", "hr", "director"))(
        person, record
    )


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


@action(may=freezes)
def freeze(
    person: Person, *, by: Any, at: datetime, period: str, reason: str = ""
) -> facts.ResultFrozen:
    """2.3.8 A final result with its facts, parameters and trace: hashed, chained, never changed.

    Refused before the period's end. A dimension that is mostly without figures is decided by the
    person who freezes, with the reason; a second freezing is a correction and needs one too.
    """
    return _freeze([person], by, at, period, reason)[0].what


@action(may=freezes, creates=True)
def freeze_all(
    _: None, *, by: Any, at: datetime, period: str, people: Sequence[Person], reason: str = ""
) -> Did:
    """2.3.8 The results of several people, one after another in the same chain."""
    for person in people:
        if not freezes(by, person):
            raise NotAllowed
    return Did(None, tuple(_freeze(people, by, at, period, reason)))


def _freeze(people: Sequence[Person], by: Any, at: datetime, label: str, reason: str) -> list[Said]:
    period, calendar = Period.read(label), editions.current_calendar()
    if calendar.day(at) < period.end:
        raise NotNow("%(period)s is not over yet: nothing is frozen before its end.", period=label)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN])
    last = Verdict.objects.order_by("-id").values_list("digest", flat=True).first()
    versions = dict(
        Verdict.objects.filter(period=period.label).order_by("version").values_list(
            "person_id", "version"
        )
    )  # fmt: skip
    company = scorecard.company_of(period, at)
    found = {result.person.pk: result for result in scorecard.results(period, at)}
    said, digest = [], last or FIRST
    for person in people:
        result = found.get(person.pk)
        if result is None:
            raise NotNow("%(name)s was not rated in %(period)s.", name=person.name, period=label)
        if person.pk in versions and not reason:
            raise Invalid("reason", "A correction of a frozen result needs a reason.")
        result = _decided(company, result, by, at, reason)
        rows = figure_rows(company, person, [line.metric for line in result.card.lines])
        text = document(result, rows, calendar=calendar.version, by=by.pk, at=at)
        verdict = Verdict(
            person=person,
            period=period.label,
            version=versions.get(person.pk, 0) + 1,
            card=text,
            total=result.card.total,
            digest=chained_hash(digest, text),
            previous=digest,
            frozen_at=at,
            frozen_by=by,
            reason=reason[:160],
        )
        verdict.save(force_insert=True)
        digest = verdict.digest
        said.append(Said(person, facts.ResultFrozen(period=period.label, person=person.pk)))
    return said


def _decided(
    company: scorecard.Company, result: scorecard.Result, by: Any, at: datetime, reason: str
) -> scorecard.Result:
    """The result with what the freezing person decides about its empty dimensions (2.2)."""
    if not result.card.needs_decision:
        return result
    if not reason:
        raise Invalid(
            "reason",
            "A dimension is mostly without figures: say why its weight goes to the others.",
        )
    decided = tuple(
        Decided(each.dimension, str(by.pk), reason, "redistribute", at)
        for each in result.card.needs_decision
    )
    return replace(result, card=replace(result.card, needs_decision=(), decided=decided))
