"""What is wrong with a policy: refused with key, clause and reason before it can take effect.

A problem's `msgid` and `params` are for translation; `reason` is the English sentence. Bounds and
clauses come from the catalogue, never from here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from .parameters import Catalogue
from .policy import Edition, Policy, Reading
from .policy_fits import misfit
from .terms import Period

WINDOWS = ("within", "before", "every")
PARTS = (  # tables whose values are the parts of a hundred
    "grade.weights",
    "visit_quality.parts",
    "ability_growth.parts",
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where, under which clause, and why."""

    key: str
    clause: str
    msgid: str
    params: tuple[tuple[str, str], ...] = ()

    @property
    def reason(self) -> str:
        """The reason in English."""
        return self.msgid % dict(self.params) if self.params else self.msgid

    def __str__(self) -> str:
        return f"{self.key} ({self.clause}): {self.reason}"


def problem(key: str, clause: str, msgid: str, **params: object) -> Problem:
    """A problem whose parameters are told as text."""
    return Problem(key, clause, msgid, tuple((name, str(value)) for name, value in params.items()))


def check(policy: Policy) -> list[Problem]:
    """Everything that is wrong with a policy, each problem once, in the order of its editions.

    Without a catalogue nothing is known about keys and bounds: raises ValueError.
    """
    if not policy.catalogue:
        raise ValueError("a policy is checked against a catalogue of its keys")
    found = list(_dates(policy))
    for edition in policy.editions:
        reading = policy.on(edition.effective)
        found += _values(reading, policy.catalogue)
        found += _relations(reading, policy.catalogue)
    return list(dict.fromkeys(found))


def _dates(policy: Policy) -> Iterator[Problem]:
    """Editions follow one another, and schemes change only where a period begins (2.1.3)."""
    for before, after in zip(policy.editions, policy.editions[1:], strict=False):
        if after.effective <= before.effective:
            yield problem(
                after.key,
                "2.1.3",
                "The edition takes effect on %(day)s, not after the one before it (%(before)s).",
                day=after.effective,
                before=before.effective,
            )
        yield from _mid_period(policy, after)


def _mid_period(policy: Policy, edition: Edition) -> Iterator[Problem]:
    kind = policy.on(edition.effective).get("scheme.changes_at")
    if not isinstance(kind, str) or _first_day(kind, edition):
        return
    for key in edition.values:
        metric = key.split(".")[0] in policy.catalogue.groups.get("metric", ())
        if metric or key.startswith("card."):
            yield problem(
                key,
                "2.1.3",
                "Indicators change only on the first day of a %(period)s, not on %(day)s.",
                period=kind,
                day=edition.effective,
            )


def _first_day(kind: str, edition: Edition) -> bool:
    try:
        return Period.containing(kind, edition.effective).start == edition.effective  # type: ignore[arg-type]
    except ValueError:
        return True


def _values(reading: Reading, catalogue: Catalogue) -> Iterator[Problem]:
    """Every key known, every key there, every value of its kind and within its bounds."""
    for key in reading:
        parameter = catalogue.get(key)
        if parameter is None:
            yield _unknown(key, catalogue)
        elif wrong := misfit(parameter, reading.citation(key).value):
            msgid, params = wrong
            yield problem(key, parameter.clause, msgid, **params)
    for key, parameter in catalogue.items():
        if not parameter.optional and not key.endswith(".*") and key not in reading:
            yield problem(key, parameter.clause, "The policy says nothing about this.")


def _unknown(key: str, catalogue: Catalogue) -> Problem:
    near = get_close_matches(key, catalogue, n=1)
    if near:
        msgid = "The product knows no such key; is %(near)s meant?"
        return problem(key, catalogue[near[0]].clause, msgid, near=near[0])
    return problem(key, "", "The product knows no such key.")


def _relations(reading: Reading, catalogue: Catalogue) -> Iterator[Problem]:
    """What must hold between values."""
    yield from _windows(reading, catalogue)
    yield from _sums(reading, catalogue)
    yield from _thresholds(reading, catalogue)
    for layer in catalogue.groups.get("layer", ()):
        for cadence in catalogue.groups.get("cadence", ()):
            yield from _card(f"card.{layer}.{cadence}", reading, catalogue)


