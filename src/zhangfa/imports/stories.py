"""Folds the events of a log into what the records need: tickets with pauses, contracts with
reviews. A profile says which written state or activity means what."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from .messages import Sentence, Unreadable, _

Note = Callable[[Sentence, int], None]
OPEN = "open"
ENDED = ("resolved", "closed")


@dataclass(frozen=True, slots=True)
class Event:
    """One change of a ticket: the state it went to, in our terms, and as written."""

    at: datetime
    status: str
    written: str
    by: str
    line: int


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which the clock waits for somebody else (0.4); `until` None: still waiting."""

    since: datetime
    until: datetime | None
    waits_for: str


@dataclass(frozen=True, slots=True)
class ReviewEvent:
    """One look of one role at one round of a contract (1.3.2)."""

    round: int
    role: str
    asked_at: datetime
    outcome: str
    at: datetime | None
    by: str = ""


RowValues = tuple[int, Mapping[str, Any]]


def in_time_order(rows: Sequence[RowValues], note: Note) -> list[RowValues]:
    """The rows of one case by their moment; equal moments stay as they stand in the file."""
    ordered = sorted(rows, key=lambda row: row[1]["at"])
    if [line for line, _values in ordered] != [line for line, _values in rows]:
        note(Sentence(_("Events of a case stood out of order; they were sorted.")), rows[0][0])
    return ordered


def _each_step_once(rows: Sequence[RowValues], note: Note) -> list[RowValues]:
    """The rows, of those with the same step number the one whose moment fits its neighbours."""
    steps: dict[int, list[RowValues]] = {}
    for row in rows:
        number = row[1].get("step")
        if number is None:
            return list(rows)
        steps.setdefault(number, []).append(row)
    kept: list[RowValues] = []
    numbers = sorted(steps)
    for place, number in enumerate(numbers):
        found = steps[number]
        if len(found) > 1:
            sentence = _("A step of a case occurs more than once; the row that fits is taken.")
            note(Sentence(sentence), found[0][0])
            after = steps[numbers[place + 1]][-1] if place + 1 < len(numbers) else None
            found = [row for row in found if _fits(row, kept[-1:], after)] or found
        kept.append(found[-1])
    return kept


def _fits(row: RowValues, before: list[RowValues], after: RowValues | None) -> bool:
    """Whether a row's moment lies after the raising and between those of its neighbours."""
    at = row[1]["at"]
    early = any(at < other[1]["at"] for other in before) or at < row[1]["raised_at"]
    return not early and (after is None or at <= after[1]["at"])


def ticket_story(
    rows: Sequence[RowValues], states: Mapping[str, Mapping[str, Any]], note: Note
) -> dict[str, Any]:
    """One ticket with its moments, pauses and events.

    answered_at (1.4.3): first event in a state other than open. solved_at (1.4.4): first time
    resolved. resolved_at and closed_at (1.4.5): the last time it came there. Raises Unreadable for
    a state that the profile doesn't know.
    """
    ordered = in_time_order(_each_step_once(rows, note), note)
    events = _changes(ordered, states)
    merged = _last_values(ordered)
    raised = merged["raised_at"]
    if events[0].at < raised:
        note(Sentence(_("An event is dated before the ticket was raised.")), events[0].line)
    merged |= {
        "answered_at": _clamped(_first(events, lambda event: event.status != OPEN), raised),
        "solved_at": _clamped(_first(events, lambda event: event.status in ENDED), raised),
        "reopened": _reopened(events),
        "status": events[-1].status,
        "pauses": tuple(_pauses(events, states)),
        "events": tuple(events),
    }
    for name, arrived in (("resolved_at", ENDED), ("closed_at", ("closed",))):
        merged[name] = _stated(merged, name, _arrived(events, arrived), note, events[-1].line)
    stated = max((values.get("reopened") or 0 for _line, values in ordered), default=0)
    if stated != merged["reopened"]:
        note(Sentence(_("The stated count of reopenings differs from the events.")), ordered[0][0])
    for name in ("at", "by", "state", "step"):
        merged.pop(name, None)
    return merged


def _changes(ordered: Sequence[RowValues], states: Mapping[str, Mapping[str, Any]]) -> list[Event]:
    """The events that change the state, and the first one."""
    events: list[Event] = []
    for line, values in ordered:
        written = values["state"]
        if written not in states:
            raise Unreadable(
                _("The profile does not say what the state %(value)s means."), value=written
            )
        if not events or events[-1].written != written:
            status = states[written]["status"]
            events.append(Event(values["at"], status, written, values.get("by") or "", line))
    return events


def _last_values(ordered: Sequence[RowValues]) -> dict[str, Any]:
    """What the last event that says something says, field by field."""
    merged: dict[str, Any] = {}
    for _line, values in ordered:
        merged |= {name: value for name, value in values.items() if value is not None}
    return merged


def _first(events: Sequence[Event], wanted: Callable[[Event], bool]) -> datetime | None:
    return next((event.at for event in events if wanted(event)), None)


def _clamped(moment: datetime | None, raised: datetime) -> datetime | None:
    return max(moment, raised) if moment else None


def _arrived(events: Sequence[Event], statuses: tuple[str, ...]) -> datetime | None:
    """When it last came to one of these states, if it is still there or beyond."""
    moment: datetime | None = None
    inside = False
    for event in events:
        now = event.status in statuses
        if now and not inside:
            moment = event.at
        elif not now and event.status not in ENDED:
            moment = None
        inside = now
    return moment


def _stated(
    merged: Mapping[str, Any], name: str, seen: datetime | None, note: Note, line: int
) -> datetime | None:
    """The stated moment; where it is missing, that of the events. A difference is noted."""
    stated = merged.get(name)
    if stated is None and seen is not None:
        note(Sentence(_("The moment was missing in the file; the event's was taken.")), line)
    elif stated is not None and seen is not None and stated != seen:
        note(Sentence(_("The stated moment differs from the event's; it is kept.")), line)
    return stated or seen


def _reopened(events: Sequence[Event]) -> int:
    return sum(one.status in ENDED and two.status not in ENDED for one, two in pairwise(events))


def _pauses(events: Sequence[Event], states: Mapping[str, Mapping[str, Any]]) -> list[Pause]:
    """The times in states that stop the clock; neighbours of the same kind are joined."""
    pauses: list[Pause] = []
    ends: list[datetime | None] = [event.at for event in events[1:]]
    for event, end in zip(events, [*ends, None], strict=True):
        state = states[event.written]
        if not state.get("stops_clock") or (end is None and event.status == "closed"):
            continue
        waits_for = state.get("waits_for", "")
        if pauses and pauses[-1].until == event.at and pauses[-1].waits_for == waits_for:
            pauses[-1] = Pause(pauses[-1].since, end, waits_for)
        else:
            pauses.append(Pause(event.at, end, waits_for))
    return pauses
