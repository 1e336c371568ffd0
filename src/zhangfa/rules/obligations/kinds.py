"""Every timed promise of the policy, in the order of its clauses."""

from __future__ import annotations

from .. import facts as f
from .kind import Kind, Whats
from .kinds_company import COMPANY
from .kinds_contracts import CONTRACTS
from .kinds_selling import SELLING
from .kinds_service import SERVICE

KINDS: tuple[Kind, ...] = (*SELLING, *CONTRACTS, *SERVICE, *COMPANY)
BY_KEY: dict[str, Kind] = {kind.key: kind for kind in KINDS}
OPENED_BY: dict[type[f.What], tuple[Kind, ...]] = {
    what: tuple(kind for kind in KINDS if what in kind.opens)
    for what in {what for kind in KINDS for what in kind.opens}
}

__all__ = ["BY_KEY", "KINDS", "OPENED_BY", "Kind", "Whats"]
