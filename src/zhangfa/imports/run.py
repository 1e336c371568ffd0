"""An import from files to tables: opened, read, applied; or only read, as a dry run (4.3)."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import timezone

from zhangfa.actions import imports as actions
from zhangfa.actions.imported import Book, Unusable, apply, finish
from zhangfa.records.models import (
    Customer,
    Deal,
    ImportRun,
    Order,
    Person,
    Product,
    Team,
)

from .known import Known
from .mapping import Profile, chosen_profile, load_profile, profile_names
from .messages import Reason, Refused, Sentence, _
from .reading import Table
from .refused_files import refused_csv
from .rows import Import, RefusedRow
from .sources import Sources, find_files, open_sources

EVERY = 1_000
"""Rows between two words of progress."""
Report = Callable[[int, int], None]
# What the tables already hold, by entity and by the field that a file may call it by.
HELD: tuple[tuple[str, str, Any, str], ...] = (
    ("team", "name", Team, "name"),
    ("team", "code", Team, "code"),
    ("person", "name", Person, "name"),
    ("person", "code", Person, "number"),
    ("person", "login", Person, "username"),
    ("product", "name", Product, "name"),
    ("product", "code", Product, "code"),
    ("customer", "name", Customer, "name"),
    ("customer", "code", Customer, "code"),
    ("customer", "credit_code", Customer, "credit_code"),
    ("customer", "short_name", Customer, "short_name"),
    ("deal", "code", Deal, "code"),
    ("order", "code", Order, "number"),
)


@dataclass
class Told:
    """What an import did, or would do."""

    run: ImportRun
    account: dict[str, Any]
    refused: list[RefusedRow] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def rows(self) -> int:
        """Rows read, over every reading."""
        return sum(int(each["rows"]) for each in self.account["tables"])

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "run": self.run.pk or None,
            "profile": self.run.profile,
            "dry_run": self.run.dry,
            "seconds": round(self.seconds, 2),
            "refused": len(self.refused),
            **self.account,
        }


def known_records(profile: Profile) -> Known:
    """The names and codes of the tables that this profile may refer to."""
    wanted = {spec.entity for spec in profile.tables} | {
        column.refers for spec in profile.tables for column in spec.columns if column.refers
    }
    known = Known()
    for entity, by, model, name in HELD:
        if entity in wanted:
            rows = model._default_manager.exclude(**{name: ""}).values_list(name, flat=True)
            known.add(entity, by, rows.iterator(10_000))
    return known


def carry_out(
    profile: Profile,
    sources: Sources,
    *,
    by: Person | None,
    now: datetime,
    dry: bool = False,
    name: str = "",
    report: Report = lambda done, total: None,
    run: ImportRun | None = None,
) -> Told:
    """Read every row and apply it; with `dry` nothing is written. Every row is accounted for.

    Raises Refused for files that cannot be read at all, NotAllowed.
    """
    began = time.monotonic()
    total = sum(count_rows(table) for _spec, table in sources.readings)
    encoding = ", ".join(sorted({table.encoding.name for _spec, table in sources.readings}))
    if run is None:
        book = actions.begin(
            by=by, at=now, profile=profile.key, name=name, encoding=encoding, total=total, dry=dry
        )
    else:
        book = Book(run, by, now)  # type: ignore[arg-type]
    run = book.run
    try:
        work = Import(profile, sources.readings, known_records(profile))
        refused = _read(work, book, total, report)
        account = work.account.as_dict()
        account["problems"] = [str(each) for each in (*sources.problems, *work.problems)]
        account["unread"] = list(sources.unread)
        if dry:
            finish(book)
            account["owed"] = sum(1 for line in book.lines if line.opens)
        else:
            run.total = total
            file = refused_csv_of(refused)
            actions.write(
                book, at=timezone.now(), account=account, refused_file=file, targets=profile.targets
            )
    except Exception as error:
        if not dry:
            actions.fail(run, timezone.now(), str(error)[:300])
        raise
    run.account = account
    return Told(run, account, refused, time.monotonic() - began)


def carry_out_draft(draft: Any, run: ImportRun, now: datetime) -> Told:
    """The import of a draft whose run has begun; the draft's files go when it is done."""
    profile = draft.read_as()
    sources = open_sources(profile, draft.paths)
    told = carry_out(profile, sources, by=run.by, now=now, name=run.name, run=run)
    draft.discard()
    return told


def count_rows(table: Table) -> int:
    """The rows of a table."""
    return sum(1 for _row in table.rows())


def _read(work: Import, book: Book, total: int, report: Report) -> list[RefusedRow]:
    refused: list[RefusedRow] = []
    seen = told = 0
    for item in work.rows():
        if isinstance(item, RefusedRow):
            refused.append(item)
            seen += 1
        else:
            seen += len(item.lines)
            try:
                work.applied(item, apply(book, item))
            except Unusable as error:
                sentence = Sentence(error.msgid, error.params)
                refused.append(work.refuse(item, (Reason(error.field, "", sentence),)))
        if seen - told >= EVERY:
            told = seen
            if book.run.pk:
                actions.progress(book.run, seen)
            report(seen, total)
    report(total, total)
    return refused


def refused_csv_of(refused: Sequence[RefusedRow]) -> str:
    """All refused rows as one text: the file and its columns, then its rows, a blank between."""
    groups: dict[tuple[str, str], list[RefusedRow]] = {}
    for row in refused:
        groups.setdefault((row.table, row.entity), []).append(row)
    parts = [refused_csv(rows).decode("utf-8-sig") for rows in groups.values()]
    return "\r\n".join(parts)


def fitting_profile(files: Mapping[str, Path]) -> Profile:
    """The profile whose files these are: the one that leaves the fewest unread.

    Raises Refused where none fits.
    """
    best: tuple[int, int, str] | None = None
    for key in profile_names():
        sources = open_sources(load_profile(key), files)
        if sources.readings and not sources.problems:
            place = (len(sources.unread), -len(sources.readings), key)
            best = place if best is None else min(best, place)
    if best is None:
        raise Refused(
            _("No profile fits these files; name one of: %(profiles)s."),
            profiles=", ".join(profile_names()),
        )
    return load_profile(best[2])


def run(
    path: Path,
    *,
    profile: str | None = None,
    dry_run: bool = False,
    by: Person | None = None,
    refused: Path | None = None,
    report: Callable[[str], None] = lambda line: None,
) -> dict[str, Any]:
    """`zhangfa import`: a file or folder, by the profile named or the one that fits; refused rows
    go into the file `refused`.

    Raises Refused (a ValueError) with a sentence for what cannot be read.
    """
    files = find_files(path)
    chosen = load_profile(profile) if profile else fitting_profile(files)
    sources = open_sources(chosen, files)
    if not sources.readings:
        raise Refused(_("None of the files of %(profile)s is in %(path)s."),
                      profile=chosen.key, path=str(path))  # fmt: skip
    last = [-1]

    def said(done: int, total: int) -> None:
        percent = 100 * done // total if total else 100
        if percent // 10 != last[0] // 10:
            last[0] = percent
            report(f"{percent} % ({done:,} of {total:,} rows)")

    told = carry_out(
        chosen, sources, by=by, now=timezone.now(), dry=dry_run, name=path.name, report=said
    )
    if refused is not None:
        refused.write_text(refused_csv_of(told.refused), encoding="utf-8-sig", newline="")
    report(f"{told.rows:,} rows in {told.seconds:.1f} s, {len(told.refused):,} refused")
    return told.as_dict()


__all__ = ["Told", "carry_out", "chosen_profile", "fitting_profile", "known_records", "run"]
