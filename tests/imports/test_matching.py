"""Names that mean the same are proposed with a reason; others are left alone (1.1.4, 4.4)."""

from __future__ import annotations

import time

import pytest

from zhangfa.imports.matching import CERTAIN, NameIndex, compare, duplicates, name_keys


@pytest.mark.parametrize(
    ("one", "two", "least"),
    [
        ("GTXPro", "GTX Pro", 0.98),
        ("ＡＢＣ公司", "abc公司", 0.98),
        ("華東物流股份有限公司", "华东物流股份有限公司", 0.98),
        ("华为技术有限公司", "華為技術股份有限公司", 0.95),
        ("上海大华", "上海大华（集团）有限公司", 0.95),
        ("Acme Inc.", "ACME Corporation", 0.95),
        ("The Rhombus Group", "Rhombus", 0.95),
        ("Hottechi", "Hotechi", 0.9),
        ("GTX Basic", "GTX Basci", 0.9),
        ("苏州恒越精密有限公司", "苏州恒悦精密有限公司", 0.85),
        ("雅士阁", "雅诗阁", 0.8),
    ],
)
def test_4_4_spellings_of_one_name_are_proposed_with_a_reason(one, two, least):
    match = compare(one, two)
    assert match is not None
    assert match.score == least
    assert match.reasons
    assert [found.known for found in NameIndex([two]).near(one)] == [two]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("GTK 500", "GTK 600"),
        ("GTX Plus Pro", "GTX Pro"),
        ("中国石油", "中国石化"),
        ("天虹", "天宏"),
        ("MG Special", "MG Advanced"),
        ("????????", "?????????"),
    ],
)
def test_4_4_different_things_are_not_proposed(one, two):
    assert compare(one, two) is None or not NameIndex([two]).near(one)


def test_a_name_made_of_a_legal_form_only_is_kept_as_a_name():
    assert name_keys("集团有限公司").core
    assert name_keys("Co. Ltd.").core


def test_a_name_is_found_by_its_initials_and_pinyin():
    keys = name_keys("苏州恒越精密有限公司")
    assert keys.initials.startswith("szhyjm")
    assert keys.sound == "suzhouhengyuejingmi"


def test_4_4_twenty_thousand_real_names_are_compared_in_seconds_with_few_proposals(shared_data):
    names = (shared_data / "company_names_zh/names_20000.txt").read_text("utf-8").split()
    begin = time.perf_counter()
    pairs = list(duplicates(names))
    assert time.perf_counter() - begin < 15
    assert len(names) == 20_000
    certain = {(name, match.known) for name, match in pairs if match.score >= CERTAIN}
    assert len(certain) == 20
    assert ("国机集团", "国机") in certain
    assert len(pairs) < 200


def test_4_4_every_real_name_is_found_again_with_a_legal_form_added(shared_data):
    names = (shared_data / "company_names_zh/names_20000.txt").read_text("utf-8").split()
    index = NameIndex(names)
    begin = time.perf_counter()
    for name in names[:2000]:
        assert name in [match.known for match in index.near(f"{name}有限公司")]
    assert time.perf_counter() - begin < 5
