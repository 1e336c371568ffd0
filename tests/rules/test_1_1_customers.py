"""Clause 1.1 in stories: channel reports, touches by grade, the weekly word, grading again."""

from __future__ import annotations

import pytest
from story_help import followed


def test_1_1_2_the_channel_report_is_due_on_working_day_three_of_the_next_month(story):
    """Early October is free and the 10th, a Saturday, is worked."""
    told = story("""
        03-02 09:00 role_started role=seller
        04-02 10:00 channel_report_submitted period=2026-03
        05-10 10:00 channel_report_submitted period=2026-04
        10-10 18:00 channel_report_submitted period=2026-09
    """, about="person/7", now="10-10 19:00")  # fmt: skip
    rows = told.of("channel_report")
    assert rows[:3] == [
        "2026-03: met, due 04-03 18:00",
        "2026-04: late, due 05-08 18:00",
        "2026-05: missed, due 06-03 18:00",
    ]
    assert rows[6:] == [
        "2026-09: met, due 10-10 18:00",
        "2026-10: open, due 11-04 18:00",
        "2026-11: waiting, due 12-03 18:00",
    ]


@pytest.mark.parametrize(("day", "first"), [("16", "2026-03"), ("17", "2026-04")])
def test_1_1_2_who_joins_in_the_month_owes_it_with_half_of_it_left(story, day, first):
    """Of March's 31 days the 16th leaves 16 and the 17th leaves 15."""
    told = story(f"03-{day} 09:00 role_started role=seller", about="person/7", now="04-20 09:00")
    assert told.all("channel_report")[0].window_key == first


def test_1_1_2_who_leaves_owes_nothing_that_was_not_due_yet(story):
    told = story("""
        02-02 09:00 role_started role=seller
        03-25 18:00 role_ended role=seller
        03-26 09:00 role_started role=supervisor
    """, about="person/7", now="04-20 09:00")  # fmt: skip
    assert told.of("channel_report") == [
        "2026-02: missed, due 03-04 18:00",
        "2026-03: cancelled, due 04-03 18:00",
    ]
    assert told.of("monthly_brief")[0].startswith("2026-04")


def test_1_1_2_a_role_given_twice_owes_once(story):
    told = story("""
        02-02 09:00 role_started role=seller
        02-10 09:00 role_started role=seller
    """, about="person/7", now="02-20 09:00")  # fmt: skip
    assert [one.window_key for one in told.all("channel_report")] == ["2026-02", "2026-03"]


# ------------------------------------------------------------------------------------ 1.1.6


@pytest.mark.parametrize(
    ("grade", "due"), [("A", "03-09 18:00"), ("B", "03-16 18:00"), ("C", "04-01 18:00")]
)
def test_1_1_6_a_touch_is_owed_by_grade(story, grade, due):
    told = story(f"03-02 10:00 customer_graded grade={grade}", now="03-03 10:00")
    assert told.of("customer_touch") == [f"open, due {due}"]


def test_1_1_6_every_touch_answers_the_one_owed_and_owes_the_next(story):
    told = story("""
        03-02 10:00 customer_graded grade=A
        03-06 10:00 customer_touched
        03-17 10:00 customer_touched
    """, now="03-20 10:00")  # fmt: skip
    assert told.of("customer_touch") == [
        "met, due 03-09 18:00",
        "late, due 03-13 18:00",
        "open, due 03-24 18:00",
    ]


def test_1_1_6_another_grade_owes_by_the_new_one_and_the_same_grade_changes_nothing(story):
    told = story("""
        03-02 10:00 customer_graded grade=A
        03-04 10:00 customer_graded grade=A changed=no
        03-05 10:00 customer_graded grade=C
    """, now="03-20 10:00")  # fmt: skip
    assert told.of("customer_touch") == ["cancelled, due 03-09 18:00", "open, due 04-07 18:00"]


@pytest.mark.parametrize("gone", ["customer_lost", "customer_pooled"])
def test_1_1_6_a_customer_who_is_gone_is_owed_no_touch(story, gone):
    told = story(f"""
        03-02 10:00 customer_graded grade=A
        03-03 10:00 {gone}
        03-04 10:00 customer_touched
        03-05 10:00 customer_graded grade=B
    """)
    assert told.of("customer_touch") == ["cancelled, due 03-09 18:00"]
    assert told.of("customer_regrade") == []


def test_1_1_6_taken_from_the_pool_a_touch_is_owed_by_the_new_owner(story):
    told = story("""
        03-02 10:00 customer_entered owner=none
        03-02 10:00 customer_graded grade=B owner=none
        03-03 10:00 customer_pooled
        03-09 10:00 customer_claimed owner=8
    """, now="03-10 10:00", owner=None)  # fmt: skip
    assert told.of("customer_touch") == ["open, due 03-23 18:00"]
    assert told.owners("customer_touch") == [8]


