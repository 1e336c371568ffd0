"""0.7, 3.1.2 When people are told of an obligation: parts of its time, its breach, and upwards."""

from __future__ import annotations

from dataclasses import dataclass

from zhangfa.rules.policy import Policy, Reading
from zhangfa.rules.terms import Span


@dataclass(frozen=True)
class Ladder:
    """What one edition says for one kind.

    `parts` are the shares of the time, in order and below one, at which who owes is reminded; the
    breach is the step after them. With `up` the supervisor is told of the breach, and whoever
    stands above the supervisor when it has lasted for `after`.
    """

    parts: tuple[float, ...]
    up: bool
    after: Span


class Ladders:
    """Every ladder of a policy: the edition that opened an obligation governs it to the end."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._starts = {edition.key: edition.effective for edition in policy.editions}
        self._known: dict[tuple[str, str], Ladder] = {}

    def of(self, kind: str, edition: str) -> Ladder:
        """The ladder of a kind under an edition, the newest where that key is not known."""
        held = self._known.get((kind, edition))
        if held is None:
            newest = self.policy.editions[-1].effective
            reading = self.policy.on(self._starts.get(edition, newest))
            held = self._known[kind, edition] = _read(reading, kind)
        return held


def ladders_of(policy: Policy) -> Ladders:
    """The ladders of a policy, kept for as long as the same policy is asked about."""
    held = _kept.get("ladders")
    if held is None or held.policy is not policy:
        held = _kept["ladders"] = Ladders(policy)
    return held


_kept: dict[str, Ladders] = {}


def _read(reading: Reading, kind: str) -> Ladder:
    own = reading.get(f"{kind}.reminders")
    shares = reading["reminders.at"] if own is None else own
    parts = tuple(sorted({float(share) for share in shares if 0 < share < 1}))
    up = reading["reminders.escalate_at"] != "never"
    return Ladder(parts, up, reading["reminders.escalate_after"])
