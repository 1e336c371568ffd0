"""Clause 1.3 in stories: reviews, schedules, tracking, deliveries and their exceptions."""

from __future__ import annotations

from story_help import followed


def test_1_3_2_two_reviewers_in_parallel_each_owe_their_own(story):
    told = story("""
        03-02 10:00 draft_submitted round=1 legal=3 finance=4
        03-03 10:00 legal_approved round=1 by=3
        03-05 10:00 finance_approved round=1 by=4
    """, about="contract/1")  # fmt: skip
    assert told.of("legal_review") == ["met, due 03-04 18:00"]
    assert told.of("finance_review") == ["late, due 03-04 18:00"]
    assert told.owners("legal_review") + told.owners("finance_review") == [3, 4]


def test_1_3_2_a_substitute_may_review_for_who_is_on_leave(story):
    told = story("""
        03-02 10:00 draft_submitted round=1 legal=3 finance=4
        03-04 18:00 legal_approved round=1 by=5
    """, about="contract/1")  # fmt: skip
    one = told.one("legal_review")
    assert (one.outcome, one.owner, one.given[0].by) == ("met", 3, 5)


def test_1_3_2_a_return_meets_the_review_and_the_seller_owes_the_next_draft_once(story):
    """Both return it: one resubmission is owed, from the first return on."""
    told = story("""
        03-02 10:00 draft_submitted round=1 legal=3 finance=4
        03-03 10:00 legal_returned round=1
        03-04 10:00 finance_returned round=1
        03-06 10:00 draft_submitted round=2 legal=3 finance=4
    """, about="contract/1", now="03-07 10:00")  # fmt: skip
    assert told.of("legal_review") == ["met, due 03-04 18:00", "open, due 03-10 18:00"]
    assert told.of("finance_review")[0] == "met, due 03-06 18:00", "its clock stood"
    assert told.of("draft_resubmission") == ["met, due 03-06 18:00"]
    assert told.owners("draft_resubmission") == [7]


def test_1_3_2_while_the_draft_is_back_with_the_seller_the_other_clock_stands(story):
    text = """
        03-02 10:00 draft_submitted round=1 legal=3 finance=4
        03-03 10:00 finance_returned round=1
    """
    told = story(text, about="contract/1", now="03-12 10:00")
    assert told.of("legal_review") == ["open, due 03-16 18:00"]
    assert told.one("legal_review").stopped
    again = story(f"{text}\n03-12 10:00 draft_submitted round=2", about="contract/1",
                  now="03-12 11:00")  # fmt: skip
    assert again.of("legal_review") == ["cancelled, due 03-16 18:00", "open, due 03-16 18:00"]


def test_1_3_2_a_breach_before_the_return_is_not_mended_by_it(story):
    told = story("""
        03-02 10:00 draft_submitted round=1 legal=3 finance=4
        03-05 10:00 finance_returned round=1
        03-06 10:00 draft_submitted round=2
    """, about="contract/1", now="03-06 11:00")  # fmt: skip
    assert told.of("legal_review") == ["missed, due 03-04 18:00", "open, due 03-10 18:00"]


def test_1_3_2_a_review_of_another_round_answers_nothing(story):
    told = story("""
        03-02 10:00 draft_submitted round=2 legal=3 finance=4
        03-03 10:00 legal_approved round=1
    """, about="contract/1", now="03-05 10:00")  # fmt: skip
    assert told.of("legal_review") == ["missed, due 03-04 18:00"]


def test_1_3_5_both_schedules_are_owed_by_the_next_working_day(story):
    told = story("""
        09-30 17:00 order_signed
        10-08 18:00 production_scheduled
        10-09 09:00 logistics_scheduled
    """, about="order/1")  # fmt: skip
    assert told.of("production_schedule") == ["met, due 10-08 18:00"]
    assert told.of("logistics_schedule") == ["late, due 10-08 18:00"]


def test_1_3_6_one_entry_each_working_day_by_six_until_the_order_is_closed(story):
    told = story("""
        03-05 10:00 order_signed
        03-06 18:00 order_tracked
        03-07 10:00 order_tracked              # Saturday counts for no day
        03-09 18:30 order_tracked
        03-11 15:00 order_closed
    """, about="order/1", now="03-12 12:00")  # fmt: skip
    assert told.of("order_tracking") == [
        "2026-03-06: met, due 03-06 18:00",
        "2026-03-09: late, due 03-09 18:00",
        "2026-03-10: missed, due 03-10 18:00",
        "2026-03-11: cancelled, due 03-11 18:00",
    ]


