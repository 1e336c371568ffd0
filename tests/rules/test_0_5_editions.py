"""Clauses 0.1, 0.2, 0.3 and 0.5 in stories: the calendar, and which edition governs."""

from __future__ import annotations

from story_help import POLICY, followed, moment, telling

from zhangfa.rules.policy import Edition


def test_0_5_the_edition_of_the_opening_day_governs_to_the_end(story):
    """Asked on the last evening of the old edition, answered under the new one's shorter time."""
    shorter = followed("04-01", question_answer__within="24 hours")
    text = "03-31 23:59 question_asked\n04-01 00:00 question_asked\n04-02 12:00 question_answered"
    told = story(text, policy=shorter)
    assert told.of("question_answer") == ["met, due 04-02 23:59", "late, due 04-02 00:00"]
    assert [one.edition for one in told.all("question_answer")] == ["2026-01-01", "2026-04-01"]


def test_0_5_the_day_is_the_day_on_the_wall_not_in_utc(story):
    """00:30 in Shanghai is still the day before in UTC."""
    from story_help import lines

    facts = lines("04-01 00:30 question_asked")
    shorter = followed("04-01", question_answer__within="24 hours")
    assert facts[0].at.utctimetuple().tm_mday == 31
    told = story("04-01 00:30 question_asked", policy=shorter, now="04-01 12:00")
    assert told.one("question_answer").edition == "2026-04-01"


def test_0_5_each_period_is_read_under_the_edition_of_its_first_day(story):
    later = followed("05-01", channel_report__due_offset="5 working_days")
    told = story("03-01 09:00 role_started role=seller", about="person/7", now="05-20 09:00",
                 policy=later)  # fmt: skip
    assert told.of("channel_report")[:3] == [
        "2026-03: missed, due 04-03 18:00",
        "2026-04: missed, due 05-08 18:00",
        "2026-05: open, due 06-05 18:00",
    ]


def test_0_5_an_edition_may_change_how_often_the_next_whole_period_follows(story):
    """From weeks to months on the first of April, a Wednesday: that week still runs to its end."""
    monthly = followed("04-01", weekly_update__every="month")
    told = story("03-16 09:00 customer_entered owner=7", now="04-20 12:00", policy=monthly)
    labels = [one.window_key for one in told.all("weekly_update")]
    assert labels == ["2026-W12", "2026-W13", "2026-W14", "2026-05"]
    weekly = followed("04-01", channel_report__every="week", channel_report__due_offset="1 days")
    told = story("02-01 09:00 role_started role=seller", about="person/7", now="04-10 12:00",
                 policy=weekly)  # fmt: skip
    labels = [one.window_key for one in told.all("channel_report")]
    assert labels == ["2026-02", "2026-03", "2026-W15", "2026-W16"]
    monthly = followed("04-01", self_evaluation__every="month")
    told = story("01-01 09:00 role_started role=seller", about="person/7", now="04-20 12:00",
                 policy=monthly)  # fmt: skip
    labels = [one.window_key for one in told.all("self_evaluation")]
    assert labels == ["2026-Q1", "2026-04", "2026-05"], "the month that begins on the day is whole"


def test_0_5_a_promise_taken_back_is_owed_no_more_and_a_new_one_from_its_day_on(story):
    without = frozenset(key for key in POLICY.editions[0].values if key.startswith("weekly_update"))
    day = moment("03-30 00:00").date()
    ended = POLICY.followed_by(Edition("e2", "", day, {}, without=without))
    told = story("03-16 09:00 customer_entered owner=7", now="05-01 12:00", policy=ended)
    assert [one.window_key for one in told.all("weekly_update")] == ["2026-W12", "2026-W13"]
    resumed = ended.followed_by(Edition("e3", "", moment("04-15 00:00").date(), {
        "weekly_update": {"every": "week", "weight": 1}
    }))  # fmt: skip
    told = story("03-16 09:00 customer_entered owner=7", now="04-21 12:00", policy=resumed)
    labels = [one.window_key for one in told.all("weekly_update")]
    assert labels == ["2026-W12", "2026-W13", "2026-W17", "2026-W18"]


