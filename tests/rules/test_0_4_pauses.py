"""Clause 0.4: a clock stops while it waits for somebody else."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from zhangfa.rules.calendars import build_calendar
from zhangfa.rules.clock import Calendar, Deadline, Span, deadline_after

CHINA = ZoneInfo("Asia/Shanghai")
HOURS = ["09:00-12:00", "13:30-18:00"]


def at(text: str) -> datetime:
    """A moment in November 2026 from "23 10:00"; the 23rd is a Monday."""
    day, clock = text.split()
    return datetime.fromisoformat(f"2026-11-{day} {clock}").replace(tzinfo=CHINA)


@pytest.fixture(scope="module")
def china() -> Calendar:
    return build_calendar("CN", CHINA, HOURS, (1, 2, 3, 4, 5), date(2026, 12, 31))


@pytest.fixture(scope="module")
def ask(china: Calendar):  # type: ignore[no-untyped-def]
    def answer(start: str, span: str, *pauses: tuple[str, str | None], now: str = "") -> Deadline:
        between = [(at(a), at(b) if b else None) for a, b in pauses]
        until = at(now) if now else None
        return deadline_after(at(start), Span.read(span), china, between, now=until)

    return answer


def test_0_4_elapsed_time_waits_as_long_as_the_pause(ask) -> None:
    assert ask("23 10:00", "48 hours", ("24 09:00", "24 21:00")).at == at("25 22:00")
    two = ask("23 10:00", "48 hours", ("24 09:00", "24 10:00"), ("24 20:00", "24 22:00"))
    assert two.at == at("25 13:00")


def test_0_4_working_time_waits_only_for_the_working_time_of_the_pause(ask) -> None:
    assert ask("23 10:00", "8 working_hours", ("23 11:00", "23 14:00")).at == at("24 12:00")
    assert ask("23 10:00", "8 working_hours", ("23 18:00", "24 09:00")).at == at("24 10:30")


def test_0_4_a_working_day_of_which_a_pause_takes_any_time_does_not_count(ask) -> None:
    """Handed in on Monday, sent back Tuesday 17:00, returned Wednesday 09:30: due Friday."""
    deadline = ask("23 10:00", "2 working_days", ("24 17:00", "25 09:30"))
    assert deadline.at == at("27 18:00")
    steps = [(s.key, s.detail["day"].day, s.detail.get("reason")) for s in deadline.path[1:5]]
    assert steps == [
        ("skipped", 24, "paused"),
        ("skipped", 25, "paused"),
        ("counted", 26, None),
        ("counted", 27, None),
    ]
    assert deadline.path[5].key == "paused" and deadline.path[5].detail["added"] == 2


def test_0_4_a_pause_on_the_opening_day_or_outside_working_time_costs_no_day(ask) -> None:
    assert ask("23 10:00", "2 working_days", ("23 11:00", "23 17:00")).at == at("25 18:00")
    assert ask("23 10:00", "2 working_days", ("24 12:00", "24 13:30")).at == at("25 18:00")
    assert ask("23 10:00", "2 working_days", ("24 18:00", "25 09:00")).at == at("25 18:00")


def test_0_4_calendar_days_touched_by_a_pause_do_not_count(ask) -> None:
    assert ask("16 10:00", "7 days", ("18 20:00", "19 08:00")).at == at("25 18:00")
    assert ask("16 10:00", "7 days", ("20 10:00", "23 10:00")).at == at("27 18:00")


def test_0_4_a_deadline_is_never_inside_a_pause(ask) -> None:
    """Five days from Monday is a Saturday; the Monday after is paused, so Tuesday."""
    assert ask("16 10:00", "5 days", ("22 10:00", "23 10:00")).at == at("24 18:00")


@pytest.mark.parametrize("span", ["48 hours", "8 working_hours", "2 working_days", "2 days"])
def test_0_4_a_pause_from_the_deadline_on_or_before_the_start_changes_nothing(ask, span) -> None:
    plain = ask("23 10:00", span)
    deadline = plain.at.strftime("%d %H:%M")
    assert ask("23 10:00", span, (deadline, "30 10:00")) == plain
    assert ask("23 10:00", span, ("20 10:00", "23 10:00")) == plain
    assert ask("23 10:00", span, ("24 10:00", "24 10:00")) == plain


def test_0_4_a_pause_that_began_before_the_start_counts_from_the_start(ask) -> None:
    assert ask("23 10:00", "4 hours", ("20 10:00", "23 12:00")).at == at("23 16:00")


def test_0_4_pauses_that_overlap_count_once_in_any_order(ask) -> None:
    pauses = [("24 14:00", "24 16:00"), ("24 15:00", "24 17:00"), ("24 10:00", "24 11:00")]
    for span in ("48 hours", "12 working_hours", "2 working_days", "3 days"):
        assert ask("23 10:00", span, *pauses).at == ask("23 10:00", span, *reversed(pauses)).at
    assert ask("23 10:00", "48 hours", *pauses).at == at("25 14:00")


def test_0_4_an_open_pause_moves_the_deadline_with_the_hours(ask) -> None:
    """The rest of the time is counted from now."""
    assert ask("23 10:00", "48 hours", ("24 10:00", None), now="24 16:00").at == at("25 16:00")
    assert ask("23 10:00", "48 hours", ("24 10:00", None), now="26 10:00").at == at("27 10:00")
    assert ask("23 10:00", "2 working_days", ("24 10:00", None), now="26 10:00").at == at(
        "30 18:00"
    )
    assert ask("23 10:00", "48 hours", ("24 10:00", None), now="24 09:00").at == at("25 10:00")


def test_0_4_what_cannot_be_a_pause_is_refused_with_a_sentence(ask) -> None:
    with pytest.raises(ValueError, match="still open"):
        ask("23 10:00", "48 hours", ("24 10:00", None))
    with pytest.raises(ValueError, match="cannot end before it begins"):
        ask("23 10:00", "48 hours", ("24 10:00", "23 12:00"))


def test_0_4_what_was_promised_stays_visible_in_the_path(ask) -> None:
    deadline = ask("23 10:00", "48 hours", ("24 09:00", "24 21:00"))
    keys = [step.key for step in deadline.path]
    assert keys == ["opened", "added", "paused", "due"]
    assert deadline.path[1].moment == at("25 10:00")
    assert deadline.path[2].detail == {"until": at("24 21:00"), "added": timedelta(hours=12)}
    assert "paused until 2026-11-24 21:00, adds 12:00:00" in deadline.explain()
