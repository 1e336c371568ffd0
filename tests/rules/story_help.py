"""A story told in short lines, and what the rules make of it.

    story(\"\"\"
        03-02 09:00 ticket_raised
        03-02 09:30 ticket_answered
    \"\"\", now="03-09 09:00").of("ticket_response") == ["met, due 03-02 10:00"]

A line is a day and time of 2026 in China (or with its year), the name of a fact, and `field=value`
for what matters; what is left out is 1, "" or nothing. `noted=`, `by=` and `owner=` belong to the
fact itself; moments are written 03-02T09:00. Facts are numbered from 1 in the order of the lines,
and "#" begins a remark.
"""

from __future__ import annotations

import types
import typing
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from zhangfa.policy import load_editions
from zhangfa.rules import facts as f
from zhangfa.rules.calendars import build_calendar
from zhangfa.rules.clock import Calendar
from zhangfa.rules.obligations import Obligation, derive
from zhangfa.rules.policy import Edition, Policy

CHINA = ZoneInfo("Asia/Shanghai")
SELLER, OTHER = 7, 8
PLAIN: dict[Any, Any] = {int: 1, str: "", bool: True, Decimal: Decimal(1)}


def moment(text: str) -> datetime:
    """ "03-02 09:00", "03-02T09:00:30" or with a year before it, in China; 2026 if none is said."""
    text = text.replace(" ", "T")
    return datetime.fromisoformat(text if text[4] == "-" else f"2026-{text}").replace(tzinfo=CHINA)


def shown(when: datetime) -> str:
    """A moment as it is written in stories: "03-02 10:00", with its year where it is not 2026."""
    wall = when.astimezone(CHINA)
    clock = wall.strftime("%H:%M" if wall.second in (0, 59) else "%H:%M:%S")
    return f"{wall:%m-%d} {clock}" if wall.year == 2026 else f"{wall:%Y-%m-%d} {clock}"


def _value(said: str, kind: Any) -> Any:
    if said == "none":
        return None
    plain = next((one for one in typing.get_args(kind) if one is not types.NoneType), kind)
    if plain is bool:
        return said == "yes"
    if plain is datetime:
        return moment(said)
    if plain is date:
        return date.fromisoformat(said if said[4] == "-" else f"2026-{said}")
    return plain(said)


def what_of(name: str, said: dict[str, str]) -> f.What:
    """A fact by its name in the ledger, with what is said of it and plain values for the rest."""
    kind = f.WHATS[name]
    types_ = typing.get_type_hints(kind)
    given = {}
    for field in fields(kind):  # type: ignore[arg-type]
        wanted = types_[field.name]
        if field.name in said:
            given[field.name] = _value(said.pop(field.name), wanted)
        else:
            given[field.name] = None if typing.get_args(wanted) else PLAIN.get(wanted)
    assert not said, f"{name} has no {', '.join(said)}"
    return kind(**given)


def line(number: int, text: str, about: str, owner: int | None) -> f.Fact:
    """One line of a story as a fact."""
    day, clock, name, *rest = text.split()
    said = dict(each.split("=", 1) for each in rest)
    at = moment(f"{day} {clock}")
    noted = moment(said.pop("noted")) if "noted" in said else at
    by = int(said.pop("by", SELLER))
    opens = frozenset(said.pop("opens").split(",")) if "opens" in said else None
    own = said.get("owner") if "owner" in f.WHATS[name].__annotations__ else said.pop("owner", None)
    answers = int(own) if own and own != "none" else None if own == "none" else owner
    if name == "owner_changed":
        answers = owner
    return f.Fact(number, what_of(name, said), about, by, at, noted, answers, opens)


def lines(text: str, about: str = "customer/1", owner: int | None = SELLER) -> list[f.Fact]:
    """The facts of a story."""
    told = [each.partition("#")[0].strip() for each in text.splitlines()]
    return [line(n, each, about, owner) for n, each in enumerate(filter(None, told), 1)]


@dataclass(frozen=True)
class Told:
    """What a story makes people owe, as seen at a moment."""

    owed: list[Obligation]
    now: datetime

    def all(self, kind: str) -> list[Obligation]:
        return [one for one in self.owed if one.kind.key == kind]

    def one(self, kind: str) -> Obligation:
        (found,) = self.all(kind)
        return found

    def of(self, kind: str) -> list[str]:
        """Each obligation of a kind as "met, due 03-02 10:00", with its window before it."""
        return [
            f"{one.window_key + ': ' if one.window_key else ''}{one.state(self.now)}, "
            f"due {shown(one.due)}"
            for one in self.all(kind)
        ]

    def owners(self, kind: str) -> list[int | str | None]:
        """Who owes each of a kind: a person's number or a role."""
        return [one.owner or one.role for one in self.all(kind)]


POLICY = load_editions()


def calendar_of(policy: Policy) -> Calendar:
    """The working calendar that the policy describes."""
    said = policy.on(policy.editions[-1].effective)
    keys = ("country", "zone", "intervals", "weekdays", "published_until")
    return build_calendar(**{key: said[f"calendar.{key}"] for key in keys})


CALENDAR = calendar_of(POLICY)


def followed(effective: str, **values: Any) -> Policy:
    """The shipped policy with one more edition, from a day of 2026 on; "__" stands for a dot."""
    day = date.fromisoformat(f"2026-{effective}")
    said = {key.replace("__", "."): value for key, value in values.items()}
    return POLICY.followed_by(Edition(day.isoformat(), "next", day, said))


def telling(
    text: str,
    now: str = "12-31 12:00",
    about: str = "customer/1",
    policy: Policy = POLICY,
    owner: int | None = SELLER,
) -> Told:
    """Tell a story; `now` is when it is looked at."""
    seen = moment(now)
    return Told(derive(lines(text, about, owner), policy, calendar_of(policy), seen), seen)
