"""After-sales issues: the list, urgent ones first, and one with its three clocks (1.4.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, DateTimeField, F, Q, QuerySet, When

from zhangfa.records.ledger import LedgerLine
from zhangfa.records.models import Owed, Person, Ticket

from .owed_of import next_due, overdue

PAGE = 50  # rows of one page
OPEN = ("open", "answered", "waiting", "resolved")
VIEWS = ("open", "mine", "late", "waiting", "closed")
CLOCKS = ("ticket_response", "ticket_solution", "ticket_closure")


@dataclass(frozen=True)
class Book:
    """A page of the list, and how many each view holds."""

    page: Page
    counts: dict[str, int]
    view: str
    text: str


@dataclass(frozen=True)
class Clock:
    """One of the three clocks, as it stands: `state` is met, late, missed, running or paused."""

    kind: str
    state: str
    begun: datetime
    due: datetime
    met_at: datetime | None
    duty: int | None
    part: float
    """How much of its time is gone, 0 to 1."""


@dataclass(frozen=True)
class TicketPage:
    """One issue with its clocks and what happened."""

    ticket: Ticket
    clocks: list[Clock]
    lines: list[LedgerLine]
    people: dict[int, Person]


def book(person: Any, view: str, text: str, number: int, now: datetime) -> Book:
    """The page that was asked for, what is due first on top; unknown views show what is open."""
    seen = Ticket.objects.visible_to(person)
    view = view if view in VIEWS else "open"
    late = overdue("ticket", now)
    counts = seen.aggregate(
        open=Count("pk", filter=Q(status__in=OPEN)),
        mine=Count("pk", filter=Q(status__in=OPEN, owner=person)),
        late=Count("pk", filter=Q(status__in=OPEN, pk__in=late)),
        waiting=Count("pk", filter=Q(status="waiting")),
        closed=Count("pk", filter=Q(status="closed")),
    )
    wanted = _viewed(seen, view, person, late)
    if text:
        wanted = wanted.filter(
            Q(number__icontains=text)
            | Q(title__icontains=text)
            | Q(customer__name__icontains=text)
            | Q(customer__sort_key__icontains=text)
        )
    due = Case(
        When(status__in=OPEN, then=next_due("ticket", now)),
        default=None,
        output_field=DateTimeField(),
    )
    rows = wanted.annotate(due=due).select_related("customer", "owner")
    rows = rows.order_by(F("due").asc(nulls_last=True), "-raised_at", "-pk")
    return Book(Paginator(rows, PAGE).get_page(number), counts, view, text)


def _viewed(
    seen: QuerySet[Ticket], view: str, person: Any, late: QuerySet[Any]
) -> QuerySet[Ticket]:
    if view == "closed":
        return seen.filter(status="closed")
    if view == "waiting":
        return seen.filter(status="waiting")
    rows = seen.filter(status__in=OPEN)
    if view == "mine":
        return rows.filter(owner=person)
    return rows.filter(pk__in=late) if view == "late" else rows


def ticket_page(viewer: Any, ticket: Ticket, now: datetime) -> TicketPage:
    """The issue's clocks, the latest of each kind, and its facts, newest first."""
    owed = Owed.objects.filter(story=ticket.ref, kind__in=CLOCKS).order_by("opens_at", "pk")
    latest = {row.kind: row for row in owed}
    mine = set(
        Owed.objects.visible_to(viewer)
        .filter(pk__in=[row.pk for row in latest.values()])
        .values_list("pk", flat=True)
    )
    clocks = [
        _clock(latest[kind], ticket, now, latest[kind].pk in mine)
        for kind in CLOCKS
        if kind in latest
    ]
    lines = list(LedgerLine.objects.of(ticket.ref).order_by("-at", "-id"))
    people = Person.objects.in_bulk({line.by for line in lines if line.by})
    return TicketPage(ticket, clocks, lines, people)


def _clock(row: Owed, ticket: Ticket, now: datetime, opens: bool) -> Clock:
    if row.outcome in ("met", "late"):
        state = row.outcome
    elif row.outcome:
        state = "gone"
    elif ticket.status == "waiting":
        state = "paused"
    else:
        state = "missed" if row.due < now else "running"
    until = min(row.met_at or now, row.due)
    whole = (row.due - row.opens_at).total_seconds() or 1
    part = min(max((until - row.opens_at).total_seconds() / whole, 0.0), 1.0)
    duty = row.pk if opens else None
    return Clock(row.kind, state, row.opens_at, row.due, row.met_at, duty, part)
