"""The life of one demo deal: discovery to signature, delivery, money, trouble afterwards."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from zhangfa.actions import contracts, customers, deals, exceptions, money, orders, tickets
from zhangfa.actions.action import NotNow
from zhangfa.records.models import Instalment, Order

from . import names
from .world import Character, World

TERMS = [
    {"label": "预付款", "percent": 30, "days": 7},
    {"label": "发货款", "percent": 60, "days": 45},
    {"label": "质保金", "percent": 10, "days": 120},
]


# A good grade is a fair sign, and no certainty (1.1.5).
LUCK = {"A": 1.3, "B": 1.0, "C": 0.5}


class DealLife:
    """What happens with one deal, and after it is won."""

    def __init__(self, world: World, life: Any, start: datetime, who: Character) -> None:
        self.world, self.life, self.who = world, life, who
        self.seller = life.seller
        self.deal: Any = None
        self.contract: Any = None
        self.luck = 1.0
        world.at(start, self.open)

    def later(self, at: datetime, days: float) -> datetime:
        return self.world.working(at, self.world.rng.uniform(0.5, 1.5) * days)

    def open(self, at: datetime) -> None:
        customer, rng = self.life.customer, self.world.rng
        if customer.status in ("lost", "pool"):
            return
        self.luck = LUCK[customer.grade]
        product = rng.choice(self.world.company.products[:10])
        amount = Decimal(
            int(product.price * rng.choice((1, 1, 2, 3)) * self.who.size / 1000) * 1000
        )
        self.deal = deals.open_deal(
            customer,
            by=self.seller,
            at=at,
            title=f"{product.line}项目",
            amount=amount,
            product=product,
            expected_on=(at + timedelta(days=75)).date(),
        ).record
        self.world.at(self.later(at, 12), self.discover)

    def discover(self, at: datetime) -> None:
        customers.log_activity(
            self.life.customer,
            by=self.seller,
            at=at,
            kind="meeting",
            text=names.VISITS[0],
            deal=self.deal,
            outcome=names.OUTCOMES[2],
            next_step=names.NEXT_STEPS[0],
        )
        wait = self.world.delay(self.seller, timedelta(days=3))
        self.world.at(self.world.working(at + wait), self.report)

    def report(self, at: datetime) -> None:
        rng = self.world.rng
        deals.report_needs(
            self.deal, by=self.seller, at=at, pains=rng.choice(names.PAINS), matches=self.deal.title
        )
        if self.world.chance(0.14 / self.luck):
            self.world.at(self.later(at, 12), self.lose)
            return
        self.world.at(self.later(at, 12), self.solve)

    def solve(self, at: datetime) -> None:
        deals.move_deal(self.deal, by=self.seller, at=at, to="solution")
        department = self.world.rng.choice(("technical", "product"))
        person = self.world.company.one(department, self.world.rng)
        proposal = deals.ask_contribution(
            self.deal, by=self.seller, at=at, department=department, person=person
        ).record
        done = self.world.working(at + self.world.delay(person, timedelta(days=2)))

        def give(moment: datetime) -> None:
            deals.give_contribution(
                proposal, by=person, at=moment, department=department, text="节拍与工位方案"
            )

        self.world.at(done, give)
        self.world.at(self.later(done, 4), self.propose)

    def propose(self, at: datetime) -> None:
        deals.send_proposal(self.deal, by=self.seller, at=at, summary="定制方案与投资回报测算")
        if self.world.chance(0.6):
            self.world.at(self.later(at, 4), self.ask)
        if self.world.chance(0.2 / self.luck):
            self.world.at(self.later(at, 15), self.lose)
        else:
            self.world.at(self.later(at, 18), self.negotiate)

    def ask(self, at: datetime) -> None:
        text = self.world.rng.choice(names.QUESTIONS)
        question = deals.ask_question(self.deal, by=self.seller, at=at, text=text).record
        done = at + self.world.delay(self.seller, timedelta(hours=48))

        def answer(moment: datetime) -> None:
            deals.answer_question(
                question, by=self.seller, at=moment, answer="已书面答复，附测算表。"
            )

        self.world.at(done, answer)

    def negotiate(self, at: datetime) -> None:
        if self.deal.stage != "solution":
            return
        deals.move_deal(self.deal, by=self.seller, at=at, to="negotiation")
        meeting = self.later(at, 4)

        def meet(moment: datetime) -> None:
            if self.deal.stage != "negotiation":
                return
            customers.log_activity(
                self.life.customer,
                by=self.seller,
                at=moment,
                kind="meeting",
                text=names.VISITS[2],
                deal=self.deal,
                outcome=names.OUTCOMES[1],
                next_step=names.NEXT_STEPS[2],
            )
            noted = moment + self.world.delay(self.seller, timedelta(hours=24))
            self.world.at(noted, self.note)

        self.world.at(meeting, meet)
        if self.world.chance((self.who.wins + 0.3) * self.luck):
            self.world.at(self.later(meeting, 15), self.draft)
        else:
            self.world.at(self.later(meeting, 12), self.lose)

    def note(self, at: datetime) -> None:
        text = "对方接受分期，要求质保两年；关键决策人为总经理。"
        deals.log_negotiation(self.deal, by=self.seller, at=at, kind="decision_point", text=text)

    def lose(self, at: datetime) -> None:
        reason = self.world.rng.choice(("price", "timing", "competitor", "no_budget"))
        rival = self.world.rng.choice(self.world.company.competitors)
        try:
            deals.lose_deal(
                self.deal,
                by=self.seller,
                at=at,
                reason=reason,
                competitor=rival if reason == "competitor" else None,
            )
        except NotNow:
            return
        if self.world.chance(0.5):
            DealLife(self.world, self.life, self.later(at, 60), self.who)

    def draft(self, at: datetime) -> None:
        if self.deal.stage != "negotiation":
            return
        deals.move_deal(self.deal, by=self.seller, at=at, to="contract")
        self.contract = contracts.draft_contract(
            self.deal,
            by=self.seller,
            at=at,
            number=f"H-{at:%y}{self.deal.pk:04d}",
            amount=self.deal.amount,
            payment_terms=TERMS,
            breach_terms="逾期每日万分之五",
        ).record
        self.world.at(self.world.soon(at, 6), self.submit)

    def submit(self, at: datetime) -> None:
        rng, office = self.world.rng, self.world.company.office
        legal, finance = rng.choice(office["legal"]), rng.choice(office["finance"])
        contracts.submit_draft(self.contract, by=self.seller, at=at, legal=legal, finance=finance)
        returned = self.world.chance(0.18 if self.who.logs > 0.8 else 0.4)
        times = sorted(
            self.world.working(at + self.world.delay(person, timedelta(days=2)))
            for person in (legal, finance)
        )
        self.world.at(times[0], lambda m: self.review(m, legal, "legal", not returned))
        if not returned:
            self.world.at(times[1], lambda m: self.review(m, finance, "finance", True))

    def review(self, at: datetime, person: Any, kind: str, approve: bool) -> None:
        do = contracts.review_legally if kind == "legal" else contracts.review_financially
        do(
            self.contract,
            by=person,
            at=at,
            approve=approve,
            payment_terms_checked=True,
            breach_checked=True,
            findings="" if approve else "付款条款与违约责任需要补充。",
        )
        if not approve:
            wait = self.world.delay(self.seller, timedelta(days=2))
            self.world.at(self.world.working(at + wait), self.submit)
        elif self.contract.status == "approved":
            self.world.at(self.later(at, 6), self.sign)

    def sign(self, at: datetime) -> None:
        promised = at + timedelta(days=self.world.rng.randrange(25, 60))
        order = contracts.sign_contract(
            self.contract, by=self.seller, at=at, promised_on=promised.date()
        ).record
        self.life.existing(at)
        OrderLife(self.world, self.life, order, promised, at)
        if self.world.chance(0.55):
            DealLife(self.world, self.life, self.later(at, 80), self.who)


class OrderLife:
    """Scheduling, tracking, delivery, money and after-sales of one order."""

    def __init__(
        self, world: World, life: Any, order: Order, promised: datetime, at: datetime
    ) -> None:
        self.world, self.life, self.order, self.seller = world, life, order, life.seller
        self.order.customer = life.customer
        self.delivery: Any = None
        self.promised = world.working(promised)
        for role, do in (
            ("production", orders.schedule_production),
            ("logistics", orders.schedule_logistics),
        ):
            person = world.company.one(role, world.rng)
            when = world.working(at + world.delay(person, timedelta(days=1)))
            world.at(when, lambda m, d=do, p=person: d(self.order, by=p, at=m))
        world.at(world.working(at, 2), self.plan)
        world.at(world.working(at, 1), self.track)
        for part in Instalment.objects.filter(order=order):
            slow = (
                -6 + world.rng.random() * 5 + (world.rng.random() * 40 if world.chance(0.1) else 0)
            )
            due = datetime.combine(part.due_on, datetime.min.time(), world.calendar.zone)
            world.at(world.working(due, slow), lambda m, p=part: self.pay(m, p))

    def plan(self, at: datetime) -> None:
        self.delivery = orders.plan_delivery(
            self.order, by=self.seller, at=at, planned_at=self.promised
        ).record
        self.delivery.order = self.order
        world = self.world
        technical = world.company.one("technical", world.rng)
        ready = world.working(self.promised - timedelta(days=world.rng.uniform(2.5, 9)))
        sure = world.working(self.promised - timedelta(days=world.rng.uniform(2, 6)))
        world.at(ready, lambda m: orders.prepare_documents(self.delivery, by=technical, at=m))
        if world.chance(world.character(self.seller).punctual):
            world.at(sure, lambda m: orders.confirm_delivery(self.delivery, by=self.seller, at=m))
        late = world.rng.choice((0, 0, 0, 0, 1, 5)) if world.chance(0.4) else 0
        world.at(world.working(max(self.promised, ready), late) + timedelta(hours=9), self.deliver)
        if late >= 5:
            world.at(world.working(self.promised), self.trouble)

    def track(self, at: datetime) -> None:
        if self.order.status in ("delivered", "closed", "cancelled"):
            return
        if self.world.chance(self.world.character(self.seller).punctual):
            orders.track_order(self.order, by=self.seller, at=at)
        self.world.at(self.world.working(at, 1), self.track)

    def trouble(self, at: datetime) -> None:
        kind = self.world.rng.choice(("production_delay", "logistics"))
        found = exceptions.raise_exception(self.order, by=self.seller, at=at, kind=kind).record
        found.order = self.order
        sorry = at + self.world.delay(self.seller, timedelta(hours=2))
        offer = at + self.world.delay(self.seller, timedelta(hours=24))
        self.world.at(sorry, lambda m: exceptions.apologise(found, by=self.seller, at=m))
        self.world.at(
            offer,
            lambda m: exceptions.offer_alternative(
                found, by=self.seller, at=m, kind="warranty_extension"
            ),
        )
        self.world.at(
            offer + timedelta(days=2),
            lambda m: exceptions.resolve_exception(found, by=self.seller, at=m, chosen="accepted"),
        )

    def deliver(self, at: datetime) -> None:
        try:
            orders.deliver(self.delivery, by=self.seller, at=at)
        except NotNow:
            self.world.at(self.world.working(at, 1), self.deliver)
            return
        when = at + self.world.delay(self.seller, timedelta(hours=24))
        self.world.at(
            when,
            lambda m: orders.sign_off_delivery(self.delivery, by=self.seller, at=m, name="设备科"),
        )
        for _ in range(self.world.rng.choice((0, 1, 1, 2))):
            self.world.at(self.world.working(at, self.world.rng.uniform(8, 150)), self.ticket)
        if self.world.chance(0.03):
            self.world.at(self.world.working(at, 20), self.give_back)

    def give_back(self, at: datetime) -> None:
        part = (self.order.amount * Decimal("0.2")).quantize(Decimal("0.01"))
        orders.change_order(
            self.order, by=self.seller, at=at, kind="returned", amount=part, reason="规格不符"
        )

    def pay(self, at: datetime, part: Instalment) -> None:
        finance = self.world.company.one("finance", self.world.rng)
        money.receive_payment(
            self.life.customer,
            by=finance,
            at=at,
            amount=part.amount,
            paid_on=at.date(),
            number=f"P{part.pk:06d}",
            to=[(part, part.amount)],
        )

    def ticket(self, at: datetime) -> None:
        TicketLife(self.world, self.life, at)


class TicketLife:
    """One issue with its three clocks, closed by the customer's word or by silence."""

    def __init__(self, world: World, life: Any, at: datetime, stop: str = "") -> None:
        self.world, self.life, self.seller = world, life, life.seller
        service = world.company.one("service", world.rng)
        self.ticket = tickets.raise_ticket(
            life.customer,
            by=service,
            at=at,
            title=world.rng.choice(names.TICKETS),
            owner=self.seller,
            source="portal",
            priority=world.rng.choice((2, 3, 3, 4)),
        ).record
        self.ticket.customer = life.customer
        if stop == "raised":
            return
        answered = at + world.delay(self.seller, timedelta(hours=1))
        solved = max(answered, at + world.delay(self.seller, timedelta(hours=24)))
        closed = max(solved, at + world.delay(self.seller, timedelta(hours=72)))
        world.at(answered, lambda m: tickets.answer_ticket(self.ticket, by=self.seller, at=m))
        if stop == "answered":
            return
        world.at(solved, self.solve)
        if stop != "solved":
            world.at(closed, lambda m: self.close(m, service))

    def solve(self, at: datetime) -> None:
        text = self.world.rng.choice(names.SOLUTIONS)
        tickets.propose_solution(self.ticket, by=self.seller, at=at, text=text)

    def close(self, at: datetime, service: Any) -> None:
        tickets.resolve_ticket(self.ticket, by=self.seller, at=at)
        if self.world.chance(0.12):
            tickets.close_silently(self.ticket, by=service, at=at + timedelta(days=3)) if (
                at + timedelta(days=3) <= self.world.now
            ) else None
            return
        tickets.confirm_ticket(self.ticket, by=service, at=at, mode="call")
        if self.world.chance(0.04):
            again = at + timedelta(hours=30)
            self.world.at(again, lambda m: tickets.reopen_ticket(self.ticket, by=service, at=m))
            self.world.at(
                again + timedelta(hours=20),
                lambda m: tickets.confirm_ticket(self.ticket, by=service, at=m, mode="call"),
            )
