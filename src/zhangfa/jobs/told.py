"""0.7 Who is told: who owes, who stands above them, and the deputy of whoever is away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from zhangfa.records.models import Leave, Membership, Person, Team

OWES, ABOVE, HIGHER = 0, 1, 2
LEVELS = (OWES, ABOVE, HIGHER)


class Told:
    """Who is told on one day, for whomever owes: read once, then asked for each person or role.

    Somebody away is stood in for by their deputy. One who owes and has no deputy is told anyway,
    and reads it when back; above them, whoever is away without a deputy is passed over.
    """

    def __init__(self, day: date, *, skip_on_leave: bool = True) -> None:
        self.active: dict[int, list[str]] = dict(
            Person.objects.filter(is_active=True).order_by("pk").values_list("pk", "roles")
        )
        leaves = Leave.objects.filter(starts_on__lte=day, ends_on__gt=day).order_by("-pk")
        self.away: dict[int, int | None] = (
            dict(leaves.values_list("person_id", "deputy_id")) if skip_on_leave else {}
        )
        self.above = dict(Team.objects.values_list("pk", "parent_id"))
        self.team: dict[int, int] = {}
        self.leads: dict[int, list[int]] = defaultdict(list)
        spells = Membership.objects.on(day).order_by("-starts_on", "-pk")
        for person, team, lead in spells.values_list("person_id", "team_id", "lead"):
            self.team.setdefault(person, team)
            if lead:
                self.leads[team].append(person)

    def of(self, person: int | None, role: str, level: int) -> list[int]:
        """Who is told of what this person, or else this role, owes; on a level of the ladder."""
        if person is not None:
            return self._of_person(person, level)
        holders = [one for one, roles in self.active.items() if role in roles]
        if level == OWES:
            return sorted({self._present(one) or one for one in holders})
        found = {each for one in holders for each in self._of_person(one, level)}
        return sorted(found.difference(holders))

    def _of_person(self, person: int, level: int) -> list[int]:
        if level == OWES:
            return [self._present(person) or person]
        line = self._upwards(person)
        for _ in range(ABOVE, level):
            next(line, None)
        found = next(line, None)
        return [] if found is None else [found]

    def _present(self, person: int) -> int | None:
        """The person, or the one who stands in for them today; None if there is nobody."""
        seen: set[int] = set()
        one: int | None = person
        while one is not None and one not in seen:
            if one not in self.away:
                return one if one in self.active else None
            seen.add(one)
            one = self.away[one]
        return None

    def _upwards(self, person: int) -> Iterator[int]:
        """Those who can be told above a person, nearest first, each once."""
        known, seen, at = {person}, {person}, person
        while (lead := self._lead(at)) is not None and lead not in seen:
            seen.add(lead)
            at = lead
            there = self._present(lead)
            if there is not None and there not in known:
                known.add(there)
                yield there

    def _lead(self, person: int) -> int | None:
        """The lead of the person's team, or of the nearest team above that another leads."""
        team: int | None = self.team.get(person)
        while team is not None:
            other = next((lead for lead in self.leads[team] if lead != person), None)
            if other is not None:
                return other
            team = self.above[team]
        return None
