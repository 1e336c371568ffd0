"""Reads the official Chinese holiday notices into days (0.2).

Such as "2月4日至10日放假，共7天。2月2日（星期六）、2月3日（星期日）上班。": which days are free,
which are worked. Nothing is guessed: a weekday that does not fit its date, a number of days that
does not add up, a clause that is not understood are refused, because pay hangs on these days.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

DAY = re.compile(r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(?:@([1-7]))?")
NOTE = re.compile(r"\(([^()]*)\)")
WEEKDAY = re.compile(r"(?:星期|周)([一二三四五六日天])")
COUNT = re.compile(r"(?:共|放假)(\d+)天")
UNTIL = ("至", "到", "—", "–", "-", "~")
WORKED = re.compile(r"(?<!不)上班")
FREE = re.compile(r"(?<!不)放假|补休|法定节?假日|公休")
MOVED = "调至"


class NotUnderstood(ValueError):
    """This part of the notice cannot be read with certainty; enter its days by hand.

    `msgid` and `params` are the sentence for people.
    """

    def __init__(self, msgid: str, **params: object) -> None:
        super().__init__(msgid % params)
        self.msgid, self.params = msgid, params


def read_notice(text: str, year: int) -> dict[date, bool]:
    """The days named in one or more sentences of a notice: {day: is it worked?}, in order.

    ``year`` is the year the notice is about; it may name days of the December before. The answer
    can be given to ``build_calendar`` as overrides. Raises NotUnderstood, a ValueError.
    """
    reader = _Reader(year)
    for sentence in _plain(text).split("。"):
        reader.sentence(sentence)
    reader.worked |= reader.moved - reader.free
    if both := reader.worked & reader.free:
        raise NotUnderstood("%(day)s is said to be both free and worked", day=min(both).isoformat())
    if not reader.worked | reader.free:
        raise NotUnderstood("no day is named in “%(text)s”", text=text)
    return {day: day in reader.worked for day in sorted(reader.worked | reader.free)}


def _plain(text: str) -> str:
    """One form for every sign; of what stands in brackets only the weekday is kept, as @1 to @7."""

    def mark(note: re.Match[str]) -> str:
        weekday = WEEKDAY.search(note[1])
        return f"@{'一二三四五六日'.index(weekday[1].replace('天', '日')) + 1}" if weekday else ""

    return NOTE.sub(mark, "".join(unicodedata.normalize("NFKC", text).split()))


@dataclass
class _Reader:
    """What has been read so far, and the date named last: a later one leaves out what is same."""

    year: int
    last: date | None = None
    free: set[date] = field(default_factory=set)
    worked: set[date] = field(default_factory=set)
    moved: set[date] = field(default_factory=set)

    def sentence(self, sentence: str) -> None:
        """Read the clauses of a sentence and check the number of free days it gives."""
        off: set[date] = set()
        for clause in re.split("[,;]", sentence):
            off = self._clause(clause) or off
            if (count := COUNT.search(clause)) and int(count[1]) != len(off):
                raise NotUnderstood(
                    "“%(text)s” is said of %(days)s days", text=clause, days=len(off)
                )

    def _clause(self, clause: str) -> set[date]:
        """Read one clause; the days on which it says people are off."""
        before, moved, after = clause.partition(MOVED)
        days = set(self._days(before))
        if moved:
            self.moved |= days
            self.free |= set(self._days(after))
            return set()
        works, free = WORKED.search(clause), FREE.search(clause)
        if not days:
            return set()
        if bool(works) == bool(free):
            raise NotUnderstood("whether “%(text)s” is free or worked is not clear", text=clause)
        (self.worked if works else self.free).update(days)
        return days if "放假" in clause else set()

    def _days(self, clause: str) -> Iterator[date]:
        """Every day a clause names, singly or as a stretch."""
        begin: date | None = None
        ended = 0
        for found in DAY.finditer(clause):
            day = self._day(found)
            if begin and clause[ended : found.start()] in UNTIL:
                if not begin < day <= begin + timedelta(days=31):
                    raise NotUnderstood("“%(text)s” is no stretch of days", text=clause)
                for after in range(1, (day - begin).days):
                    yield begin + timedelta(days=after)
            yield day
            begin, ended = day, found.end()

    def _day(self, found: re.Match[str]) -> date:
        """One date, its month and year as named before, or as the weekday tells."""
        year, month, day, weekday = (int(part) if part else None for part in found.groups())
        if month is None and self.last:
            month, year = self.last.month, year or self.last.year
        if month is None or day is None:
            raise NotUnderstood("the month of “%(text)s” is not given", text=found[0])
        years = [year] if year else [self.year, *([self.year - 1] if month == 12 else [])]
        fitting = [
            each
            for each in (_date(one, month, day) for one in years)
            if each and weekday in (None, each.isoweekday())
        ]
        if not fitting:
            raise NotUnderstood(
                "“%(text)s” is no date of %(year)s, or not on that weekday",
                text=found[0],
                year=self.year,
            )
        near = self.last or fitting[0]
        self.last = min(fitting, key=lambda each: abs(each - near))
        return self.last


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
