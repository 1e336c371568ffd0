"""What a timed promise is made of: the shape of a window, what opens it, what closes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from .. import facts as f

Shape = Literal["within", "before", "every", "quiet"]
Whats = tuple[type[f.What], ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Kind:
    """One promise. How long, how often and how many are the policy's to say, under `<key>.within`,
    `.before`, `.every`, `.at_least` and so on.

    shape    "within" a span of the opening; "before" the date it carries; "every" period between
             opening and ending; "quiet": a span after the last of `opens`, then within another
    needs    before one of these has happened nothing is owed
    bars     after one of these an opening opens nothing, until one of `lifts`
    same     the field that the opening (or, for "every", the period) and the closing share
    all_of   the field of the closings that has to take every value the policy lists (`<key>.set`)
             before they close; the value "set" stands for all of them
    ends     what ends a run of periods; the next opening begins another
    cancels  what makes it pointless, if it is not breached by then; with `cancels_same` only what
             shares the field `same`
    stops    other facts than ClockStopped that stop a pausable clock, and what starts it again
    voids    what makes a closing not count: the time between the two is a stop
    agreed   facts that carry another deadline, agreed while this one was not yet passed
    owed_by  "owner"; "person" of the story; "role:x"; "fact:x" = the person the opening names in
             x, else the role x (or the role it names)
    otherwise the role that owes it where the record has no owner
    grades   whether the span depends on the customer's grade at the opening
    """

    key: str
    clause: str
    shape: Shape
    opens: Whats
    closes: Whats
    needs: Whats = ()
    bars: Whats = ()
    lifts: Whats = ()
    ends: Whats = ()
    cancels: Whats = ()
    stops: Whats = ()
    resumes: Whats = ()
    voids: Whats = ()
    agreed: Whats = ()
    owed_by: str = "owner"
    otherwise: str = ""
    same: str = ""
    cancels_same: bool = False
    all_of: str = ""
    grades: bool = False
    opens_if: Callable[[Any], bool] | None = None
    cancels_if: Callable[[Any], bool] | None = None


def changed(what: Any) -> bool:
    """A touch opens always, a grade only when it is another one: regrading is no touch."""
    return getattr(what, "changed", True)


def progress(what: Any) -> bool:
    """The customer moved: any contact, or a word of the week that says more than "no change"."""
    return owned(what) and getattr(what, "kind", "progress") == "progress"


def owned(what: Any) -> bool:
    """Somebody answers for the customer: one entered straight into the open pool owes nothing."""
    return getattr(what, "owner", 0) is not None


def in_role(role: str) -> Callable[[Any], bool]:
    """The fact is about this role."""
    return lambda what: getattr(what, "role", "") == role
