"""Cells become values in the usual spellings; what can't be read says why (4.3, 1.1.4)."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhangfa.imports.amounts import decimal_mark
from zhangfa.imports.credit_codes import ALPHABET, check_character
from zhangfa.imports.dates import day_order
from zhangfa.imports.how import How
from zhangfa.imports.messages import Unreadable
from zhangfa.imports.phones import phone_key
from zhangfa.imports.values import CONVERTERS, Column

CHINA = ZoneInfo("Asia/Shanghai")


def value(kind: str, cell: object, **options: object) -> object:
    return CONVERTERS[kind](cell, How(zone=CHINA, **options))


def refusal(kind: str, cell: object, **options: object) -> str:
    with pytest.raises(Unreadable) as error:
        value(kind, cell, **options)
    return str(error.value)


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-23",
        "2026/11/23",
        "2026年11月23日",
        "23.11.2026",
        "11/23/2026",
        "23/11/2026",
        "20261123",
        "２０２６年１１月２３日",
        "民國115年11月23日",
        "23 Nov 2026",
        "Nov 23, 2026",
        46349,
        "46349",
        date(2026, 11, 23),
    ],
)
def test_one_day_in_its_usual_spellings(written):
    assert value("date", written) == date(2026, 11, 23)


def test_a_day_that_may_be_two_is_refused_unless_the_order_is_declared():
    assert "day/month or month/day" in refusal("date", "11/12/2026")
    assert value("date", "11/12/2026", day_first=True) == date(2026, 12, 11)
    assert value("date", "11/12/2026", day_first=False) == date(2026, 11, 12)


def test_the_order_is_taken_from_the_column_only_where_its_values_agree():
    assert day_order(["11/12/2026", "23/11/2026"]) is True
    assert day_order(["11/12/2026", "11/23/2026"]) is False
    assert day_order(["11/12/2026"]) is None
    assert day_order(["23/11/2026", "11/23/2026"]) is None


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("2026-02-30", "no day"),
        ("23.11.26", "four digits"),
        ("0001-01-01", "lies outside"),
        ("soon", "not a date"),
        ("2026年11月", "not a date"),
    ],
)
def test_what_is_no_day_says_why(written, words):
    assert words in refusal("date", written)


@pytest.mark.parametrize(
    ("written", "hour"),
    [
        ("2026-11-23 15:04", 15),
        ("2026/11/23 3:04 PM", 15),
        ("2026年11月23日 下午3:04", 15),
        ("2026年11月23日15时04分", 15),
        ("2026-11-23T07:04Z", 15),
        ("2026-11-23 16:04:00+0900", 15),
        ("2026-11-23 12:04 AM", 0),
    ],
)
def test_moments_are_placed_in_the_stated_zone_or_the_columns(written, hour):
    moment = value("moment", written)
    assert moment.astimezone(CHINA).replace(tzinfo=None) == datetime(2026, 11, 23, hour, 4)


def test_a_time_that_the_clocks_skipped_is_refused():
    with pytest.raises(Unreadable, match="skipped"):
        CONVERTERS["moment"]("2026-03-29 02:30", How(zone=ZoneInfo("Europe/Berlin")))


@given(st.datetimes(datetime(1950, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC)))
def test_every_iso_moment_comes_back_as_it_was_written(moment):
    assert value("moment", moment.isoformat()) == moment
    assert value("moment", moment.isoformat(" ")) == moment


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("¥1,234.56", "1234.56"),
        ("￥１，２３４．５６", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1 234,56", "1234.56"),
        ("1'234.56", "1234.56"),
        ("1.2万", "12000"),
        ("12万元", "120000"),
        ("人民币1.5亿元整", "150000000"),
        ("(1,234.50)", "-1234.50"),
        ("-12", "-12"),
        ("12-", "-12"),
        ("CNY 1,000", "1000"),
        ("6.0E7", "60000000"),
        (0.1, "0.1"),
        (12, "12"),
    ],
)
def test_money_in_its_usual_spellings_is_exact(written, amount):
    money = value("money", written)
    assert (money.amount, money.currency) == (Decimal(amount), "CNY")


def test_money_keeps_the_currency_it_states():
    assert value("money", "5 USD").currency == "USD"
    assert value("money", "NT$ 1,200").currency == "TWD"
    assert value("money", "¥5", currency="JPY").currency == "JPY"
    assert value("money", "$5").currency == "USD"


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("1.234", "Choose the decimal mark"),
        ("12,34,567", "thousands"),
        ("12abc", "not an amount"),
        ("1_000", "not an amount"),
        ("nan", "not an amount"),
        ("(-5)", "not an amount"),
        ("USD 5 EUR", "not an amount"),
        ("9" * 15, "larger"),
        (True, "not a number"),
    ],
)
def test_an_amount_that_can_not_be_read_safely_is_refused(written, words):
    assert words in refusal("money", written)


def test_the_decimal_mark_is_learnt_from_the_column():
    assert decimal_mark(["1.234", "12,50"]) == "comma"
    assert decimal_mark(["1.234", "12.50"]) == "point"
    assert decimal_mark(["1.234"]) == "auto"
    assert value("money", "1.234", decimal="comma").amount == 1234
    assert value("money", "1.234", decimal="point").amount == Decimal("1.23")


def test_a_unit_in_the_cell_beside_one_in_the_heading_is_refused():
    assert value("money", "1,250", scale=10_000).amount == 12_500_000
    assert "only one of them" in refusal("money", "1.2万", scale=10_000)


@given(st.decimals(-(10**13), 10**13, places=2))
def test_every_amount_survives_being_written_with_thousands_marks(amount):
    assert value("money", f"{amount:,.2f}").amount == amount
    european = f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))
    assert value("money", european, decimal="comma").amount == amount


def test_rounding_to_the_cent_is_half_up_and_noted():
    how = How()
    assert CONVERTERS["money"]("26.855", How(decimal="point")).amount == Decimal("26.86")
    CONVERTERS["money"]("26.85120450862128", how)
    assert "rounded" in how.notes[0].msgid


def test_whole_numbers_and_answers():
    assert (value("integer", "2,822"), value("integer", 2822.0)) == (2822, 2822)
    assert "whole number" in refusal("integer", "12.5")
    assert [value("boolean", cell) for cell in ("是", "Y", "TRUE", "√")] == [True] * 4
    assert [value("boolean", cell) for cell in ("否", "n", "0", "无")] == [False] * 4
    assert "neither" in refusal("boolean", "maybe")


def test_chinese_phones_are_written_one_way_and_foreign_ones_stay():
    for written in ("13800138000", "+86 138-0013-8000", "0086 138 0013 8000", 13800138000.0):
        assert value("phone", written) == "+8613800138000"
    assert value("phone", "(0755) 12345678转801") == "+8675512345678 ext. 801"
    assert value("phone", "138 0013 8000 / 13900139000") == "+8613800138000 / +8613900139000"
    assert value("phone", "0221-5554327", phone_country="") == "0221-5554327"
    assert value("phone", "+49 69 66 90 2555") == "+49 69 66 90 2555"
    assert "not a phone" in refusal("phone", "call me")
    assert phone_key("+8613800138000") == phone_key("138 0013 8000")


def test_names_lose_stray_blanks_and_invisible_characters_with_a_note():
    how = How()
    assert CONVERTERS["name"](" ＡＢＣ　（中国）有限公司\u200b ", how) == "ABC （中国）有限公司"
    assert how.notes
    lost = How()
    assert CONVERTERS["text"]("Lule\ufffd", lost) == "Lule\ufffd"
    assert "lost" in lost.notes[0].msgid


def test_a_misspelt_country_is_kept_and_the_likely_one_named():
    how = How()
    assert CONVERTERS["country"]("Philipines", how) == "Philipines"
    assert how.notes[0].params["likely"] == "Philippines"
    known = How()
    for name in ("中国", "USA", "Korea", "GB", "臺灣"):
        CONVERTERS["country"](name, known)
    assert not known.notes


def test_1_1_4_a_credit_code_is_taken_only_with_its_right_check_character():
    assert value("credit_code", "9135 0100 m000 100y43") == "91350100M000100Y43"
    assert "should be 3" in refusal("credit_code", "91350100M000100Y44")
    assert "perhaps it is 91350100M000100Y43" in refusal("credit_code", "9135O1OOM000100Y43")
    assert "has 6" in refusal("credit_code", "913501")
    assert "region" in refusal("credit_code", "91A50100M000100Y43")


@given(st.text(ALPHABET, min_size=9, max_size=9), st.integers(0, 16), st.sampled_from(ALPHABET))
def test_1_1_4_any_single_mistyped_character_is_noticed(organisation, place, other):
    body = "91350100" + organisation
    code = body + check_character(body)
    assert value("credit_code", code) == code
    changed = code[:place] + other + code[place + 1 :]
    if changed != code:
        refusal("credit_code", changed)


def test_values_of_a_profile_are_the_only_ones_unless_they_are_corrections():
    stages = Column("code", How(values={"Won": "won"}))
    assert stages.read("won")[0] == "won"
    with pytest.raises(Unreadable, match="profile knows: Won"):
        stages.read("Lost")
    sectors = Column("name", How(values={"technolgy": "technology"}, strict=False))
    assert sectors.read("retail") == ("retail", ())
    assert sectors.read("technolgy")[0] == "technology"
    assert sectors.read("technolgy")[1]


@pytest.mark.parametrize("kind", sorted(CONVERTERS))
def test_a_cell_made_to_be_slow_is_refused_at_once(kind):
    slow = (",." * 16_000 + "1x1", "1 " * 16_000, "a@" * 16_000, "2026-" * 6_000, "(" * 32_000)
    for cell in slow:
        begin = time.perf_counter()
        with suppress(Unreadable):
            value(kind, cell)
        assert time.perf_counter() - begin < 0.5


def test_a_day_with_a_long_tail_is_not_a_day():
    assert "not a date" in refusal("date", "2026-11-23" + " " * 80 + "or so")
