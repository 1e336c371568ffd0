"""The geometry of charts: what is drawn is what was counted."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from zhangfa.web import drawing

CHINA = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 10, 30, tzinfo=CHINA)


def test_each_block_of_the_waterfall_begins_where_the_last_earnings_ended():
    blocks = drawing.waterfall([(25, Decimal("23.2")), (15, None), (10, 8), (5, 5)])
    assert [block.x for block in blocks] == [0, 23.2, 23.2, 31.2]
    assert [block.lost for block in blocks] == [1.8, 0, 2, 0]
    assert [block.full for block in blocks] == [False, False, False, True]


def test_the_step_with_the_lowest_conversion_is_the_weak_one():
    steps = drawing.funnel([186, 112, 68, 0, 0])
    assert [step.width for step in steps] == [100, 60.22, 36.56, 0, 0]
    assert [step.weak for step in steps] == [False, False, False, True, False]
    assert steps[-1].rate is None  # nothing came in: nothing can be converted


def test_shares_stay_on_the_bar_and_nothing_is_shared_out_of_nothing():
    assert drawing.share(150, 100) == 100
    assert drawing.share(-3, 100) == 0
    assert drawing.share(1, 0) == 0
    assert drawing.share(None, 10) == 0


def test_a_sparkline_skips_what_is_not_known():
    line = drawing.sparkline([1, None, 3], width=46, height=22)
    assert line.points == "3.0,19.0 43.0,3.0"
    assert drawing.sparkline([None]).points == ""


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (100, "heat-5"),
        (97, "heat-5"),
        (96.9, "heat-4"),
        (85, "heat-3"),
        (75, "heat-2"),
        (0, "heat-1"),
    ],
)
def test_heat_cells_have_five_steps(value, name):
    assert drawing.heat(value) == name


def test_a_heat_cell_without_a_value_is_not_the_lowest_step():
    assert drawing.heat(None) == "heat-na"


def test_the_day_rail_holds_todays_deadlines_in_reach_and_stacks_close_ones():
    def owed(hours: float, grade: str = "B") -> SimpleNamespace:
        return SimpleNamespace(
            due=NOW + timedelta(hours=hours), customer=SimpleNamespace(grade=grade)
        )

    rows = [owed(3, "A"), owed(3.1), owed(-5), owed(30)]
    with timezone.override(CHINA):
        rail = drawing.day_rail(rows, NOW, 8.5, 18.5)
    assert rail.now == 20
    assert [mark.x for mark in rail.marks] == [0.4, 50, 51]
    assert [mark.y for mark in rail.marks] == [29, 29, 20]
    assert [mark.radius for mark in rail.marks] == [4.5, 5.5, 4.5]
