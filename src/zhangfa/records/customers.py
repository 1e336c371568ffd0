"""Customers with contacts, channels and campaigns, grade and its history (1.1)."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from .base import Record, RecordQuerySet, money, owner_field
from .scope import Scope, scope_of


class Channel(models.Model):
    """A way customers come to us (1.1.1)."""

    class Kind(models.TextChoices):
        TRADE_SHOW = "trade_show"
        ONLINE_AD = "online_ad"
        REFERRAL = "referral"
        COMMUNITY = "community"
        OTHER = "other"

    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)

    def __str__(self) -> str:
        return self.name


class Campaign(models.Model):
    """One run of a channel with its dates and its cost in the company's currency."""

    channel = models.ForeignKey(Channel, models.PROTECT, related_name="campaigns")
    name = models.CharField(max_length=120)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    cost = money(default=0)

    def __str__(self) -> str:
        return self.name


class Competitor(models.Model):
    name = models.CharField(max_length=120, unique=True)

    def __str__(self) -> str:
        return self.name


class CustomerQuerySet(RecordQuerySet):
    def mine(self, people: frozenset[int]) -> Q:
        return Q(owner_id__in=people)

    def visible_to(self, person) -> Self:
        scope: Scope = scope_of(person)
        if scope.sees_all("customer"):
            return self
        return self.filter(self.mine(scope.people))

    def standing(self) -> Self:
        """Not merged away."""
        return self.filter(merged_into=None)

    def matching(self, grams: list[str]) -> Self:
        return self.filter(grams__contains=grams)


class Customer(Record):
    """A company we sell to or want to sell to."""

    story = "customer"

    class Status(models.TextChoices):
        ACTIVE = "active"
        EXISTING = "existing"
        POOL = "pool"
        LOST = "lost"

    MOVES = {
        "active": {"existing", "pool", "lost"},
        "existing": {"lost", "pool"},
        "pool": {"active", "existing", "lost"},
        "lost": {"active", "existing"},
    }

    class Grade(models.TextChoices):
        A = "A"
        B = "B"
        C = "C"

    code = models.CharField(max_length=60, blank=True, default="")
    name = models.CharField(max_length=160)
    short_name = models.CharField(max_length=60, blank=True, default="")
    credit_code = models.CharField(max_length=18, blank=True, default="")
    industry = models.CharField(max_length=60, blank=True, default="")
    country = models.CharField(max_length=60, blank=True, default="")
    city = models.CharField(max_length=60, blank=True, default="")
    address = models.CharField(max_length=240, blank=True, default="")
    phone = models.CharField(max_length=60, blank=True, default="")
    website = models.CharField(max_length=200, blank=True, default="")
    headcount = models.PositiveIntegerField(null=True, blank=True)
    annual_purchase = money(null=True, blank=True)
    annual_revenue = money(null=True, blank=True)
    credit_limit = money(null=True, blank=True)
    founded_year = models.PositiveSmallIntegerField(null=True, blank=True)
    purchase_cycle_months = models.PositiveSmallIntegerField(null=True, blank=True)
    demand = models.CharField(max_length=240, blank=True, default="")
    extra = models.JSONField(default=dict, blank=True)
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)

    owner = owner_field(null=True, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="group")
    referrer = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="referred"
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged"
    )
    channel = models.ForeignKey(Channel, models.PROTECT, null=True, blank=True)
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, blank=True)

    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)
    lost_reason = models.CharField(max_length=40, blank=True, default="")
    grade = models.CharField(max_length=1, choices=Grade.choices, default="C")
    grade_points = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    intent = models.PositiveSmallIntegerField(null=True, blank=True)
    budget_known = models.BooleanField(default=False)
    decision_maker_met = models.BooleanField(default=False)
    industry_potential = models.PositiveSmallIntegerField(null=True, blank=True)

    entered_at = models.DateTimeField()
    first_order_on = models.DateField(null=True, blank=True)
    touched_at = models.DateTimeField(null=True, blank=True)
    progressed_at = models.DateTimeField(null=True, blank=True)

    sort_key = models.CharField(max_length=200, blank=True, default="")
    initials = models.CharField(max_length=80, blank=True, default="")
    match_key = models.CharField(max_length=160, blank=True, default="")
    grams = ArrayField(models.CharField(max_length=2), default=list, blank=True)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["active", "existing", "pool", "lost"]),
                name="customer_status_known",
            ),
            models.CheckConstraint(
                condition=Q(grade__in=["A", "B", "C"]), name="customer_grade_known"
            ),
            models.UniqueConstraint(
                fields=["credit_code"],
                condition=~Q(credit_code="") & Q(merged_into=None),
                name="customer_credit_code_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["owner", "grade", "sort_key"],
                include=["id", "initials"],
                condition=Q(merged_into=None),
                name="customer_book",
            ),
            models.Index(fields=["sort_key", "id"], name="customer_sorted"),
            models.Index(
                fields=["grade", "sort_key", "id"],
                include=["owner", "initials"],
                condition=Q(merged_into=None),
                name="customer_graded",
            ),
            models.Index(
                fields=["owner", "first_order_on"],
                condition=Q(merged_into=None, first_order_on__isnull=False),
                name="customer_bought",
            ),
            models.Index(fields=["match_key"], name="customer_match"),
            GinIndex(fields=["grams"], name="customer_grams"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def about_customer(self) -> int:
        return self.pk

    @property
    def short(self) -> str:
        return self.short_name or self.name


class ContactQuerySet(RecordQuerySet):
    owner_path = "customer__owner_id"


class Contact(Record):
    """A person at a customer. Personal data: erasable, never in the ledger."""

    story = "customer"

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=80)
    title = models.CharField(max_length=80, blank=True, default="")
    phone = models.CharField(max_length=60, blank=True, default="")
    email = models.CharField(max_length=160, blank=True, default="")
    decides = models.BooleanField(default=False)
    consent = models.BooleanField(default=False)

    objects = ContactQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class GradeEntry(models.Model):
    """A grade as it was given (1.1.5): letter, points, factors with their evidence, edition."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="grades")
    grade = models.CharField(max_length=1)
    points = models.DecimalField(max_digits=5, decimal_places=2)
    factors = models.JSONField(default=list)
    edition = models.CharField(max_length=40)
    at = models.DateTimeField()
    by = owner_field(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["customer", "-at"], name="grade_history")]
