"""Notices to people in the app: each said once (0.7, 3.1.2)."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from .owed import Owed


class Notice(models.Model):
    """One line in somebody's inbox. `once` makes a second of the same impossible.

    It outlives its obligation: that may go, with the facts it followed from, while it is written.
    """

    class Kind(models.TextChoices):
        ASKED = "asked"
        REMINDED = "reminded"
        DUE = "due"
        BREACHED = "breached"
        ESCALATED = "escalated"

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", db_index=False
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    owed = models.ForeignKey(Owed, models.CASCADE, null=True, related_name="+", db_constraint=False)
    ref = models.CharField(max_length=40, blank=True, default="")
    once = models.CharField(max_length=120)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["once"], name="notice_once")]
        indexes = [
            models.Index(
                fields=["person", "-at"], condition=models.Q(read_at=None), name="notice_unread"
            ),
            models.Index(fields=["person", "-at"], name="notice_inbox"),
        ]
