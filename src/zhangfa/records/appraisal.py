"""Targets, verdicts, and the editions of the policy as adopted (2.1.3, 2.3.8)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from .base import RecordQuerySet, owner_field


class Target(models.Model):
    """What a person is asked to reach in a metric and a period: dated, authored, approved."""

    person = owner_field()
    metric = models.CharField(max_length=40)
    period = models.CharField(max_length=10)
    value = models.DecimalField(max_digits=16, decimal_places=2)
    method = models.CharField(max_length=40, blank=True, default="")
    author = owner_field(null=True)
    approver = owner_field(null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["period", "metric", "person"], name="target_period")]
        constraints = [
            models.CheckConstraint(
                condition=Q(approver=None) | ~Q(approver=F("author")), name="target_two_people"
            ),
            models.CheckConstraint(condition=Q(value__gte=0), name="target_not_negative"),
        ]


class HandIn(models.Model):
    """What somebody handed in for a period: report, self-evaluation, brief (1.1.2, 2.3)."""

    person = owner_field()
    kind = models.CharField(max_length=40)
    period = models.CharField(max_length=10)
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["person", "period"], name="hand_in_period")]


class VerdictQuerySet(RecordQuerySet):
    owner_path = "person_id"


class Verdict(models.Model):
    """A frozen result: the card in canonical form, its hash, the hash before it."""

    story = "verdict"

    person = owner_field()
    period = models.CharField(max_length=10)
    version = models.PositiveSmallIntegerField(default=1)
    card = models.TextField()
    total = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    digest = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    frozen_at = models.DateTimeField()
    frozen_by = owner_field()
    reason = models.CharField(max_length=160, blank=True, default="")

    objects = VerdictQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "period", "version"], name="verdict_once"),
            models.UniqueConstraint(fields=["previous"], name="verdict_chain"),
        ]


class Edition(models.Model):
    """The policy as adopted: from which day, by whom, seconded by whom, why."""

    key = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=120)
    effective = models.DateField(unique=True)
    document = models.TextField()
    adopted_at = models.DateTimeField()
    adopted_by = owner_field(null=True)
    seconded_by = owner_field(null=True)
    reason = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["effective"]
        constraints = [
            models.CheckConstraint(
                condition=Q(seconded_by=None) | ~Q(seconded_by=F("adopted_by")),
                name="edition_two_people",
            )
        ]


class CalendarDay(models.Model):
    """A day on which work differs from what the published calendar says (0.1)."""

    country = models.CharField(max_length=2, default="CN")
    day = models.DateField()
    works = models.BooleanField()
    name = models.CharField(max_length=80, blank=True, default="")
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["country", "day"], name="calendar_day_once")]
