"""Contracts and their reviews by legal and finance (1.3.1 to 1.3.4)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from .base import Record, RecordQuerySet, money, owner_field
from .customers import Customer
from .deals import Deal


class Contract(Record):
    """A contract from draft to signature."""

    story = "contract"

    class Status(models.TextChoices):
        DRAFTING = "drafting"
        IN_REVIEW = "in_review"
        RETURNED = "returned"
        APPROVED = "approved"
        SIGNED = "signed"
        WITHDRAWN = "withdrawn"

    MOVES = {
        "drafting": {"in_review", "withdrawn"},
        "in_review": {"returned", "approved", "withdrawn"},
        "returned": {"in_review", "withdrawn"},
        "approved": {"signed", "returned", "withdrawn"},
        "signed": set(),
        "withdrawn": set(),
    }

    number = models.CharField(max_length=40, unique=True)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="contracts")
    deal = models.ForeignKey(Deal, models.PROTECT, null=True, blank=True, related_name="contracts")
    owner = owner_field()
    title = models.CharField(max_length=160, blank=True, default="")
    amount = money(default=0)
    currency = models.CharField(max_length=3, default="CNY")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFTING)
    round = models.PositiveSmallIntegerField(default=0)
    terms = models.TextField(blank=True, default="")
    payment_terms = models.JSONField(default=list, blank=True)
    breach_terms = models.TextField(blank=True, default="")
    drafted_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "drafting",
                        "in_review",
                        "returned",
                        "approved",
                        "signed",
                        "withdrawn",
                    ]
                ),
                name="contract_status_known",
            )
        ]

    def __str__(self) -> str:
        return self.number


class ReviewQuerySet(RecordQuerySet):
    def mine(self, people: frozenset[int]) -> Q:
        return Q(reviewer_id__in=people) | Q(contract__owner_id__in=people)


class Review(Record):
    """One reviewer's look at one round of a contract. The reviewer is never the author."""

    story = "contract"

    class Outcome(models.TextChoices):
        WAITING = ""
        APPROVED = "approved"
        RETURNED = "returned"
        SUPERSEDED = "superseded"

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="reviews")
    round = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=10)
    reviewer = owner_field(null=True, blank=True)
    author = owner_field()
    asked_at = models.DateTimeField()
    outcome = models.CharField(
        max_length=10, choices=Outcome.choices, default=Outcome.WAITING, blank=True
    )
    payment_terms_checked = models.BooleanField(default=False)
    breach_checked = models.BooleanField(default=False)
    findings = models.TextField(blank=True, default="")
    at = models.DateTimeField(null=True, blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "round", "role"], name="review_once"),
            models.CheckConstraint(
                condition=Q(reviewer=None) | ~Q(reviewer=F("author")), name="review_not_by_author"
            ),
            models.CheckConstraint(
                condition=~Q(outcome="approved")
                | Q(payment_terms_checked=True, breach_checked=True),
                name="review_checklist_whole",
            ),
        ]


class ContractVersion(models.Model):
    """The draft as it was handed in for one round of review: what the reviewers looked at."""

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="versions")
    round = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=160, blank=True, default="")
    amount = money(default=0)
    currency = models.CharField(max_length=3, default="CNY")
    terms = models.TextField(blank=True, default="")
    payment_terms = models.JSONField(default=list, blank=True)
    breach_terms = models.TextField(blank=True, default="")
    by = owner_field(null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "round"], name="contract_version_once")
        ]
