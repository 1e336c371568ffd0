"""Clause 1.4 in stories: visits, tickets and their closing, task forces, news, value proposals."""

from __future__ import annotations

import pytest
from story_help import followed


def test_1_4_1_a_visit_each_quarter_and_an_interview_each_year(story):
    told = story("""
        01-05 10:00 customer_won
        03-31 23:00 quarterly_visited
        07-01 00:00 quarterly_visited
        11-20 10:00 yearly_interviewed
    """, now="12-01 10:00")  # fmt: skip
    assert told.of("quarterly_visit") == [
        "2026-Q1: met, due 03-31 23:59",
        "2026-Q2: missed, due 06-30 23:59",
        "2026-Q3: met, due 09-30 23:59",
        "2026-Q4: open, due 12-31 23:59",
        "2027-Q1: waiting, due 2027-03-31 23:59",
    ]
    assert told.of("yearly_interview")[0] == "2026: met, due 12-31 23:59"


@pytest.mark.parametrize(("day", "first"), [("05-16", "2026-Q2"), ("05-17", "2026-Q3")])
def test_1_4_1_won_within_the_quarter_it_is_owed_with_half_of_it_left(story, day, first):
    """Of 91 days the 16th of May leaves 46 and the 17th leaves 45."""
    told = story(f"{day} 10:00 customer_won", now="07-15 10:00")
    assert told.all("quarterly_visit")[0].window_key == first


@pytest.mark.parametrize(("day", "first"), [("07-02", "2026"), ("07-03", "2027")])
def test_1_4_1_won_within_the_year_the_interview_is_owed_with_half_of_it_left(story, day, first):
    told = story(f"{day} 10:00 customer_won", now="2027-01-15 10:00")
    assert told.all("yearly_interview")[0].window_key == first


def test_1_4_1_a_second_order_changes_nothing_and_the_pool_ends_it(story):
    told = story("""
        01-05 10:00 customer_won
        02-05 10:00 customer_won
        05-10 10:00 customer_pooled
        08-01 10:00 customer_claimed owner=8
    """, now="10-15 10:00")  # fmt: skip
    assert told.of("quarterly_visit") == [
        "2026-Q1: missed, due 03-31 23:59",
        "2026-Q2: cancelled, due 06-30 23:59",
        "2026-Q3: missed, due 09-30 23:59",
        "2026-Q4: open, due 12-31 23:59",
        "2027-Q1: waiting, due 2027-03-31 23:59",
    ]


def test_1_4_1_a_claimed_prospect_is_no_existing_customer(story):
    told = story("03-02 10:00 customer_claimed owner=8", now="07-01 10:00")
    assert {one.kind.key for one in told.owed} == {
        "weekly_update",
        "customer_touch",
        "customer_regrade",
    }


def test_1_4_3_one_hour_runs_at_night_too(story):
    told = story("03-07 23:30 ticket_raised\n03-08 00:30 ticket_answered", about="ticket/1")
    assert told.of("ticket_response") == ["met, due 03-08 00:30"]


def test_1_4_3_a_solution_is_an_answer_as_well(story):
    told = story("03-02 10:00 ticket_raised\n03-02 10:50 solution_proposed", about="ticket/1")
    assert told.of("ticket_response") == ["met, due 03-02 11:00"]


def test_1_4_4_a_solution_is_proposed_within_a_day_of_the_issue_not_of_the_answer(story):
    told = story("""
        03-02 10:00 ticket_raised
        03-02 10:50 ticket_answered
        03-03 10:00:01 solution_proposed
    """, about="ticket/1")  # fmt: skip
    assert told.of("ticket_solution") == ["late, due 03-03 10:00"]


