"""How each unit of time is counted, step by step; what it means is said in ``clock``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from zhangfa.rules.terms import Deadline, Span, Step, add_months, in_utc
from zhangfa.rules.timeline import to_micros
from zhangfa.rules.workdays import Calendar, Leave

DAY = timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)


def elapsed(start: datetime, span: Span, calendar: Calendar, stops: Sequence[Leave]) -> Deadline:
    """Minutes and hours: day and night, longer by the pauses."""
    path = _opened(start, calendar)
    due = in_utc(start) + (span.elapsed or timedelta())
    path.append(Step("added", due.astimezone(calendar.zone), _amount(span)))
    for begin, end in stops:
        if begin >= due:
            break
        due += end - begin
        path.append(_paused(begin, end, end - begin, calendar))
    return _deadline(due.astimezone(calendar.zone), path, provisional=False)


def working_time(
    start: datetime, length: timedelta, calendar: Calendar, stops: Sequence[Leave]
) -> Deadline:
    """Working hours, or working days taken as hours: longer by the working time of pauses."""
    due = calendar.add_working(start, length)
    taken: list[Leave] = []
    paused: list[Step] = []
    for begin, end in stops:
        if to_micros(begin) >= to_micros(due):
            break
        lost = calendar.working_between(begin, end)
        due = calendar.add_working(due, lost)
        taken.append((begin, end))
        paused.append(_paused(begin, end, lost, calendar))
    path = _opened(start, calendar)
    path += _days_worked(start, due, calendar, taken)
    path += paused
    return _deadline(due, path, not calendar.published(calendar.day(due)))


def _days_worked(
    start: datetime, due: datetime, calendar: Calendar, stops: Sequence[Leave]
) -> Iterator[Step]:
    """What each day from the start to the deadline gave towards it."""
    timeline, position = calendar.timeline, calendar.timeline.position
    begin, end = to_micros(start), to_micros(due)
    gaps = [(to_micros(since), to_micros(until)) for since, until in stops]
    for day, index in calendar.walk(calendar.day(start), calendar.day(due)):
        if index is None:
            yield _skipped(day, calendar.kind(day), calendar)
            continue
        a, b = max(begin, timeline.opening(index)), min(end, timeline.closing(index))
        if a < b:
            worked = position(b) - position(a)
            for since, until in gaps:
                worked -= max(0, position(min(b, until)) - position(max(a, since)))
            detail = {"day": day, "worked": timedelta(microseconds=worked)}
            yield Step("worked", calendar.moment(b), detail)


def working_days(
    start: datetime, amount: int, calendar: Calendar, stops: Sequence[Leave], move: bool
) -> Deadline:
    """Until closing time of the n-th working day after the opening day that no pause touches.

    ``move``: a start after closing or on a free day is taken for the next opening. With an amount
    of 0 the opening day itself is the day, or the next one if it is over already.
    """
    opening, path = _opening_day(start, calendar, move)
    if not amount and not _is_over(calendar.index(opening), opening, start, calendar):
        opening -= DAY
    first = calendar.index(opening + DAY)
    due, free, lost = first + max(amount, 1) - 1, first, set[int]()
    paused = []
    for begin, end in stops:
        a, b = calendar.timeline.touched(to_micros(begin), to_micros(end))
        a = max(a, free)
        if a <= b and a <= due:
            lost.update(range(a, b + 1))
            due, free = due + b - a + 1, b + 1
            paused.append(_paused(begin, end, b - a + 1, calendar))
    due_day = calendar.workday(due)
    path += _days_counted(opening + DAY, due_day, calendar, lost, min(amount, 1))
    return _deadline(calendar.closing(due), path + paused, not calendar.published(due_day))


def _opening_day(start: datetime, calendar: Calendar, move: bool) -> tuple[date, list[Step]]:
    """The day from which working days are counted, and the path up to it."""
    day, path = calendar.day(start), _opened(start, calendar)
    index = calendar.index(day)
    free = not calendar.is_workday(day)
    if not move or not (free or _is_over(index, day, start, calendar)):
        return day, path
    index += not free
    opening = calendar.workday(index)
    detail = {"day": opening, "reason": calendar.kind(day) if free else "after_closing"}
    path.append(Step("moved_to_opening", calendar.opens(opening), detail))
    return opening, path


def _is_over(index: int, day: date, moment: datetime, calendar: Calendar) -> bool:
    """Whether a moment of a working day comes after its closing time; closing time does not."""
    timeline = calendar.timeline
    worked = index < len(timeline.days) and timeline.days[index] == day.toordinal()
    return worked and to_micros(moment) > timeline.closing(index)


def _days_counted(
    day: date, due_day: date, calendar: Calendar, lost: set[int], number: int
) -> Iterator[Step]:
    for each, index in calendar.walk(day, due_day):
        if index is None:
            yield _skipped(each, calendar.kind(each), calendar)
        elif index in lost:
            yield _skipped(each, "paused", calendar)
        else:
            detail = {"day": each, "number": number, "kind": calendar.kind(each)}
            yield Step("counted", calendar.closing(index), detail)
            number += 1


def calendar_days(
    start: datetime, span: Span, calendar: Calendar, stops: Sequence[Leave]
) -> Deadline:
    """Until closing time so many days, weeks or months later, or of the next working day."""
    day, path = calendar.day(start), _opened(start, calendar)
    target = shifted(day, span, 1)
    free = min(day + DAY, target)
    path.append(Step("added", calendar.begins(target), {**_amount(span), "day": target}))
    for begin, end in stops:
        if to_micros(begin) >= calendar.timeline.closing(
            _due_index(target, start, calendar, stops)
        ):
            break
        a, b = max(calendar.day(begin), free), calendar.day(end - MICROSECOND)
        if a <= b and a <= target:
            target, free = target + (b - a) + DAY, b + DAY
            path.append(_paused(begin, end, (b - a).days + 1, calendar))
    due = _due_index(target, start, calendar, stops)
    due_day = calendar.workday(due)
    for each, index in calendar.walk(target, due_day - DAY):
        reason = calendar.kind(each) if index is None else "paused"
        path.append(_skipped(each, reason, calendar))
    return _deadline(calendar.closing(due), path, not calendar.published(due_day))


def _due_index(target: date, start: datetime, calendar: Calendar, stops: Sequence[Leave]) -> int:
    """The first working day from the target on that is not over and that no pause touches."""
    index = calendar.index(target)
    index += _is_over(index, target, start, calendar)
    for begin, end in stops:
        first, last = calendar.timeline.touched(to_micros(begin), to_micros(end))
        if first <= index <= last:
            index = last + 1
    calendar.workday(index)
    return index


def shifted(day: date, span: Span, sign: int) -> date:
    """The day so many calendar days, weeks or months after another (sign 1) or before (-1)."""
    if span.unit == "months":
        return add_months(day, sign * span.amount)
    if span.unit not in ("days", "weeks"):
        raise ValueError(f"{span} is not counted in calendar days")
    return day + sign * span.amount * (7 if span.unit == "weeks" else 1) * DAY


def time_before(moment: datetime, span: Span, calendar: Calendar) -> Deadline:
    """Elapsed or working hours before a moment."""
    path = _opened(moment, calendar)
    if span.elapsed is not None:
        due = (in_utc(moment) - span.elapsed).astimezone(calendar.zone)
    else:
        due = calendar.add_working(moment, -timedelta(hours=span.amount))
    path.append(Step("subtracted", due, _amount(span)))
    asked = span.elapsed is None
    return _deadline(due, path, asked and not calendar.published(calendar.day(moment)))


def days_before(moment: datetime, span: Span, calendar: Calendar) -> Deadline:
    """Working or calendar days before a moment, at closing time."""
    day, path = calendar.day(moment), _opened(moment, calendar)
    if span.unit == "working_days" and span.amount:
        known, due_day = day - DAY, calendar.workdays_after(day, -span.amount)
        back = list(calendar.walk(due_day, known))
        path += _counted_back(back, calendar)
    else:
        known = day if span.unit == "working_days" else shifted(day, span, -1)
        due_day = known if calendar.is_workday(known) else calendar.workdays_after(known, -1)
        path.append(Step("subtracted", calendar.begins(known), {**_amount(span), "day": known}))
        free = reversed([each for each, _ in calendar.walk(due_day + DAY, known)])
        path += [_skipped(each, calendar.kind(each), calendar) for each in free]
    return _deadline(calendar.closes(due_day), path, not calendar.published(known))


def _counted_back(days: Sequence[tuple[date, int | None]], calendar: Calendar) -> Iterator[Step]:
    number = 0
    for day, index in reversed(days):
        if index is None:
            yield _skipped(day, calendar.kind(day), calendar)
        else:
            number += 1
            detail = {"day": day, "number": number, "kind": calendar.kind(day)}
            yield Step("counted", calendar.closing(index), detail)


def _opened(moment: datetime, calendar: Calendar) -> list[Step]:
    return [Step("opened", in_utc(moment).astimezone(calendar.zone), {})]


def _amount(span: Span) -> dict[str, object]:
    return {"amount": span.amount, "unit": span.unit}


def _skipped(day: date, reason: str, calendar: Calendar) -> Step:
    return Step("skipped", calendar.begins(day), {"day": day, "reason": reason})


def _paused(begin: datetime, end: datetime, added: timedelta | int, calendar: Calendar) -> Step:
    zone = calendar.zone
    return Step("paused", begin.astimezone(zone), {"until": end.astimezone(zone), "added": added})


def _deadline(due: datetime, path: list[Step], provisional: bool) -> Deadline:
    return Deadline(due, provisional, (*path, Step("due", due, {"day": due.date()})))
