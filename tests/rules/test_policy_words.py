"""The words of the policy: clauses and glossary, whole in three languages (4.12)."""

from __future__ import annotations

import re

import pytest

from zhangfa import policy

COUNTS = {  # how many clauses each chapter has
    "0": 7, "1.1": 8, "1.2": 10, "1.3": 11, "1.4": 9,
    "2.1": 4, "2.2": 12, "2.3": 8, "2.4": 5, "3.1": 3, "3.2": 3, "4": 14,
}  # fmt: skip
CLAUSES = [f"{chapter}.{n}" for chapter, count in COUNTS.items() for n in range(1, count + 1)]

HAN = re.compile(r"[\u3400-\u9fff]")
HALF_WIDTH = re.compile(r"[\u3400-\u9fff][,;:!?(]|[,;:!?)][\u3400-\u9fff]")
UNTRANSLATED = {"NPS", "%"}

SURVIVE = {
    "审核": "審核",
    "参数": "參數",
    "优化": "優化",
    "流程优化清单": "流程優化清單",
    "渠道获客效果分析表": "渠道獲客效果分析表",
    "法务": "法務",
    "回款率": "回款率",
    "公海": "公海",
    "述职报告": "述職報告",
    "合同": "合同",
    "跨部门协作评分": "跨部門協作評分",
    "净推荐值": "淨推薦值",
    "周期": "週期",
    "每周": "每週",
    "考虑周到": "考慮周到",
    "软件": "軟體",
    "信息": "資訊",
    "征求": "徵求",
    "余额": "餘額",
    "里程": "里程",
    "折合的得分": "折合的得分",
    "只影响得分": "只影響得分",
    "提示复购": "提示復購",
    "准入条件": "准入條件",
    "四舍五入": "四捨五入",
    "舍入方式": "捨入方式",
    "发布": "發布",
    "退出登录": "登出",
    "1h 响应": "1h 回應",
    "“审核”": "「審核」",
}


def test_every_clause_is_told_once_and_in_order():
    assert list(policy.clauses()) == CLAUSES
    assert list(policy.chapters()) == list(COUNTS)


@pytest.mark.parametrize("id", CLAUSES)
def test_a_clause_has_title_and_text_in_three_languages(id):
    clause = policy.clause(id)
    assert clause.chapter in policy.chapters()
    for lang in policy.LANGUAGES:
        title, text = clause.title(lang), clause.text(lang)
        assert title and text.endswith("." if lang == "en" else "。")
        assert bool(HAN.search(title + text)) == (lang != "en")
        assert not HALF_WIDTH.search(title + text)
        assert 1 <= len(re.findall(r"[。.!?](?:\s|$)|。", text)) <= 4
    assert clause.text("zh-Hans") != clause.text("en")


def test_every_chapter_has_a_title_in_three_languages():
    for title in policy.chapters().values():
        assert title.keys() == set(policy.LANGUAGES)
        assert all(title.values())


@pytest.mark.parametrize("key", [key for key in policy.glossary() if "." in key])
def test_an_entry_has_words_in_three_languages(key):
    entry = policy.entry(key)
    for form, words in entry.forms.items():
        assert words.keys() == set(policy.LANGUAGES), form
        assert all(words.values())
        if words["en"] not in UNTRANSLATED:
            assert HAN.search(words["zh-Hans"]) and HAN.search(words["zh-Hant"])
            assert not HAN.search(words["en"])
        assert not any(HALF_WIDTH.search(word) for word in words.values())


@pytest.mark.parametrize("kind", policy.catalogue().obligations)
def test_an_obligation_has_name_title_and_short_form_under_its_clause(kind):
    """Worklists show the imperative, table heads the short form."""
    entry = policy.entry(f"obligation.{kind}")
    assert entry.forms.keys() == {"name", "title", "short"}
    assert entry.clause in policy.clauses()
    assert all(len(entry.forms["short"][lang]) <= 16 for lang in policy.LANGUAGES)
    window = next(
        w for w in ("within", "before", "every") if policy.catalogue().clause(f"{kind}.{w}")
    )
    assert policy.catalogue().clause(f"{kind}.{window}") == entry.clause


