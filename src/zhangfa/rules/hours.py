"""The working hours of a day: intervals by the clock on the wall, apart and in order (0.1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import time, timedelta
from itertools import pairwise

Interval = tuple[time, time]


def length(interval: Interval) -> timedelta:
    """How long an interval is by the clock on the wall."""
    start, end = (timedelta(hours=t.hour, minutes=t.minute, seconds=t.second) for t in interval)
    return (end or timedelta(days=1)) - start


def read_intervals(values: Iterable[str | Sequence[str | time]]) -> tuple[Interval, ...]:
    """Read intervals of a day: "09:00-12:00", or pairs of texts or times.

    "24:00" is understood as an end. Raises ValueError with a sentence.
    """
    return tuple(_interval(value) for value in values)


def _interval(value: str | Sequence[str | time]) -> Interval:
    try:
        start, end = value.split("-") if isinstance(value, str) else value
        return _wall(start), _wall(end)
    except ValueError:
        raise ValueError(f"“{value}” is no interval of a day: write 09:00-12:00") from None


def _wall(value: str | time) -> time:
    if isinstance(value, time):
        return value
    text = value.strip()
    return time.min if text == "24:00" else time.fromisoformat(text)


def check_intervals(intervals: Sequence[Interval]) -> None:
    """Refuse, with ValueError and a sentence, what cannot be the hours of a day."""
    if not intervals:
        raise ValueError("a working day needs at least one interval")
    for start, end in intervals:
        if start.microsecond or end.microsecond or start.tzinfo or end.tzinfo:
            raise ValueError("intervals are given in whole seconds by the clock on the wall")
        if length((start, end)) <= timedelta():
            raise ValueError(f"{start}-{end} ends before it begins; a night shift is two intervals")
    for (_, end), (start, _) in pairwise(intervals):
        if end > start or end == time.min:
            raise ValueError("the intervals of a day must be in order and must not overlap")
