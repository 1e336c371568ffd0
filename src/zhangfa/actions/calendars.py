"""0.1, 0.2 The working calendar: entering the days of an official notice, or single days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from zhangfa.records import editions
from zhangfa.records.ledger import Change
from zhangfa.records.models import CalendarDay, Owed
from zhangfa.rules.notices_cn import NotUnderstood, read_notice

from . import renewal
from .action import Did, Invalid, action
from .may import role

keeps = role("hr", "policy_officer", "administrator")


@dataclass(frozen=True)
class Recount:
    """What the new days changed: deadlines that moved, and those that are certain now."""

    days: int
    moved: int
    firm: int


def days_of(text: str, year: int) -> dict[date, bool]:
    """The days that a notice names: {day: is it worked?}.

    Read are the sentences of the official notice, or a table with a day and a word in each line:
    `2027-01-01 休`, `2027-02-20 班`, `2027-10-01 off`, `2027-09-26 work`. Raises Invalid at `text`.
    """
    lines = [line.split() for line in text.strip().splitlines() if line.strip()]
    if not lines:
        raise Invalid("text", "Paste the notice, or a table of its days.")
    table = all(len(line) == 2 and line[0][:4].isdigit() and "-" in line[0] for line in lines)
    if not table:
        try:
            return read_notice(text, year)
        except NotUnderstood as error:
            raise Invalid("text", error.msgid, **error.params) from error
    found: dict[date, bool] = {}
    for number, (day, word) in enumerate(lines, 1):
        works = {"休": False, "off": False, "班": True, "work": True}.get(word.lower())
        try:
            read = date.fromisoformat(day)
        except ValueError:
            works = None
        if works is None:
            raise Invalid("text", "Line %(line)s is no day with 休 or 班.", line=number)
        found[read] = works
    return dict(sorted(found.items()))


@action(may=keeps, creates=True)
def enter_notice(
    _: None, *, by: Any, at: datetime, days: Mapping[date, bool], year: int, whole: bool = True
) -> Did:
    """0.2 The days that differ from the ordinary week; `whole` when they are all of the year's.

    A whole year moves "published until" to its end. Deadlines that were provisional are counted
    again, each change is noted, and nothing that is past is touched.
    """
    calendar = editions.current_calendar()
    today = calendar.day(at)
    if not days:
        raise Invalid("text", "Paste the notice, or a table of its days.")
    if past := [day for day in days if day <= today]:
        raise Invalid(
            "text", "%(day)s is past: what was counted then stays.", day=past[0].isoformat()
        )
    if wrong := [day for day in days if day.year not in (year - 1, year)]:
        raise Invalid("text", "%(day)s lies outside the year.", day=wrong[0].isoformat())
    country = editions.country_of_calendar()
    _write(country, days, f"{editions.NOTICE}{year}" if whole else "", by, at)
    editions.forget()
    moved, firm = _recount(by, at)
    return Did(Recount(len(days), moved, firm), ())


def _write(country: str, days: Mapping[date, bool], name: str, by: Any, at: datetime) -> None:
    known = dict(CalendarDay.objects.filter(day__in=days).values_list("day", "works"))
    CalendarDay.objects.bulk_create(
        [
            CalendarDay(country=country, day=day, works=works, name=name, entered_at=at)
            for day, works in days.items()
        ],
        update_conflicts=True,
        unique_fields=["country", "day"],
        update_fields=["works", "name", "entered_at"],
    )
    words = {None: "", True: "work", False: "off"}
    Change.objects.bulk_create(
        [
            Change(
                ref="calendar",
                field=day.isoformat(),
                old=words[known.get(day)],
                new=words[works],
                by=by,
                at=at,
            )
            for day, works in days.items()
        ]
    )


def _recount(by: Any, at: datetime) -> tuple[int, int]:
    """Count provisional deadlines again: how many moved, how many are certain now (0.5)."""
    waiting = Owed.objects.filter(outcome="", provisional=True)
    before = {row.pk: row for row in waiting.only("pk", "story", "kind", "due")}
    stories = sorted({row.story for row in before.values()})
    renewal.renew(stories, at, by=by, quiet=True)
    moved, firm, changes = 0, 0, []
    for row in Owed.objects.filter(pk__in=before).only("pk", "due", "provisional"):
        old = before[row.pk]
        firm += not row.provisional
        if row.due == old.due:
            continue
        moved += 1
        changes.append(
            Change(
                ref=old.story,
                field=f"due:{old.kind}",
                old=old.due.isoformat(),
                new=row.due.isoformat(),
                by=by,
                at=at,
            )
        )
    Change.objects.bulk_create(changes)
    return moved, firm