@pytest.mark.parametrize("metric", policy.catalogue().groups["metric"])
def test_a_metric_is_named_under_its_clause(metric):
    assert policy.entry(f"metric.{metric}").clause == policy.catalogue().clause(f"{metric}.curve")


@pytest.mark.parametrize(
    ("area", "group"),
    [
        ("stage", "stage"),
        ("grade", "grade"),
        ("factor", "factor"),
        ("layer", "layer"),
        ("dimension", "dimension"),
    ],
)
def test_every_word_of_a_list_is_named(area, group):
    assert tuple(policy.terms(area)) == policy.catalogue().groups[group]


CHOICES = {
    "channel.kinds": "channel",
    "deal.lost_reasons": "lost_reason",
    "objection.kinds": "objection",
    "talking_point.evidence": "evidence",
    "review.checklist": "checklist",
    "delivery_documents.set": "document",
    "exception.kinds": "exception",
    "exception.alternatives": "alternative",
    "survey.items": "survey_item",
    "reminders.channels": "choice",
    "pool.grades": "grade",
    "calendar.country": "choice",
    "working_days.mode": "choice",
    "scheme.changes_at": "choice",
    "sales_amount.nature": "nature",
    "sales_amount.dimension": "dimension",
}


@pytest.mark.parametrize(("key", "area"), CHOICES.items())
def test_what_may_be_chosen_has_a_word(key, area):
    choices = policy.catalogue()[key].choices
    assert choices
    assert set(choices) <= set(policy.terms(area))


def test_every_unit_of_a_parameter_has_a_word():
    units = {unit for parameter in policy.catalogue().values() for unit in parameter.units}
    assert units <= set(policy.terms("unit"))


@pytest.mark.parametrize(("hans", "hant"), SURVIVE.items())
def test_the_policys_terms_survive_in_traditional_characters(hans, hant):
    assert policy.traditional(hans) == hant


def test_nothing_traditional_keeps_a_simplified_week_or_mainland_software_word():
    said = [words["zh-Hant"] for e in policy.glossary().values() for words in e.forms.values()]
    said += [
        text
        for c in policy.clauses().values()
        for text in (c.titles["zh-Hant"], c.texts["zh-Hant"])
    ]
    said += [policy.described(key, "zh-Hant") for key in policy.catalogue()]
    for wrong in (
        "周",
        "軟件",
        "信息",
        "導入",
        "導出",
        "文檔",
        "稽核",
        "引數",
        "最佳化",
        "摺合",
        "覆購",
    ):
        assert not [text for text in said if wrong in text], wrong


@pytest.mark.parametrize(
    ("spelling", "language"),
    [
        ("zh-hans", "zh-Hans"),
        ("zh_Hant", "zh-Hant"),
        ("zh-TW", "zh-Hant"),
        ("zh-cn", "zh-Hans"),
        ("zh", "zh-Hans"),
        ("en-us", "en"),
        ("fr", "en"),
    ],
)
def test_a_language_may_be_spelt_as_django_or_gettext_do(spelling, language):
    assert policy.language(spelling) == language


def test_terms_by_form():
    assert policy.term("ticket_solution", "zh-hans", "title") == "提交初步解决方案"
    assert policy.term("ticket_solution", "en", "title") == "Send a preliminary solution"
    assert policy.term("ticket_response", "zh-hans", "short") == "1h 响应"
    assert policy.term("A", "zh-hant") == "高價值"
    assert policy.term("sales_amount", "en", "short") == "Sales amount"
    assert policy.term("objection.price", "en") == "Price"
    with pytest.raises(KeyError):
        policy.term("no_such_key", "en")
