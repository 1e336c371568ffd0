"""The book of customers (1.1.4, 1.1.6): found, filtered, sorted, fifty at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    CharField,
    Count,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Cast, Concat, Replace

from zhangfa.records.editions import current_calendar
from zhangfa.records.models import Customer, Deal, Membership, Owed, Team
from zhangfa.records.names import fold, query_grams
from zhangfa.records.people import during
from zhangfa.records.prepared import Prepared
from zhangfa.records.scope import scope_of

PAGE = 50  # rows of one page
CHOICES = 200  # entries of one filter's menu
KEPT_FOR = timedelta(seconds=20)  # how long the filters' choices of a person are kept
MANY = 5000  # customers, from which on their number is kept as long as the choices are
MOST_KEPT = 2000  # people whose choices are kept
NEVER = datetime.min.replace(tzinfo=UTC)
QUIET = ("touch", "regrade", "any", "never")
SORTS = {
    "grade": ("grade", "sort_key", "id"),
    "name": ("sort_key", "id"),
    "touched": (F("touched_at").asc(nulls_first=True), "sort_key", "id"),
    "entered": ("entered_at", "id"),
    "due": (F("due").asc(nulls_last=True), "grade", "sort_key", "id"),
    "amount": (F("amount").asc(nulls_last=True), "sort_key", "id"),
}
IN_INDEX = ("grade",)  # a sort that an index knows together with whose the customers are
DOWN = {
    "grade": ("-grade", "sort_key", "id"),
    "name": ("-sort_key", "-id"),
    "touched": (F("touched_at").desc(nulls_last=True), "sort_key", "id"),
    "entered": ("-entered_at", "-id"),
    "due": (F("due").desc(nulls_last=True), "grade", "sort_key", "id"),
    "amount": (F("amount").desc(nulls_last=True), "sort_key", "id"),
}


@dataclass(frozen=True)
class Asked:
    """What the reader asked of the list. Unknown words ask nothing."""

    text: str = ""
    grades: tuple[str, ...] = ()
    status: str = ""
    owner: int | None = None
    team: int | None = None
    industry: str = ""
    city: str = ""
    quiet: str = ""
    sort: str = "grade"
    page: int = 1

    @property
    def narrowed(self) -> bool:
        """Whether anything was asked that leaves rows out."""
        return any(
            (self.text, self.grades, self.status, self.owner, self.team)
            + (self.industry, self.city, self.quiet)
        )


@dataclass(frozen=True)
class Row:
    """One customer of the list; `due` is the next thing owed, `amount` what is in open deals."""

    pk: int
    name: str
    short_name: str
    grade: str
    status: str
    industry: str
    city: str
    owner: str | None
    touched_at: datetime | None
    due: datetime | None
    amount: Decimal | None


@dataclass(frozen=True)
class Choices:
    """What the filters may be set to, among what the reader may see."""

    industries: list[str] = field(default_factory=list)
    cities: list[str] = field(default_factory=list)
    owners: list[tuple[int, str]] = field(default_factory=list)
    teams: list[tuple[int, str]] = field(default_factory=list)
    total: int = 0


@dataclass(frozen=True)
class Book:
    """One page of the list."""

    rows: list[Row]
    total: int
    asked: Asked
    choices: Choices

    @property
    def first(self) -> int:
        return (self.asked.page - 1) * PAGE + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1 if self.rows else 0

    @property
    def before(self) -> int | None:
        return self.asked.page - 1 if self.asked.page > 1 else None

    @property
    def after(self) -> int | None:
        return self.asked.page + 1 if self.last < self.total else None


def book(person: Any, asked: Asked, now: datetime) -> Book:
    """The page that was asked for; merged customers are left out. One query where all fits on
    one page, else another for the count; and one for the filters' choices, kept for a while."""
    whose = scope_of(person).whose("customer")
    choices = _choices(person.pk, Customer.objects.visible_to(person).standing(), now)
    if asked.text or asked.team:
        wanted = _wanted(asked, now, **whose)
        found, counted = _page(wanted, asked, now), wanted.count
    else:
        page, whole = _prepared(asked, not whose)
        found = page.rows(now=now, **whose)
        given = {**whose, "now": now} if asked.quiet not in ("", "never") else whose

        def counted() -> int:
            if choices.total >= MANY and not asked.narrowed:
                return choices.total
            return sum(count for (count,) in whole.rows(**given))

    rows = [Row(*values) for values in found]
    whole_book = len(rows) < PAGE and (rows or asked.page == 1)
    total = (asked.page - 1) * PAGE + len(rows) if whole_book else counted()
    return Book(rows, total, asked, choices)


@lru_cache(256)
def _prepared(asked: Asked, everything: bool) -> tuple[Prepared, Prepared]:
    """The page and the count for these filters; what changes is who may see, and the moment."""
    whose: dict[str, type] = {} if everything else {"people": list}
    when = {"now": datetime} if asked.quiet not in ("", "never") else {}

    def page(now: datetime, people: list[int] | None = None) -> QuerySet[Any, Any]:
        return _page(_wanted(asked, now, people), asked, now)

    def count(now: datetime = NEVER, people: list[int] | None = None) -> QuerySet[Any, Any]:
        one = _wanted(asked, now, people).annotate(one=Value(1)).values("one")
        return one.annotate(count=Count("*")).values_list("count")

    return Prepared(page, now=datetime, **whose), Prepared(count, **when, **whose)


def _wanted(asked: Asked, now: datetime, people: list[int] | None = None) -> QuerySet[Customer]:
    """What was asked of the customers of these people, or of everybody's."""
    seen = Customer.objects.standing().of_people(people)
    if asked.text:
        seen = seen.annotate(pinyin=Replace("sort_key", Value(" "), Value("")))
    return seen.filter(condition(asked, now))


