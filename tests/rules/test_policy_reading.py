"""Reading the policy: typed values, dated editions, citations, what-if (0.5, 2.1.3)."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle
from datetime import date, time
from decimal import Decimal
from fractions import Fraction

import pytest

from zhangfa import policy as shipped
from zhangfa.rules.parameters import Catalogue, Parameter
from zhangfa.rules.policy import Edition, Policy, Unsaid
from zhangfa.rules.policy_text import toml_of
from zhangfa.rules.policy_values import plain, typed
from zhangfa.rules.terms import Span

FIRST = {
    "title": "first",
    "effective": date(2026, 1, 1),
    "legal_review": {"within": "2 working_days", "weight": 1},
    "grade": {"weights": {"intent": 40, "scale": 30, "potential": 30}},
}
SECOND = {
    "title": "second",
    "effective": date(2026, 4, 1),
    "legal_review": {"within": "1 working_days"},
    "grade": {"weights": {"scale": 20}},
}
CATALOGUE = Catalogue(
    {
        "legal_review.within": Parameter("legal_review.within", "1.3.2", "span", "doc"),
        "grade.weights.intent": Parameter("grade.weights.intent", "1.1.5", "weight"),
        "grade.weights.scale": Parameter("grade.weights.scale", "1.1.5", "weight"),
        "sharing.item.*": Parameter("sharing.item.*", "2.2.9", "number"),
    }
)


@pytest.fixture
def policy() -> Policy:
    return Policy.from_documents([SECOND, FIRST], CATALOGUE)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2 working_days", Span(2, "working_days")),
        ("1 hour", Span(1, "hours")),
        ("18:00", time(18, 0)),
        ("1/3", Fraction(1, 3)),
        ("2026-12-31", date(2026, 12, 31)),
        ("end_of_day", "end_of_day"),
        ("2 workdays", "2 workdays"),
        ("24:00", "24:00"),
        (0.1, Decimal("0.1")),
        (Decimal("1.20"), Decimal("1.20")),
        (3, 3),
        (True, True),
        ([[90, "09:00"]], ((90, time(9, 0)),)),
    ],
)
def test_values_are_typed_by_how_they_are_written(written, meant):
    assert typed(written) == meant
    assert type(typed(written)) is type(meant)


def test_a_later_edition_amends_only_what_it_names(policy):
    march, april = policy.on(date(2026, 3, 31)), policy.on(date(2026, 4, 1))
    assert march["legal_review.within"] == Span(2, "working_days")
    assert april["legal_review.within"] == Span(1, "working_days")
    assert april["legal_review.weight"] == 1
    assert april["grade.weights"] == {"intent": 40, "scale": 20, "potential": 30}
    assert march["grade.weights"] == {"intent": 40, "scale": 30, "potential": 30}
    assert (march.edition_key, april.edition_key) == ("2026-01-01", "2026-04-01")


def test_days_before_the_first_edition_are_read_under_the_first(policy):
    assert policy.on(date(2017, 10, 1))["legal_review.within"] == Span(2, "working_days")


def test_an_edition_can_take_a_key_back(policy):
    third = {"effective": date(2026, 7, 1), "without": ["legal_review.weight"]}
    later = policy.followed_by(Edition.from_document(third))
    assert later.on(date(2026, 7, 1)).get("legal_review.weight") is None
    assert later.on(date(2026, 6, 30))["legal_review.weight"] == 1


def test_an_edition_without_a_day_to_begin_on_is_refused():
    with pytest.raises(ValueError, match="effective"):
        Edition.from_document({"title": "undated"})


def test_a_policy_without_editions_is_refused():
    with pytest.raises(ValueError, match="at least one edition"):
        Policy(())


def test_an_unknown_key_says_which_and_when(policy):
    with pytest.raises(Unsaid, match=r"'legal_review\.before' on 2026-05-01"):
        policy.on(date(2026, 5, 1))["legal_review.before"]
    assert policy.on(date(2026, 5, 1)).get("legal_review.before", "nothing") == "nothing"


def test_a_reading_cites_what_was_looked_up_once_and_in_order(policy):
    reading = policy.on(date(2026, 4, 1))
    for key in ("legal_review.within", "grade.weights", "legal_review.within"):
        _ = reading[key]
    _ = reading.get("nowhere")
    assert "legal_review.weight" in reading
    cited = [(c.key, c.clause, c.edition, c.source) for c in reading.cited]
    assert cited == [
        ("legal_review.within", "1.3.2", "2026-04-01", "house"),
        ("grade.weights", "1.1.5", "2026-04-01", "house"),
    ]
    assert policy.on(date(2026, 4, 1)).cited == []
    assert reading.again().cited == []


def test_a_value_of_the_document_is_cited_as_such_until_it_is_changed(policy):
    """1.3.2: two working days stand in the document; one working day is the house's."""
    march, april = policy.on(date(2026, 3, 1)), policy.on(date(2026, 4, 1))
    assert march.citation("legal_review.within").source == "doc"
    assert april.citation("legal_review.within").source == "house"


def test_a_citation_can_be_frozen_as_json(policy):
    """2.3.8: results are frozen with the parameters that they rest on."""
    reading = policy.on(date(2026, 3, 1))
    _ = reading["legal_review.within"], reading["grade.weights"]
    told = json.loads(json.dumps([citation.as_data() for citation in reading.cited]))
    assert told[0] == {
        "key": "legal_review.within",
        "value": "2 working_days",
        "clause": "1.3.2",
        "edition": "2026-01-01",
        "source": "doc",
    }
    assert told[1]["value"] == {"intent": 40, "scale": 30, "potential": 30}


