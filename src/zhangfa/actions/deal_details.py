"""1.2.1 Plain details of a deal: value, product, expected day, next step; changes are noted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from zhangfa.records.models import Deal

from .action import Invalid, NotNow, action
from .details import note_changes
from .may import owner_or_lead

FIELDS = ("title", "amount", "product", "expected_on", "next_step", "next_on", "competitor")


@action(may=owner_or_lead)
def edit_deal(deal: Deal, *, by: Any, at: datetime, **values: Any) -> None:
    """Other details, each noted with old and new value and author (4.11).

    Raises NotNow when the deal is decided, Invalid for a value that cannot be.
    """
    if deal.stage not in Deal.OPEN:
        raise NotNow("The deal is closed already.")
    if "title" in values and not values["title"].strip():
        raise Invalid("title", "A deal needs a title.")
    if values.get("amount") is not None and values["amount"] < 0:
        raise Invalid("amount", "An amount cannot be negative.")
    note_changes(deal, by, at, {key: values[key] for key in FIELDS if key in values})
