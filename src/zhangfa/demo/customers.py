"""The life of one demo customer: found, graded, touched, updated week by week."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from zhangfa.actions import customers as act
from zhangfa.actions.action import NotNow
from zhangfa.actions.orders import enter_order
from zhangfa.records.models import Contact, Customer

from . import names
from .deals import TERMS, DealLife, OrderLife
from .world import World

# Customers of earlier years, who order again: so many of a seller's first ones.
REGULARS = {"star": 7, "punctual": 4, "steady": 4, "slipping": 3, "newcomer": 2}
CADENCE = {"A": 7, "B": 14, "C": 30}


def invent(world: World, n: int, team: int) -> dict[str, Any]:
    """A name and the facts of the n-th customer, in a team's region."""
    rng = world.rng
    industry, word, potential = names.INDUSTRIES[n % len(names.INDUSTRIES)]
    city = rng.choice(names.CITIES[team])
    short = rng.choice(names.FIRST) + names.SECOND[n % len(names.SECOND)]
    big = rng.random() ** 2
    return {
        "name": f"{city}{short}{word}有限公司",
        "short_name": short + word[:2],
        "industry": industry,
        "city": city,
        "country": "中国",
        "headcount": int(60 + 4200 * big),
        "annual_purchase": Decimal(int(20 + 1400 * big)) * 10000,
        "intent": int(min(100, max(5, rng.gauss(50, 26)))),
        "industry_potential": int(min(100, max(10, rng.gauss(potential, 10)))),
        "budget_known": rng.random() < 0.4,
        "decision_maker_met": rng.random() < 0.4,
        "purchase_cycle_months": rng.choice((3, 6, 12)),
        "channel": rng.choice(world.company.channels),
        "phone": f"0{rng.randrange(510, 600)}-{rng.randrange(10**7, 10**8)}",
    }


