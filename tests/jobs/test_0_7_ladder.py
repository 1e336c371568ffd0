"""Clauses 0.6 and 0.7: reminders, the breach, the levels above; when they sleep, who stands in."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sweep_help import HOUR, at, department, owe, person, said

from zhangfa.config.worker import SWEEP_SECONDS
from zhangfa.jobs.sweep import sweep
from zhangfa.records.editions import current_policy
from zhangfa.records.models import Leave, Notice, Owed
from zhangfa.rules.policy import Edition

pytestmark = pytest.mark.django_db
OPENS, DUE = at("03-02 09:00"), at("03-04 18:00")  # Monday to Wednesday: 57 hours
HALF, MOST = OPENS + (DUE - OPENS) / 2, OPENS + (DUE - OPENS) * 0.8


@pytest.fixture
def people():
    return department()


@pytest.fixture
def owed(people):
    return owe(people["lin"], OPENS, DUE)


def again(owed: Owed) -> Owed:
    owed.refresh_from_db()
    return owed


def test_0_7_reminded_at_half_and_at_four_fifths_then_told_of_the_breach_then_upwards(owed):
    """Wednesday 18:00 goes by: the supervisor hears on Thursday, the director on Friday."""
    sweep(at("03-03 13:00"))
    assert said() == []
    sweep(at("03-03 13:31"))
    assert said() == [("lin", "reminded")]
    sweep(at("03-04 09:00"))  # 80 % was at 06:36, outside working time
    assert said() == [("lin", "reminded")] * 2
    sweep(at("03-04 18:00"))
    assert said() == [("lin", "reminded")] * 2 and again(owed).breached_at is None
    sweep(at("03-04 18:01"))
    assert said()[2:] == [("lin", "breached")]
    sweep(at("03-05 09:01"))
    assert said()[3:] == [("gu", "escalated")]
    sweep(at("03-05 17:59"))
    assert len(said()) == 4
    sweep(at("03-06 09:01"))
    assert said()[4:] == [("zhao", "escalated")]
    sweep(at("03-20 10:00"))
    assert len(said()) == 5 and again(owed).next_at is None


def test_0_6_a_breach_is_recorded_at_once_even_at_night_and_only_after_the_last_moment(people):
    owed = owe(people["lin"], at("03-02 21:00"), at("03-03 03:00"))
    sweep(at("03-03 03:00"))
    assert again(owed).breached_at is None  # exactly at the deadline is in time
    late = at("03-03 03:00") + timedelta(seconds=1)
    sweep(late)
    assert again(owed).breached_at == late
    assert said() == [("lin", "breached")]


def test_0_6_the_worker_looks_often_enough_for_a_breach_to_be_known_in_time():
    known = current_policy().on(date(2026, 3, 2))["breach.known_within"]
    assert known >= SWEEP_SECONDS * 2


@pytest.mark.parametrize(
    ("asleep", "awake"),
    [
        ("03-02 20:00", "03-03 09:00"),
        ("03-03 03:00", "03-03 09:00"),
        ("03-03 12:30", "03-03 13:30"),
        ("03-07 10:00", "03-09 09:00"),
        ("04-06 10:00", "04-07 09:00"),
    ],
    ids=["evening", "night", "noon", "weekend", "holiday"],
)
def test_0_7_a_reminder_waits_until_people_work(people, asleep, awake):
    owed = owe(people["lin"], at(asleep) - HOUR, at(awake) + 30 * HOUR, next_at=at(asleep))
    Owed.objects.filter(pk=owed.pk).update(opens_at=at(asleep) - 60 * HOUR)
    sweep(at(asleep))
    sweep(at(asleep) + HOUR / 60)
    assert said() == [] and again(owed).next_at == at(awake)
    sweep(at(awake) + HOUR / 60)
    assert said() == [("lin", "reminded")]


def test_0_7_a_reminder_that_was_slept_through_is_not_said_after_the_breach(people):
    owe(people["lin"], at("03-02 20:00"), at("03-03 02:00"))
    for hour in range(7):
        sweep(at("03-02 21:00") + hour * HOUR)
    assert said() == [("lin", "breached")]


def test_0_7_done_meanwhile_nobody_hears_of_it(people, owed):
    sweep(at("03-04 18:01"))
    Owed.objects.update(outcome="late", next_at=None)
    sweep(at("03-05 09:00"))
    assert said() == [("lin", "breached")]


def test_0_7_whoever_is_away_is_stood_in_for_by_the_deputy(people, owed):
    week = {"starts_on": date(2026, 3, 2), "ends_on": date(2026, 3, 9)}
    Leave.objects.create(person=people["lin"], deputy=people["zhou"], **week)
    sweep(at("03-03 13:31"))
    sweep(at("03-04 18:01"))
    assert said() == [("zhou", "reminded"), ("zhou", "breached")]


def test_0_7_a_deputy_who_is_away_too_hands_on_and_the_first_day_back_is_no_leave(people, owed):
    days = {"starts_on": date(2026, 3, 2), "ends_on": date(2026, 3, 4)}
    Leave.objects.create(person=people["lin"], deputy=people["zhou"], **days)
    Leave.objects.create(person=people["zhou"], deputy=people["fang"], **days)
    sweep(at("03-03 13:31"))
    sweep(at("03-04 09:00"))
    assert said() == [("fang", "reminded"), ("lin", "reminded")]


def test_0_7_away_without_a_deputy_the_notice_waits_for_who_owes_and_a_lead_is_passed_over(
    people, owed
):
    week = {"starts_on": date(2026, 3, 2), "ends_on": date(2026, 3, 9)}
    for name in ("lin", "gu"):
        Leave.objects.create(person=people[name], **week)
    sweep(at("03-03 13:31"))
    sweep(at("03-05 09:00"))
    assert said() == [("lin", "reminded"), ("lin", "breached"), ("zhao", "escalated")]


def test_0_7_a_lead_who_is_away_is_stood_in_for_and_two_deputies_of_each_other_end(people, owed):
    week = {"starts_on": date(2026, 3, 2), "ends_on": date(2026, 3, 9)}
    Leave.objects.create(person=people["gu"], deputy=people["fang"], **week)
    Leave.objects.create(person=people["lin"], deputy=people["zhou"], **week)
    Leave.objects.create(person=people["zhou"], deputy=people["lin"], **week)
    sweep(at("03-05 09:00"))
    assert said() == [("lin", "breached"), ("fang", "escalated")]


def test_0_7_what_a_role_owes_reaches_everybody_who_holds_it(people):
    other = person("wei", role="legal")
    owe("legal", OPENS, DUE, kind="legal_review")
    sweep(at("03-04 18:01"))
    assert sorted(said()) == [("fang", "breached"), ("wei", "breached")]
    other.is_active = False
    other.save()
    owe("legal", OPENS, DUE + HOUR, kind="legal_review")
    sweep(at("03-04 19:01"))
    assert sorted(said())[:2] == [("fang", "breached")] * 2


def test_0_7_another_lead_of_the_same_team_and_nobody_above_the_top(people):
    top = owe(people["zhao"], OPENS, DUE)
    sweep(at("03-05 09:00"))
    sweep(at("03-09 09:00"))
    assert said(top) == [("zhao", "breached")] and again(top).next_at is None


def test_3_1_2_the_notice_leads_to_the_obligation_and_its_story(owed):
    sweep(at("03-04 18:01"))
    notice = Notice.objects.get()
    assert (notice.owed, notice.ref, notice.at) == (owed, owed.story, at("03-04 18:01"))


def test_0_5_the_edition_of_the_opening_governs_the_ladder(owed, monkeypatch):
    """A later edition that reminds at a tenth changes nothing for what was opened before it."""
    amended = {"reminders.at": [0.1, 0.2], "reminders.escalate_at": "never"}
    later = Edition("later", "More reminders", date(2026, 3, 3), amended)
    policy = current_policy().followed_by(later)
    monkeypatch.setattr("zhangfa.jobs.sweep.current_policy", lambda: policy)
    newer = owe(owed.person, OPENS, DUE, edition="later", next_at=OPENS + (DUE - OPENS) / 10)
    sweep(at("03-03 10:00"))
    assert said(owed) == [] and said(newer) == [("lin", "reminded")]
    sweep(at("03-05 09:00"))
    assert said(owed) == [("lin", "breached"), ("gu", "escalated")]
    assert said(newer) == [("lin", "reminded"), ("lin", "breached")]
    assert again(newer).next_at is None


def test_0_7_a_kind_may_have_reminders_of_its_own(owed, monkeypatch):
    policy = current_policy().amended({"question_answer.reminders": [0.25]})
    monkeypatch.setattr("zhangfa.jobs.sweep.current_policy", lambda: policy)
    own = owe(owed.person, OPENS, DUE, kind="question_answer", next_at=OPENS)
    sweep(at("03-03 10:00"))
    assert said(own) == [("lin", "reminded")] and said(owed) == []
    sweep(at("03-04 17:00"))
    assert said(own) == [("lin", "reminded")]


def test_0_7_quiet_hours_hold_where_working_time_does_not_matter(people, monkeypatch):
    """Then it is Saturday too, but not before eight in the morning."""
    policy = current_policy().amended({"quiet_hours.outside_working_time": False})
    monkeypatch.setattr("zhangfa.jobs.sweep.current_policy", lambda: policy)
    owe(people["lin"], at("03-06 09:00"), at("03-08 09:00"), next_at=at("03-06 21:00"))
    Owed.objects.update(opens_at=at("03-05 09:00"))
    for told in ("03-06 22:00", "03-07 02:00", "03-07 07:59"):
        sweep(at(told))
        assert said() == []
    sweep(at("03-07 08:01"))
    assert said() == [("lin", "reminded")]
