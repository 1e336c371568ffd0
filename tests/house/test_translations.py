"""What the product says in English it says in Chinese too, and in clean Chinese."""

from __future__ import annotations

import pytest

from zhangfa.web import translations


@pytest.fixture(scope="module")
def found():
    return translations.check()


@pytest.mark.parametrize(
    "fault", ["missing", "empty", "differing", "half_width", "places"], ids=lambda name: name
)
def test_the_catalogues_have_no_fault(found, fault):
    assert getattr(found, fault) == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("超时,请处理", True),
        ("负责人(销售)", True),
        ("还剩 3 天：请处理", False),
        ("CPK ≥ 1.33, ok", False),
        ("共 %(n)s 条", False),
    ],
)
def test_half_width_punctuation_between_han_characters_is_noticed(text, wrong):
    assert bool(translations.HALF_WIDTH.search(text)) is wrong


def write(folder, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_a_message_of_a_template_or_a_module_that_nobody_translated_is_named(tmp_path):
    write(tmp_path, "page.html", '{{ _("Hello") }}{{ ngettext("%(num)s row", "%(num)s rows", 2) }}')
    write(tmp_path, "door.py", 'from x import gettext_lazy as _\nTITLE = _("Title")\n')
    write(
        tmp_path,
        "locale/zh_Hans/a.po",
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "Hello"\nmsgstr ""\n\nmsgid "Gone"\nmsgstr "无"\n',
    )
    found = translations.check(tmp_path)
    assert found.missing == [
        "door.py:2: not translated: 'Title'",
        "page.html:1: not translated: '%(num)s row'",
    ]
    assert found.empty == ["a.po: empty: 'Hello'"]
    assert found.unused == ["a.po: unused: 'Gone'"]


def test_a_translation_that_loses_a_placeholder_is_named(tmp_path):
    write(tmp_path, "page.html", '{{ _("%(n)s left", n=1) }}')
    write(
        tmp_path,
        "locale/zh_Hans/a.po",
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "%(n)s left"\nmsgstr "剩余"\n',
    )
    assert translations.check(tmp_path).places == [
        "a.po: placeholders of '%(n)s left' differ in '剩余'"
    ]
