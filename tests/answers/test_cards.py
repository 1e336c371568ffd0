"""`zhangfa score`: the figures of the page as data, nothing lost on the way (2.2, 2.4)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import transaction

from zhangfa.actions import appraisal
from zhangfa.answers import standing
from zhangfa.answers.cards import cards_as_data
from zhangfa.config import cli_data
from zhangfa.config.cli import cli
from zhangfa.demo.tell import tell
from zhangfa.records.editions import forget
from zhangfa.records.models import Person
from zhangfa.rules.terms import Period

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 2, 24, tzinfo=UTC)
MONTH = Period.read("2026-10")
LINE = {
    "metric", "clause", "value", "counted", "formula", "target", "attainment", "points", "weight",
    "effective_weight", "earned", "lost", "not_applicable", "late_facts",
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def company(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A told company with one frozen result; taken back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        forget()
        tell(NOW, customers=30, days=100)
        director = Person.objects.get(username="zhao")
        lin = Person.objects.get(username="lin")
        appraisal.freeze(lin, by=director, at=NOW, period="2026-10", reason="nobody rated")
        yield
        transaction.set_rollback(True)


def score(monkeypatch: pytest.MonkeyPatch, *words: str) -> Any:
    monkeypatch.setattr(cli_data, "ensure_database", lambda role: nullcontext())
    monkeypatch.setattr(cli_data, "set_up", lambda role: None)
    return CliRunner().invoke(cli, ["score", "--period", "2026-10", *words])


def test_2_2_the_figures_are_those_of_the_page_for_everybody() -> None:
    told = {each["person"]: each for each in cards_as_data(MONTH, NOW)["people"]}
    assert len(told) > 20
    for person in Person.objects.filter(username__in=told):
        result, found, verdict = standing.among(person, MONTH, NOW)
        card = told[person.username]
        assert result is not None
        total = None if card["total"] is None else Decimal(card["total"])
        assert total == result.card.total
        assert (card["frozen"] is not None) == (verdict is not None)
        place = standing.places(found).get(person.pk)
        assert card["place"] == (place and {"place": place.place, "of": place.of})
        lines = [line for each in card["dimensions"] for line in each["lines"]]
        assert [(line["metric"], Decimal(line["earned"])) for line in lines] == [
            (line.metric, line.earned) for line in result.card.lines
        ]
        paid = Decimal(card["bonus"]["amount"]) if card["bonus"] else None
        assert paid == (result.bonus and result.bonus.amount)


def test_2_2_the_lines_of_every_card_add_up_to_its_total() -> None:
    rated = 0
    for card in cards_as_data(MONTH, NOW)["people"]:
        lines = [line for each in card["dimensions"] for line in each["lines"]]
        assert all(set(line) == LINE for line in lines)
        if card["total"] is not None:
            rated += 1
            assert sum(Decimal(line["earned"]) for line in lines) == Decimal(card["total"])
            assert sum(Decimal(line["effective_weight"]) for line in lines) == 100
    assert rated > 10


def test_2_2_one_persons_card_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = json.loads(score(monkeypatch, "--person", "lin", "--json").output)
    assert set(answer) == {"period", "from", "until", "asked_at", "people"}
    assert (answer["period"], answer["from"], answer["until"]) == (
        "2026-10",
        "2026-10-01",
        "2026-11-01",
    )
    (card,) = answer["people"]
    assert (card["person"], card["frozen"]["version"]) == ("lin", 1)
    assert len(card["frozen"]["sha256"]) == 64
    assert [each["dimension"] for each in card["dimensions"]] == [
        "performance",
        "behaviour",
        "teamwork",
    ]


def test_2_2_for_people_there_is_a_line_each(monkeypatch: pytest.MonkeyPatch) -> None:
    told = score(monkeypatch)
    lines = told.output.splitlines()
    assert (told.exit_code, len(lines)) == (0, len(cards_as_data(MONTH, NOW)["people"]))
    assert next(line for line in lines if line.startswith("lin ")).endswith("frozen")


def test_2_2_who_is_unknown_or_not_scored_ends_with_2(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, sentence in (("nobody", "there is nobody called"), ("fang", "is not scored in")):
        told = score(monkeypatch, "--person", name)
        assert told.exit_code == 2 and sentence in told.output
