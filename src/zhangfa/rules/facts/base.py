"""What a fact is: an envelope around something that happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


class What:
    """Something that can happen to a record. `key` is its name in the ledger, for good."""

    key: ClassVar[str]


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the ledger. `at` is when it happened, `noted_at` when it was written down.

    `owner` answered for the record then; `opens` are the obligation kinds it may open (None: all),
    for history that comes from another system.
    """

    id: int
    what: What
    story: str
    by: int | None
    at: datetime
    noted_at: datetime
    owner: int | None = None
    opens: frozenset[str] | None = None
