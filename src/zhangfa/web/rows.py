"""Rows of evidence as a table shows them: where each leads, what it is, what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext

from zhangfa import policy
from zhangfa.answers.refs import Ref
from zhangfa.metrics import Row

from . import figures

PAGES = frozenset({"customer", "deal", "contract", "order", "ticket"})
LABELS = {"order_returned": "goods_returned", "order_credited": "credit_noted"}
COUNTED = frozenset({"sales_amount", "collection_rate", "new_customers"})


@dataclass(frozen=True)
class Shown:
    """One row of a table."""

    source: str
    href: str
    what: str
    customer: str
    customer_href: str
    at: str
    counted: str
    verdict: str
    tone: str


def shown(
    found: Iterable[Row],
    refs: Mapping[str, Ref],
    metric: str,
    late_by: Callable[[Row], float | None],
) -> list[Shown]:
    """The rows of one metric in the reader's language."""
    return [_shown(row, refs.get(row.ref), metric, late_by(row)) for row in found]


def _shown(row: Row, ref: Ref | None, metric: str, late: float | None) -> Shown:
    return Shown(
        source=source_of(ref),
        href=href_of(ref),
        what=label(row.label),
        customer=row.customer,
        customer_href=reverse("customer", args=[row.customer_id]) if row.customer_id else "",
        at=moment(row.at),
        counted=_counted(row, metric),
        verdict=_verdict(row, metric, late),
        tone=row.tone,
    )


def href_of(ref: Ref | None) -> str:
    """The page of a record, if it has one of its own."""
    return reverse(ref.page, args=[ref.pk]) if ref is not None and ref.page in PAGES else ""


def source_of(ref: Ref | None) -> str:
    """What people call the record: its number, or what it is."""
    if ref is None:
        return figures.NONE
    if ref.story in ("customer", "person"):
        return policy.term(f"record.{ref.story}", figures.language())
    return ref.text or policy.term(f"record.{ref.story}", figures.language())


def label(key: str) -> str:
    """What happened, or what was owed, in the reader's words."""
    key = LABELS.get(key, key)
    for area in ("obligation", "fact"):
        found = policy.glossary().get(f"{area}.{key}")
        if found is not None:
            return found.said(figures.language())
    return key


def moment(at: date | datetime) -> str:
    """A day, or a moment to the minute."""
    return figures.date_text(at, "moment" if isinstance(at, datetime) else "day")


def _counted(row: Row, metric: str) -> str:
    if row.value is None or metric not in COUNTED:
        return ""
    if metric == "new_customers":
        return figures.number(row.value)
    return figures.money_exact(row.value)


def _verdict(row: Row, metric: str, late: float | None) -> str:
    if metric == "process_compliance":
        if late is not None and late > 0:
            return figures.late_by(late)
        return _outcome(row.verdict)
    if metric == "customer_retention":
        return gettext("Still active") if row.verdict == "kept" else gettext("Not active any more")
    if metric == "collection_rate":
        part, _, whole = row.verdict.partition(" / ")
        return f"{figures.money_exact(_decimal(part))} / {figures.money_exact(_decimal(whole))}"
    if metric in ("sales_amount", "new_customers"):
        return gettext("counted") if row.tone == "ok" else gettext("taken off")
    return row.verdict


def _decimal(text: str) -> figures.Figure:
    return figures.Decimal(text)


def _outcome(verdict: str) -> str:
    area = "review_outcome" if verdict in ("approved", "returned") else "owed_state"
    return policy.term(f"{area}.{verdict}", figures.language())