def test_1_4_5_resolved_is_not_closed_and_the_customers_silence_is_not_the_sellers_time(story):
    """Solved after fifty hours; the customer confirms two days later, twenty-two hours to go."""
    told = story("""
        03-02 10:00 ticket_raised
        03-04 12:00 ticket_resolved
        03-06 12:00 ticket_confirmed
    """, about="ticket/1")  # fmt: skip
    one = told.one("ticket_closure")
    assert told.of("ticket_closure") == ["met, due 03-07 10:00"]
    assert (one.promised.day, one.met_at.hour) == (5, 4), "promised for the 5th, met at noon"
    waiting = story("03-02 10:00 ticket_raised\n03-04 12:00 ticket_resolved", now="03-09 10:00")
    assert waiting.one("ticket_closure").stopped and waiting.one("ticket_closure").outcome is None


def test_1_4_5_reopened_the_clock_goes_on_where_it_stood(story):
    """Closed after 70 of 72 hours, opened again a week later: two hours are left."""
    text = """
        03-02 10:00 ticket_raised
        03-05 08:00 ticket_confirmed
        03-12 08:00 ticket_reopened
    """
    told = story(text, about="ticket/1", now="03-12 09:00")
    assert told.of("ticket_closure") == ["open, due 03-12 10:00"]
    told = story(f"{text}\n03-12 10:00 ticket_confirmed", about="ticket/1")
    assert told.of("ticket_closure") == ["met, due 03-12 10:00"]


def test_1_4_5_resolved_closed_in_silence_and_reopened_is_one_stop(story):
    told = story("""
        03-02 10:00 ticket_raised
        03-03 10:00 ticket_resolved
        03-06 10:00 ticket_closed_silently
        03-10 10:00 ticket_reopened
    """, about="ticket/1", now="03-10 11:00")  # fmt: skip
    assert told.of("ticket_closure") == ["open, due 03-12 10:00"]


def test_1_4_6_a_task_forces_plan_takes_the_place_of_the_72_hours(story):
    told = story("""
        03-02 10:00 ticket_raised
        03-04 10:00 task_force_formed due=03-20T18:00
        03-20 18:00 ticket_confirmed
    """, about="ticket/1")  # fmt: skip
    assert told.of("ticket_closure") == ["met, due 03-20 18:00"]
    assert told.one("ticket_closure").promised.day == 5


def test_1_4_6_a_plan_made_after_the_breach_mends_nothing(story):
    told = story("""
        03-02 10:00 ticket_raised
        03-05 10:01 task_force_formed due=03-20T18:00
    """, about="ticket/1", now="03-10 10:00")  # fmt: skip
    assert told.of("ticket_closure") == ["missed, due 03-05 10:00"]


def test_1_4_6_a_new_plan_follows_the_old_and_waiting_extends_it(story):
    told = story("""
        03-02 10:00 ticket_raised
        03-04 10:00 task_force_formed due=03-10T18:00
        03-10 10:00 task_force_formed due=03-20T18:00
        03-12 10:00 clock_stopped reason=customer
        03-13 10:00 clock_resumed
    """, about="ticket/1", now="03-16 10:00")  # fmt: skip
    assert told.of("ticket_closure") == ["open, due 03-21 18:00"]
    assert [one.window_key for one in told.all("task_force_sync")] == [
        "2026-W10", "2026-W11", "2026-W12", "2026-W13",
    ]  # fmt: skip


def test_1_4_6_the_weekly_word_ends_with_the_ticket(story):
    told = story("""
        03-02 10:00 ticket_raised
        03-02 12:00 task_force_formed due=03-20T18:00
        03-06 10:00 progress_synced
        03-17 10:00 ticket_confirmed
    """, about="ticket/1")  # fmt: skip
    assert told.of("task_force_sync") == [
        "2026-W10: met, due 03-08 23:59",
        "2026-W11: missed, due 03-15 23:59",
        "2026-W12: cancelled, due 03-22 23:59",
    ]


def test_1_4_7_existing_customers_hear_from_us_every_thirty_days_and_prospects_need_not(story):
    told = story("""
        01-05 10:00 customer_pushed
        03-02 10:00 customer_won
        03-20 10:00 customer_pushed
    """, now="04-01 10:00")  # fmt: skip
    assert told.of("customer_push") == ["met, due 04-01 18:00", "open, due 04-20 18:00"]


