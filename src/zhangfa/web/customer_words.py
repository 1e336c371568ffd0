"""What happened, in the reader's words: the lines of a timeline and the reasons of a grade."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from zhangfa import policy
from zhangfa.answers.timeline import Moment

from . import figures

# Icon and tone of facts that are not simply their record's.
FACES = {
    "customer_graded": ("graded", ""),
    "owner_changed": ("person", "acc"),
    "customer_won": ("signed", "ok"),
    "customer_lost": ("lost", "bad"),
    "deal_won": ("signed", "ok"),
    "deal_lost": ("lost", "bad"),
    "needs_reported": ("needs_report", ""),
    "question_asked": ("question_answer", "warn"),
    "legal_returned": ("legal_review", "bad"),
    "finance_returned": ("finance_review", "bad"),
    "legal_approved": ("legal_review", "ok"),
    "finance_approved": ("finance_review", "ok"),
    "contract_signed": ("signed", "ok"),
    "order_signed": ("order", "ok"),
    "payment_received": ("payment", "ok"),
    "delivered": ("delivered", "ok"),
    "signed_off": ("delivered", "ok"),
    "goods_returned": ("order", "bad"),
    "exception_raised": ("breach", "bad"),
    "ticket_raised": ("ticket", "warn"),
    "ticket_confirmed": ("ticket_closure", "ok"),
    "ticket_reopened": ("ticket", "bad"),
}
STORY_FACES = {"proposal": "technical_contribution", "delivery": "order", "exception": "breach"}
PAGES = frozenset({"deal", "contract", "order", "ticket"})
TAGS = {
    "objection": gettext_lazy("Objection"),
    "competitor": gettext_lazy("Competitor"),
    "decision_point": gettext_lazy("Decision point"),
    "concession": gettext_lazy("Concession"),
    "competitor_move": gettext_lazy("Competitor's move"),
    "quarterly": gettext_lazy("Quarterly visit"),
    "yearly": gettext_lazy("Yearly interview"),
    "value": gettext_lazy("Value-added proposal"),
    "push": gettext_lazy("News sent"),
}
# Reasons of a lost deal whose words stand under another key of the glossary.
REASONS = {"product": "product_fit", "timing": "delivery_time"}


@dataclass(frozen=True)
class Line:
    """One item of a timeline, ready to be drawn."""

    symbol: str
    title: str
    text: str
    more: list[tuple[str, str]]
    tone: str
    tags: list[str]
    href: str


def line(moment: Moment, names: Mapping[str, str]) -> Line:
    """A moment in words; `names` is what people call the records around."""
    return _fact(moment, names) if moment.is_fact else _activity(moment)


def _activity(moment: Moment) -> Line:
    title = _word(f"activity.{moment.key}")
    if moment.contact:
        title = f"{title} · {moment.contact}"
    more = [
        (gettext("Outcome"), moment.outcome),
        (gettext("Next step"), moment.next_step),
    ]
    tags = [str(TAGS.get(tag, tag)) for tag in moment.tags]
    tags += [text for text in (moment.about_deal, moment.competitor) if text]
    told = [(name, text) for name, text in more if text]
    return Line(moment.key, title, moment.text, told, "", tags, "")


def _fact(moment: Moment, names: Mapping[str, str]) -> Line:
    story, _, pk = moment.story.partition("/")
    symbol, tone = FACES.get(moment.key, (STORY_FACES.get(story, story), ""))
    title = _word(f"fact.{moment.key}")
    if moment.story in names:
        title = f"{title} · {names[moment.story]}"
    detail = DETAILS.get(moment.key)
    text = detail(moment.body) if detail else ""
    href = reverse(story, args=[pk]) if story in PAGES and pk.isdigit() else ""
    return Line(symbol, title, text, [], tone, [], href)


def _word(key: str) -> str:
    """A word of the glossary, or the key's last part where it has none."""
    found = policy.glossary().get(key)
    return found.said(figures.language()) if found is not None else key.rpartition(".")[2]


def reason(key: str) -> str:
    """Why a deal or a customer was lost."""
    if key == "merged":
        return gettext("Merged with another customer")
    return _word(f"lost_reason.{REASONS.get(key, key)}")


