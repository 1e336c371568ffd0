"""4.6 What is typed in letters is cut into syllables as pinyin is written."""

from __future__ import annotations

import pytest
from pypinyin.constants import PINYIN_DICT

from zhangfa.records.names import pinyin_of, syllables


@pytest.mark.parametrize(
    ("typed", "cut"),
    [
        ("suzhou", ["su", "zhou"]),
        ("suzh", ["su", "zh"]),
        ("hengyue", ["heng", "yue"]),
        ("xian", ["xian"]),
        ("szhy", []),
        ("abb", []),
        ("", []),
    ],
)
def test_4_6_letters_are_cut_into_syllables(typed: str, cut: list[str]) -> None:
    assert syllables(typed) == cut


def test_4_6_every_name_is_cut_into_its_own_sounds_or_into_longer_ones() -> None:
    for name in ("苏州恒越精密机械", "无锡华源电子科技", "宁波远科包装材料", "青岛鼎图食品"):
        sounds = pinyin_of(name)
        assert "".join(syllables(sounds.replace(" ", ""))) == sounds.replace(" ", "")


def test_4_6_every_common_character_has_a_syllable_that_is_known() -> None:
    for code in range(ord("一"), ord("一") + 3000):
        if code in PINYIN_DICT:
            sound = pinyin_of(chr(code))
            if sound.isascii() and set(sound) & set("aeiouv"):
                assert syllables(sound), sound
