"""4.3 Imports: begun, written as one, taken back as one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import connection, models, transaction
from django.db.models import ProtectedError, RestrictedError

from zhangfa.records import models as records
from zhangfa.records.ledger import LedgerLine, append
from zhangfa.records.models import ImportedRow, ImportRun
from zhangfa.rules import facts
from zhangfa.rules.facts import to_body

from . import renewal
from .action import NotAllowed, NotNow
from .imported import Book, finish
from .imported.targets import finish_targets
from .may import role

RETRACTED = facts.FactRetracted.key
may_import = role("supervisor", "director", "administrator", "policy_officer")
# What an import may have made, in the order in which it can be taken away again.
MADE = (
    "Target",
    "Allocation", "Payment", "Instalment", "CreditShare", "OrderChange", "OrderLine", "Delivery",
    "Order", "Review", "Contract", "Ticket", "Deal", "Contact", "GradeEntry", "Customer",
    "Product", "LayerSpell", "Membership", "Person", "Team",
)  # fmt: skip


def _allowed(by: Any) -> None:
    """Whoever runs the server may import without an account: `by` is None then."""
    if by is not None and not may_import(by, None):
        raise NotAllowed


def begin(
    *, by: Any, at: datetime, profile: str, name: str, encoding: str = "", total: int = 0,
    dry: bool = False,
) -> Book:  # fmt: skip
    """A run, and the book that its rows are put into. Raises NotAllowed."""
    _allowed(by)
    run = ImportRun(
        profile=profile[:60], name=name[:200], encoding=encoding[:40], by=by, at=at, total=total,
        dry=dry,
    )  # fmt: skip
    if dry:
        run.pk = 0
    else:
        run.save(force_insert=True)
    return Book(run, by, at)


def progress(run: ImportRun, done: int) -> None:
    """How many rows are read, for the bar that somebody watches."""
    ImportRun.objects.filter(pk=run.pk).update(done=done)


def write(
    book: Book,
    *,
    at: datetime,
    account: dict[str, Any],
    refused_file: str = "",
    targets: Mapping[str, str] | None = None,
) -> ImportRun:
    """Everything the book holds, in one transaction: all of it or nothing.

    `targets` says by which method a metric gets targets that the files do not name.
    """
    run = book.run
    with transaction.atomic():
        finish(book)
        book.write()
        finish_targets(book, targets or {})
        run.account, run.proposals = account, account.get("proposals", [])
        run.refused_file, run.finished_at, run.done = refused_file, at, run.total
        run.save()
        _say(run, facts.ImportFinished(imported=run.pk), book.by, at)
    renewal.announce(book.lines[-1:])
    return run


def fail(run: ImportRun, at: datetime, why: str) -> None:
    """Cut off: nothing was written, and the run says why."""
    ImportRun.objects.filter(pk=run.pk).update(finished_at=at, account={"failed": why})


def _say(run: ImportRun, what: Any, by: Any, at: datetime) -> None:
    append(
        [
            LedgerLine(
                what=what.key,
                story=f"import/{run.pk}",
                by=by.pk if by else None,
                at=at,
                noted_at=at,
                entered_at=at,
                opens=[],
                body=to_body(what),
            )
        ]
    )


def undo(run: ImportRun, *, by: Any, at: datetime) -> dict[str, int]:
    """Take one import back as a whole: its facts, its records, what it changed.

    A record that was changed since, or that something later refers to, stays and is counted:
    `kept`. A field that was changed again since stays as it is. The account names the rows of
    both, each with why. Raises NotAllowed, NotNow.
    """
    _allowed(by)
    with transaction.atomic():
        run = ImportRun.objects.select_for_update().get(pk=run.pk)
        if run.undone_at is not None:
            raise NotNow("This import has been undone already.")
        if run.finished_at is None:
            raise NotNow("This import is still running.")
        changed = _told_since(run)
        kept = _records_still_used(run, changed)
        named = _rows_kept(run, kept, changed)
        _retract(run, by, at, kept)
        restored, stayed = _restore(run)
        removed = _remove(run, kept)
        run.undone_at, run.undone_by = at, by
        told = {"removed": removed, "restored": restored, "kept": len(kept)}
        run.account |= {"undone": told | {"rows": (stayed + named)[:NAMED]}}
        run.save()
        _say(run, facts.ImportUndone(imported=run.pk), by, at)
    return told


def _records_still_used(run: ImportRun, changed: set[str]) -> set[tuple[str, int]]:
    """Records of this run that were changed since or that rows of others refer to, and what those
    in turn need."""
    kept: set[tuple[str, int]] = set()
    for name in MADE:
        model = getattr(records, name)
        own = _own(model, run)
        if own is None:
            continue
        for pk in own.values_list("pk", flat=True) if hasattr(model, "story") else ():
            if f"{model.story}/{pk}" in changed:
                kept.add((name, pk))
        for relation in model._meta.related_objects:
            other, column = relation.related_model, relation.field.name
            theirs = _own(other, run)
            if theirs is None and other.__name__ in FOLLOWS:
                continue
            using = other._base_manager.filter(**{f"{column}__in": own.values("pk")})
            if theirs is not None:
                using = using.exclude(pk__in=theirs.values("pk"))
            kept |= {(name, pk) for pk in using.values_list(f"{column}_id", flat=True)}
    waiting = list(kept)
    while waiting:
        needed = _needed_by(*waiting.pop(), run) - kept
        kept |= needed
        waiting += needed
    return kept


def _needed_by(name: str, pk: int, run: ImportRun) -> set[tuple[str, int]]:
    """What a record that stays cannot be without: records of the same run that it refers to."""
    model, found = getattr(records, name), set()
    record = model._base_manager.get(pk=pk)
    for field in model._meta.concrete_fields:
        other = field.related_model
        value = getattr(record, field.attname)
        if other is not None and value is not None:
            own = _own(other, run)
            if own is not None and own.filter(pk=value).exists():
                found.add((other.__name__, value))
    if name == "Order":
        shares = record.shares.filter(person__imported_by=run)
        found |= {("Person", person) for person in shares.values_list("person_id", flat=True)}
        paid = records.Allocation.objects.filter(instalment__order=record)
        paid = paid.filter(payment__imported_by=run)
        found |= {("Payment", each) for each in paid.values_list("payment_id", flat=True)}
    if name == "Payment":
        orders = record.allocations.filter(instalment__order__imported_by=run)
        found |= {("Order", each) for each in orders.values_list("instalment__order_id", flat=True)}
    return found


FOLLOWS = frozenset(
    ("Owed", "Notice", "ImportedRow", "Membership", "LayerSpell", "GradeEntry", "OrderLine",
     "CreditShare", "OrderChange", "Instalment", "Allocation", "SignedIn", "Target")
)  # fmt: skip
"""Rows that have no run of their own and go with what they belong to."""


def _own(model: Any, run: ImportRun) -> models.QuerySet[Any] | None:
    if any(each.name == "imported_by" for each in model._meta.concrete_fields):
        return model._base_manager.filter(imported_by=run)  # type: ignore[no-any-return]
    return None


def _retract(run: ImportRun, by: Any, at: datetime, kept: set[tuple[str, int]]) -> None:
    """Its facts are read on as if they had not been said; what was owed by them is owed no more."""
    stay = {f"{getattr(records, name).story}/{pk}" for name, pk in kept
            if getattr(getattr(records, name), "story", "")}  # fmt: skip
    lines = []
    stories: set[str] = set()
    told = LedgerLine.objects.filter(imported=run.pk)
    told = told.values_list("pk", "story", "owner", "customer")
    for pk, story, owner, customer in told.iterator(5000):
        if story in stay:
            continue
        stories.add(story)
        what = facts.FactRetracted(fact=pk)
        lines.append(
            LedgerLine(
                what=what.key,
                story=story,
                by=by.pk if by else None,
                owner=owner,
                customer=customer,
                at=at,
                noted_at=at,
                entered_at=at,
                opens=[],
                body=to_body(what),
            )
        )
    append(lines)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT story FROM records_owed WHERE story = ANY(%s)", [list(stories)]
        )
        owing = [row[0] for row in cursor.fetchall()]
    renewal.renew(owing, at, quiet=True)


def _restore(run: ImportRun) -> tuple[int, list[dict[str, Any]]]:
    """Fields that this run changed get their old values, the last change first; a field that was
    changed again since stays, and its row is named."""
    count, stayed = 0, []
    rows = ImportedRow.objects.filter(run=run, outcome="updated").exclude(before={})
    for row in rows.order_by("-pk"):
        model = ENTITIES.get(row.entity)
        record = model and model._base_manager.filter(pk=row.object_id).first()
        if not record:
            continue
        back = []
        for name, (old, new) in row.before.items():
            kind = record._meta.get_field(name)
            if getattr(record, kind.attname) == _value(kind, new):
                setattr(record, kind.attname, _value(kind, old))
                back.append(name)
        if back:
            record.save(update_fields=back)
            count += 1
        if len(back) < len(row.before):
            stayed.append(_named(row, CHANGED))
    return count, stayed


def _value(kind: Any, kept: Any) -> Any:
    """A kept value as the field holds it."""
    if kept is None or kind.is_relation:
        return kept
    value = kind.to_python(kept)
    if isinstance(kind, models.DecimalField):
        return value.quantize(Decimal(1).scaleb(-kind.decimal_places), ROUND_HALF_UP)
    return value


CHANGED, USED = "changed", "used"
NAMED = 200
"""So many rows that were not taken back are named; all are counted."""


def _named(row: ImportedRow, why: str) -> dict[str, Any]:
    return {"entity": row.entity, "key": row.key, "line": row.line, "why": why}


def _rows_kept(run: ImportRun, kept: set[tuple[str, int]], changed: set[str]) -> list[Any]:
    """The rows whose records stay, each with why: changed since, or used by something else."""
    told = []
    for row in ImportedRow.objects.filter(run=run, outcome="created").order_by("pk"):
        model = ENTITIES.get(row.entity)
        if model and row.object_id and (model.__name__, row.object_id) in kept:
            story = f"{getattr(model, 'story', '')}/{row.object_id}"
            told.append(_named(row, CHANGED if story in changed else USED))
    return told


def _told_since(run: ImportRun) -> set[str]:
    """Stories of this run that somebody, or a later import, has gone on telling."""
    own = LedgerLine.objects.filter(imported=run.pk).values("story")
    others = LedgerLine.objects.filter(story__in=own).exclude(imported=run.pk)
    told = list(others.values_list("pk", "story", "what", "body"))
    gone = {body.get("fact") for _pk, _story, what, body in told if what == RETRACTED}
    return {story for pk, story, what, _body in told if what != RETRACTED and pk not in gone}


ENTITIES: dict[str, Any] = {
    "team": records.Team, "person": records.Person, "product": records.Product,
    "customer": records.Customer, "contact": records.Contact, "deal": records.Deal,
    "order": records.Order, "payment": records.Payment, "ticket": records.Ticket,
}  # fmt: skip


def _remove(run: ImportRun, kept: set[tuple[str, int]]) -> int:
    """The records it made, what belongs to them first."""
    held: dict[str, list[int]] = defaultdict(list)
    for name, pk in kept:
        held[name].append(pk)
    made: dict[str, list[int]] = defaultdict(list)
    removed = 0
    for name in MADE:
        model = getattr(records, name)
        own = _own(model, run)
        if own is not None:
            made[name] = list(own.exclude(pk__in=held[name]).values_list("pk", flat=True))
    for name in MADE:
        model = getattr(records, name)
        if made[name]:
            removed += _delete(model, made[name])
            continue
        for owner, column in PARTS.get(name, ()):
            if made[owner]:
                model._base_manager.filter(**{f"{column}__in": made[owner]}).delete()
    return removed


PARTS = {
    "Target": (("Person", "person"),),
    "Allocation": (("Payment", "payment"), ("Order", "instalment__order")),
    "Instalment": (("Order", "order"),),
    "CreditShare": (("Order", "order"),),
    "OrderChange": (("Order", "order"),),
    "OrderLine": (("Order", "order"),),
    "GradeEntry": (("Customer", "customer"),),
    "LayerSpell": (("Person", "person"),),
    "Membership": (("Person", "person"),),
}


def _delete(model: Any, ids: list[int]) -> int:
    try:
        with transaction.atomic():
            rows = model._base_manager.filter(pk__in=ids)
            own = [f.name for f in model._meta.concrete_fields if f.related_model is model]
            if own:
                rows.update(**dict.fromkeys(own))
            rows.delete()
    except (ProtectedError, RestrictedError) as error:
        raise NotNow("Something that came later refers to what was imported.") from error
    return len(ids)