# ------------------------------------------------------------------------------------ 1.1.7


def test_1_1_7_the_week_is_kept_by_progress_or_by_saying_that_there_is_none(story):
    told = story("""
        03-02 10:00 customer_entered owner=7
        03-08 23:59 customer_touched           # Sunday's last minute
        03-09 00:00 status_updated kind=no_change
    """, now="03-16 00:00")  # fmt: skip
    assert told.of("weekly_update") == [
        "2026-W10: met, due 03-08 23:59",
        "2026-W11: met, due 03-15 23:59",
        "2026-W12: open, due 03-22 23:59",
        "2026-W13: waiting, due 03-29 23:59",
    ]


def test_1_1_7_the_last_instant_of_sunday_is_in_time(story):
    text = "03-02 10:00 customer_entered owner=7\n03-08 23:59:59.999999 status_updated"
    assert story(text).of("weekly_update")[0] == "2026-W10: met, due 03-08 23:59"


def test_1_1_7_a_week_missed_cannot_be_made_good(story):
    told = story("03-02 10:00 customer_entered owner=7\n03-09 00:00 status_updated",
                 now="03-10 00:00")  # fmt: skip
    first = told.all("weekly_update")[0]
    assert told.of("weekly_update")[0] == "2026-W10: missed, due 03-08 23:59"
    assert (first.lapses_at - first.due).total_seconds() == 1


def test_1_1_7_nothing_is_owed_in_the_pool_and_again_once_it_is_claimed(story):
    told = story("""
        03-02 10:00 customer_entered owner=7
        03-11 10:00 customer_pooled
        03-24 10:00 customer_claimed owner=8
    """, now="03-30 12:00")  # fmt: skip
    assert told.of("weekly_update") == [
        "2026-W10: missed, due 03-08 23:59",
        "2026-W11: cancelled, due 03-15 23:59",
        "2026-W13: missed, due 03-29 23:59",
        "2026-W14: open, due 04-05 23:59",
        "2026-W15: waiting, due 04-12 23:59",
    ]
    assert told.owners("weekly_update") == [7, 7, 8, 8, 8]


def test_1_1_7_entered_straight_into_the_pool_nobody_owes_a_word(story):
    told = story("03-02 10:00 customer_entered owner=none", owner=None)
    assert told.of("weekly_update") == []


def test_1_1_7_entered_and_claimed_is_one_duty_not_two(story):
    told = story("""
        03-02 10:00 customer_entered owner=7
        03-03 10:00 customer_claimed owner=8
    """, now="03-04 10:00")  # fmt: skip
    assert [one.window_key for one in told.all("weekly_update")] == ["2026-W10", "2026-W11"]


# ------------------------------------------------------------------------------------ 1.1.8


def test_1_1_8_thirty_days_without_progress_a_grading_is_owed_in_five_working_days(story):
    """Silent since the 2nd of March: stalled on the 1st of April, and Tomb Sweeping is free."""
    text = "03-02 10:00 customer_entered owner=7"
    told = story(text, now="04-08 10:00")
    assert told.of("customer_regrade") == ["open, due 04-09 18:00"]
    assert told.one("customer_regrade").opens_at.day == 1
    graded = story(f"{text}\n04-07 09:00 customer_graded grade=C changed=no")
    assert graded.of("customer_regrade") == ["met, due 04-09 18:00"]


def test_1_1_8_progress_restarts_the_silence_and_no_change_does_not(story):
    told = story("""
        03-02 10:00 customer_entered owner=7
        03-16 10:00 status_updated kind=no_change
        03-20 10:00 status_updated kind=progress
    """, now="04-22 10:00")  # fmt: skip
    assert told.of("customer_regrade") == ["open, due 04-27 18:00"]


def test_1_1_8_a_sign_of_life_in_time_cancels_it_and_after_the_breach_it_stays(story):
    text = "03-02 10:00 customer_entered owner=7\n{} 12:00 customer_touched"
    assert story(text.format("04-09"), now="04-20 10:00").of("customer_regrade") == [
        "cancelled, due 04-09 18:00",
        "waiting, due 05-15 18:00",
    ]
    assert story(text.format("04-10"), now="04-20 10:00").of("customer_regrade")[0] == (
        "missed, due 04-09 18:00"
    )


def test_1_1_8_gone_before_the_silence_was_long_enough_nothing_is_owed(story):
    told = story("03-02 10:00 customer_entered owner=7\n03-20 10:00 customer_lost")
    assert told.of("customer_regrade") == []


def test_1_1_8_the_edition_of_the_day_the_silence_began_governs(story):
    patient = followed("03-15", customer_regrade__after="60 days")
    told = story("03-02 10:00 customer_entered owner=7", now="04-08 10:00", policy=patient)
    assert told.of("customer_regrade") == ["open, due 04-09 18:00"]
