"""1.1.2 The channel report of a month: what each channel brought, what it cost, what came of it.

Definitions, the same on the page and in the workbook:

* leads: customers entered in the month, for the person who held them then;
* qualified: of these, those with a deal by the end of the month;
* won: customers whose first valid order was signed in the month, by credit share (as 2.2.3);
* amount: value of the orders signed in the month, by credit share;
* cost: the campaigns' cost for the days of the month, divided among people by their leads.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Q

from zhangfa.metrics import Asked
from zhangfa.metrics.base import select
from zhangfa.metrics.performance import FIRST_ORDERS
from zhangfa.records.editions import current_calendar, current_policy
from zhangfa.records.models import Campaign, Channel, HandIn
from zhangfa.records.people import Person
from zhangfa.rules.terms import Period

CENT = Decimal("0.01")
LEADS = """
SELECT c.channel_id, l.owner, count(*),
       count(*) FILTER (WHERE EXISTS (SELECT 1 FROM records_deal d
                        WHERE d.customer_id = c.id AND d.opened_at < %(ends)s))
FROM records_ledgerline l JOIN records_customer c ON c.id = l.customer
WHERE l.what = 'customer_entered' AND l.at >= %(begins)s AND l.at < %(ends)s
GROUP BY 1, 2
"""
WON = (
    FIRST_ORDERS
    + """
SELECT c.channel_id, sum(round(s.share / 100, 6))
FROM firsts f JOIN records_creditshare s ON s.order_id = f.id AND s.kind = 'direct'
JOIN records_customer c ON c.id = f.customer_id
WHERE s.person_id = ANY(%(people)s) GROUP BY 1
"""
)
SIGNED = """
SELECT c.channel_id, sum(s.amount)
FROM records_order o JOIN records_creditshare s ON s.order_id = o.id AND s.kind = 'direct'
JOIN records_customer c ON c.id = o.customer_id
WHERE o.signed_on >= %(start)s AND o.signed_on < %(end)s AND o.status <> 'cancelled'
  AND s.person_id = ANY(%(people)s)
GROUP BY 1
"""


@dataclass(frozen=True)
class Figures:
    """What a channel brought to some people in a month; amounts in company currency."""

    leads: int = 0
    qualified: int = 0
    won: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)
    cost: Decimal = Decimal(0)

    @property
    def conversion(self) -> Decimal | None:
        """Won for each lead of the month; None without leads."""
        return self.won / self.leads if self.leads else None

    @property
    def cost_per_win(self) -> Decimal | None:
        return (self.cost / self.won).quantize(CENT, ROUND_HALF_UP) if self.won else None

    @property
    def roi(self) -> Decimal | None:
        """(amount - cost) / cost; None where nothing was spent."""
        return (self.amount - self.cost) / self.cost if self.cost else None

    def __add__(self, other: Figures) -> Figures:
        return Figures(
            self.leads + other.leads,
            self.qualified + other.qualified,
            self.won + other.won,
            self.amount + other.amount,
            self.cost + other.cost,
        )


@dataclass(frozen=True)
class Line:
    """One channel (None: without a source): own figures, the month before, the team's."""

    channel: Channel | None
    own: Figures
    before: Figures
    team: Figures


@dataclass(frozen=True)
class Report:
    """The report of one month with what was handed in for it."""

    month: Period
    lines: list[Line]
    total: Line
    handed_in: HandIn | None

    @property
    def best(self) -> Line | None:
        """The channel with most value signed."""
        found = max(self.lines, key=lambda line: line.own.amount, default=None)
        return found if found and found.own.amount else None


def report(
    person: Person, people: Sequence[int], team: Sequence[int], month: Period, now: datetime
) -> Report:
    """The month of these people beside their team; `person` is who hands it in.

    Nine statements whatever the number of people.
    """
    own, before = tally(people, month, now), tally(people, month.previous(), now)
    others = tally(team, month, now)
    channels: list[Channel | None] = list(Channel.objects.order_by("id"))
    if any(None in found for found in (own, before, others)):
        channels.append(None)
    lines = [
        Line(
            channel,
            *(
                found.get(channel.pk if channel else None, Figures())
                for found in (own, before, others)
            ),
        )
        for channel in channels
    ]
    total = Line(None, *(sum(found.values(), Figures()) for found in (own, before, others)))
    handed = HandIn.objects.filter(person=person, kind="channel_report", period=month.label)
    return Report(month, lines, total, handed.order_by("-at").first())


def tally(people: Sequence[int], month: Period, now: datetime) -> dict[int | None, Figures]:
    """The figures of these people for each channel of a month."""
    calendar = current_calendar()
    reading = current_policy().on(month.start)
    asked = Asked(month, reading, calendar, now, people=tuple(people))
    params = asked.params(
        least=reading["new_customers.minimum_order_value"],
        survival=asked.days("new_customers.survival"),
    )
    wanted = set(people)
    leads: dict[int | None, list[int]] = defaultdict(lambda: [0, 0, 0])
    for channel, owner, count, qualified in select(LEADS, params):
        leads[channel][2] += count
        if owner in wanted:
            leads[channel][0] += count
            leads[channel][1] += qualified
    won, signed = dict(select(WON, params)), dict(select(SIGNED, params))
    spent = costs(month)
    found = {}
    for channel in {*leads, *won, *signed}:
        own, qualified, whole = leads.get(channel, (0, 0, 0))
        cost = spent.get(channel, Decimal(0)) * own / whole if whole else Decimal(0)
        figures = Figures(
            own,
            qualified,
            won.get(channel, Decimal(0)),
            signed.get(channel, Decimal(0)),
            cost.quantize(CENT, ROUND_HALF_UP),
        )
        if figures != Figures():
            found[channel] = figures
    return found


def costs(month: Period) -> dict[int, Decimal]:
    """What the campaigns of each channel cost in the days of this month."""
    spent: dict[int, Decimal] = defaultdict(Decimal)
    running = Campaign.objects.filter(starts_on__lt=month.end)
    for each in running.values_list("channel_id", "starts_on", "ends_on", "cost"):
        channel, starts, ends, cost = each
        last = ends or starts
        days = (last - starts).days + 1
        inside = (min(last, month.last) - max(starts, month.start)).days + 1
        if inside > 0:
            spent[channel] += cost * inside / days
    return spent


def lessons(text: str = "", limit: int = 20) -> list[HandIn]:
    """1.1.3 What was learnt, newest first, of the whole department: lessons are for everybody,
    figures are not. Found by any fragment of the text or of the name."""
    rows = HandIn.objects.filter(kind="channel_report").select_related("person")
    if text:
        rows = rows.filter(Q(text__icontains=text) | Q(person__name__icontains=text))
    return list(rows.order_by("-at")[:limit])
