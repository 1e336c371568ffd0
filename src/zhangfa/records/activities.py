"""What sellers do with customers: calls, visits, messages, meetings, demos; visit plans."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from .base import Record, RecordQuerySet, owner_field
from .customers import Competitor, Contact, Customer
from .deals import Deal


class ActivityQuerySet(RecordQuerySet):
    def visible_to(self, person):
        return super().visible_to(person)

    def mine(self, people: frozenset[int]) -> Q:
        return Q(person_id__in=people) | Q(customer__owner_id__in=people)


class Activity(Record):
    """One contact with a customer. A visit counts when its record is complete (2.2.5)."""

    story = "customer"

    class Kind(models.TextChoices):
        CALL = "call"
        VISIT = "visit"
        MESSAGE = "message"
        MEETING = "meeting"
        DEMO = "demo"
        NOTE = "note"

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="activities")
    deal = models.ForeignKey(Deal, models.PROTECT, null=True, blank=True, related_name="activities")
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, blank=True)
    person = owner_field()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    at = models.DateTimeField()
    noted_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    text = models.TextField(blank=True, default="")
    outcome = models.CharField(max_length=160, blank=True, default="")
    next_step = models.CharField(max_length=160, blank=True, default="")
    next_on = models.DateField(null=True, blank=True)
    tags = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    competitor = models.ForeignKey(Competitor, models.PROTECT, null=True, blank=True)
    valid = models.BooleanField(default=True)
    planned = models.BooleanField(default=False)
    draft_key = models.CharField(max_length=40, blank=True, default="")

    objects = ActivityQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["customer", "-at"], name="activity_timeline"),
            models.Index(fields=["person", "kind", "at"], name="activity_person"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "draft_key"],
                condition=~Q(draft_key=""),
                name="activity_draft_once",
            )
        ]


class VisitPlan(models.Model):
    """How many visits a customer needs in a period (2.2.5); frozen at the period's start."""

    person = owner_field()
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="visit_plans")
    period = models.CharField(max_length=10)
    required = models.PositiveSmallIntegerField()
    cancelled = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "customer", "period"], name="visit_plan_once")
        ]
        indexes = [models.Index(fields=["period", "person"], name="visit_plan_period")]
