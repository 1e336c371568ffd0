"""Setting the demo company up: people, teams, layers, products, channels, targets."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.hashers import make_password

from zhangfa.actions import people
from zhangfa.records.models import (
    Campaign,
    Channel,
    Competitor,
    LayerSpell,
    Membership,
    Person,
    Product,
    Team,
)

from . import names

PASSWORD = "zhangfa-demo"


@dataclass
class Company:
    """The people and things the story is told with."""

    root: Team
    teams: list[Team]
    sellers: list[Person] = field(default_factory=list)
    supervisors: list[Person] = field(default_factory=list)
    office: dict[str, list[Person]] = field(default_factory=dict)
    products: list[Product] = field(default_factory=list)
    channels: list[Channel] = field(default_factory=list)
    campaigns: list[Campaign] = field(default_factory=list)
    competitors: list[Competitor] = field(default_factory=list)
    character: dict[int, str] = field(default_factory=dict)

    def one(self, role: str, rng: Any) -> Person:
        return rng.choice(self.office[role])


def found(now: datetime, start: date) -> Company:
    """Everybody and everything that is there before the first day of the story."""
    root = Team(name=names.COMPANY).place()
    teams = [Team(name=name, code=code, parent=root).place() for name, code in names.TEAMS]
    company = Company(root, teams)
    founder = Person.objects.create_user(
        "founder", name="系统", roles=["administrator", "hr"], is_active=False
    )
    opened = datetime.combine(start, datetime.min.time(), tzinfo=now.tzinfo) + timedelta(hours=8)
    _office(company, founder, opened)
    _sellers(company, founder, opened, now.date())
    # One slow hash for all: everybody in the demo signs in with the same password.
    Person.objects.filter(is_active=True).update(password=make_password(PASSWORD))
    company.products = Product.objects.bulk_create(
        [
            Product(code=c, name=n, line=line, price=p, cost=round(p * 0.62))
            for c, n, line, p in names.PRODUCTS
        ]
    )
    company.channels = Channel.objects.bulk_create(
        [Channel(name=name, kind=kind) for name, kind in names.CHANNELS]
    )
    company.competitors = Competitor.objects.bulk_create(
        [Competitor(name=name) for name in names.COMPETITORS]
    )
    company.campaigns = Campaign.objects.bulk_create(_campaigns(company, start))
    return company


def _campaigns(company: Company, start: date) -> list[Campaign]:
    """Four shows, adverts every month, and a little for referrals and communities."""
    show, adverts, referral, community = company.channels
    found = []
    for n in range(4):
        opens = start + timedelta(days=30 + 90 * n)
        found.append((show, f"{show.name} {opens:%Y-%m}", opens, 4, 260000 + 30000 * n))
    month = start.replace(day=1)
    for n in range(14):
        found.append((adverts, f"{adverts.name} {month:%Y-%m}", month, 28, 56000 + 4000 * (n % 5)))
        found.append((community, f"{community.name} {month:%Y-%m}", month, 28, 14000))
        if n % 3 == 0:
            found.append((referral, f"{referral.name} {month:%Y-%m}", month, 85, 36000))
        month = (month + timedelta(days=32)).replace(day=1)
    return [
        Campaign(
            channel=channel,
            name=name,
            starts_on=opens,
            ends_on=opens + timedelta(days=days - 1),
            cost=Decimal(cost),
        )
        for channel, name, opens, days, cost in found
    ]


def _enrol(
    founder: Person, at: datetime, username: str, name: str, roles: list[str], **more: Any
) -> Person:
    return people.enrol_person(
        by=founder,
        at=at,
        username=username,
        name=name,
        roles=roles,
        email=f"{username}@example.com",
        **more,
    ).record


def _office(company: Company, founder: Person, at: datetime) -> None:
    for username, name, roles, title in names.OFFICE:
        person = _enrol(founder, at, username, name, roles, title=title)
        for role in roles:
            company.office.setdefault(role, []).append(person)
        if "director" in roles:
            _belongs(person, company.root, at.date(), lead=True)
    for n, (username, name) in enumerate(names.SUPERVISORS):
        person = _enrol(
            founder,
            at,
            username,
            name,
            ["supervisor"],
            title="销售主管",
            bonus_base=16000,
        )
        _belongs(person, company.teams[n], at.date(), lead=True)
        LayerSpell.objects.create(person=person, layer="supervisor", starts_on=date(2015, 1, 1))
        company.supervisors.append(person)


def _sellers(company: Company, founder: Person, at: datetime, today: date) -> None:
    for username, name, team, character, months in names.SELLERS:
        joined = today - timedelta(days=months * 30)
        base = 8000 if character == "newcomer" else 12000
        person = _enrol(
            founder,
            at,
            username,
            name,
            ["seller"],
            title="销售经理",
            bonus_base=base,
            joined_on=joined,
        )
        _belongs(person, company.teams[team], joined)
        mature = joined + timedelta(days=182)
        LayerSpell.objects.create(person=person, layer="newcomer", starts_on=joined, ends_on=mature)
        LayerSpell.objects.create(person=person, layer="mature", starts_on=mature)
        company.sellers.append(person)
        company.character[person.pk] = character


def _belongs(person: Person, team: Team, on: date, lead: bool = False) -> None:
    Membership.objects.create(person=person, team=team, lead=lead, starts_on=on)
