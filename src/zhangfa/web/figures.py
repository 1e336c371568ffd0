"""Numbers, money, spans and moments as words, in the reader's language.

Pure text: nothing here makes markup. The language is the one Django has active for the
request, the time zone the company's; `now` is always an argument.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache

from babel import Locale
from babel.dates import format_skeleton
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext

NONE = "—"
MINUS = "−"

_TAGS = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant", "en": "en"}
_SIGNS = {"CNY": "¥", "TWD": "NT$", "HKD": "HK$", "MOP": "MOP$", "USD": "US$", "EUR": "€"}
_LARGE = {
    "zh-Hans": ((Decimal(10**8), " 亿"), (Decimal(10**4), " 万")),
    "zh-Hant": ((Decimal(10**8), " 億"), (Decimal(10**4), " 萬")),
    "en": ((Decimal(10**9), "B"), (Decimal(10**6), "M"), (Decimal(10**3), "K")),
}

PATTERNS = {"day": "%Y-%m-%d", "short": "%m-%d", "clock": "%H:%M", "moment": "%Y-%m-%d %H:%M"}
SKELETONS = {"long": "MMMEd", "month": "yMMM", "weekday": "E", "full": "yMMMEd"}

Figure = Decimal | Fraction | int | float | None


def language() -> str:
    """The reader's language as it stands in `<html lang>`: zh-Hans, zh-Hant or en."""
    return _TAGS.get((get_language() or "zh-hans").lower(), "zh-Hans")


def _exact(value: Figure) -> Decimal:
    if isinstance(value, Fraction):
        return Decimal(value.numerator) / value.denominator
    return value if isinstance(value, Decimal) else Decimal(str(value))


def number(value: Figure, places: int | None = None, *, sign: bool = False) -> str:
    """`1,234.5`: grouped, with a true minus; `places` fixes the decimals, None is a dash."""
    if value is None:
        return NONE
    amount = _exact(value)
    if places is None:
        text = f"{abs(amount):,f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    else:
        amount = amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        text = f"{abs(amount):,f}"
    if amount < 0:
        return MINUS + text
    return f"+{text}" if sign and amount > 0 else text


def percent(ratio: Figure, places: int = 1) -> str:
    """A ratio as a percentage: 0.918 is `91.8%`, 1 is `100%`; None is a dash."""
    if ratio is None:
        return NONE
    value = (_exact(ratio) * 100).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return f"{number(value)}%"


def money(amount: Figure, currency: str = "CNY") -> str:
    """Money as people say it: `¥128 万` in Chinese, `¥1.28M` in English."""
    if amount is None:
        return NONE
    value = _exact(amount)
    for unit, word in _LARGE[language()]:
        if abs(value) >= unit:
            scaled = value / unit
            places = 0 if abs(scaled) >= 1000 else 1 if abs(scaled) >= 100 else 2
            if unit == 10**4:
                places = 0 if abs(scaled) >= 100 else 1
            short = scaled.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
            return _signed(short, currency) + word
    return _signed(value.quantize(Decimal(1), ROUND_HALF_UP), currency)


def money_exact(amount: Figure, currency: str = "CNY") -> str:
    """Money to the cent: `¥1,280,000.00`; whole amounts stay whole."""
    if amount is None:
        return NONE
    value = _exact(amount).quantize(Decimal("0.01"), ROUND_HALF_UP)
    whole = value == value.to_integral_value()
    return _signed(value.quantize(Decimal(1)) if whole else value, currency, trim=False)


def _signed(value: Decimal, currency: str, *, trim: bool = True) -> str:
    text = number(abs(value)) if trim else f"{abs(value):,f}"
    return f"{MINUS if value < 0 else ''}{_SIGNS.get(currency, currency + ' ')}{text}"


def human_span(seconds: float) -> str:
    """A length of time in its two largest units: `2 days 5 h`, `7 h 05 min`, `18 min`."""
    rest = abs(int(seconds))
    days, rest = divmod(rest, 86400)
    hours, rest = divmod(rest, 3600)
    minutes = rest // 60
    if days:
        return gettext("%(days)sd %(hours)sh") % {"days": days, "hours": hours}
    if hours:
        return gettext("%(hours)sh %(minutes)sm") % {"hours": hours, "minutes": f"{minutes:02d}"}
    return gettext("%(minutes)sm") % {"minutes": minutes}


def late_by(seconds: float) -> str:
    """How late something is: `late 2h 05m`."""
    return gettext("late %(span)s") % {"span": human_span(seconds)}


def local(moment: date | datetime) -> date | datetime:
    """The moment in the company's time zone; a plain day stays what it is."""
    if isinstance(moment, datetime) and moment.tzinfo is not None:
        return moment.astimezone(timezone.get_default_timezone())
    return moment


def day_of(moment: date | datetime) -> date:
    """The local calendar day of a moment."""
    here = local(moment)
    return here.date() if isinstance(here, datetime) else here


@lru_cache(8)
def _locale(tag: str) -> Locale:
    return Locale.parse(tag.replace("-", "_"))


def date_text(moment: date | datetime | None, form: str = "day") -> str:
    """A day as text.

    Forms: `day` 2026-11-23 · `short` 11-23 · `long` 11月23日周一 · `month` 2026年11月 ·
    `weekday` 周一 · `clock` 08:19 · `moment` 2026-11-23 08:19 · `full` 2026年11月23日周一.
    """
    if moment is None:
        return NONE
    here = local(moment)
    if form in PATTERNS:
        return here.strftime(PATTERNS[form])
    return format_skeleton(SKELETONS[form], here, locale=_locale(language()))


def when(moment: date | datetime | None, now: datetime) -> str:
    """A moment beside today: `today 08:19`, `yesterday 15:10`, `11-20 Fri`, `2025-11-20`."""
    if moment is None:
        return NONE
    day, today = day_of(moment), day_of(now)
    clock = f" {date_text(moment, 'clock')}" if isinstance(moment, datetime) else ""
    near = {0: gettext("today"), 1: gettext("tomorrow"), -1: gettext("yesterday")}
    if (day - today).days in near:
        return near[(day - today).days] + clock
    if day.year == today.year:
        return f"{date_text(moment, 'short')} {date_text(moment, 'weekday')}"
    return date_text(moment, "day")


def ago(moment: datetime | None, now: datetime) -> str:
    """How long ago: `just now`, `5 minutes ago`, `3 hours ago`, `4 days ago`."""
    if moment is None:
        return NONE
    passed = max(now - moment, timedelta(0))
    minutes = int(passed.total_seconds() // 60)
    if minutes < 1:
        return gettext("just now")
    if minutes < 60:
        return ngettext("%(n)s minute ago", "%(n)s minutes ago", minutes) % {"n": minutes}
    if minutes < 60 * 24:
        hours = minutes // 60
        return ngettext("%(n)s hour ago", "%(n)s hours ago", hours) % {"n": hours}
    days = (day_of(now) - day_of(moment)).days
    return ngettext("%(n)s day ago", "%(n)s days ago", days) % {"n": days}
