"""0.6 Asking to be let off: nobody waives what they owe, but they may say why it should be."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from zhangfa.answers.duty import asked_field, may_be_asked
from zhangfa.records.models import Change, Notice, Owed

from .action import Invalid, NotAllowed, NotNow
from .inbox import tell


@transaction.atomic
def ask_waiver(owed: Owed, *, by: Any, at: datetime, reason: str) -> Notice:
    """Ask one's lead to waive an obligation; the deadline runs on until they do.

    Returns the lead's notice. Raises NotAllowed for others, Invalid without a reason, NotNow when
    it is settled, was asked before, or nobody leads the person.
    """
    if owed.person_id != by.pk:
        raise NotAllowed("Only the person who owes this can ask for it to be waived.")
    if owed.outcome:
        raise NotNow("This has been settled already.")
    if not reason.strip():
        raise Invalid("reason", "Say why this should be waived.")
    lead = may_be_asked(owed, at)
    if lead is None:
        raise NotNow("Nobody leads you today: ask the policy officer.")
    once = f"waive/{owed.pk}/{by.pk}"
    if Notice.objects.filter(once=once).exists():
        raise NotNow("This was asked already; the answer is on its way.")
    Change.objects.create(
        ref=owed.story, field=asked_field(owed), new=reason.strip()[:500], by=by, at=at
    )
    tell([lead.pk])
    return Notice.objects.create(
        person=lead, kind=Notice.Kind.ASKED, owed=owed, ref=owed.story, once=once, at=at
    )
