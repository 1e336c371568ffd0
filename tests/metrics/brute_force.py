"""Each metric of 2.2.1 to 2.2.6 worked out again, slowly and plainly, from the rows themselves.

Written from the definitions and not from the code: no SQL but reading whole tables, no shared
functions but calendar arithmetic. `(part, whole)` for shares, an amount for sums.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import ceil
from typing import Any

from zhangfa.records import models as m
from zhangfa.rules.terms import Period, add_months

CENT = Decimal("0.01")


class Brute:
    """All rows of the company, and a period to ask about."""

    def __init__(self, period: Period, reading: Any, zone: Any, now: datetime) -> None:
        self.period, self.reading, self.zone, self.now = period, reading, zone, now
        self.orders = {row["id"]: row for row in m.Order.objects.values()}
        self.changes = list(m.OrderChange.objects.values())
        self.shares: dict[int, list[dict]] = defaultdict(list)
        for row in m.CreditShare.objects.filter(kind="direct").values():
            self.shares[row["order_id"]].append(row)

    def inside(self, day: date) -> bool:
        return self.period.start <= day < self.period.end

    def within(self, moment: datetime) -> bool:
        return self.inside(moment.astimezone(self.zone).date())

    # ----------------------------------------------------------------------------- 2.2.1
    def sales_amount(self) -> dict[int, Decimal]:
        """Signed value by share, less what was taken back in the period within the window."""
        found: dict[int, Decimal] = defaultdict(Decimal)
        for pk, order in self.orders.items():
            if self.inside(order["signed_on"]):
                for share in self.shares[pk]:
                    found[share["person_id"]] += share["amount"]
        window = timedelta(days=self.reading["sales_amount.refund_window"].amount)
        for change in self.changes:
            signed = self.orders[change["order_id"]]["signed_on"]
            late = change["kind"] != "amended" and change["on"] > signed + window
            if self.inside(change["on"]) and not late:
                sign = 1 if change["kind"] == "amended" else -1
                for person, amount in self.parts_of(change):
                    found[person] += sign * amount
        return dict(found)

    def parts_of(self, change: dict) -> Iterator[tuple[int, Decimal]]:
        for share in self.shares[change["order_id"]]:
            part = share["share"] * change["amount"] / 100
            yield share["person_id"], part.quantize(CENT, ROUND_HALF_UP)

    # ----------------------------------------------------------------------------- 2.2.2
    def collection_rate(self) -> dict[int, tuple[Fraction, Fraction]]:
        """What came in of what was overdue at the start or fell due since, out of that."""
        today = self.now.astimezone(self.zone).date()
        until = min(self.period.end, today + timedelta(days=1))
        paid_on = dict(m.Payment.objects.values_list("id", "paid_on"))
        receipts: dict[int, list[tuple[date, Decimal]]] = defaultdict(list)
        for row in m.Allocation.objects.values():
            receipts[row["instalment_id"]].append((paid_on[row["payment_id"]], row["amount"]))
        part: dict[int, Fraction] = defaultdict(Fraction)
        whole: dict[int, Fraction] = defaultdict(Fraction)
        for row in m.Instalment.objects.values():
            order = self.orders[row["order_id"]]
            if order["status"] == "cancelled" or row["disputed"] or row["due_on"] >= until:
                continue
            asked = row["amount"] - row["credited"]
            before = sum(amount for day, amount in receipts[row["id"]] if day < self.period.start)
            since = sum(
                amount for day, amount in receipts[row["id"]] if self.period.start <= day < until
            )
            if row["due_on"] < self.period.start:
                due, came = asked - before, since
                if due <= 0:
                    continue
            else:
                due, came = asked, before + since
            for share in self.shares[row["order_id"]]:
                own = Fraction(share["share"]) / 100
                part[share["person_id"]] += own * Fraction(min(came, due))
                whole[share["person_id"]] += own * Fraction(due)
        return {person: (part[person], whole[person]) for person in whole}

    # ----------------------------------------------------------------------------- 2.2.3
    def new_customers(self) -> dict[int, Fraction]:
        """Customers whose first order that is large enough and stood was signed in the period."""
        least = Decimal(self.reading["new_customers.minimum_order_value"])
        stands = timedelta(days=self.reading["new_customers.survival"].amount)
        cancelled: dict[int, date] = {}
        for change in self.changes:
            if change["kind"] == "cancelled":
                cancelled[change["order_id"]] = change["on"]
        valid: dict[int, list[tuple[date, int]]] = defaultdict(list)
        for pk, order in self.orders.items():
            if order["amount"] * order["rate"] < least:
                continue
            if order["status"] == "cancelled" and pk not in cancelled:
                continue
            if pk in cancelled and cancelled[pk] <= order["signed_on"] + stands:
                continue
            valid[order["customer_id"]].append((order["signed_on"], pk))
        found: dict[int, Fraction] = defaultdict(Fraction)
        for orders in valid.values():
            signed_on, pk = min(orders)
            if self.inside(signed_on):
                for share in self.shares[pk]:
                    found[share["person_id"]] += Fraction(share["share"]) / 100
        return dict(found)

    # ----------------------------------------------------------------------------- 2.2.4
    def customer_retention(self) -> dict[int, tuple[int, int]]:
        """Of those active when the rolling window began, those still active at its end."""
        begin = add_months(self.period.end, -self.reading["customer_retention.window"].amount)
        factor = Decimal(self.reading["customer_retention.cycle_factor"])
        bought: dict[int, list[date]] = defaultdict(list)
        for order in self.orders.values():
            if order["status"] != "cancelled":
                bought[order["customer_id"]].append(order["signed_on"])
        found: dict[int, list[int]] = defaultdict(lambda: [0, 0])
        for customer in m.Customer.objects.filter(merged_into=None).values():
            look = max(12, ceil(factor * (customer["purchase_cycle_months"] or 0)))
            owner = self.owner_at(customer, begin)
            was = [add_months(begin, -look) <= day < begin for day in bought[customer["id"]]]
            end = self.period.end
            is_ = [add_months(end, -look) <= day < end for day in bought[customer["id"]]]
            if owner is not None and any(was):
                found[owner][0] += any(is_)
                found[owner][1] += 1
        return {person: (kept, whole) for person, (kept, whole) in found.items()}

    def owner_at(self, customer: dict, day: date) -> int | None:
        """Who had a customer at the start of a day: before the first handover since."""
        start = datetime.combine(day, time.min, self.zone)
        moves = m.LedgerLine.objects.filter(
            story=f"customer/{customer['id']}", what="owner_changed", at__gte=start
        )
        first = moves.order_by("at", "id").first()
        return customer["owner_id"] if first is None else first.body["previous"]

    # ----------------------------------------------------------------------------- 2.2.5
    def visit_attainment(self) -> dict[int, tuple[int, int]]:
        """Per planned customer the smaller of valid and required visits."""
        reading = self.reading
        apart = timedelta(hours=reading["visit_attainment.second_visit_after"].amount)
        kinds = {"visit", "demo"} if reading["visit_attainment.online_counts"] else {"visit"}
        valid: list[dict] = []
        for visit in m.Activity.objects.filter(kind__in=kinds, valid=True).order_by("at", "id"):
            long = (visit.minutes or 0) >= reading["visit_attainment.minimum_minutes"]
            day = visit.at.astimezone(self.zone).date()
            if not self.within(visit.at) or not (long or visit.outcome):
                continue
            same = [v for v in valid if v["person"] == visit.person_id]
            soon = [v for v in same if v["customer"] == visit.customer_id]
            if any(visit.at - v["at"] < apart for v in soon):
                continue
            if sum(v["day"] == day for v in same) >= reading["visit_attainment.daily_cap"]:
                continue
            told = {"person": visit.person_id, "customer": visit.customer_id}
            valid.append({**told, "at": visit.at, "day": day})
        owed: dict[tuple[int, int], int] = defaultdict(int)
        for plan in m.VisitPlan.objects.all():
            if self.inside(Period.read(plan.period).start):
                owed[plan.person_id, plan.customer_id] += max(plan.required - plan.cancelled, 0)
        found: dict[int, list[int]] = defaultdict(lambda: [0, 0])
        for (person, customer), required in owed.items():
            made = sum((v["person"], v["customer"]) == (person, customer) for v in valid)
            found[person][0] += min(made, required)
            found[person][1] += required
        return {person: (part, whole) for person, (part, whole) in found.items() if whole}

    # ----------------------------------------------------------------------------- 2.2.6
    def process_compliance(self) -> dict[int, tuple[Decimal, Decimal]]:
        """Weights of what was kept, late in part, out of what this person owed and fell due."""
        found: dict[int, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
        for row in m.Owed.objects.exclude(person=None):
            said = self.reading.get(f"{row.kind}.counts_for") or ()
            out = row.outcome in ("waived", "cancelled")
            if "process_compliance" not in said or not self.within(row.due) or row.due >= self.now:
                continue
            if not out:
                weight = Decimal(self.reading[f"{row.kind}.weight"])
                credit = {
                    "met": Decimal(1),
                    "late": Decimal(self.reading[f"{row.kind}.late_credit"]),
                }
                found[row.person_id][0] += weight * credit.get(row.outcome, Decimal(0))
                found[row.person_id][1] += weight
        weight = Decimal(self.reading["process_compliance.first_pass_weight"])
        for contract in m.Contract.objects.all():
            reviews = list(contract.reviews.filter(round=1))
            returned = [review.at for review in reviews if review.outcome == "returned"]
            whole = reviews and all(review.outcome == "approved" for review in reviews)
            if not returned and not whole:
                continue
            decided = min(returned) if returned else max(review.at for review in reviews)
            if self.within(decided):
                found[reviews[0].author_id][0] += 0 if returned else weight
                found[reviews[0].author_id][1] += weight
        return {person: (part, whole) for person, (part, whole) in found.items()}
