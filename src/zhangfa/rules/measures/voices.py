"""What customers and colleagues say: satisfaction, NPS, ratings (2.2.7, 2.2.12, 2.2.8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from ..exact import Number, exact, root, total
from .amounts import Ratio
from .samples import Average, Net


@dataclass(frozen=True)
class Answer:
    """One answer to the survey: its items on the scale. One per contact and period counts.

    `phone` answers are told apart; one that the rated person wrote down himself does not count.
    """

    ref: str
    customer: str
    items: tuple[Number, ...]
    contact: str = ""
    answered_at: str = ""
    phone: bool = False
    noted_by_rated: bool = False


def customer_satisfaction(
    answers: Iterable[Answer],
    scale: tuple[int, int],
    minimum_answers: int,
    shrinkage: Number = 0,
    team: Number | None = None,
) -> Average:
    """2.2.7: mean of items per answer, then per customer, then over customers, shrunk; 0 to 100.

    `scale` is (lowest, highest) mark, `team` the team's mean on it. Fewer answers than the
    minimum are hidden from the person; call with a minimum of 1 for the team's figure. Beside
    stand "top_two_box" (the share of items with one of the two best marks: what others call
    CSAT) and "by_phone" (its share).
    """
    rows = _one_each(answers)
    customers: dict[str, list[Fraction]] = defaultdict(list)
    for row in rows:
        customers[row.customer].append(total(row.items) / len(row.items))
    means = [total(values) / len(values) for values in customers.values()]
    measure = Average(
        total(means) / len(means) if means else None,
        len(means),
        *scale,
        towards=team,
        pull=shrinkage,
        spread=spread(means),
        n=len(rows),
        evidence=tuple(row.ref for row in rows),
        reason_na=None if rows else "no_answers",
        beside=(
            ("top_two_box", _top_two(rows, scale[1])),
            ("by_phone", Ratio(sum(row.phone for row in rows), len(rows), n=len(rows))),
        ),
    )
    return measure.hidden("too_few_answers") if 0 < len(rows) < minimum_answers else measure


def team_mean(answers: Iterable[Answer], scale: tuple[int, int]) -> Fraction | None:
    """The mean over a team's customers, on the scale: what its members are shrunk toward."""
    average = customer_satisfaction(answers, scale, 1)
    return None if average.mean is None else exact(average.mean)


def _one_each(answers: Iterable[Answer]) -> list[Answer]:
    """The last answer of each contact; those without a contact all count."""
    kept: dict[str, Answer] = {}
    for row in sorted(answers, key=lambda a: (a.answered_at, a.ref)):
        if row.items and not row.noted_by_rated:
            kept[f"{row.customer}/{row.contact}" if row.contact else f"#{row.ref}"] = row
    return sorted(kept.values(), key=lambda a: a.ref)


def _top_two(rows: list[Answer], best: int) -> Ratio:
    marks = [exact(item) for row in rows for item in row.items]
    return Ratio(sum(mark >= best - 1 for mark in marks), len(marks), n=len(rows))


@dataclass(frozen=True)
class Recommendation:
    """How likely a customer is to recommend us, from 0 to 10; `n` answers alike."""

    score: int
    n: int = 1
    ref: str = ""


def nps(
    answers: Iterable[Recommendation],
    promoters_from: int,
    detractors_to: int,
    minimum_answers: int = 1,
) -> Net:
    """2.2.12: the share of promoters less that of detractors, with its standard error.

    For one person only from a minimum of answers on: five answers are ± 35 points.
    """
    rows = list(answers)
    n = sum(row.n for row in rows)
    promoters = sum(row.n for row in rows if row.score >= promoters_from)
    detractors = sum(row.n for row in rows if row.score <= detractors_to)
    measure = Net(
        promoters,
        n - promoters - detractors,
        detractors,
        n=n,
        evidence=tuple(row.ref for row in rows if row.ref),
        reason_na=None if n else "no_answers",
    )
    return measure.hidden("too_few_answers") if 0 < n < minimum_answers else measure


@dataclass(frozen=True)
class Rating:
    """A colleague's rating of help; `shared` whether both really worked on the same task."""

    ref: str
    rater: str
    department: str
    rated: str
    value: Number
    shared: bool = True


@dataclass(frozen=True)
class RaterEffects:
    """How each rater rates on average, and all of them together: strictness is taken out."""

    means: Mapping[str, Fraction]
    grand: Fraction

    @classmethod
    def of(cls, ratings: Iterable[Rating]) -> RaterEffects:
        """From all ratings of the period, about whomever."""
        by_rater: dict[str, list[Fraction]] = defaultdict(list)
        for rating in ratings:
            if rating.shared:
                by_rater[rating.rater].append(exact(rating.value))
        values = [value for given in by_rater.values() for value in given]
        means = {rater: total(given) / len(given) for rater, given in by_rater.items()}
        return cls(means, total(values) / len(values) if values else Fraction(0))

    def corrected(self, rating: Rating) -> Fraction:
        """The rating as an average rater would have given it."""
        return exact(rating.value) - self.means[rating.rater] + self.grand


def cross_department_rating(
    ratings: Iterable[Rating],
    effects: RaterEffects,
    scale: tuple[int, int],
    minimum_raters: int,
    minimum_departments: int,
    shrinkage: Number = 0,
) -> Average:
    """2.2.8: ratings of one person, freed of each rater's strictness, shrunk to the grand mean.

    Told from 0 to 100, each rater with one voice. Not applicable with fewer raters or
    departments than asked. "as_given" beside is the plain mean.
    """
    rows = [row for row in ratings if row.shared and row.rater != row.rated]
    voices: dict[str, list[Fraction]] = defaultdict(list)
    for row in rows:
        voices[row.rater].append(effects.corrected(row))
    means = [total(given) / len(given) for given in voices.values()]
    departments = {row.department for row in rows}
    enough = len(voices) >= minimum_raters and len(departments) >= minimum_departments
    given = total(row.value for row in rows) / len(rows) if rows else None
    measure = Average(
        total(means) / len(means) if means else None,
        len(means),
        *scale,
        towards=effects.grand,
        pull=shrinkage,
        spread=spread(means),
        n=len(rows),
        evidence=tuple(row.ref for row in rows),
        beside=(("as_given", Average(given, len(rows), *scale, n=len(rows))),),
    )
    return measure if enough else measure.hidden("too_few_raters")


def mutual_pairs(ratings: Iterable[Rating]) -> tuple[tuple[str, str], ...]:
    """2.2.8: people who rated each other, for a person to look at."""
    pairs = {(row.rater, row.rated) for row in ratings}
    return tuple(sorted({(a, b) for a, b in pairs if a < b and (b, a) in pairs}))


def spread(values: list[Fraction]) -> Decimal | None:
    """The standard deviation of a sample; None of fewer than two values."""
    if len(values) < 2:
        return None
    mean = total(values) / len(values)
    return root(total((value - mean) ** 2 for value in values) / (len(values) - 1))
