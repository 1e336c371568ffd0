"""What is owed: the obligations as the rules derive them, safe to rebuild from the ledger."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from .scope import scope_of


class OwedQuerySet(models.QuerySet):
    def visible_to(self, person: Any) -> Self:
        """One's own, one's department's, one's subtree's."""
        scope = scope_of(person)
        if scope.sees_all("owed"):
            return self
        return self.filter(Q(person_id__in=scope.people) | Q(role__in=person.roles))

    def owed_by(self, person: Any) -> Self:
        """What stands on this person's own desk: named for them, or waiting for their role."""
        return self.filter(Q(person=person) | Q(person=None, role__in=person.roles))

    def open(self) -> Self:
        return self.filter(outcome="")

    def begun(self, now: datetime) -> Self:
        return self.filter(opens_at__lte=now)

    def doable(self, now: datetime) -> Self:
        """Open, and can still be done: a week that is over cannot be updated any more."""
        return self.open().filter(Q(lapses_at=None) | Q(lapses_at__gt=now))

    def awake(self, now: datetime) -> Self:
        """Not put aside for the moment."""
        return self.filter(Q(snoozed_until=None) | Q(snoozed_until__lte=now))

    def missed(self, now: datetime) -> Self:
        """Open past their due moment. Never stored: a question asked at a moment."""
        return self.open().filter(due__lt=now)


class Owed(models.Model):
    """One obligation: a window of time in which something is wanted.

    The natural key is (kind, opening, window). `due` is what counts now, `promised` what was
    first said; they differ by pauses and grace. `outcome` is empty while it is open.
    """

    class Outcome(models.TextChoices):
        OPEN = ""
        MET = "met"
        LATE = "late"
        WAIVED = "waived"
        CANCELLED = "cancelled"

    kind = models.CharField(max_length=40)
    story = models.CharField(max_length=40)
    opening = models.BigIntegerField()
    window = models.CharField(max_length=40, default="")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    role = models.CharField(max_length=20, default="")
    customer = models.ForeignKey("records.Customer", models.CASCADE, null=True, related_name="+")
    opens_at = models.DateTimeField()
    due = models.DateTimeField()
    promised = models.DateTimeField()
    wanted = models.PositiveSmallIntegerField(default=1)
    given = models.PositiveSmallIntegerField(default=0)
    closing = models.BigIntegerField(null=True)
    met_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, default="", choices=Outcome.choices, blank=True)
    provisional = models.BooleanField(default=False)
    paused = models.PositiveIntegerField(default=0)
    edition = models.CharField(max_length=40, default="")
    calendar = models.CharField(max_length=40, default="")
    lapses_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    step = models.PositiveSmallIntegerField(default=0)
    breached_at = models.DateTimeField(null=True)
    snoozed_until = models.DateTimeField(null=True)

    objects = OwedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "opening", "window"], name="owed_once")
        ]
        indexes = [
            models.Index(fields=["person", "due"], condition=Q(outcome=""), name="owed_desk"),
            models.Index(
                fields=["role", "due"], condition=Q(outcome="", person=None), name="owed_role"
            ),
            models.Index(fields=["story"], name="owed_story"),
            models.Index(fields=["customer"], condition=Q(outcome=""), name="owed_customer"),
            models.Index(fields=["person", "kind", "due"], name="owed_judged"),
            models.Index(
                fields=["person", "met_at"], condition=Q(met_at__isnull=False), name="owed_done"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.story}"

    def state(self, now: datetime) -> str:
        """waiting, open, missed; or the outcome."""
        if self.outcome:
            return self.outcome
        if now < self.opens_at:
            return "waiting"
        return "missed" if now > self.due else "open"


class Look(models.Model):
    """When the sweep looks at an open obligation next (0.6); none where nobody has to any more.

    A narrow table beside `Owed.next_at`: an index on that column would have every index of a wide
    table written with every look.
    """

    owed = models.OneToOneField(
        Owed, models.CASCADE, primary_key=True, related_name="+", db_constraint=False
    )
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="look_at")]
