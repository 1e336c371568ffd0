"""Invented Chinese company names with their pinyin, put together from a few hundred syllables."""

from __future__ import annotations

from itertools import pairwise

from zhangfa.records.names import grams_of

SYLLABLES = tuple(
    """
    heng hua sheng yuan rui hong ding zhuo jia tai bo xin cheng de an feng kai ming chang da sen
    li teng hong wo yi sheng yue chuan yuan ke chuang run hang feng xu tu jing he tong ye chi wei
    yao hai zhou yue ting sen lan
    """.split()  # noqa: SIM905
)
CITIES = (
    ("苏州", "su zhou"),
    ("无锡", "wu xi"),
    ("宁波", "ning bo"),
    ("东莞", "dong guan"),
    ("佛山", "fo shan"),
    ("青岛", "qing dao"),
    ("合肥", "he fei"),
    ("长沙", "chang sha"),
    ("厦门", "xia men"),
    ("嘉兴", "jia xing"),
)
FIRST = tuple(
    zip(
        "恒华盛远瑞宏鼎卓嘉泰博信诚德安丰凯明昌达森立腾弘沃颐晟",
        SYLLABLES[:27],
        strict=True,
    )
)
SECOND = tuple(
    zip(
        "越川源科创润航峰旭图景和通业驰维耀海洲岳亭森澜",
        SYLLABLES[27:],
        strict=True,
    )
)
TRADES = (
    ("精密机械", "jing mi ji xie", "机械"),
    ("电子科技", "dian zi ke ji", "电子"),
    ("包装材料", "bao zhuang cai liao", "包装"),
    ("新能源", "xin neng yuan", "能源"),
    ("汽车零部件", "qi che ling bu jian", "汽车"),
    ("食品", "shi pin", "食品"),
    ("医疗器械", "yi liao qi xie", "医疗"),
    ("自动化设备", "zi dong hua she bei", "设备"),
)
FORM, FORM_PINYIN = "有限公司", "you xian gong si"


def named(n: int) -> tuple[str, str, str]:
    """The n-th name with its pinyin and its trade; the first 50,000 or so are all different."""
    city, rest = CITIES[n % len(CITIES)], n // len(CITIES)
    trade, rest = TRADES[rest % len(TRADES)], rest // len(TRADES)
    one, rest = FIRST[rest % len(FIRST)], rest // len(FIRST)
    two, rest = SECOND[rest % len(SECOND)], rest // len(SECOND)
    more = [FIRST[(rest - 1) % len(FIRST)]] if rest else []
    parts = [city, one, two, *more, trade[:2], (FORM, FORM_PINYIN)]
    return "".join(p[0] for p in parts), " ".join(p[1] for p in parts), trade[2]


def keys_of(name: str, pinyin: str, known: dict[str, frozenset[str]]) -> tuple[str, list[str]]:
    """Initials and grams; the pieces of one syllable are looked up, not cut again."""
    initials = "".join(part[0] for part in pinyin.split())
    found: set[str] = set()
    for text in (name, initials):
        found.update(text)
        found.update(text[i : i + 2] for i in range(len(text) - 1))
    for part in pinyin.split():
        if part not in known:
            known[part] = frozenset(grams_of(part))
        found |= known[part]
    ends = pinyin.split()
    found.update(a[-1] + b[0] for a, b in pairwise(ends))
    return initials, sorted(found)
