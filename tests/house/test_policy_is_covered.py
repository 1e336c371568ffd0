"""The policy is whole: edition, catalogue, clauses and glossary name each other."""

from __future__ import annotations

import ast
import inspect
import re
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.pofile import read_po

from zhangfa import policy
from zhangfa.rules import policy_check, policy_fits

FOLDER = Path(policy.__file__).parent
EDITION = policy.first_edition()
CATALOGUE = policy.catalogue()
TIMED = [  # clauses whose numbers stand in the document itself
    ("1.2.7", "question_answer.within", "48 hours"),
    ("1.3.2", "legal_review.within", "2 working_days"),
    ("1.3.2", "finance_review.within", "2 working_days"),
    ("1.3.7", "delivery_confirmation.before", "3 days"),
    ("1.3.9", "delivery_sign_off.within", "24 hours"),
    ("1.4.1", "quarterly_visit.every", "quarter"),
    ("1.4.1", "yearly_interview.every", "year"),
    ("1.4.3", "ticket_response.within", "1 hours"),
    ("1.4.4", "ticket_solution.within", "24 hours"),
    ("1.4.5", "ticket_closure.within", "72 hours"),
    ("1.4.6", "task_force_sync.every", "week"),
    ("1.4.9", "value_proposals.at_least", "2"),
    (
        "2.4.1",
        "bonus.bands",
        "((90, Decimal('1.20')), (60, Decimal('1.00')), (0, Decimal('0.70')))",
    ),
    ("2.4.2", "promotion.quarters", "2"),
    ("2.4.3", "coaching.bottom_share", "0.1"),
]
HOUSE = [  # the house's own numbers, one of each clause that names one
    ("0.2", "calendar.published_until", "2026-12-31"),
    ("0.6", "breach.known_within", "60"),
    ("0.7", "reminders.escalate_after", "1 working_days"),
    ("1.1.2", "channel_report.due_offset", "3 working_days"),
    ("1.1.6", "customer_touch.within.A", "7 days"),
    ("1.1.6", "customer_touch.within.B", "14 days"),
    ("1.1.6", "customer_touch.within.C", "30 days"),
    ("1.1.8", "customer_regrade.after", "30 days"),
    ("1.1.8", "customer_regrade.within", "5 working_days"),
    ("1.2.3", "needs_report.within", "3 working_days"),
    ("1.2.4", "technical_contribution.within", "2 working_days"),
    ("1.2.5", "roi.discount_rate", "0.08"),
    ("1.2.5", "roi.horizon", "36 months"),
    ("1.2.10", "negotiation_entry.within", "24 hours"),
    ("1.3.5", "production_schedule.within", "1 working_days"),
    ("1.3.6", "order_tracking.due_time", "18:00:00"),
    ("1.3.10", "exception_apology.within", "2 hours"),
    ("1.3.10", "exception_alternative.within", "24 hours"),
    ("1.4.5", "ticket_closure.silence", "3 working_days"),
    ("1.4.7", "customer_push.within", "30 days"),
    ("2.1.2", "layer.newcomer_until", "6 months"),
    ("2.1.2", "rating.minimum_days_share", "1/3"),
    ("2.3.1", "monthly_brief.due_offset", "3 working_days"),
    ("2.3.4", "self_evaluation.due_offset", "5 working_days"),
    ("2.3.5", "superior_evaluation.due_offset", "8 working_days"),
    ("2.3.6", "survey.k", "5"),
    ("2.3.7", "appeal_answer.within", "5 working_days"),
    ("2.4.3", "coaching.minimum_group", "10"),
    ("2.4.4", "training.weak_below", "60"),
    ("3.1.1", "training.pass_points", "80"),
]


@pytest.mark.parametrize(("source", "rows"), [("doc", TIMED), ("house", HOUSE)])
def test_every_number_of_the_policy_stands_under_its_clause(source, rows):
    reading = policy.load_editions().on(date(2026, 6, 1))
    for clause, key, value in rows:
        said = reading.citation(key)
        assert (said.clause, str(said.value), said.source) == (clause, value, source), key


def test_the_edition_says_every_key_of_the_catalogue_and_no_other():
    said = set(EDITION.values)
    wanted = {k for k, p in CATALOGUE.items() if not p.optional and not k.endswith(".*")}
    assert wanted - said == set()
    assert {key for key in said if key not in CATALOGUE} == set()


def test_every_parameter_names_a_clause_that_exists():
    clauses = policy.clauses()
    assert {p.key for p in CATALOGUE.values() if p.clause not in clauses} == set()
    assert {p.source for p in CATALOGUE.values()} == {"doc", "house"}


def test_every_parameter_is_explained_in_three_languages():
    for key in CATALOGUE:
        told = {policy.described(key, lang) for lang in policy.LANGUAGES}
        assert len(told) >= 2 and all(told), key


def test_every_clause_that_has_numbers_has_a_parameter():
    """The parameter column of the clauses: nothing of it is left out."""
    without = {  # clauses that name no number, and chapter 4, which is not in the document
        "0.4", "0.5", "1.1.3", "1.2.2", "1.2.6", "1.3.1", "1.3.4",
        "2.3.2", "2.3.3", "3.2.2",
    }  # fmt: skip
    served = {parameter.clause for parameter in CATALOGUE.values()}
    timed = {clause for clause in policy.clauses() if not clause.startswith("4.")}
    assert timed - served - without == set()


def test_every_obligation_carries_what_compliance_needs():
    """2.2.6: weight, credit when late, whose figure it counts for, whether its clock may stop."""
    for kind in CATALOGUE.obligations:
        for term in ("weight", "late_credit", "counts_for", "pausable"):
            assert f"{kind}.{term}" in EDITION.values


def test_2_2_6_what_other_departments_owe_never_counts_against_sellers():
    for kind in ("legal_review", "finance_review", "production_schedule", "logistics_schedule",
                 "technical_contribution", "product_contribution", "delivery_documents",
                 "department_task"):  # fmt: skip
        assert EDITION.values[f"{kind}.counts_for"] == ()


def test_2_2_12_the_nps_weighs_nothing_until_a_revision_says_so():
    weights = [value for key, value in EDITION.values.items() if key.endswith(".weights.nps")]
    assert weights == [0] * 9


def test_only_toml_beside_the_loader():
    assert {path.name for path in FOLDER.glob("*.py")} == {"__init__.py"}


def test_every_reason_for_a_refusal_is_translated():
    """4.12: a refusal is read in Chinese too; its placeholders are kept."""
    with (FOLDER.parent / "locale/zh_Hans/policy.po").open("rb") as file:
        told = {message.id: str(message.string) for message in read_po(file) if message.id}
    said = {text for module in (policy_check, policy_fits) for text in _sentences(module)}
    assert said - set(told) == set()
    for msgid, text in told.items():
        assert sorted(re.findall(r"%\(\w+\)s", msgid)) == sorted(re.findall(r"%\(\w+\)s", text))


def _sentences(module: ModuleType) -> set[str]:
    """The sentences of a module that are no docstrings."""
    tree = ast.parse(inspect.getsource(module))
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in docs
        and re.fullmatch(r".* .*[.?]", node.value)
    }
