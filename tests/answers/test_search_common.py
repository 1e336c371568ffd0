"""4.6 A piece that very many names have is looked up in an index alone; the hits are the same."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from zhangfa.answers import search
from zhangfa.records.models import Customer, Person
from zhangfa.records.names import name_keys

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
NAMES = [
    f"{city}{one}{trade}有限公司"
    for city in ("苏州", "无锡", "宁波")
    for one in ("恒越", "华源", "鼎图", "盛科")
    for trade in ("机械", "电子", "食品")
]


@pytest.fixture
def people() -> dict[str, Person]:
    director = Person.objects.create_user("director", name="D", roles=["director"])
    sellers = [Person.objects.create_user(f"s{n}", name=f"S{n}", roles=["seller"]) for n in (0, 1)]
    for n, name in enumerate(NAMES):
        Customer.objects.create(
            name=name,
            grade="ABC"[n % 3],
            owner=sellers[n % 2],
            entered_at=NOW,
            **name_keys(name, {}),
        )
    return {"director": director, "seller": sellers[0]}


@pytest.mark.parametrize("who", ["director", "seller"])
@pytest.mark.parametrize("typed", ["苏州", "机械", "suzhou", "hengyue", "wuxihua", "jix", "szhy"])
def test_4_6_common_pieces_give_the_same_hits(people, monkeypatch, who: str, typed: str) -> None:
    def hits() -> list[str]:
        return [customer.name for customer in search.customers(people[who], typed, 3)]

    monkeypatch.setattr(search, "COMMON", 10**9)
    monkeypatch.setattr(search, "syllables", lambda letters: [])
    plain = hits()
    monkeypatch.undo()
    monkeypatch.setattr(search, "COMMON", -1)
    assert hits() == plain
    assert plain


def test_4_6_what_stands_apart_is_no_hit_of_a_common_piece(people, monkeypatch) -> None:
    monkeypatch.setattr(search, "COMMON", -1)
    assert search.customers(people["director"], "恒机", 3) == []


def test_4_1_a_common_piece_finds_only_ones_own(people, monkeypatch) -> None:
    monkeypatch.setattr(search, "COMMON", -1)
    found = search.customers(people["seller"], "jixie", 40)
    assert {customer.owner_id for customer in found} == {people["seller"].pk}