class CustomerLife:
    """What happens with one customer over the year."""

    def __init__(self, world: World, n: int, seller: Any, team: int, entered: datetime) -> None:
        self.world, self.seller, self.n, self.team = world, seller, n, team
        self.customer: Customer | None = None
        self.contacts = 0
        world.at(entered, self.enter)

    def enter(self, at: datetime) -> None:
        facts = invent(self.world, self.n, self.team)
        self.customer = act.enter_customer(by=self.seller, at=at, owner=self.seller, **facts).record
        self._contacts()
        who = self.world.character(self.seller)
        self.week(at)
        self.world.at(self.world.working(at, self.world.rng.uniform(1, 9)), self.touch)
        kind = self.world.company.character.get(self.seller.pk, "steady")
        if self.n // len(names.SELLERS) < REGULARS[kind]:
            self.world.at(self.world.working(at, self.world.rng.uniform(1, 12)), self.renew)
        deals = {"A": 0.95, "B": 0.7, "C": 0.3}[self.customer.grade]
        if self.world.chance(deals):
            start = self.world.working(at, self.world.rng.uniform(3, self.world.days * 0.9))
            DealLife(self.world, self, start, who)

    def renew(self, at: datetime) -> None:
        """A customer of earlier years orders again: there is somebody to keep (2.2.4)."""
        rng, who = self.world.rng, self.world.character(self.seller)
        if self.customer.status in ("lost", "pool"):
            return
        known = self.customer.status == "existing"
        order = enter_order(
            self.customer,
            by=self.seller,
            at=at,
            number=f"X-{at:%y%m}{self.n:04d}",
            amount=Decimal(int(rng.randrange(60, 340) * who.size)) * 1000,
            promised_on=(at + timedelta(days=18)).date(),
            payment_terms=TERMS,
        ).record
        if not known:
            self.existing(at)
        OrderLife(self.world, self, order, at + timedelta(days=18), at)
        if self.world.chance(0.7 + who.wins / 2):
            self.world.at(self.world.working(at, rng.uniform(60, 150)), self.renew)

    def _contacts(self) -> None:
        rng = self.world.rng
        Contact.objects.bulk_create(
            [
                Contact(
                    customer=self.customer,
                    name=rng.choice(names.FAMILY) + rng.choice(("工", "总", "经理", "主任")),
                    title=rng.choice(names.TITLES),
                    phone=f"13{rng.randrange(10**8, 10**9)}",
                    decides=n == 0,
                )
                for n in range(rng.choice((1, 2, 2, 3)))
            ]
        )

    def week(self, at: datetime) -> None:
        """The word of the week where nothing else was logged (1.1.7)."""
        friday = at + timedelta(days=(4 - at.weekday()) % 7 or 7)
        self.world.at(self.world.on(friday.date()), self.update)

    def update(self, at: datetime) -> None:
        customer, who = self.customer, self.world.character(self.seller)
        if customer.status in ("lost", "pool"):
            return
        monday = (at - timedelta(days=at.weekday())).replace(hour=0, minute=0)
        quiet = customer.progressed_at is None or customer.progressed_at < monday
        if quiet and self.world.chance(who.punctual * who.logs):
            because = self.world.rng.choice(names.REASONS)
            act.update_status(customer, by=self.seller, at=at, because=because)
        self.week(at)

    def touch(self, at: datetime) -> None:
        """A call, message or visit in the grade's rhythm, kept or not by character (1.1.6)."""
        customer, who, rng = self.customer, self.world.character(self.seller), self.world.rng
        if customer.status in ("lost", "pool"):
            return
        if self.world.chance(who.logs):
            self._log(at)
            self._learn(at)
        days = CADENCE[customer.grade]
        wait = days * (
            rng.uniform(0.55, 0.95) if self.world.chance(who.punctual) else rng.uniform(1.1, 1.9)
        )
        if customer.grade == "C" and customer.status == "active" and self.world.chance(0.02):
            self.lose(at)
            return
        self.world.at(self.world.working(at, wait), self.touch)

    def _learn(self, at: datetime) -> None:
        """What a contact taught, rated; and the look again after a silence (1.1.5, 1.1.8)."""
        customer, rng = self.customer, self.world.rng
        who = self.world.character(self.seller)
        self.contacts += 1
        if self.contacts in (2, 6, 15) and self.world.chance(who.logs):
            drift = rng.gauss(4 if customer.status == "existing" else -4, 14)
            act.rate_customer(
                customer,
                by=self.seller,
                at=at,
                intent=int(min(100, max(5, customer.intent + drift))),
                budget_known=customer.budget_known or self.world.chance(0.12),
                decision_maker_met=customer.decision_maker_met or self.world.chance(0.15),
            )
        self.world.at(at + timedelta(days=30, minutes=1), lambda m, seen=at: self.quiet(m, seen))

    def quiet(self, at: datetime, seen: datetime) -> None:
        """A month without progress: the grade is looked at again, in time or not (1.1.8)."""
        customer = self.customer
        if customer.status in ("lost", "pool") or customer.progressed_at > seen:
            return
        wait = self.world.delay(self.seller, timedelta(days=5))
        if self.world.chance(self.world.character(self.seller).logs):
            self.world.at(self.world.working(at + wait), self.regrade)

    def regrade(self, at: datetime) -> None:
        if self.customer.status not in ("lost", "pool"):
            act.grade_customer(self.customer, by=self.seller, at=at)

    def _log(self, at: datetime) -> None:
        rng = self.world.rng
        visits = {"A": 6, "B": 5, "C": 1}[self.customer.grade]
        kind = rng.choices(("call", "visit", "message", "meeting"), (4, visits, 2, 1))[0]
        details: dict[str, Any] = {"text": rng.choice(names.CALLS), "minutes": rng.randrange(6, 40)}
        if kind in ("visit", "meeting"):
            details["text"] = rng.choice(names.VISITS)
            details["minutes"] = rng.randrange(40, 150)
        if kind == "visit" and self.world.chance(
            0.55 + 0.45 * self.world.character(self.seller).logs
        ):
            details |= {
                "outcome": rng.choice(names.OUTCOMES),
                "next_step": rng.choice(names.NEXT_STEPS),
            }
        if self.world.chance(0.06):
            details |= {
                "competitor": rng.choice(self.world.company.competitors),
                "tags": ["competitor"],
            }
        act.log_activity(self.customer, by=self.seller, at=at, kind=kind, **details)

    def lose(self, at: datetime) -> None:
        try:
            act.lose_customer(self.customer, by=self.seller, at=at, reason="no_budget")
        except NotNow:
            return

    def existing(self, at: datetime) -> None:
        """The first order makes regular visits, news and value proposals due (1.4)."""
        lives = ((60, self.visit), (24, self.push), (110, self.value), (260, self.interview))
        for days, do in lives:
            self.world.at(self.world.working(at, self.world.rng.uniform(0.4, 0.9) * days), do)

    def visit(self, at: datetime) -> None:
        if self.world.chance(self.world.character(self.seller).punctual):
            act.visit_quarterly(self.customer, by=self.seller, at=at, text=names.CALLS[2])
        self.world.at(self.world.working(at, 85), self.visit)

    def interview(self, at: datetime) -> None:
        if self.world.chance(self.world.character(self.seller).punctual):
            act.interview_yearly(self.customer, by=self.seller, at=at, text=names.INTERVIEW)

    def push(self, at: datetime) -> None:
        if self.world.chance(self.world.character(self.seller).punctual):
            act.push_news(self.customer, by=self.seller, at=at, text="行业动态与产品升级简报")
        self.world.at(self.world.working(at, self.world.rng.uniform(22, 29)), self.push)

    def value(self, at: datetime) -> None:
        if self.world.chance(self.world.character(self.seller).punctual):
            act.propose_value(self.customer, by=self.seller, at=at, text="维保升级与节拍优化建议")
        self.world.at(self.world.working(at, 170), self.value)


def first_days(world: World, start: date, count: int, days: int) -> list[datetime]:
    """When customers enter: most in the first weeks of the story, the rest through its days."""
    found = []
    for n in range(count):
        early = n < count * 0.6
        offset = world.rng.uniform(0, 18) if early else world.rng.uniform(18, days - 10)
        found.append(world.on(start + timedelta(days=int(offset))))
    return found
