"""Figures and moments read as people of each language write them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from zhangfa.web import figures

CHINA = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 10, 24, tzinfo=CHINA)


@pytest.fixture(autouse=True)
def _in_china():
    with timezone.override(CHINA), translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("amount", "hans", "hant", "english"),
    [
        (Decimal("1280000"), "¥128 万", "¥128 萬", "¥1.28M"),
        (Decimal("185000"), "¥18.5 万", "¥18.5 萬", "¥185K"),
        (Decimal("9999.50"), "¥10,000", "¥10,000", "¥10K"),
        (Decimal("-31500"), "−¥3.2 万", "−¥3.2 萬", "−¥31.5K"),
        (Decimal("2468000000"), "¥24.68 亿", "¥24.68 億", "¥2.47B"),
        (Decimal("0"), "¥0", "¥0", "¥0"),
    ],
)
def test_money_is_short_in_the_units_of_the_language(amount, hans, hant, english):
    for tag, wanted in (("zh-hans", hans), ("zh-hant", hant), ("en", english)):
        with translation.override(tag):
            assert figures.money(amount) == wanted


def test_exact_money_keeps_every_cent_and_every_sign():
    assert figures.money_exact(Decimal("1280000.005")) == "¥1,280,000.01"
    assert figures.money_exact(Decimal("-0.10"), "TWD") == "−NT$0.10"
    assert figures.money_exact(Decimal("500"), "USD") == "US$500"


def test_what_is_not_applicable_is_a_dash_and_never_a_zero():
    for shown in (figures.number, figures.percent, figures.money, figures.money_exact):
        assert shown(None) == "—"
    assert figures.number(0) == "0"


def test_numbers_are_grouped_rounded_half_up_and_have_a_true_minus():
    assert figures.number(Decimal("1234567.50")) == "1,234,567.5"
    assert figures.number(Decimal("86.45"), 1) == "86.5"
    assert figures.number(-2) == "−2"
    assert figures.number(3, sign=True) == "+3"
    assert figures.percent(Decimal("0.9183")) == "91.8%"
    assert figures.percent(1) == "100%"


@pytest.mark.parametrize(
    ("seconds", "wanted"),
    [(59, "0m"), (18 * 60, "18m"), (7500, "2h 05m"), (2 * 86400 + 5 * 3600, "2d 5h")],
)
def test_a_span_has_its_two_largest_units(seconds, wanted):
    assert figures.human_span(seconds) == wanted
    assert figures.human_span(-seconds) == wanted


def test_a_moment_stands_beside_today_in_the_readers_own_zone():
    utc = ZoneInfo("UTC")
    assert figures.when(datetime(2026, 11, 22, 18, 0, tzinfo=utc), NOW) == "today 02:00"
    assert figures.when(datetime(2026, 11, 22, 15, 59, tzinfo=utc), NOW) == "yesterday 23:59"
    assert figures.when(date(2026, 11, 20), NOW) == "11-20 Fri"
    assert figures.when(date(2025, 11, 20), NOW) == "2025-11-20"
    assert figures.when(None, NOW) == "—"


def test_days_ago_are_counted_by_the_calendar_and_not_by_24_hours():
    late_yesterday = datetime(2026, 11, 21, 23, 0, tzinfo=CHINA)
    assert figures.ago(late_yesterday, NOW) == "2 days ago"
    assert figures.ago(NOW - timedelta(hours=5), NOW) == "5 hours ago"
    assert figures.ago(NOW + timedelta(hours=5), NOW) == "just now"


def test_months_and_weekdays_are_named_in_the_language():
    with translation.override("zh-hans"):
        assert figures.date_text(NOW, "month") == "2026年11月"
        assert figures.date_text(NOW, "weekday") == "周一"
    with translation.override("zh-hant"):
        assert figures.date_text(NOW, "weekday") == "週一"
    assert figures.date_text(NOW, "month") == "Nov 2026"