def test_0_5_what_it_was_judged_by_is_cited_and_the_calendar_kept(story):
    one = story("03-02 10:00 draft_submitted round=1", about="contract/1").one("legal_review")
    (said,) = one.citations
    assert (said.key, str(said.value), said.clause) == (
        "legal_review.within",
        "2 working_days",
        "1.3.2",
    )
    assert len(one.calendar) == 12


def test_0_1_holidays_do_not_count_and_make_up_days_do(story):
    """Two working days from the 30th of September: the 8th and the 9th of October."""
    told = story("09-30 10:00 draft_submitted round=1", about="contract/1", now="10-01 09:00")
    assert told.of("legal_review") == ["open, due 10-09 18:00"]
    told = story("10-09 10:00 draft_submitted round=1", about="contract/1", now="10-09 12:00")
    assert told.of("legal_review") == ["open, due 10-12 18:00"], "Saturday the 10th is worked"


def test_0_1_an_order_is_followed_on_make_up_days_and_not_on_holidays(story):
    told = story("09-30 10:00 order_signed", about="order/1", now="10-13 09:00")
    assert [one.window_key[-5:] for one in told.all("order_tracking")] == [
        "10-08", "10-09", "10-10", "10-12", "10-13", "10-14",
    ]  # fmt: skip


def test_0_1_ones_own_leave_is_no_working_time(story):
    """Ten working days for a course; three of them away."""
    text = "03-02 10:00 training_assigned course=p2\n03-03 09:00 leave_taken start=03-09 end=03-12"
    told = story(text, about="person/7", now="03-12 10:00")
    assert told.of("policy_training") == ["open, due 03-19 18:00"]


def test_0_2_past_the_published_calendar_a_deadline_is_provisional():
    """The Saturday after is worked or not: nobody knows yet."""
    told = telling("12-30 10:00 draft_submitted round=1", about="contract/1", now="12-30 12:00")
    assert told.one("legal_review").provisional
    told = telling("12-28 10:00 draft_submitted round=1", about="contract/1", now="12-28 12:00")
    assert not told.one("legal_review").provisional
    told = telling("12-30 10:00 question_asked", now="12-30 12:00")
    assert not told.one("question_answer").provisional, "elapsed time asks no calendar"
    told = telling("12-30 10:00 order_signed", about="order/1", now="12-31 12:00")
    ahead = {one.window_key: one.provisional for one in told.all("order_tracking")}
    assert ahead["2026-12-31"] is False and ahead[max(ahead)] is True


def test_0_3_a_kind_may_count_its_working_days_as_hours(story):
    """Two working days are fifteen hours: from Monday 16:00 to Wednesday 16:00."""
    text, about = "03-02 16:00 draft_submitted round=1", "contract/1"
    own = followed("03-01", legal_review__mode="working_hours")
    told = story(text, about=about, now="03-02 17:00", policy=own)
    assert told.of("legal_review") == ["open, due 03-04 16:00"]
    assert told.of("finance_review") == ["open, due 03-04 18:00"]
    general = followed("03-01", working_days={"mode": "working_hours"})
    told = story(text, about=about, now="03-02 17:00", policy=general)
    assert told.of("finance_review") == ["open, due 03-04 16:00"]


def test_0_3_the_first_period_is_owed_with_half_of_it_left(story):
    """Thursday leaves four days of seven, Friday three."""
    thursday = story("03-05 23:00 customer_entered owner=7", now="03-06 12:00")
    friday = story("03-06 00:00 customer_entered owner=7", now="03-06 12:00")
    assert thursday.of("weekly_update")[0] == "2026-W10: open, due 03-08 23:59"
    assert friday.of("weekly_update") == ["2026-W11: waiting, due 03-15 23:59"]


def test_0_3_history_from_elsewhere_opens_only_what_its_import_allows(story):
    told = story("03-02 10:00 ticket_raised opens=ticket_closure", about="ticket/1")
    assert {one.kind.key for one in told.owed} == {"ticket_closure"}
    assert story("03-02 10:00 ticket_raised opens=", about="ticket/1").owed == []