def _windows(reading: Reading, catalogue: Catalogue) -> Iterator[Problem]:
    """Each duty says in exactly one way when it is due."""
    for kind in catalogue.obligations:
        said = [window for window in WINDOWS if f"{kind}.{window}" in reading]
        clause = next(
            (catalogue.clause(f"{kind}.{w}") for w in WINDOWS if _has(catalogue, kind, w)), ""
        )
        if not said:
            yield problem(kind, clause, "A duty needs one of within, before, every; it has none.")
        elif len(said) > 1:
            msgid = "A duty needs exactly one of within, before, every; it has %(said)s."
            yield problem(kind, clause, msgid, said=", ".join(said))


def _has(catalogue: Catalogue, kind: str, window: str) -> bool:
    return bool(catalogue.clause(f"{kind}.{window}"))


def _sums(reading: Reading, catalogue: Catalogue) -> Iterator[Problem]:
    for key in PARTS:
        total = _total(_table(reading, key))
        if total is not None and total != 100:
            msgid = "The parts add up to %(total)s, not to 100."
            yield problem(key, catalogue.clause(key), msgid, total=total)


def _thresholds(reading: Reading, catalogue: Catalogue) -> Iterator[Problem]:
    """Grades stand one above the other (1.1.5), promoters above detractors (2.2.12)."""
    for upper, lower in (
        ("grade.thresholds.A", "grade.thresholds.B"),
        ("nps.promoters_from", "nps.detractors_to"),
        ("survey.scale_max", "survey.scale_min"),
        ("cross_department_rating.scale_max", "cross_department_rating.scale_min"),
    ):
        high, low = _value(reading, upper), _value(reading, lower)
        if _number(high) and _number(low) and high <= low:
            msgid = "%(high)s is not above %(low)s, the value of %(lower)s."
            yield problem(upper, catalogue.clause(upper), msgid, high=high, low=low, lower=lower)


def _card(card: str, reading: Reading, catalogue: Catalogue) -> Iterator[Problem]:
    """Weights sum to 100, inside each dimension too (2.1.1); both natures are there (2.1.4)."""
    dimensions = _table(reading, f"{card}.dimensions")
    weights = _table(reading, f"{card}.weights")
    clause = catalogue.clause(f"{card}.weights")
    for name, table in (("dimensions", dimensions), ("weights", weights)):
        total = _total(table)
        if total is not None and total != 100:
            msgid = "The weights add up to %(total)s, not to 100."
            yield problem(f"{card}.{name}", clause, msgid, total=total)
    for dimension, weight in dimensions.items():
        inside = [
            w for metric, w in weights.items() if _is(reading, metric, "dimension", dimension)
        ]
        if all(map(_number, [weight, *inside])) and sum(inside) != weight:
            yield problem(
                f"{card}.dimensions.{dimension}",
                clause,
                "The metrics of this dimension weigh %(inside)s, the dimension %(weight)s.",
                inside=sum(inside),
                weight=weight,
            )
    yield from _natures(card, weights, reading, catalogue)


def _natures(
    card: str, weights: Mapping[str, Any], reading: Reading, catalogue: Catalogue
) -> Iterator[Problem]:
    clause = catalogue.clause("process_compliance.nature")
    for nature, msgid in (
        ("process", "The scheme has no process metric; results alone are not enough."),
        ("result", "The scheme has no result metric; processes alone are not enough."),
    ):
        told = any(
            _number(weight) and weight > 0 and _is(reading, metric, "nature", nature)
            for metric, weight in weights.items()
        )
        if weights and not told:
            yield problem(f"{card}.weights", clause, msgid)


def _is(reading: Reading, metric: str, term: str, word: str) -> bool:
    return bool(_value(reading, f"{metric}.{term}") == word)


def _value(reading: Reading, key: str) -> Any:
    return reading.citation(key).value if key in reading else None


def _table(reading: Reading, key: str) -> Mapping[str, Any]:
    found = _value(reading, key)
    return found if isinstance(found, Mapping) else {}


def _number(value: Any) -> bool:
    return value is not None and not isinstance(value, bool | str | tuple | Mapping)


def _total(table: Mapping[str, Any]) -> Any:
    """The sum of a table; None where it is empty or holds something else than numbers."""
    return sum(table.values()) if table and all(map(_number, table.values())) else None
