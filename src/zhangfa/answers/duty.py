"""One obligation as a page tells it: what, by whom, why then, what happened, what it counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from zhangfa.metrics.behaviour import counted_kinds, process_compliance
from zhangfa.records.editions import current_calendar, current_policy
from zhangfa.records.models import Change, LayerSpell, LedgerLine, Notice, Owed, Person
from zhangfa.records.people import during
from zhangfa.rules import facts
from zhangfa.rules.measures import Ratio
from zhangfa.rules.obligations import Kind, Obligation, derive
from zhangfa.rules.obligations.kinds import KINDS
from zhangfa.rules.policy import Citation
from zhangfa.rules.terms import Period

from .reckoning import Reckoning, reckon
from .scorecard import company_of

KIND_OF: dict[str, Kind] = {kind.key: kind for kind in KINDS}


@dataclass(frozen=True)
class Event:
    """Something in the life of the obligation. `key` names it; `words` are keys of the glossary."""

    at: datetime
    key: str
    who: str = ""
    to: str = ""
    word: str = ""
    text: str = ""
    tone: str = ""
    noted_at: datetime | None = None
    seen_at: datetime | None = None


@dataclass(frozen=True)
class Effect:
    """What it weighs in process compliance (2.2.6), as the month stands and as it may come.

    `ways` are the month's compliance if it is met in time, late, or not at all; of an obligation
    that has fallen due `without` tells what the month would be if it had not been owed.
    """

    period: Period
    weight: Decimal
    credit: Decimal
    now: Decimal | None
    ways: dict[str, Decimal] = field(default_factory=dict)
    without: Decimal | None = None
    scored: bool = False


@dataclass(frozen=True)
class Duty:
    """Everything that the page of one obligation shows."""

    owed: Owed
    kind: Kind | None
    obligation: Obligation | None
    reckoning: Reckoning | None
    citations: tuple[Citation, ...]
    edition: str
    history: tuple[Event, ...]
    effect: Effect | None


def found_for(person: Any) -> QuerySet[Owed]:
    """The obligations a person may look at (4.1): their own, their role's, their people's."""
    return Owed.objects.visible_to(person).select_related("customer", "person")


def duty_of(owed: Owed, now: datetime) -> Duty:
    """The page of one obligation, fetched by the caller with `found_for`."""
    policy, calendar = current_policy(), current_calendar()
    lines = list(LedgerLine.objects.of(owed.story).in_order())
    told = [line.as_fact() for line in lines]
    key = (owed.kind, owed.opening, owed.window)
    found = next((o for o in derive(told, policy, calendar, now) if o.key == key), None)
    kind = KIND_OF.get(owed.kind)
    titles = {edition.key: edition.title for edition in policy.editions}
    return Duty(
        owed=owed,
        kind=kind,
        obligation=found,
        reckoning=reckon(found, told, policy, calendar, now) if found else None,
        citations=_cited(found),
        edition=titles.get(owed.edition, owed.edition),
        history=_history(owed, kind, lines, now),
        effect=_effect(owed, now),
    )


def _cited(owed: Obligation | None) -> tuple[Citation, ...]:
    """The values it rests on: how long or how often, then how lateness is told and counted."""
    if owed is None:
        return ()
    more = ("due_offset", "due_time", "at_least", "pausable", "weight", "late_credit")
    keys = [*owed.read, *(f"{owed.kind.key}.{name}" for name in more)]
    return tuple(owed.reading.citation(key) for key in dict.fromkeys(keys) if key in owed.reading)


# --------------------------------------------------------------------------------- its history


def _history(
    owed: Owed, kind: Kind | None, lines: list[LedgerLine], now: datetime
) -> tuple[Event, ...]:
    """Everything that happened to it, newest first."""
    notices = list(Notice.objects.filter(owed=owed).select_related("person"))
    ids = {line.by for line in lines if line.by}
    for line in lines:
        if line.what == facts.OwnerChanged.key:
            ids |= {line.body.get("owner"), line.body.get("previous")} - {None}
    names = dict(Person.objects.filter(pk__in=ids).values_list("pk", "name"))
    events = [_notice(notice) for notice in notices]
    events += _facts(owed, kind, lines, names)
    events += _asked(owed)
    if owed.breached_at or (not owed.outcome and owed.due < now):
        events.append(Event(owed.due, "passed", tone="bad"))
    if owed.outcome == "cancelled" and owed.lapses_at:
        events.append(Event(owed.lapses_at, "cancelled", word=_ending(owed, kind, lines)))
    return tuple(sorted(events, key=lambda event: event.at, reverse=True))


def _ending(owed: Owed, kind: Kind | None, lines: list[LedgerLine]) -> str:
    """What made it pointless."""
    ends = {what.key for what in (*kind.cancels, *kind.ends)} if kind else set()
    found = [line.what for line in lines if line.what in ends and line.at == owed.lapses_at]
    return f"fact.{found[0]}" if found else ""


def _notice(notice: Notice) -> Event:
    tones = {"breached": "bad", "escalated": "bad", "reminded": "warn", "due": "warn"}
    tone = tones.get(notice.kind, "")
    return Event(
        notice.at,
        "notice",
        to=notice.person.name,
        word=f"notice.{notice.kind}",
        tone=tone,
        seen_at=notice.read_at,
    )


def _facts(
    owed: Owed, kind: Kind | None, lines: list[LedgerLine], names: dict[int, str]
) -> Iterable[Event]:
    """The facts of the story that touched it."""
    closes = {what.key for what in kind.closes} if kind else set()
    until = owed.met_at or owed.lapses_at
    within = [
        line for line in lines if line.at >= owed.opens_at and (until is None or line.at <= until)
    ]
    by_id = {line.pk: line for line in lines}
    for line in lines:
        who = names.get(line.by, "") if line.by else ""
        noted = line.noted_at if line.noted_at > line.at else None
        if line.pk == owed.opening:
            yield Event(line.at, "opened", who, word=f"fact.{line.what}", noted_at=noted)
        elif line.what == facts.ObligationWaived.key:
            if (line.body["kind"], line.body["opening"], line.body["window"]) == (
                owed.kind,
                owed.opening,
                owed.window,
            ):
                yield Event(line.at, "waived", who, text=_reason(owed, line), tone="ok")
        elif line.pk == owed.closing:
            tone = "ok" if owed.outcome == "met" else "warn"
            yield Event(line.at, "closed", who, word=f"fact.{line.what}", tone=tone, noted_at=noted)
        elif line.what == facts.FactRetracted.key:
            back = by_id.get(line.body.get("fact"))
            if back is not None and back.what in closes and back.at >= owed.opens_at:
                yield Event(line.at, "retracted", who, word=f"fact.{back.what}", tone="warn")
    for line in within:
        who = names.get(line.by, "") if line.by else ""
        if line.what == facts.OwnerChanged.key and line.at > owed.opens_at:
            yield Event(line.at, "handed", who, to=names.get(line.body.get("owner"), ""))
        elif line.what == facts.ClockStopped.key:
            yield Event(line.at, "stopped", who, word=f"pause_reason.{line.body['reason']}")
        elif line.what == facts.ClockResumed.key:
            yield Event(line.at, "resumed", who)
        elif line.what in closes and line.pk not in (owed.closing, owed.opening):
            yield Event(line.at, "given", who, word=f"fact.{line.what}")


def _reason(owed: Owed, line: LedgerLine) -> str:
    """Why it was waived, as it was written down beside the ledger."""
    notes = Change.objects.filter(ref=owed.story, field=f"waiver:{owed.kind}", at=line.at)
    return notes.values_list("new", flat=True).first() or ""


def asked_field(owed: Owed) -> str:
    """Under which name the wish to be let off this obligation is noted."""
    return f"waiver_asked:{owed.pk}"


def _asked(owed: Owed) -> Iterable[Event]:
    notes = Change.objects.filter(ref=owed.story, field=asked_field(owed)).select_related("by")
    for note in notes:
        yield Event(note.at, "asked_waiver", note.by.name if note.by else "", text=note.new)


# --------------------------------------------------------------------------- what it counts for


def _effect(owed: Owed, now: datetime) -> Effect | None:
    """2.2.6 What it weighs in the month it falls due in; None where it counts for nobody."""
    if owed.person_id is None or owed.outcome in ("waived", "cancelled"):
        return None
    calendar = current_calendar()
    day = calendar.day(owed.due)
    month = Period.containing("month", day)
    company = company_of(month, now, only=owed.person)
    asked = company.asked((owed.person_id,))
    weight, credit = counted_kinds(asked).get(owed.kind, (None, None))
    if not weight:
        return None
    found = process_compliance(asked).get(owed.person_id)
    part, whole = (found.part, found.whole) if isinstance(found, Ratio) else (0, 0)
    part, whole = Decimal(part or 0), Decimal(whole or 0)
    scored = LayerSpell.objects.filter(during(day), person=owed.person_id).exists()
    own = {"met": weight, "late": weight * credit, "": Decimal(0)}[owed.outcome]
    fallen = owed.due < now
    rest = (part - own, whole - weight) if fallen else (part, whole)
    ways = {"met": weight, "late": weight * credit, "missed": Decimal(0)}
    if fallen:
        ways.pop("met")
    told = {name: (rest[0] + gain) / (rest[1] + weight) for name, gain in ways.items()}
    return Effect(
        period=month,
        weight=weight,
        credit=credit,
        now=part / whole if whole else None,
        ways={} if owed.outcome else told,
        without=rest[0] / rest[1] if fallen and rest[1] else None,
        scored=scored,
    )


def may_be_asked(owed: Owed, now: datetime) -> Person | None:
    """Who decides whether this person is let off: their lead on the day (0.6)."""
    if owed.person is None or owed.outcome:
        return None
    return owed.person.supervisor_on(current_calendar().day(now))


def siblings(owed: Owed) -> QuerySet[Owed]:
    """What else is owed in the same story, by due moment."""
    rows = Owed.objects.filter(Q(outcome=""), story=owed.story).exclude(pk=owed.pk)
    return rows.select_related("customer", "person").order_by("due")
