"""Folds an approval log into one contract with its rounds and the reviews of each (1.3.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from .messages import Sentence, Unreadable, _
from .stories import Note, ReviewEvent, RowValues, in_time_order


class _Contract:
    """The contract as its events are walked through."""

    def __init__(self, note: Note) -> None:
        self.note = note
        self.round = 0
        self.asked: datetime | None = None
        self.status = "drafting"
        self.drafted_at: datetime | None = None
        self.submitted: list[datetime] = []
        self.returned: list[datetime] = []
        self.approved_at: datetime | None = None
        self.reviews: list[ReviewEvent] = []

    def apply(self, does: str, role: str, values: Mapping[str, Any], line: int) -> None:
        """One event. What comes where it can't is noted, never dropped."""
        at, by = values["at"], values.get("by") or ""
        if self.drafted_at is None:
            self.drafted_at = at
        if does == "submit":
            self.round += 1
            self.asked, self.status = at, "in_review"
            self.submitted.append(at)
        elif does in ("approve", "agree", "return"):
            self.judge(does, role, at, by, line)
        elif does == "withdraw" or (does == "take_back" and self.status == "in_review"):
            self.status = "withdrawn"
        elif does == "pass" and self.status != "approved":
            self.note(Sentence(_("A step that follows an approval stands without one.")), line)

    def judge(self, does: str, role: str, at: datetime, by: str, line: int) -> None:
        """A reviewer's step: consent on the way, approval, or return to the author."""
        if self.asked is None:
            self.note(Sentence(_("A review stands before the first submission.")), line)
            return
        if does == "agree":
            return
        outcome = "approved" if does == "approve" else "returned"
        if not role:
            self.note(Sentence(_("A contract was returned by nobody that the log names.")), line)
        elif any((seen.round, seen.role) == (self.round, role) for seen in self.reviews):
            self.note(Sentence(_("A role judged a round twice; its first verdict stands.")), line)
        else:
            self.reviews.append(ReviewEvent(self.round, role, self.asked, outcome, at, by))
        if outcome == "returned":
            self.status = "returned"
            self.returned.append(at)
        else:
            self.asked = at
            self.approved_at = at
            self.status = "approved" if role == "finance" else self.status


def contract_story(
    rows: Sequence[RowValues], steps: Mapping[str, Mapping[str, Any]], note: Note
) -> dict[str, Any]:
    """One contract: code, rounds, reviews, its last status.

    The log is sequential: a review is asked for when the one before it is done, and the first
    one at submission. Raises Unreadable for an activity that the profile doesn't know.
    """
    ordered = in_time_order(rows, note)
    contract = _Contract(note)
    for line, values in ordered:
        step = steps.get(values["activity"])
        if step is None:
            raise Unreadable(
                _("The profile does not say what the activity %(value)s means."),
                value=values["activity"],
            )
        contract.apply(step["does"], step.get("role", ""), values, line)
    first = ordered[0][1]
    if not contract.submitted:
        note(Sentence(_("A contract was never submitted; it stays a draft.")), ordered[0][0])
    return {
        "code": first["contract"],
        "amount": first.get("amount"),
        "status": contract.status,
        "drafted_at": contract.drafted_at,
        "submitted_at": tuple(contract.submitted),
        "returned_at": tuple(contract.returned),
        "approved_at": contract.approved_at if contract.status == "approved" else None,
        "rounds": contract.round,
        "reviews": tuple(contract.reviews),
    }
