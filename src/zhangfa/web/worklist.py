"""The rows of the worklist, drawn once and remembered; only the chip that counts down is new.

A row is the same for as long as what it says is the same, and pages are asked for again after
every tap: so a drawn row is kept under everything it was drawn from, the language included.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.template import engines
from django.urls import reverse
from django.utils.translation import gettext
from markupsafe import Markup

from zhangfa.actions import duties
from zhangfa.answers.refs import Ref
from zhangfa.policy import term
from zhangfa.records.models import Owed
from zhangfa.rules.obligations import KINDS

from . import figures, showing

CLAUSES = {kind.key: kind.clause for kind in KINDS}
KEPT = 4096  # rows, about two kilobytes each
CHIP = Markup("\ue000")  # stands where the chip goes


class About(NamedTuple):
    """The customer of a row, as far as the row shows it."""

    pk: int
    short_name: str
    grade: str
    phone: str


class Words(NamedTuple):
    """All that a row is drawn from, besides the language."""

    pk: int
    kind: str
    title: str
    clause: str
    clause_text: str
    ref: str
    ref_url: str
    done_url: str
    open_url: str
    name: str
    customer: About | None


@lru_cache(KEPT)
def _drawn(tag: str, words: Words) -> tuple[Markup, Markup]:
    """What stands before the chip, and what after it."""
    template = engines["jinja2"].env.get_template("today/row.html")
    before, _, after = template.render(row=words, chip=CHIP).partition(CHIP)
    return Markup(before), Markup(after)  # noqa: S704  (drawn by our template)


def drawn(
    rows: Iterable[Owed], refs: Mapping[str, Ref], now: datetime, *, team: bool
) -> dict[int, Markup]:
    """Each row as markup, by its id. `team`: whose they are is shown, and nothing completes."""
    tag, shown = figures.language(), {}
    for row in rows:
        before, after = _drawn(tag, _words(row, refs.get(row.story), tag, team))
        shown[row.pk] = before + showing.due(row, now) + after
    return shown


def _words(row: Owed, ref: Ref | None, tag: str, team: bool) -> Words:
    customer, about = row.customer, None
    if customer is not None:
        about = About(customer.pk, customer.short, customer.grade, customer.phone)
    clause = CLAUSES[row.kind]
    done = row.kind in duties.COMPLETE and not team
    return Words(
        row.pk,
        row.kind,
        _title(row.kind, ref.subject if ref else "", tag),
        clause,
        f"{clause} · {term(row.kind, tag, 'short')}",
        _called(ref, tag),
        _page(ref.page, ref.pk) if ref and ref.page != "scorecards" else "",
        _page("owed_done", row.pk) if done else "",
        _page("duty", row.pk),
        row.person.name if team and row.person else "",
        about,
    )


def _title(kind: str, subject: str, tag: str) -> str:
    """What is to be done, and about what: `Respond to the issue: stops at night`."""
    title = term(kind, tag, "title")
    if not subject:
        return title
    return gettext("%(what)s: %(subject)s") % {"what": title, "subject": subject[:80]}


def _called(ref: Ref | None, tag: str) -> str:
    """The record of a row; a customer stands in the row already."""
    if ref is None:
        return ""
    return term("record.customer", tag) if ref.story == "customer" else ref.text


@lru_cache(KEPT)
def _page(name: str, pk: Any) -> str:
    return reverse(name, args=[pk])
