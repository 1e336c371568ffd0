"""Ties what a row refers to with the records that are known, and proposes what may be meant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .account import Account, Proposal
from .known import Known, Ref
from .mapping import ColumnSpec, Profile
from .matching import SOUND, NameIndex
from .messages import Reason, Sentence, Unreadable, _
from .row_readers import RowReader

OTHER_WAYS = ("code", "name", "short_name", "login", "credit_code")
"""Fields by which a record is looked for where the column's own finds none."""


class References:
    """Resolves references: a person's decisions first, then known names, then proposals."""

    def __init__(self, profile: Profile, known: Known, account: Account) -> None:
        self.known, self.account = known, account
        self.merges = {(merge.entity, merge.written): merge.into for merge in profile.merges}

    def resolve(self, reader: RowReader, values: dict[str, Any], line: int) -> list[Reason]:
        """Replaces the written references of a row; the reasons where one can't be made."""
        reasons = []
        for column in reader.references:
            written = values.get(column.field)
            if written is None:
                continue
            try:
                values[column.field] = self._ref(reader, column, str(written), line)
            except Unreadable as error:
                reasons.append(Reason(column.header or column.field, str(written), error.sentence))
        return reasons

    def _ref(self, reader: RowReader, column: ColumnSpec, written: str, line: int) -> Ref | None:
        value = self.merges.get((column.refers, written), written)
        if value != written:
            sentence = Sentence(
                _("%(written)s was read as %(into)s, as decided."),
                {"written": written, "into": value},
            )
            reader.note(column.field, sentence, line)
        for by in dict.fromkeys((column.by, *OTHER_WAYS)):
            found = self.known.find(column.refers, by, value)
            if found is not None:
                return Ref(column.refers, by, found, True)
        return self._unknown(
            reader, column, value, self._propose(reader, column, value, line), line
        )

    def _propose(self, reader: RowReader, column: ColumnSpec, value: str, line: int) -> str:
        """The known name that is likely meant, after noting the proposal."""
        if column.by != "name":
            return ""
        near = self.known.near(column.refers, column.by, value)
        if not near:
            return ""
        best = near[0]
        proposal = Proposal(column.refers, value, best.known, best.score, best.reasons)
        self.account.propose(proposal, reader.table, line)
        return best.known

    def _unknown(
        self, reader: RowReader, column: ColumnSpec, value: str, likely: str, line: int
    ) -> Ref | None:
        params = {"value": value, "likely": likely}
        if column.missing == "create":
            return Ref(column.refers, column.by, value, False)
        if column.missing == "empty":
            sentence = Sentence(_("%(value)s is not known; the field is left empty."), params)
            reader.note(column.field, sentence, line)
            return None
        if likely:
            raise Unreadable(_("%(value)s is not known. Perhaps %(likely)s is meant."), **params)
        raise Unreadable(_("%(value)s is not known."), **params)

    def compare_names(self, entity: str, names: Iterable[str]) -> None:
        """Proposes to merge records whose names are likely to mean the same (4.4)."""
        index = NameIndex(self.known.exact.get((entity, "name"), {}).values())
        for name in dict.fromkeys(names):
            index.add(name)
            for match in index.near(name, SOUND):
                turned = (entity, match.known, name)
                if match.known != name and turned not in self.account.proposals:
                    self.account.propose(
                        Proposal(entity, name, match.known, match.score, match.reasons)
                    )
