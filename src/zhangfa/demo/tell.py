"""Telling the demo company's year: seeded, through the actions, up to this very moment."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from zhangfa.actions import appraisal, people
from zhangfa.actions.action import telling
from zhangfa.records.editions import current_calendar, forget
from zhangfa.records.models import Customer, Target
from zhangfa.rules.terms import Period

from . import names
from .company import Company, found
from .customers import CustomerLife, first_days
from .deals import TicketLife
from .world import World

CUSTOMERS = 600
SEED = 20260101
KEY_ACCOUNTS = 40  # every so many-th customer belongs to a supervisor
QUARTER_TARGET = {
    "star": 1500000,
    "punctual": 1000000,
    "steady": 950000,
    "slipping": 900000,
    "newcomer": 350000,
}
NEW_TARGET = {"star": 3, "punctual": 2, "steady": 2, "slipping": 2, "newcomer": 1}
Report = Callable[[int, str], None]


def tell(
    now: datetime,
    *,
    seed: int = SEED,
    customers: int = CUSTOMERS,
    days: int = 365,
    report: Report = lambda percent, word: None,
) -> World:
    """Tell the company's last `days` days into an empty database, in one transaction.

    The same seed and moment tell the same story. Raises nothing but what actions raise.
    """
    forget()
    calendar = current_calendar()
    start = (now - timedelta(days=days)).astimezone(calendar.zone).date()
    with transaction.atomic(), telling(now) as history:
        company = found(now, start)
        world = World(now, calendar, random.Random(seed), company, days)
        lives = _customers(world, start, customers)
        _plans(world, company, now, start)
        _hand_ins(world, company, start)
        for done in range(0, days + 1, 5):
            until = datetime.combine(start, datetime.min.time(), calendar.zone)
            world.run(min(now, until + timedelta(days=done + 5)))
            history.write()
            report(int(80 * done / days), "history")
        world.run(now)
        _targets(company, now, start)
        _today(world, lives)
        report(80, "obligations")
    report(100, "done")
    return world


def _customers(world: World, start: Any, count: int) -> list[CustomerLife]:
    company = world.company
    moments = first_days(world, start, count, world.days)
    lives = []
    place = {person: team for person, _, team, _, _ in names.SELLERS}
    place |= {person: team for team, (person, _) in enumerate(names.SUPERVISORS)}
    for n, moment in enumerate(moments):
        seller = company.sellers[n % len(company.sellers)]
        if n % KEY_ACCOUNTS == KEY_ACCOUNTS - 1:
            seller = company.supervisors[n // KEY_ACCOUNTS % len(company.supervisors)]
        team = place[seller.username]
        joined = seller.joined_on
        if joined and moment.date() < joined:
            moment = world.on(joined + timedelta(days=world.rng.randrange(2, 40)))
        lives.append(CustomerLife(world, n, seller, team, world.working(moment)))
    return lives


def _hand_ins(world: World, company: Company, start: Any) -> None:
    """Reports, self-evaluations and briefs after each period, in time or not by character."""
    asked = (
        ("month", "channel_report", company.sellers, 3),
        ("quarter", "self_evaluation", company.sellers, 5),
        ("month", "monthly_brief", company.supervisors, 3),
        ("quarter", "superior_evaluation", company.supervisors, 8),
    )
    for every, kind, persons, days in asked:
        period = Period.containing(every, start)
        while period.end <= world.now.date():
            for person in persons:
                if person.joined_on and person.joined_on > period.start:
                    continue
                first = datetime.combine(period.end, datetime.min.time(), world.calendar.zone)
                wait = world.delay(person, timedelta(days=days))
                if world.chance(0.97 if world.character(person).punctual > 0.8 else 0.85):
                    when = world.working(first + wait * 0.8)
                    text = _conclusion(world, kind)
                    world.at(
                        when, lambda m, p=person, k=kind, q=period, t=text: _hand_in(p, m, k, q, t)
                    )
            period = period.next()


def _conclusion(world: World, kind: str) -> str:
    if kind == "channel_report":
        return world.rng.choice(names.LESSONS)
    return "本期达成与差距、渠道心得和下期打算。"


def _hand_in(person: Any, at: datetime, kind: str, period: Period, text: str) -> None:
    people.hand_in(person, by=person, at=at, kind=kind, period=period.label, text=text)


def _targets(company: Company, now: datetime, start: Any) -> None:
    """Quarter and month targets of every seller, by an author and an approver."""
    director = company.office["director"][0]
    officer = company.office["policy_officer"][0]
    rows = []
    for kind, part in (("quarter", 1), ("month", 3)):
        period = Period.containing(kind, start)
        while period.start <= now.date():
            for person in [*company.sellers, *company.supervisors]:
                character = company.character.get(person.pk, "steady")
                value = Decimal(QUARTER_TARGET[character] // part)
                for metric, asked in (
                    ("sales_amount", value),
                    ("new_customers", Decimal(NEW_TARGET[character]) / part),
                ):
                    rows.append(
                        Target(
                            person=person,
                            metric=metric,
                            period=period.label,
                            value=asked.quantize(Decimal("0.01")),
                            author=director,
                            approver=officer,
                            at=now,
                        )
                    )
            period = period.next()
    Target.objects.bulk_create(rows)


def _plans(world: World, company: Company, now: datetime, start: Any) -> None:
    """The month's visits, planned on the last day before it (2.2.5)."""
    period = Period.containing("month", start).next()
    while period.start <= now.date():
        eve = datetime.combine(period.start, datetime.min.time(), world.calendar.zone)
        world.at(eve - timedelta(hours=8), lambda m, p=period: _plan(company, m, p))
        period = period.next()


def _plan(company: Company, at: datetime, period: Period) -> None:
    director = company.office["director"][0]
    books: dict[int, dict[Customer, int]] = {}
    for customer in Customer.objects.filter(status__in=["active", "existing"]):
        need = {"A": 2, "B": 1, "C": 0}[customer.grade]
        if need:
            books.setdefault(customer.owner_id, {})[customer] = need
    for seller in company.sellers:
        if seller.pk in books:
            appraisal.plan_visits(
                seller, by=director, at=at, period=period.label, required=books[seller.pk]
            )


def _today(world: World, lives: list[CustomerLife]) -> None:
    """What makes today's desks alive, whenever the demo is started."""
    now, rng = world.now, world.rng
    known = [life for life in lives if life.customer and life.customer.status == "existing"]
    by_seller: dict[int, list[CustomerLife]] = {}
    for life in known:
        by_seller.setdefault(life.seller.pk, []).append(life)
    for seller in world.company.sellers:
        own = by_seller.get(seller.pk, [])
        rng.shuffle(own)
        moments = (("raised", 0.3), ("raised", 1.2), ("answered", 22.6), ("solved", 66))
        for life, (stop, hours) in zip(own, moments, strict=False):
            TicketLife(world, life, now - timedelta(hours=hours), stop)
    world.run(now)
