"""Every row is accounted for: what became of it, what was noticed, what is proposed (4.3)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from .messages import Reason, Sentence

READ = ("accepted", "merged", "refused", "blank", "left_out")
"""What becomes of a row in reading; together they are all rows of the file."""
APPLIED = ("created", "updated", "unchanged", "refused_late")
"""What becomes of an accepted record when it is applied."""
LINES_KEPT = 5


@dataclass
class Tally:
    """The account of one reading of one file."""

    table: str
    entity: str
    rows: int = 0
    records: int = 0
    """Records that the accepted and merged rows gave."""
    outcomes: Counter[str] = field(default_factory=Counter)

    @property
    def balanced(self) -> bool:
        """Whether every row is accounted for, and every record too once they are applied."""
        read = sum(self.outcomes[name] for name in READ)
        applied = sum(self.outcomes[name] for name in APPLIED)
        return read == self.rows and applied in (0, self.records)

    def as_dict(self) -> dict[str, Any]:
        """For JSON: counts of every outcome that occurred."""
        return {
            "table": self.table,
            "entity": self.entity,
            "rows": self.rows,
            "records": self.records,
            **{name: self.outcomes[name] for name in (*READ, *APPLIED) if self.outcomes[name]},
        }


@dataclass
class Noticed:
    """The same remark on many rows: how often, the first lines, one example."""

    table: str
    entity: str
    field: str
    msgid: str
    count: int = 0
    lines: list[int] = field(default_factory=list)
    example: Sentence | None = None


@dataclass
class Proposal:
    """A likely misspelling or duplicate, for a person to decide."""

    entity: str
    written: str
    into: str
    score: float
    reasons: tuple[Sentence, ...]
    by: str = "name"
    places: set[tuple[str, int]] = field(default_factory=set)
    """Files and lines where it is written so."""

    def as_dict(self) -> dict[str, Any]:
        """For JSON and for the proposals kept with a run."""
        reasons = [str(reason) for reason in self.reasons]
        return {
            "entity": self.entity,
            "by": self.by,
            "written": self.written,
            "into": self.into,
            "score": self.score,
            "reasons": reasons,
            "rows": len(self.places),
            "line": min((line for _table, line in self.places), default=None),
        }


class Account:
    """The account of a whole import."""

    def __init__(self) -> None:
        self.tallies: list[Tally] = []
        self.noticed: dict[tuple[str, str, str, str], Noticed] = {}
        self.proposals: dict[tuple[str, str, str], Proposal] = {}
        self.reasons: Counter[tuple[str, str, str]] = Counter()

    def open(self, table: str, entity: str) -> Tally:
        """Begin the account of one reading."""
        tally = Tally(table, entity)
        self.tallies.append(tally)
        return tally

    def note(self, table: str, entity: str, field_name: str, sentence: Sentence, line: int) -> None:
        """Count a remark."""
        key = (table, entity, field_name, sentence.msgid)
        found = self.noticed.get(key)
        if found is None:
            found = self.noticed[key] = Noticed(*key, example=sentence)
        found.count += 1
        if len(found.lines) < LINES_KEPT:
            found.lines.append(line)

    def refuse(self, table: str, reasons: tuple[Reason, ...]) -> None:
        """Count the reasons of a refused row."""
        for reason in reasons:
            self.reasons[table, reason.field, reason.sentence.msgid] += 1

    def propose(self, proposal: Proposal, table: str = "", line: int = 0) -> None:
        """Remember a proposal, or one more row for it."""
        key = (proposal.entity, proposal.written, proposal.into)
        found = self.proposals.setdefault(key, proposal)
        if line:
            found.places.add((table, line))

    @property
    def balanced(self) -> bool:
        """Whether every row of every reading is accounted for."""
        return all(tally.balanced for tally in self.tallies)

    def as_dict(self) -> dict[str, Any]:
        """The whole account for JSON and for the run's row."""
        return {
            "balanced": self.balanced,
            "tables": [tally.as_dict() for tally in self.tallies],
            "notes": [
                {
                    "table": note.table,
                    "entity": note.entity,
                    "field": note.field,
                    "text": str(note.example),
                    "count": note.count,
                    "lines": note.lines,
                }
                for note in self.noticed.values()
            ],
            "proposals": [proposal.as_dict() for proposal in self.proposals.values()],
        }
