"""Clause 1.2 in stories: needs reports, contributions, questions, negotiation entries."""

from __future__ import annotations


def test_1_2_3_one_report_is_owed_however_many_meetings_there_are(story):
    """Three meetings and no report are one breach, not three."""
    told = story("""
        03-02 10:00 discovery_held
        03-03 10:00 discovery_held
        03-04 10:00 discovery_held
    """, about="deal/1", now="03-09 10:00")  # fmt: skip
    assert told.of("needs_report") == ["missed, due 03-05 18:00"]


def test_1_2_3_a_deal_that_has_its_report_owes_none_until_it_is_opened_again(story):
    told = story("""
        03-02 10:00 needs_reported
        03-03 10:00 discovery_held
        03-10 10:00 deal_lost
        03-20 10:00 deal_reopened
        03-23 10:00 discovery_held
    """, about="deal/1", now="03-24 10:00")  # fmt: skip
    assert told.of("needs_report") == ["open, due 03-26 18:00"]


def test_1_2_4_two_departments_are_asked_and_answer_each_for_itself(story):
    told = story("""
        03-02 10:00 contribution_asked role=technical person=9
        03-02 10:00 contribution_asked role=product
        03-03 10:00 contribution_given role=product by=12
        03-05 10:00 contribution_given role=technical by=11
    """, about="proposal/1")  # fmt: skip
    assert told.of("technical_contribution") == ["late, due 03-04 18:00"]
    assert told.of("product_contribution") == ["met, due 03-04 18:00"]
    assert told.owners("technical_contribution") == [9]
    assert told.owners("product_contribution") == ["product"]


def test_1_2_4_a_proposal_that_went_out_wants_no_part_any_more(story):
    told = story("""
        03-02 10:00 contribution_asked role=technical
        03-03 10:00 proposal_sent
    """, about="proposal/1")  # fmt: skip
    assert told.of("technical_contribution") == ["cancelled, due 03-04 18:00"]


def test_1_2_7_forty_eight_hours_run_through_weekends_and_holidays(story):
    told = story("04-30 17:00 question_asked\n05-02 17:00 question_answered")
    assert told.of("question_answer") == ["met, due 05-02 17:00"]
    told = story("04-30 17:00 question_asked\n05-02 17:00:01 question_answered")
    assert told.of("question_answer") == ["late, due 05-02 17:00"]


def test_1_2_10_an_entry_is_owed_after_every_negotiation_meeting(story):
    told = story("""
        03-02 10:00 negotiation_held
        03-03 09:00 negotiation_logged
        03-09 10:00 negotiation_held
        03-11 10:00 negotiation_logged
    """, about="deal/1")  # fmt: skip
    assert told.of("negotiation_entry") == ["met, due 03-03 10:00", "late, due 03-10 10:00"]
