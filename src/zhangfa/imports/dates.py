"""Days and moments in the usual spellings; an ambiguous one is refused, never guessed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

from .how import How, as_text
from .messages import Unreadable, _

LONGEST = 60
"""Characters of a day with its time; longer cells are texts."""
YEARS = range(1900, 2201)
SERIALS = range(20_000, 110_000)
"""Day numbers of spreadsheets from 1954 to 2201; smaller numbers are more likely years."""
SERIAL_ZERO = date(1899, 12, 30)

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january",
            "feb february",
            "mar march",
            "apr april",
            "may",
            "jun june",
            "jul july",
            "aug august",
            "sep sept september",
            "oct october",
            "nov november",
            "dec december",
        ),
        start=1,
    )
    for name in names.split()
}
YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?!\d)")
ROC = re.compile(
    r"(?:中华民国|中華民國|民国|民國)\s*(\d{1,3})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日?"
)
DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
SLASHED = re.compile(r"(\d{1,2})([/-])(\d{1,2})\2(\d{4})")
SHORT_YEAR = re.compile(r"\d{1,2}([/.-])\d{1,2}\1\d{2}(?!\d)")
DAY_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[\s-]+([A-Za-z]{3,9})\.?,?[\s-]+(\d{4})")
MONTH_DAY = re.compile(r"([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")
CLOCK = re.compile(
    r"(?P<half>上午|下午|中午|晚上|早上|凌晨)?\s*"
    r"(?P<hour>\d{1,2})\s*[:时時点點]\s*(?P<minute>\d{1,2})?\s*(?:[:分]\s*)?"
    r"(?:(?P<second>\d{1,2})(?:[.,](?P<part>\d{1,9}))?\s*秒?)?\s*"
    r"(?P<ampm>[AaPp]\.?[Mm]\.?)?\s*"
    r"(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?"
)


def read_date(cell: Any, how: How) -> date:
    """A day. Raises Unreadable where it is none, ambiguous, or out of 1900 to 2200."""
    if isinstance(cell, datetime):
        if cell.time() != time(0, 0):
            how.note(_("The time of day was left out: the field holds a day."))
        return _sane(cell.date())
    if isinstance(cell, date):
        return _sane(cell)
    text = _tidy(cell)
    iso = _iso(text)
    day, rest = (iso.date(), "") if iso else _split(cell, text, how)
    if rest or (iso and iso.time() != time(0, 0)):
        if rest:
            _clock(rest, text)
        how.note(_("The time of day was left out: the field holds a day."))
    return day


def read_moment(cell: Any, how: How) -> datetime:
    """A moment with a zone: the one it states, else the column's.

    Raises Unreadable where the zone's clock never showed that time.
    """
    if isinstance(cell, datetime):
        _sane(cell.date())
        return cell if cell.tzinfo else _placed(cell, how)
    if isinstance(cell, date):
        return _placed(datetime.combine(_sane(cell), how.time_of_day), how)
    text = _tidy(cell)
    iso = _iso(text)
    if iso:
        return iso if iso.tzinfo else _placed(_whole(iso, text, how), how)
    day, rest = _split(cell, text, how)
    if not rest:
        return _placed(datetime.combine(day, how.time_of_day), how)
    moment, zone = _clock(rest, text)
    stated = datetime.combine(day, moment)
    return stated.replace(tzinfo=zone) if zone else _placed(stated, how)


def _iso(text: str) -> datetime | None:
    if len(text) < 10 or text[4] != "-" or text[7] != "-":
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    _sane(found.date())
    return found


def _whole(iso: datetime, text: str, how: How) -> datetime:
    return datetime.combine(iso.date(), how.time_of_day) if len(text) == 10 else iso


def _tidy(cell: Any) -> str:
    text = as_text(cell).strip()
    if len(text) > LONGEST:
        raise Unreadable(_("%(value)s is not a date."), value=text[:40])
    return text if text.isascii() else unicodedata.normalize("NFKC", text).strip()


def _split(cell: Any, text: str, how: How) -> tuple[date, str]:
    """The day at the head of the text, and what follows it."""
    for pattern, order in ((YEAR_FIRST, "ymd"), (ROC, "roc"), (DOTTED, "dmy"), (COMPACT, "ymd")):
        hit = pattern.match(text)
        if hit:
            return _day(*_ordered(hit.groups(), order), text), _after(text, hit.end())
    hit = SLASHED.match(text)
    if hit:
        first, _mark, second, year = hit.groups()
        return _slashed(int(first), int(second), int(year), text, how), _after(text, hit.end())
    for pattern, month, day in ((DAY_MONTH, 2, 1), (MONTH_DAY, 1, 2)):
        hit = pattern.match(text)
        named = MONTHS.get(hit.group(month).lower()) if hit else None
        if hit and named:
            found = _day(int(hit.group(3)), named, int(hit.group(day)), text)
            return found, _after(text, hit.end())
    return _serial(cell, text)


def _ordered(parts: tuple[str | Any, ...], order: str) -> tuple[int, int, int]:
    one, two, three = map(int, parts)
    if order == "dmy":
        return three, two, one
    return (one + 1911, two, three) if order == "roc" else (one, two, three)


def _after(text: str, end: int) -> str:
    return text[end:].lstrip(" T,")


def _slashed(first: int, second: int, year: int, text: str, how: How) -> date:
    if first > 12 or second > 12 or first == second:
        month, day = (second, first) if first > 12 else (first, second)
        return _day(year, month, day, text)
    if how.day_first is None:
        raise Unreadable(
            _(
                "%(value)s may be day/month or month/day. "
                "Choose the order for this column, or write the year first."
            ),
            value=text,
        )
    month, day = (second, first) if how.day_first else (first, second)
    return _day(year, month, day, text)


def _serial(cell: Any, text: str) -> tuple[date, str]:
    if SHORT_YEAR.match(text):
        raise Unreadable(_("Write the year of %(value)s with four digits."), value=text)
    try:
        number = float(text) if re.fullmatch(r"\d{5,6}(\.\d+)?", text) else -1.0
    except ValueError:
        number = -1.0
    if int(number) not in SERIALS:
        raise Unreadable(_("%(value)s is not a date."), value=as_text(cell)[:40])
    seconds = round((number - int(number)) * 86_400)
    clock = (datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).time()
    day = SERIAL_ZERO + timedelta(days=int(number))
    return day, "" if clock == time(0, 0) else clock.isoformat()


def _day(year: int, month: int, day: int, text: str) -> date:
    try:
        return _sane(date(year, month, day))
    except ValueError as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(_("There is no day %(value)s in the calendar."), value=text) from error


def _sane(day: date) -> date:
    if day.year not in YEARS:
        raise Unreadable(
            _("The year %(year)s lies outside %(first)s to %(last)s."),
            year=day.year,
            first=YEARS[0],
            last=YEARS[-1],
        )
    return day


def _clock(rest: str, text: str) -> tuple[time, timezone | None]:
    """The time of day and the stated zone of `15:04:05+08:00`, `3:04 PM`, `下午3时4分`."""
    hit = CLOCK.fullmatch(rest)
    if not hit:
        raise Unreadable(_("%(value)s is not a date with a time."), value=text[:40])
    hour = int(hit["hour"])
    half = (hit["ampm"] or "").lower().replace(".", "")
    if (half == "pm" or hit["half"] in ("下午", "晚上", "中午")) and 1 <= hour < 12:
        hour += 12 if hit["half"] != "中午" or hour < 11 else 0
    elif (half == "am" or hit["half"] in ("上午", "早上", "凌晨")) and hour == 12:
        hour = 0
    micro = int((hit["part"] or "0").ljust(6, "0")[:6])
    try:
        found = time(hour, int(hit["minute"] or 0), int(hit["second"] or 0), micro)
    except ValueError as error:
        raise Unreadable(_("%(value)s is not a date with a time."), value=text[:40]) from error
    return found, _zone(hit["zone"])


def _zone(stated: str | None) -> timezone | None:
    if not stated:
        return None
    if stated in ("Z", "UTC", "GMT"):
        return UTC
    digits = stated[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if stated[0] == "-" else offset)


def _placed(moment: datetime, how: How) -> datetime:
    """A wall clock time in the column's zone; the first of two where the clock is set back."""
    placed = moment.replace(tzinfo=how.zone)
    if placed.astimezone(UTC).astimezone(how.zone).replace(tzinfo=None) != moment:
        raise Unreadable(
            _("The clocks of %(zone)s skipped %(value)s."),
            zone=str(how.zone),
            value=moment.isoformat(" ", "minutes"),
        )
    return placed


def day_order(cells: Iterable[Any]) -> bool | None:
    """Whether a column of 11/12/2026 dates has the day first, by its unambiguous values.

    None where no value tells, or where values contradict one another.
    """
    days = months = 0
    for cell in cells:
        hit = SLASHED.match(cell.strip()) if isinstance(cell, str) else None
        if hit:
            days += int(hit.group(1)) > 12
            months += int(hit.group(3)) > 12
    if bool(days) == bool(months):
        return None
    return bool(days)
