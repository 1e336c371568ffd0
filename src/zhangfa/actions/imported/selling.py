"""Deals as an import brings them: opened, moved, won, lost, each on its day (1.2.1)."""

from __future__ import annotations

from typing import Any

from zhangfa.records.models import Customer, Deal, Product
from zhangfa.rules import facts

from ..deals import LOST_REASONS
from .book import CREATED, UNCHANGED, UPDATED, Book, Unusable
from .company import author, make_product
from .customers import customer_of, somebody

CLOSED = ("won", "lost")


def product_of(book: Book, ref: Any) -> Product | None:
    """The product a row refers to; made from its name where the profile allows that."""
    if ref is None:
        return None
    found = book.find(Product, ref.by, ref.value)
    if found is None and not ref.known:
        found = make_product(book, ref.value)
    return found  # type: ignore[no-any-return]


def deal(book: Book, row: Any) -> str:
    """A chance to sell, with the stage it has come to."""
    values = row.values
    stage = values.get("stage") or "discovery"
    if stage not in Deal.Stage.values:
        raise Unusable("stage", "There is no stage %(stage)s.", stage=stage)
    about = customer_of(book, values.get("customer"))
    if about is None:
        raise Unusable("customer", "A deal needs its customer.")
    money = values.get("amount")
    given = {
        "title": (values.get("title") or values.get("code") or "")[:160] or about.name,
        "product": product_of(book, values.get("product")),
        "amount": money.amount if money else None,
        "currency": money.currency if money else None,
        "expected_on": values.get("expected_on"),
        "next_step": (values.get("next_step") or "")[:160],
    }
    if given["amount"] is not None and given["amount"] < 0:
        raise Unusable("amount", "An amount cannot be negative.")
    found = book.find(Deal, "code", values.get("code"))
    owner = somebody(book, values.get("owner")) or about.owner or author(book)
    if found is not None:
        return _again(book, row, found, given, stage)
    opened = (
        book.moment(values.get("created_at"))
        or book.moment(values.get("opened_on"))
        or book.moment(values.get("closed_on"))
        or book.now
    )
    closed = book.moment(values.get("closed_on")) or book.now
    found = Deal(
        customer=about,
        code=values.get("code") or "",
        owner=owner,
        stage=stage,
        opened_at=min(opened, closed),
        stage_since=opened,
        progressed_at=opened,
    )
    book.add(found)
    book.change(found, given)
    what = facts.DealOpened(stage="discovery", amount=found.amount)
    _say(book, found, what, found.opened_at)
    if stage in CLOSED:
        _close(book, found, stage, closed, values.get("lost_reason"), "discovery")
    elif stage != "discovery":
        _say(book, found, facts.StageEntered(stage=stage, previous="discovery"), opened)
    return book.note(row.lines[0], "deal", row.key, found, CREATED)


def _again(book: Book, row: Any, found: Deal, given: dict[str, Any], stage: str) -> str:
    """A deal that is known: its plain fields, and the stage it has reached meanwhile."""
    before = book.change(found, given)
    if stage != found.stage and found.stage in Deal.OPEN:
        previous, values = found.stage, row.values
        at = book.moment(values.get("closed_on")) or book.now
        at = max(at, found.stage_since)
        before |= book.change(found, {"stage": stage, "stage_since": at})
        if stage in CLOSED:
            _close(book, found, stage, at, values.get("lost_reason"), previous)
        else:
            _say(book, found, facts.StageEntered(stage=stage, previous=previous), at)
    outcome = UPDATED if before else UNCHANGED
    return book.note(row.lines[0], "deal", row.key, found, outcome, before)


def _close(book: Book, found: Deal, stage: str, at: Any, reason: str | None, previous: str) -> None:
    """Won or lost: the stage, the fact, the moment."""
    book.change(found, {"closed_at": at, "stage_since": at, "progressed_at": at})
    if stage == "won":
        _say(book, found, facts.StageEntered(stage="won", previous=previous), at)
        _say(book, found, facts.DealWon(amount=found.amount), at)
        return
    known = reason if reason in LOST_REASONS else "other"
    book.change(found, {"lost_reason": known})
    _say(book, found, facts.DealLost(reason=known), at)


def _say(book: Book, found: Deal, what: Any, at: Any) -> None:
    about: Customer = found.customer
    book.say(found, what, at, by=found.owner, owner=found.owner_id, customer=about.pk)
