"""A small sales department and its obligations, for the tests of the sweep."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from zhangfa.records.models import Look, Membership, Notice, Owed, Person, Team

CHINA = ZoneInfo("Asia/Shanghai")
HOUR = timedelta(hours=1)
_numbers = count(1)


def at(text: str) -> datetime:
    """ "03-02 10:00" of 2026 in China; 2 March is a Monday."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=CHINA)


def person(name: str, team: Team | None = None, *, lead: bool = False, role: str = "seller"):
    made = Person.objects.create_user(name, name=name.title(), roles=[role])
    if team is not None:
        Membership.objects.create(person=made, team=team, lead=lead, starts_on=date(2020, 1, 1))
    return made


def department() -> dict[str, Person]:
    """Zhao leads all, Gu leads the East below him, Lin and Zhou sell there; Fang is legal."""
    whole = Team(name="Sales").place()
    east = Team(name="East", parent=whole).place()
    return {
        "zhao": person("zhao", whole, lead=True, role="director"),
        "gu": person("gu", east, lead=True, role="supervisor"),
        "lin": person("lin", east),
        "zhou": person("zhou", east),
        "fang": person("fang", role="legal"),
    }


def owe(who: Person | str, opens: datetime, due: datetime, **given) -> Owed:
    """An open obligation as `renew` stores it: looked at first when half of its time is gone."""
    number = next(_numbers)
    named = {"role": who} if isinstance(who, str) else {"person": who}
    told = {
        "kind": "needs_report",
        "story": f"deal/{number}",
        "opening": number,
        "opens_at": opens,
        "due": due,
        "promised": due,
        "edition": "2026-01-01",
        "next_at": opens + (due - opens) / 2,
    }
    owed = Owed.objects.create(**{**told, **named, **given})
    if not owed.outcome:
        Look.objects.create(owed=owed, at=owed.next_at)
    return owed


def move(**fields) -> None:
    """Change what is open, and when it is looked at."""
    Owed.objects.update(**fields)
    if "next_at" in fields:
        Look.objects.update(at=fields["next_at"])


def said(owed: Owed | None = None) -> list[tuple[str, str]]:
    """Who was told what, in the order of telling."""
    rows = Notice.objects.exclude(kind="asked").order_by("at", "pk")
    if owed is not None:
        rows = rows.filter(owed=owed)
    return [(row.person.username, row.kind) for row in rows.select_related("person")]