def test_values_of_a_table_cannot_be_changed_but_copied_and_kept(policy):
    weights = policy.on(date(2026, 3, 1))["grade.weights"]
    with pytest.raises(TypeError, match="amend the policy"):
        weights["intent"] = 100
    with pytest.raises(TypeError, match="amend the policy"):
        weights.update(intent=100)
    assert pickle.loads(pickle.dumps(weights)) == copy.deepcopy(weights) == weights
    citation = policy.on(date(2026, 3, 1)).citation("grade.weights")
    assert dataclasses.asdict(citation)["value"] == dict(weights)
    assert len({citation, citation}) == 1


def test_a_what_if_holds_at_all_times_and_leaves_the_policy_alone(policy):
    what_if = policy.amended(
        {"legal_review.within": "5 working_days", "grade": {"weights.scale": 1}}
    )
    for day in (date(2026, 3, 1), date(2026, 5, 1)):
        reading = what_if.on(day)
        assert reading["legal_review.within"] == Span(5, "working_days")
        assert reading["grade.weights"]["scale"] == 1
        assert reading["grade.weights"]["intent"] == 40
        assert reading.citation("legal_review.within").edition == "what-if"
        assert reading.edition_key == policy.on(day).edition_key
    assert policy.on(date(2026, 3, 1))["legal_review.within"] == Span(2, "working_days")
    again = what_if.amended({"legal_review.weight": 3})
    assert again.on(date(2026, 5, 1))["legal_review.within"] == Span(5, "working_days")
    assert again.on(date(2026, 5, 1))["legal_review.weight"] == 3


def test_keys_of_a_reading_are_the_single_ones(policy):
    assert set(policy.on(date(2026, 1, 1))) == {
        "legal_review.within",
        "legal_review.weight",
        "grade.weights.intent",
        "grade.weights.scale",
        "grade.weights.potential",
    }


def test_a_pattern_of_the_catalogue_stands_for_any_last_word():
    assert CATALOGUE["sharing.item.talk"].clause == "2.2.9"
    assert CATALOGUE.clause("grade.weights") == "1.1.5"
    assert CATALOGUE.clause("nowhere") == ""


@pytest.mark.parametrize(
    "value",
    [
        Span(2, "days"),
        time(18, 0),
        date(2026, 1, 1),
        Decimal("1.20"),
        (1, "a"),
        Fraction(1, 3),
        True,
    ],
)
def test_plain_values_can_be_typed_again(value):
    again = typed(plain(value)) if not isinstance(value, Decimal) else Decimal(plain(value))
    assert again == value


def test_an_edition_written_as_text_reads_back_the_same():
    import tomllib

    document = {
        **FIRST,
        "key": "2026-02",
        "without": ["a.b"],
        "calendar": {"intervals": [["09:00", "12:00"]], "until": date(2026, 12, 31)},
        "bonus": {"bands": [[90, Decimal("1.20")]], "share": "1/3", "flag": True},
        "names": {"by_industry": {"机械": 70, 'a "b"\\c': "x\ny"}},
    }
    edition = Edition.from_document(document)
    again = Edition.from_document(tomllib.loads(toml_of(edition), parse_float=Decimal))
    assert again == edition
    assert again.values == edition.values


def test_a_thousand_look_ups_cost_no_merging():
    """A look-up is a dict hit: the merged view is built once per edition."""
    policy = Policy.from_documents([FIRST, SECOND], CATALOGUE)
    first = policy.on(date(2026, 5, 1))
    for _ in range(1000):
        assert policy.on(date(2026, 5, 1))._said is first._said


def adopted(day: str, within: str, key: str = "") -> dict:
    return shipped.parse_edition(
        f'effective = {day}\ntitle = "t"\n{key}\n[legal_review]\nwithin = "{within}"\n'
    )


def test_adopted_editions_amend_the_one_that_ships():
    policy = shipped.policy_of([adopted("2026-07-01", "1 working_days")])
    assert [edition.key for edition in policy.editions] == ["2026-01-01", "2026-07-01"]
    assert policy.on(date(2026, 6, 30))["legal_review.within"] == Span(2, "working_days")
    assert policy.on(date(2026, 7, 1))["legal_review.within"] == Span(1, "working_days")
    assert policy.on(date(2026, 7, 1))["ticket_response.within"] == Span(1, "hours")
    assert policy.check() == []


def test_the_shipped_edition_comes_first_even_where_adoption_is_earlier():
    policy = shipped.policy_of([adopted("2025-04-01", "1 working_days")])
    assert policy.on(date(2025, 4, 1))["legal_review.within"] == Span(1, "working_days")
    assert policy.on(date(2025, 4, 1))["ticket_response.within"] == Span(1, "hours")
    assert policy.check() == []


def test_the_shipped_edition_is_not_read_twice_once_it_is_adopted():
    whole = shipped.parse_edition(shipped.first_edition_text())
    policy = shipped.policy_of([whole, adopted("2026-07-01", "1 working_days")])
    assert [edition.key for edition in policy.editions] == ["2026-01-01", "2026-07-01"]
    assert policy.editions[0] == shipped.first_edition()
    assert policy.check() == []
