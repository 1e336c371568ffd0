"""Clause 0.4 in stories: a clock stops while it waits for somebody else, and is seen to."""

from __future__ import annotations

from datetime import timedelta

from story_help import followed, moment


def test_0_4_the_clock_waits_for_the_customer_and_goes_on(story):
    """24 hours of a solution: five gone, a day of waiting, nineteen left."""
    told = story("""
        03-02 10:00 ticket_raised
        03-02 15:00 clock_stopped reason=customer
        03-03 15:00 clock_resumed
        03-04 10:00 solution_proposed
    """, about="ticket/1")  # fmt: skip
    one = told.one("ticket_solution")
    assert told.of("ticket_solution") == ["met, due 03-04 10:00"]
    assert one.promised == moment("03-03 10:00"), "what was promised stays visible"
    assert one.paused_seconds == timedelta(days=1).total_seconds()


def test_0_4_while_it_stands_the_deadline_moves_with_the_hours(story):
    text = """
        03-02 10:00 ticket_raised
        03-02 15:00 clock_stopped reason=customer
    """
    soon, later = (story(text, now=now) for now in ("03-02 18:00", "03-20 18:00"))
    assert soon.of("ticket_solution") == ["open, due 03-03 13:00"]
    assert later.of("ticket_solution") == ["open, due 03-21 13:00"]
    assert later.one("ticket_solution").stopped


def test_0_4_an_answer_is_owed_within_the_hour_whatever_waits(story):
    """ticket_response is not pausable."""
    told = story("""
        03-02 10:00 ticket_raised
        03-02 10:10 clock_stopped reason=customer
    """, now="03-02 12:00")  # fmt: skip
    assert told.of("ticket_response") == ["missed, due 03-02 11:00"]
    assert not told.one("ticket_response").stopped


def test_0_4_a_stop_names_the_kinds_it_is_meant_for_or_all(story):
    text = """
        03-02 10:00 ticket_raised
        03-02 15:00 clock_stopped reason=customer kinds={}
        03-03 15:00 clock_resumed
    """
    one = story(text.format("ticket_solution"), now="03-09 10:00")
    assert one.of("ticket_solution") == ["missed, due 03-04 10:00"]
    assert one.of("ticket_closure") == ["missed, due 03-05 10:00"]
    both = story(text.format("ticket_solution,ticket_closure"), now="03-09 10:00")
    assert both.of("ticket_closure") == ["missed, due 03-06 10:00"]


def test_0_4_a_stop_after_the_deadline_stops_nothing(story):
    told = story("""
        03-02 10:00 question_asked
        03-04 10:00 clock_stopped reason=customer
    """, now="03-09 10:00")  # fmt: skip
    one = told.one("question_answer")
    assert told.of("question_answer") == ["missed, due 03-04 10:00"]
    assert (one.paused_seconds, one.stopped) == (0, False)


def test_0_4_a_clock_that_stands_when_something_opens_counts_from_when_it_goes_on(story):
    told = story("""
        03-02 10:00 clock_stopped reason=customer
        03-03 10:00 question_asked
        03-05 10:00 clock_resumed
    """, now="03-05 12:00")  # fmt: skip
    assert told.of("question_answer") == ["open, due 03-07 10:00"]


def test_0_4_two_stops_that_overlap_count_once(story):
    """The ticket waits for the customer and is then resolved: one silence, not two."""
    told = story("""
        03-02 10:00 ticket_raised
        03-03 10:00 clock_stopped reason=customer
        03-04 10:00 ticket_resolved
        03-05 10:00 clock_resumed
        03-06 10:00 ticket_reopened
    """, now="03-06 12:00")  # fmt: skip
    one = told.one("ticket_closure")
    assert told.of("ticket_closure") == ["open, due 03-08 10:00"]
    assert one.paused_seconds == timedelta(days=3).total_seconds()


def test_0_4_working_days_touched_by_a_stop_do_not_count(story):
    """A needs report: three working days from Monday, Tuesday spent waiting."""
    told = story("""
        03-02 10:00 discovery_held
        03-03 11:00 clock_stopped reason=customer
        03-03 16:00 clock_resumed
    """, about="deal/1", now="03-04 10:00")  # fmt: skip
    assert told.of("needs_report") == ["open, due 03-06 18:00"]


def test_0_4_a_task_with_a_date_waits_too(story):
    told = story("""
        03-02 10:00 task_assigned role=production due=03-06T12:00
        03-03 12:00 clock_stopped reason=supplier
        03-05 12:00 clock_resumed
    """, about="exception/1", now="03-06 10:00")  # fmt: skip
    assert told.of("department_task") == ["open, due 03-08 12:00"]


def test_0_4_the_policy_says_whose_clock_may_stop(story):
    strict = followed("03-01", question_answer__pausable=False)
    text = """
        03-02 10:00 question_asked
        03-03 10:00 clock_stopped reason=customer
    """
    told = story(text, now="03-09 10:00", policy=strict)
    assert told.of("question_answer") == ["missed, due 03-04 10:00"]


def test_0_4_what_became_pointless_or_was_waived_while_the_clock_stood_moves_no_more(story):
    text = """
        03-02 10:00 draft_submitted round=1 legal=3 finance=4
        03-03 10:00 finance_returned round=1
        03-04 10:00 {}
    """
    for end in ("contract_withdrawn", "obligation_waived kind=legal_review opening=1 by=99"):
        early, late = (story(text.format(end), now=now) for now in ("03-05 10:00", "06-05 10:00"))
        assert early.of("legal_review") == late.of("legal_review")
        assert not late.one("legal_review").stopped
