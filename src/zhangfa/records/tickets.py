"""After-sales issues with their three clocks (1.4.3 to 1.4.6)."""

from __future__ import annotations

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from .base import Record, RecordQuerySet, owner_field
from .customers import Customer


class TicketQuerySet(RecordQuerySet):
    def mine(self, people: frozenset[int]) -> Q:
        return Q(owner_id__in=people) | Q(customer__owner_id__in=people)


class Ticket(Record):
    """An issue a customer raised."""

    story = "ticket"

    class Status(models.TextChoices):
        OPEN = "open"
        ANSWERED = "answered"
        WAITING = "waiting"
        RESOLVED = "resolved"
        CLOSED = "closed"

    MOVES = {
        "open": {"answered", "waiting", "resolved", "closed"},
        "answered": {"waiting", "resolved", "closed", "answered"},
        "waiting": {"answered", "resolved", "closed", "open"},
        "resolved": {"closed", "answered", "waiting"},
        "closed": {"answered"},
    }

    class Source(models.TextChoices):
        PORTAL = "portal"
        EMAIL = "email"
        API = "api"
        TYPED = "typed"
        IMPORT = "import"

    number = models.CharField(max_length=40, unique=True)
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="tickets"
    )
    owner = owner_field(null=True, blank=True)
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True, default="")
    category = models.CharField(max_length=60, blank=True, default="")
    priority = models.PositiveSmallIntegerField(default=3)
    source = models.CharField(max_length=8, choices=Source.choices, default=Source.TYPED)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    raised_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    solved_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    confirmed = models.BooleanField(default=False)
    reopened = models.PositiveSmallIntegerField(default=0)
    solution = models.TextField(blank=True, default="")

    objects = TicketQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                OpClass(Upper("number"), name="text_pattern_ops"), name="ticket_number_typed"
            ),
            models.Index(
                fields=["owner", "raised_at"],
                condition=~Q(status="closed"),
                name="ticket_open",
            ),
        ]

    def __str__(self) -> str:
        return self.number