def test_1_4_7_nothing_is_sent_to_who_is_gone(story):
    told = story("""
        03-02 10:00 customer_won
        03-10 10:00 customer_lost
        03-20 10:00 customer_pushed
    """)  # fmt: skip
    assert told.of("customer_push") == ["cancelled, due 04-01 18:00"]


def test_1_4_9_the_first_proposal_by_june_the_second_by_december(story):
    told = story("""
        2025-11-01 10:00 customer_won
        06-30 23:59 value_proposed
        12-31 23:59 value_proposed
    """, now="2027-01-02 10:00")  # fmt: skip
    assert told.of("value_proposals")[:2] == [
        "2026/1: met, due 06-30 23:59",
        "2026/2: met, due 12-31 23:59",
    ]
    assert [len(one.given) for one in told.all("value_proposals")[:2]] == [1, 2]


def test_1_4_9_two_at_once_meet_both_and_one_in_autumn_is_late_for_the_first(story):
    two = story("""
        01-01 00:00 customer_won
        02-01 10:00 value_proposed
        02-02 10:00 value_proposed
    """)  # fmt: skip
    assert [row[:11] for row in two.of("value_proposals")[:2]] == ["2026/1: met", "2026/2: met"]
    one = story("01-01 00:00 customer_won\n09-01 10:00 value_proposed", now="2027-02-01 10:00")
    assert one.of("value_proposals")[:2] == [
        "2026/1: late, due 06-30 23:59",
        "2026/2: missed, due 12-31 23:59",
    ]


@pytest.mark.parametrize(
    ("day", "owed"),
    [("01-01", ["2026/1", "2026/2"]), ("01-02", ["2026/2"]), ("07-02", ["2026/2"]), ("07-03", [])],
)
def test_1_4_9_who_joined_in_the_year_is_owed_pro_rata_rounded_down(story, day, owed):
    """Of 365 days the 2nd of July leaves 183: one; the 3rd leaves 182: none."""
    told = story(f"{day} 00:00 customer_won", now="12-20 10:00")
    found = [one.window_key for one in told.all("value_proposals") if one.window_key < "2027"]
    assert found == owed
    assert all(one.wanted == 1 for one in told.all("value_proposals") if one.window_key == "2026/2"
               and len(owed) == 1)  # fmt: skip


def test_1_4_9_the_policy_says_how_the_part_is_rounded_and_how_many_there_are(story):
    generous = followed("01-01", period={"quota_rounding": "up"})
    told = story("07-03 00:00 customer_won", now="12-20 10:00", policy=generous)
    assert told.all("value_proposals")[0].window_key == "2026/2"
    four = followed("01-01", value_proposals__at_least=4)
    told = story("01-01 00:00 customer_won", now="12-20 10:00", policy=four)
    assert [row[8:].split(", due ")[1] for row in told.of("value_proposals")[:4]] == [
        "03-31 23:59", "06-30 23:59", "09-30 23:59", "12-31 23:59",
    ]  # fmt: skip
    whole = followed("01-01", value_proposals__staged=False)
    told = story("01-01 00:00 customer_won\n02-01 10:00 value_proposed", now="2027-01-02 10:00",
                 policy=whole)  # fmt: skip
    first = told.all("value_proposals")[0]
    assert (first.window_key, first.wanted, len(first.given)) == ("2026", 2, 1)
    assert told.of("value_proposals")[0] == "2026: missed, due 12-31 23:59"


def test_1_4_3_an_issue_that_nobody_has_taken_is_owed_by_the_service_desk(story):
    told = story("""
        03-02 10:00 ticket_raised
        03-02 10:30 owner_changed owner=8
        03-02 10:40 ticket_answered
    """, about="ticket/1", owner=None, now="03-03 09:00")  # fmt: skip
    assert told.owners("ticket_response") == [8]
    assert told.owners("ticket_closure") == [8]
    told = story("03-02 10:00 ticket_raised", about="ticket/1", owner=None, now="03-02 10:30")
    assert told.owners("ticket_response") == ["service"]