def test_1_3_7_confirmed_three_days_before_the_delivery(story):
    """Three days before Tuesday the 24th is a Saturday: Friday it is."""
    told = story("03-02 10:00 delivery_planned on=03-24T14:00", about="delivery/1",
                 now="03-03 09:00")  # fmt: skip
    assert told.of("delivery_confirmation") == ["open, due 03-20 18:00"]
    assert told.of("delivery_documents") == ["open, due 03-20 18:00"]


def test_1_3_7_at_short_notice_a_working_day_but_never_past_the_delivery(story):
    told = story("03-02 10:00 delivery_planned on=03-04T14:00", about="delivery/1",
                 now="03-02 12:00")  # fmt: skip
    assert told.of("delivery_confirmation") == ["open, due 03-03 18:00"]
    told = story("03-02 10:00 delivery_planned on=03-03T09:00", about="delivery/1",
                 now="03-02 12:00")  # fmt: skip
    assert told.of("delivery_confirmation") == ["open, due 03-03 09:00"]
    brief = followed("03-01", short_notice={"within": "2 working_hours"})
    told = story("03-02 10:00 delivery_planned on=03-04T14:00", about="delivery/1",
                 now="03-02 11:00", policy=brief)  # fmt: skip
    assert told.of("delivery_confirmation") == ["open, due 03-02 12:00"]


def test_1_3_7_another_day_is_confirmed_anew(story):
    told = story("""
        03-02 10:00 delivery_planned on=03-20T14:00
        03-10 10:00 delivery_confirmed
        03-16 10:00 delivery_rescheduled on=03-27T14:00
    """, about="delivery/1", now="03-17 10:00")  # fmt: skip
    assert told.of("delivery_confirmation") == ["met, due 03-17 18:00", "open, due 03-24 18:00"]


def test_1_3_8_documents_move_with_the_delivery_and_are_prepared_once(story):
    planned = "03-02 10:00 delivery_planned on=03-20T14:00"
    moved = "03-10 10:00 delivery_rescheduled on=03-27T14:00"
    told = story(f"{planned}\n{moved}", about="delivery/1", now="03-19 10:00")
    assert told.of("delivery_documents") == ["cancelled, due 03-17 18:00", "open, due 03-24 18:00"]
    done = f"{planned}\n03-09 10:00 documents_prepared kind=set\n{moved}"
    assert story(done, about="delivery/1").of("delivery_documents") == ["met, due 03-17 18:00"]


def test_1_3_8_manual_and_training_plan_are_both_wanted(story):
    text = "03-02 10:00 delivery_planned on=03-20T14:00\n03-09 10:00 documents_prepared kind=manual"
    told = story(text, about="delivery/1", now="03-10 10:00")
    assert told.of("delivery_documents") == ["open, due 03-17 18:00"]
    both = f"{text}\n03-18 10:00 documents_prepared kind=training_plan"
    assert story(both, about="delivery/1").of("delivery_documents") == ["late, due 03-17 18:00"]


def test_1_3_9_the_sign_off_is_wanted_within_a_day_of_the_delivery(story):
    told = story("03-06 15:00 delivered\n03-07 15:00 signed_off", about="delivery/1")
    assert told.of("delivery_sign_off") == ["met, due 03-07 15:00"]


def test_1_3_10_apology_in_two_hours_alternative_in_a_day(story):
    told = story("""
        03-06 17:00 exception_raised
        03-06 19:00 apology_given
        03-07 17:30 alternative_offered
    """, about="exception/1")  # fmt: skip
    assert told.of("exception_apology") == ["met, due 03-06 19:00"]
    assert told.of("exception_alternative") == ["late, due 03-07 17:00"]


def test_1_3_11_each_task_is_answered_for_itself(story):
    told = story("""
        03-02 10:00 task_assigned task=1 role=production person=9 due=03-04T12:00
        03-02 10:00 task_assigned task=2 role=logistics due=03-04T12:00
        03-03 10:00 task_done task=2
    """, about="exception/1", now="03-05 10:00")  # fmt: skip
    assert told.of("department_task") == ["missed, due 03-04 12:00", "met, due 03-04 12:00"]
    assert told.owners("department_task") == [9, "logistics"]
