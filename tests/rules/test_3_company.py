"""Chapters 2 and 3 in stories: briefs, evaluations, appeals, coaching, training, reviews."""

from __future__ import annotations


def test_2_3_1_only_who_leads_owes_the_brief_and_only_who_sells_the_self_evaluation(story):
    leads = story("01-01 09:00 role_started role=supervisor", about="person/5", now="02-10 09:00")
    assert {one.kind.key for one in leads.owed} == {"monthly_brief", "superior_evaluation"}
    assert set(leads.owners("monthly_brief")) == {5}
    sells = story("01-01 09:00 role_started role=seller", about="person/7", now="02-10 09:00")
    assert {one.kind.key for one in sells.owed} == {"channel_report", "self_evaluation"}
    office = story("01-01 09:00 role_started role=finance", about="person/9", now="02-10 09:00")
    assert office.owed == []


def test_2_3_4_the_quarters_word_on_oneself_is_due_on_working_day_five(story):
    told = story("""
        01-05 09:00 role_started role=seller
        04-08 18:00 self_evaluated period=2026-Q1
        07-08 09:00 self_evaluated period=2026-Q2
    """, about="person/7", now="07-20 10:00")  # fmt: skip
    assert told.of("self_evaluation")[:2] == [
        "2026-Q1: met, due 04-08 18:00",
        "2026-Q2: late, due 07-07 18:00",
    ]


def test_2_3_4_handed_in_for_one_quarter_it_counts_for_no_other(story):
    told = story("""
        01-05 09:00 role_started role=seller
        04-08 10:00 self_evaluated period=2025-Q4
    """, about="person/7", now="04-09 10:00")  # fmt: skip
    assert told.of("self_evaluation")[0] == "2026-Q1: missed, due 04-08 18:00"


def test_2_3_5_the_superior_has_until_working_day_eight(story):
    told = story("""
        01-05 09:00 role_started role=supervisor
        04-13 18:00 superior_evaluated period=2026-Q1
    """, about="person/5", now="04-20 10:00")  # fmt: skip
    assert told.of("superior_evaluation")[0] == "2026-Q1: met, due 04-13 18:00"


def test_2_3_4_leave_after_the_quarter_moves_the_date(story):
    """Away from the 1st to the 8th of April: the seller's own working day five is the 15th."""
    told = story("""
        01-05 09:00 role_started role=seller
        03-25 09:00 leave_taken start=04-01 end=04-09
    """, about="person/7", now="04-10 10:00")  # fmt: skip
    assert told.of("self_evaluation")[0] == "2026-Q1: open, due 04-15 18:00"


def test_2_3_7_two_appeals_are_answered_each_for_itself(story):
    told = story("""
        03-02 10:00 appeal_raised appeal=1
        03-03 10:00 appeal_raised appeal=2
        03-05 10:00 appeal_answered appeal=2
    """, about="verdict/1", now="03-10 10:00")  # fmt: skip
    assert told.of("appeal_answer") == ["missed, due 03-09 18:00", "met, due 03-10 18:00"]


def test_2_4_3_a_plan_answers_the_offer_of_its_own_quarter(story):
    told = story("""
        03-02 10:00 coaching_offered period=2025-Q4
        03-05 10:00 coaching_planned period=2025-Q3
    """, about="person/7", now="03-17 10:00")  # fmt: skip
    assert told.of("coaching_plan") == ["missed, due 03-16 18:00"]


def test_3_1_1_every_course_is_passed_for_itself(story):
    told = story("""
        03-02 10:00 training_assigned course=negotiation
        03-02 10:00 training_assigned course=needs
        03-10 10:00 training_passed course=needs
    """, about="person/7", now="03-20 10:00")  # fmt: skip
    assert told.of("policy_training") == ["missed, due 03-16 18:00", "met, due 03-16 18:00"]


def test_3_2_1_reviews_go_on_from_edition_to_edition_and_are_not_doubled(story):
    told = story("""
        01-01 09:00 edition_adopted edition=a
        03-20 09:00 edition_adopted edition=b
        04-15 10:00 review_held period=2026-Q1
    """, about="policy/1", now="05-01 10:00")  # fmt: skip
    assert told.of("quarterly_review")[0] == "2026-Q1: met, due 04-15 18:00"
    assert [one.window_key for one in told.all("quarterly_review")] == [
        "2026-Q1", "2026-Q2", "2026-Q3",
    ]  # fmt: skip


def test_3_2_2_an_improvement_is_due_on_the_lists_own_date(story):
    told = story("""
        03-02 10:00 improvement_planned item=1 role=production person=9 due=03-20T18:00
        03-02 10:00 improvement_planned item=2 role=legal due=03-20T18:00
        03-19 10:00 improvement_dropped item=2
        03-21 10:00 improvement_done item=1
    """, about="policy/1")  # fmt: skip
    assert told.of("improvement_action") == ["late, due 03-20 18:00", "cancelled, due 03-20 18:00"]
    assert told.owners("improvement_action") == [9, "legal"]


def test_3_2_3_the_yearly_revision_is_proposed_within_its_year(story):
    told = story("""
        01-01 09:00 edition_adopted edition=a
        12-31 23:59 revision_proposed period=2026
    """, about="policy/1", now="2027-01-10 10:00")  # fmt: skip
    assert told.of("yearly_revision")[0] == "2026: met, due 12-31 23:59"
