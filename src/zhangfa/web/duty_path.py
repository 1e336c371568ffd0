"""How a deadline was counted, in words: one line a step (0.1 to 0.5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.utils.translation import gettext, gettext_lazy, ngettext

from zhangfa import policy
from zhangfa.answers.duty import Duty
from zhangfa.answers.reckoning import Count
from zhangfa.rules.terms import Span, Step

from . import figures, values

REASONS = {
    "weekend": gettext_lazy("weekend"),
    "holiday": gettext_lazy("public holiday"),
    "leave": gettext_lazy("leave"),
    "paused": gettext_lazy("the clock stood"),
    "after_closing": gettext_lazy("after closing time"),
}
TONES = {"skipped": "mut", "paused": "warn", "due": "b"}


@dataclass(frozen=True)
class Line:
    """A step: when, what it says, how loud."""

    at: str
    text: str
    tone: str = ""


@dataclass(frozen=True)
class Part:
    """One counting: what it goes by, and its steps."""

    title: str
    key: str
    lines: tuple[Line, ...]


def term(key: str) -> str:
    """A word of the glossary in the reader's language."""
    return policy.term(key, figures.language())


def parts_of(duty: Duty) -> list[Part]:
    """Every counting that led to the deadline, the last one ending at it."""
    found = duty.reckoning
    if found is None or duty.obligation is None:
        return []
    opening = term(f"fact.{duty.obligation.opening.what.key}")
    parts = [_part(count, opening, found.stops, duty) for count in found.counts]
    if found.period is not None and not found.counts:
        parts.append(_of_period(duty))
    if found.counted is not None and found.counted != found.due:
        told = gettext("Agreed anew, or handed over: this is the deadline that counts now")
        parts.append(Part(told, "", (_due(found.due),)))
    return parts


def _part(count: Count, opening: str, stops: Any, duty: Duty) -> Part:
    title = values.said_of(count.key) if count.key else ""
    if count.key == "handover.grace":
        title = gettext("Handed over: some days to take it up")
    length = f" · {values.span(count.span)}" if count.span else ""
    why = {pause[0]: reason for pause, reason in stops}
    lines = tuple(_lines(count, opening, why, duty))
    return Part(f"{title}{length}", count.key, lines)


def _of_period(duty: Duty) -> Part:
    """What recurs is due when its period ends, or at an hour of it."""
    found = duty.reckoning
    period = found.period  # type: ignore[union-attr]
    named = gettext("Period %(label)s, from %(start)s to %(end)s") % {
        "label": period.label,
        "start": figures.date_text(period.start, "day"),
        "end": figures.date_text(period.last, "day"),
    }
    lines = (Line(figures.date_text(period.start, "long"), gettext("The period begins")),)
    return Part(named, "", (*lines, _due(found.due)))  # type: ignore[union-attr]


def _lines(count: Count, opening: str, why: dict[datetime, str], duty: Duty) -> Iterator[Line]:
    path = count.deadline.path
    if not path:
        yield _due(count.deadline.at)
    if duty.kind is not None and duty.kind.shape != "before":
        path = tuple(sorted(path, key=lambda step: (step.key == "due", step.moment)))
    for (key, _), group in groupby(path, key=lambda s: (s.key, s.detail.get("reason"))):
        steps = list(group)
        if key == "skipped":
            yield _skipped(steps)
        else:
            for step in steps:
                yield Line(_when(step), _said(step, opening, why, duty), TONES.get(key, ""))


def _when(step: Step) -> str:
    if step.key == "counted":
        return figures.date_text(step.moment, "long")
    return f"{figures.date_text(step.moment, 'long')} {figures.date_text(step.moment, 'clock')}"


def _due(moment: datetime) -> Line:
    at = f"{figures.date_text(moment, 'long')} {figures.date_text(moment, 'clock')}"
    return Line(at, gettext("Deadline"), "b")


def _skipped(steps: list[Step]) -> Line:
    """Days in a row that do not count, for the same reason."""
    first, last = steps[0], steps[-1]
    days = figures.date_text(first.moment, "long")
    if last is not first:
        days = f"{days} – {figures.date_text(last.moment, 'long')}"
    reason = REASONS.get(str(first.detail["reason"]), first.detail["reason"])
    return Line(days, gettext("does not count: %(reason)s") % {"reason": reason}, "mut")


def _said(step: Step, opening: str, why: dict[datetime, str], duty: Duty) -> str:
    detail = step.detail
    if step.key == "opened":
        if duty.kind is not None and duty.kind.shape == "before":
            return gettext("The date it is counted back from")
        return gettext("Begins: %(what)s") % {"what": opening}
    if step.key == "moved_to_opening":
        reason = REASONS.get(str(detail["reason"]), detail["reason"])
        return gettext("counted from here: it began on free time (%(reason)s)") % {"reason": reason}
    if step.key in ("added", "subtracted"):
        span = values.span(Span(detail["amount"], detail["unit"]))  # type: ignore[arg-type]
        return (
            gettext("%(span)s later") if step.key == "added" else gettext("%(span)s before")
        ) % {"span": span}
    if step.key == "counted":
        made_up = detail.get("kind") == "make_up"
        told = (
            gettext("working day %(n)s, a weekend that is worked")
            if made_up
            else gettext("working day %(n)s")
        )
        return told % {"n": detail["number"]} if detail["number"] else gettext("the opening day")
    if step.key == "worked":
        worked = detail["worked"]
        return gettext("%(span)s of working time") % {"span": _length(worked)}
    if step.key == "paused":
        return _paused(step, why)
    return gettext("Deadline")


def _paused(step: Step, why: dict[datetime, str]) -> str:
    key = next((word for moment, word in why.items() if moment == step.moment), "")
    reason = word(key) or gettext("waiting for somebody else")
    return gettext("the clock stood until %(until)s (%(reason)s): %(added)s more") % {
        "until": figures.date_text(step.detail["until"], "moment"),  # type: ignore[arg-type]
        "reason": reason,
        "added": _length(step.detail["added"]),
    }


def word(key: str) -> str:
    """A word of the glossary; of a pause also by whom it waits for; else the key in plain."""
    area, _, name = key.partition(".")
    for each in (key, f"{area}.waiting_for_{name}"):
        found = policy.glossary().get(each)
        if found is not None:
            return found.said(figures.language())
    return name.replace("_", " ")


def _length(added: Any) -> str:
    if isinstance(added, timedelta):
        return figures.human_span(added.total_seconds())
    return ngettext("%(n)s day", "%(n)s days", int(added)) % {"n": added}