def _amount(body: Mapping[str, Any]) -> str:
    return figures.money_exact(Decimal(str(body["amount"])), body.get("currency") or "CNY")


def _graded(body: Mapping[str, Any]) -> str:
    told = {
        "before": body.get("previous") or "",
        "grade": body["grade"],
        "points": figures.number(Decimal(str(body["points"])), 1),
    }
    if body.get("changed") and told["before"]:
        return gettext("%(before)s → %(grade)s, %(points)s points") % told
    return gettext("%(grade)s, %(points)s points") % told


def _staged(body: Mapping[str, Any]) -> str:
    stages = [_word(f"stage.{body[key]}") for key in ("previous", "stage") if body.get(key)]
    return " → ".join(stages)


def _handed(body: Mapping[str, Any]) -> str:
    return " → ".join(name for name in body.get("names", ()) if name)


def _version(body: Mapping[str, Any]) -> str:
    return gettext("Version %(n)s") % {"n": body["version"]}


def _by_key(field: str, area: str) -> Callable[[Mapping[str, Any]], str]:
    """The glossary's word for what a field says; nothing where it has none."""

    def told(body: Mapping[str, Any]) -> str:
        found = policy.glossary().get(f"{area}.{body.get(field)}")
        return found.said(figures.language()) if found is not None else ""

    return told


DETAILS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    **dict.fromkeys(
        (
            "deal_opened",
            "deal_won",
            "contract_drafted",
            "order_signed",
            "order_amended",
            "order_cancelled",
            "goods_returned",
            "credit_noted",
            "payment_received",
        ),
        _amount,
    ),
    "customer_graded": _graded,
    "stage_entered": _staged,
    "owner_changed": _handed,
    "proposal_sent": _version,
    "deal_lost": lambda body: reason(body["reason"]),
    "customer_lost": lambda body: reason(body["reason"]),
    "contribution_asked": _by_key("role", "role"),
    "contribution_given": _by_key("role", "role"),
    "ticket_raised": _by_key("source", "ticket_source"),
    "exception_raised": _by_key("kind", "exception"),
    "alternative_offered": _by_key("kind", "alternative"),
    "alternative_chosen": _by_key("kind", "alternative"),
    "documents_prepared": _by_key("kind", "document"),
    "obligation_waived": _by_key("kind", "obligation"),
    "clock_stopped": _by_key("reason", "pause_reason"),
}


# ------------------------------------------------------------------------------- grades (1.1.5)


@dataclass(frozen=True)
class Factor:
    """One factor of a grade: its part of the points and what it follows from."""

    key: str
    name: str
    part: Decimal
    weight: Decimal
    reasons: list[str]


def factors(stored: list[dict[str, Any]]) -> list[Factor]:
    """The factors of a grade as they were kept with it."""
    return [
        Factor(
            each["key"],
            _word(f"factor.{each['key']}"),
            Decimal(each["part"]),
            Decimal(each["weight"]),
            [sign(*one) for one in each["signs"]],
        )
        for each in stored
    ]


def sign(key: str, seen: str, points: str) -> str:
    """One piece of evidence with the points out of 100 that it gave its factor."""
    known = SIGNS.get(key)
    shown = figures.money(Decimal(seen)) if key.startswith("annual") else seen
    text = str(known) % {"seen": shown} if known else f"{key} {seen}"
    return f"{text} · {figures.number(Decimal(points), 1)}"


SIGNS = {
    "rated": gettext_lazy("Rated %(seen)s of 100 by the seller"),
    "budget_known": gettext_lazy("The budget is known"),
    "decision_maker_met": gettext_lazy("The decision maker was met"),
    "recent_progress": gettext_lazy("Contacts of late: %(seen)s"),
    "headcount": gettext_lazy("People employed: %(seen)s"),
    "annual_purchase": gettext_lazy("Yearly purchases: %(seen)s"),
    "annual_revenue": gettext_lazy("Yearly revenue: %(seen)s"),
    "industry_rated": gettext_lazy("Industry rated %(seen)s of 100"),
    "industry": gettext_lazy("Industry in the policy: %(seen)s"),
    "unrated": gettext_lazy("Not rated yet: the middle is taken"),
}
