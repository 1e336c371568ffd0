"""An import before it is run: the files somebody brought and what they chose about them (4.3).

A draft lies in a folder of its own below the home's `imports/`, so that nothing of it is in a
table before its owner says so. Only its owner opens it; old ones are swept when a new one begins.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404

from zhangfa.imports.limits import Limits
from zhangfa.imports.mapping import Merge, Profile, TableSpec, chosen_profile, load_profile
from zhangfa.imports.messages import Refused, _
from zhangfa.imports.reading import Table, open_table

MOST_FILES = 20
KEPT = timedelta(days=3)
HAND = ""
"""The profile of a draft whose columns are chosen by hand."""
GENERIC = {
    "customer": "customers",
    "contact": "contacts",
    "deal": "deals",
    "order": "orders",
    "payment": "payments",
}
"""The profile whose options are taken for the fields of an entity chosen by hand."""
TOKEN = re.compile(r"[\w-]{16}")


@dataclass
class Chosen:
    """What was chosen about one file; empty means: find it out. `columns` is header -> field."""

    name: str
    size: int = 0
    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    entity: str = ""
    columns: dict[str, str] | None = None

    def forget(self) -> None:
        """Another reading of the file: its columns are found anew."""
        self.entity, self.columns = "", None


@dataclass
class Draft:
    """An import that is being prepared."""

    token: str
    by: int
    at: str
    profile: str = HAND
    files: list[Chosen] = field(default_factory=list)
    merges: list[dict[str, str]] = field(default_factory=list)
    currency: str = "CNY"
    day_first: bool | None = None
    decimal: str = "auto"

    @property
    def folder(self) -> Path:
        return home() / self.token

    @property
    def paths(self) -> dict[str, Path]:
        """The files by the name that people know them by."""
        return {each.name: self.folder / f"{n}.bin" for n, each in enumerate(self.files)}

    def save(self) -> None:
        """Write what was chosen."""
        text = json.dumps(asdict(self), ensure_ascii=False)
        (self.folder / "draft.json").write_text(text, "utf-8")

    def discard(self) -> None:
        """The files are gone."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def open(self, chosen: Chosen) -> Table:
        """One of its files as a table. Raises Refused."""
        return open_table(
            self.paths[chosen.name].read_bytes(),
            chosen.name,
            encoding=chosen.encoding or None,
            separator=chosen.separator or None,
            sheet=chosen.sheet or None,
        )

    def read_as(self) -> Profile:
        """The profile that its choices make, decisions about misspelt names included."""
        merges = tuple(Merge(**merge) for merge in self.merges)
        if self.profile != HAND:
            profile = load_profile(self.profile)
            tables = tuple(self._as_told(table) for table in profile.tables)
            return replace(profile, tables=tables).deciding(merges)
        base = load_profile("customers")
        tables = tuple(self._by_hand(each) for each in self.files if each.entity and each.columns)
        return replace(
            base,
            key="by_hand",
            title=", ".join(each.name for each in self.files)[:80],
            tables=tables,
            currency=self.currency,
            day_first=self.day_first,
            decimal=self.decimal,
            zone=ZoneInfo(settings.TIME_ZONE),
        ).deciding(merges)

    def _as_told(self, table: TableSpec) -> TableSpec:
        """A table of a profile with the encoding and separator that were chosen for its file."""
        for each in self.files:
            if each.name.lower().removesuffix(".gz") == table.file.lower():
                return replace(
                    table,
                    encoding=each.encoding or table.encoding,
                    separator=each.separator or table.separator,
                )
        return table

    def _by_hand(self, each: Chosen) -> TableSpec:
        base = load_profile(GENERIC.get(each.entity, "customers"))
        columns = {header: name for header, name in (each.columns or {}).items() if name}
        spec = chosen_profile(each.entity, columns, base, each.name).tables[0]
        return replace(
            spec,
            encoding=each.encoding or None,
            separator=each.separator or None,
            sheet=each.sheet or None,
        )


def home() -> Path:
    """Where drafts lie."""
    return Path(settings.HOME) / "imports"


def begin(uploads: Iterable[UploadedFile], by: Any, at: datetime) -> Draft:
    """Keep the files somebody brought. Raises Refused with a sentence for what is too much."""
    files = list(uploads)
    if not files:
        raise Refused(_("Choose at least one file."))
    if len(files) > MOST_FILES:
        raise Refused(_("At most %(most)s files are taken at once."), most=MOST_FILES)
    limit = Limits().file_bytes
    for each in files:
        if (each.size or 0) > limit:
            raise Refused(
                _("%(name)s has %(size)s MB; at most %(limit)s MB are taken."),
                name=each.name,
                size=f"{(each.size or 0) / 1048576:,.1f}",
                limit=limit // 1048576,
            )
    sweep(at)
    draft = Draft(secrets.token_urlsafe(12), by.pk, at.isoformat())
    draft.folder.mkdir(parents=True, mode=0o700)
    for each in files:
        draft.files.append(Chosen(_unlike(Path(each.name or "").name, draft), each.size or 0))
        with list(draft.paths.values())[-1].open("wb") as file:
            for piece in each.chunks():
                file.write(piece)
    draft.save()
    return draft


def _unlike(name: str, draft: Draft) -> str:
    taken, stem, count = {each.name for each in draft.files}, name or "table.csv", 2
    while name in taken or not name:
        name, count = f"{count} {stem}", count + 1
    return name[:120]


def draft_of(token: str, by: Any) -> Draft:
    """Somebody's own draft; 404 for others' and for what is gone."""
    path = home() / token / "draft.json"
    if not TOKEN.fullmatch(token) or not path.is_file():
        raise Http404
    told = json.loads(path.read_text("utf-8"))
    if told["by"] != by.pk:
        raise Http404
    told["files"] = [Chosen(**each) for each in told["files"]]
    return Draft(**told)


def sweep(now: datetime) -> None:
    """Drafts that nobody went on with are removed."""
    for folder in home().glob("*/"):
        path = folder / "draft.json"
        try:
            old = now - datetime.fromisoformat(json.loads(path.read_text("utf-8"))["at"]) > KEPT
        except (OSError, ValueError, KeyError):
            continue
        if old:
            shutil.rmtree(folder, ignore_errors=True)
