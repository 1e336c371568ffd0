"""Chips, tiles, rounds, icons, and the environment that offers them to templates."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import jinja2
import pytest
from django.utils import timezone, translation

from zhangfa.web import showing
from zhangfa.web.jinja import environment, url

CHINA = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 10, 24, tzinfo=CHINA)


@pytest.fixture(autouse=True)
def _in_china():
    with timezone.override(CHINA), translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("minutes", "tone"),
    [
        (-1, "late"),
        (0, "soon"),
        (120, "soon"),
        (121, "today"),
        (13 * 60 + 35, "today"),
        (816, "far"),
    ],
)
def test_the_tone_of_a_deadline_turns_at_now_two_hours_and_midnight(minutes, tone):
    assert showing.tone_of(NOW + timedelta(minutes=minutes), NOW) == tone


def test_a_due_chip_says_how_late_and_carries_the_moment_for_the_countdown():
    owed = SimpleNamespace(due=NOW - timedelta(minutes=125), provisional=False)
    chip = str(showing.due(owed, NOW))
    assert 'class="due late"' in chip
    assert ">late 2h 05m<" in chip
    assert f'data-due="{int(owed.due.timestamp())}"' in chip


def test_a_provisional_deadline_says_so():
    owed = SimpleNamespace(due=NOW, provisional=True)
    assert "provisional" in str(showing.due(owed, NOW))


@pytest.mark.parametrize(
    ("name", "short"),
    [("林知远", "知远"), ("王芳", "王芳"), ("Lena Wolf", "LW"), ("Cher", "C"), ("", "?")],
)
def test_a_round_holds_what_one_would_call_the_person(name, short):
    assert f">{short}<" in str(showing.avatar(SimpleNamespace(name=name)))


def test_names_from_records_cannot_bring_markup_with_them():
    assert "<b>" not in str(showing.avatar("<b>x</b> <i>y</i>"))


def test_an_icon_is_drawn_without_what_all_icons_share_and_unknown_ones_are_refused():
    sun = str(showing.icon("sun", 16))
    assert sun.startswith('<svg width="16" height="16"')
    assert "xmlns" not in sun
    assert 'aria-hidden="true"' in sun
    assert "stroke-width" not in sun
    with pytest.raises(Exception, match="no-such-icon"):
        showing.icon("no-such-icon")


def test_templates_are_escaped_translated_and_strict_about_names():
    env = environment()
    assert env.from_string("{{ x }}").render(x="<b>") == "&lt;b&gt;"
    assert "&lt;i&gt;" in env.from_string("{{ _('late %(span)s', span=x) }}").render(x="<i>")
    with translation.override("zh-hans"):
        assert env.from_string("{{ _('Undo') }}").render() == "撤销"
    with pytest.raises(jinja2.UndefinedError):
        env.from_string("{{ nobody_set_this }}").render()


def test_addresses_are_made_by_name_with_empty_questions_left_out():
    assert url("customer", 7) == "/customers/7/"
    assert url("customers", grade="A", q="", owner=None) == "/customers/?grade=A"
