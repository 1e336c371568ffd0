"""0.5, 2.1.3 The policy to read: clauses in our words, every number with its source and its use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from zhangfa import policy
from zhangfa.answers import board_rows
from zhangfa.metrics import METRICS
from zhangfa.records.editions import current_calendar, current_policy
from zhangfa.rules.obligations import KINDS
from zhangfa.rules.policy import Edition, Reading
from zhangfa.rules.terms import Period

from . import figures, values
from .context import now_of
from .doors import door

MOST_FOUND = 120


@dataclass(frozen=True)
class Number:
    """A parameter as the page shows it."""

    key: str
    words: str
    value: str
    was: str
    source: str
    bounds: str

    def holds(self, asked: str) -> bool:
        """Whether a word typed into the filter is in it."""
        return any(asked in text.casefold() for text in (self.key, self.words, self.value))


@dataclass(frozen=True)
class Shown:
    """A clause with what it sets and what follows it."""

    id: str
    title: str
    text: str
    numbers: tuple[Number, ...]
    kinds: tuple[str, ...]
    metrics: tuple[str, ...]

    @property
    def changed(self) -> int:
        """How many of its numbers differ from the edition before."""
        return sum(1 for each in self.numbers if each.was)


@cache
def _kinds() -> dict[str, tuple[str, ...]]:
    """Obligation kinds by clause."""
    found: dict[str, list[str]] = defaultdict(list)
    for kind in KINDS:
        found[kind.clause].append(kind.key)
    return {clause: tuple(keys) for clause, keys in found.items()}


@cache
def _metrics() -> dict[str, tuple[str, ...]]:
    """Metrics by clause."""
    found: dict[str, list[str]] = defaultdict(list)
    for metric in METRICS.values():
        found[metric.clause].append(metric.key)
    return {clause: tuple(keys) for clause, keys in found.items()}


def _numbers(reading: Reading, before: Reading | None) -> dict[str, list[Number]]:
    """Every value in force, by clause."""
    known, found = policy.catalogue(), defaultdict(list)
    for key in reading:
        if key not in known:
            continue
        said = known[key]
        value, old = reading[key], before.get(key) if before is not None else reading[key]
        found[said.clause].append(
            Number(
                key=key,
                words=values.said_of(key),
                value=values.shown(value, key),
                was="" if old == value else values.shown(old, key) if old is not None else "—",
                source=reading.citation(key).source,
                bounds=values.bounds(said),
            )
        )
    return found


def _clauses(ids: Iterable[str], numbers: dict[str, list[Number]]) -> list[Shown]:
    language = figures.language()
    return [
        Shown(
            id=id,
            title=policy.clause(id).title(language),
            text=policy.clause(id).text(language),
            numbers=tuple(numbers.get(id, ())),
            kinds=_kinds().get(id, ()),
            metrics=_metrics().get(id, ()),
        )
        for id in ids
    ]


def _edition(request: HttpRequest) -> tuple[Edition, Edition | None, list[Edition]]:
    """The edition asked for, else the one in force, and the one before it."""
    editions = list(current_policy().editions)
    today = current_calendar().day(now_of(request))
    begun = [each for each in editions if each.effective <= today] or editions[:1]
    key = request.GET.get("edition", "")
    chosen = next((each for each in editions if each.key == key), None) if key else begun[-1]
    if chosen is None:
        raise Http404(key)
    place = editions.index(chosen)
    return chosen, editions[place - 1] if place else None, editions


def _readings(chosen: Edition, before: Edition | None) -> tuple[Reading, Reading | None]:
    rules = current_policy()
    return rules.on(chosen.effective), rules.on(before.effective) if before else None


@door
@require_GET
def clauses(request: HttpRequest) -> HttpResponse:
    """The policy, a chapter at a time; a typed word looks through all of it."""
    chosen, before, editions = _edition(request)
    asked = " ".join(request.GET.get("q", "").split()).casefold()
    chapters = policy.chapters()
    chapter = request.GET.get("chapter", "0")
    if chapter not in chapters:
        raise Http404(chapter)
    numbers = _numbers(*_readings(chosen, before))
    every = policy.clauses()
    if asked:
        shown = _found(_clauses(every, numbers), asked)
    else:
        inside = [id for id in every if policy.clause(id).chapter == chapter]
        shown = _clauses(inside, numbers)
    language = figures.language()
    context = {
        "shown": shown,
        "chapters": [(id, words[language]) for id, words in chapters.items()],
        "contents": [
            (id, policy.clause(id).title(language))
            for id in every
            if policy.clause(id).chapter == chapter
        ],
        "chapter": "" if asked else chapter,
        "edition": chosen,
        "before": before,
        "editions": editions,
        "q": request.GET.get("q", ""),
        "count": sum(len(each) for each in numbers.values()),
    }
    return render(request, "policy/page.html", context)


def _found(shown: list[Shown], asked: str) -> list[Shown]:
    """Clauses that hold the word: whole where their own words do, else with the numbers that do."""
    found, left = [], MOST_FOUND
    for each in shown:
        whole = any(asked in text.casefold() for text in (each.id, each.title, each.text))
        hits = tuple(n for n in each.numbers if n.holds(asked))[:left]
        if whole or hits:
            left -= len(hits)
            found.append(Shown(each.id, each.title, each.text, hits, each.kinds, each.metrics))
    return found


@door
@require_GET
def clause(request: HttpRequest, clause: str) -> HttpResponse:
    """One clause: its words and numbers, and what is owed under it in this quarter."""
    chosen, before, editions = _edition(request)
    every = list(policy.clauses())
    wanted = clause if clause in every else next((c for c in every if c.startswith(clause)), None)
    if wanted is None:
        raise Http404(clause)
    now = now_of(request)
    quarter = Period.containing("quarter", current_calendar().day(now))
    [shown] = _clauses([wanted], _numbers(*_readings(chosen, before)))
    owed = [
        (kind, board_rows.outcomes(board_rows.owed_rows(request.user, quarter, now, kind=kind)))
        for kind in shown.kinds
    ]
    place = every.index(wanted)
    context: dict[str, Any] = {
        "clause": shown,
        "owed": [(kind, counts, sum(counts.values())) for kind, counts in owed],
        "quarter": quarter,
        "chapter": policy.clause(wanted).chapter,
        "chapter_name": policy.chapters()[policy.clause(wanted).chapter][figures.language()],
        "edition": chosen,
        "before": before,
        "editions": editions,
        "previous": every[place - 1] if place else None,
        "following": every[place + 1] if place + 1 < len(every) else None,
    }
    return render(request, "policy/clause.html", context)


urlpatterns = [
    path("", clauses, name="policy"),
    path("clauses/<str:clause>/", clause, name="clause"),
]