_kept: dict[int, tuple[datetime, Choices]] = {}


def _choices(person: int, seen: QuerySet[Customer], now: datetime) -> Choices:
    """The choices of a person, asked for anew when those kept are older than `KEPT_FOR`."""
    held = _kept.get(person)
    if held is None or not timedelta(0) <= now - held[0] < KEPT_FOR:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        held = _kept[person] = (now, _read_choices(seen))
    return held[1]


def _read_choices(seen: QuerySet[Customer]) -> Choices:
    found = seen.aggregate(
        industries=_distinct("industry", Q(industry__gt="")),
        cities=_distinct("city", Q(city__gt="")),
        owners=_distinct(_named("owner_id", "owner__name"), Q(owner__isnull=False)),
        teams=Max(_teams()),
        total=Count("*"),
    )
    owners = sorted(_pairs(found["owners"]), key=lambda pair: pair[1])
    several = len(owners) > 1
    return Choices(
        industries=list(found["industries"])[:CHOICES],
        cities=list(found["cities"])[:CHOICES],
        owners=owners[:CHOICES] if several else [],
        teams=list(_pairs(found["teams"] or [])) if several else [],
        total=found["total"],
    )


def _distinct(expression: Any, condition: Q) -> ArrayAgg:
    return ArrayAgg(expression, distinct=True, filter=condition, default=Value([]))


def _named(key: str, name: str) -> Concat:
    """`7 Lin`: an id with its name, in one text."""
    return Concat(Cast(key, CharField()), Value(" "), name)


def _pairs(texts: Iterable[str]) -> Iterable[tuple[int, str]]:
    for text in texts:
        pk, _, name = text.partition(" ")
        yield int(pk), name


def _teams() -> ArraySubquery:
    """The teams below the company, in the order of the tree, fetched with the rest."""
    below = Team.objects.filter(parent__isnull=False).order_by("path")
    return ArraySubquery(below.annotate(named=_named("pk", "name")).values("named")[:CHOICES])


def condition(asked: Asked, now: datetime) -> Q:
    """What the reader asked, as one condition on customers."""
    wanted = Q()
    if asked.text:
        wanted &= _typed(asked.text)
    if asked.grades:
        wanted &= Q(grade__in=asked.grades)
    if asked.status:
        wanted &= Q(status=asked.status)
    if asked.owner:
        wanted &= Q(owner_id=asked.owner)
    if asked.team:
        wanted &= Q(owner_id__in=_members(asked.team, now))
    if asked.industry:
        wanted &= Q(industry=asked.industry)
    if asked.city:
        wanted &= Q(city=asked.city)
    if asked.quiet:
        wanted &= _quiet(asked.quiet, now)
    return wanted


def _typed(text: str) -> Q:
    """4.6 The pieces of what was typed stand together in name, pinyin, initials, code or phone."""
    bare = "".join(fold(text).split())
    together = Q(pinyin__contains=bare) | Q(initials__contains=bare) | Q(match_key__contains=bare)
    for column in ("name", "short_name", "code", "phone", "credit_code"):
        together |= Q(**{f"{column}__icontains": text.strip()})
    return Q(grams__contains=query_grams(text)) & together


def _members(team: int, now: datetime) -> QuerySet[Membership]:
    """Who belongs to a team, or to one below it, on the day."""
    path = Team.objects.filter(pk=team).values("path")[:1]
    today = current_calendar().day(now)
    inside = Membership.objects.filter(during(today)).annotate(root=Subquery(path))
    return inside.filter(team__path__startswith=F("root")).values("person_id")


def _quiet(kind: str, now: datetime) -> Q:
    """Stillness as the policy sees it: a touch is overdue (1.1.6), a new grading is owed (1.1.8),
    anything is overdue; or nobody has ever been in touch."""
    if kind == "never":
        return Q(touched_at=None)
    owed = Owed.objects.filter(customer__isnull=False).doable(now)
    if kind == "regrade":
        owed = owed.begun(now).filter(kind="customer_regrade")
    else:
        owed = owed.filter(due__lt=now)
        owed = owed.filter(kind="customer_touch") if kind == "touch" else owed
    return Q(pk__in=owed.values("customer"))


def _page(wanted: QuerySet[Customer], asked: Asked, now: datetime) -> QuerySet[Any, Any]:
    """The rows of the page; what is owed and what is in deals is looked up for these only."""
    mine = Owed.objects.filter(customer=OuterRef("pk")).doable(now).begun(now)
    deals = Deal.objects.filter(customer=OuterRef("pk"), stage__in=Deal.OPEN)
    extra = {
        "due": Subquery(
            mine.order_by().values("customer").annotate(first=Min("due")).values("first")
        ),
        "amount": Subquery(
            deals.order_by().values("customer").annotate(sum=Sum("amount")).values("sum")
        ),
    }
    key, order = asked.sort.removeprefix("-"), DOWN if asked.sort.startswith("-") else SORTS
    start = (asked.page - 1) * PAGE
    by = order.get(key, SORTS["grade"])
    if key in IN_INDEX:  # the fifty are found in an index alone, then fetched
        chosen = wanted.order_by(*by).values("pk")[start : start + PAGE]
        wanted, start = Customer.objects.filter(pk__in=chosen), 0
    found = wanted.annotate(**extra).order_by(*by)
    columns = ("pk", "name", "short_name", "grade", "status", "industry", "city", "owner__name")
    return found.values_list(*columns, "touched_at", "due", "amount")[start : start + PAGE]
