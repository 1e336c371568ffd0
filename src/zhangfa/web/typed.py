"""What people type into plain forms: amounts, days, moments. A refusal names its field."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from zhangfa.actions.action import Invalid


def amount(typed: str, field: str = "amount") -> Decimal:
    """An amount to the cent; commas may group it. Raises Invalid for what is none."""
    try:
        found = Decimal(typed.strip().replace(",", "")).quantize(Decimal("0.01"))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or not -(10**14) < found < 10**14:
        raise Invalid(field, "This is no amount: write a number such as 128000.")
    return found


def day(typed: str, field: str) -> date:
    """A calendar day. Raises Invalid for what is none."""
    try:
        found = parse_date(typed.strip())
    except ValueError:
        found = None
    if found is None:
        raise Invalid(field, "This is no date.")
    return found


def moment(typed: str, field: str) -> datetime:
    """A moment in the reader's time zone. Raises Invalid for what is none."""
    try:
        found = parse_datetime(typed.strip())
    except ValueError:
        found = None
    if found is None:
        raise Invalid(field, "This is no date and time.")
    return timezone.make_aware(found) if timezone.is_naive(found) else found
