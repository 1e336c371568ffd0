"""Products, deals with their stages, questions on proposals (1.2)."""

from __future__ import annotations

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from .base import Record, RecordQuerySet, money, owner_field
from .customers import Competitor, Customer


class Product(models.Model):
    """Something we sell. Plain record: no facts."""

    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=160)
    line = models.CharField(max_length=80, blank=True, default="")
    price = money(null=True, blank=True)
    cost = money(null=True, blank=True)
    imported_by = models.ForeignKey(
        "records.ImportRun", models.SET_NULL, null=True, blank=True, related_name="+"
    )

    def __str__(self) -> str:
        return self.name


class Deal(Record):
    """A chance to sell, moving along the stages of 1.2.1."""

    story = "deal"

    class Stage(models.TextChoices):
        DISCOVERY = "discovery"
        SOLUTION = "solution"
        NEGOTIATION = "negotiation"
        CONTRACT = "contract"
        WON = "won"
        LOST = "lost"

    OPEN = ("discovery", "solution", "negotiation", "contract")
    MOVES = {
        "discovery": {"solution", "lost"},
        "solution": {"discovery", "negotiation", "lost"},
        "negotiation": {"solution", "contract", "lost"},
        "contract": {"negotiation", "won", "lost"},
        "lost": {"discovery"},
        "won": set(),
    }

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="deals")
    code = models.CharField(max_length=60, blank=True, default="")
    title = models.CharField(max_length=160)
    owner = owner_field()
    product = models.ForeignKey(Product, models.PROTECT, null=True, blank=True)
    stage = models.CharField(max_length=12, choices=Stage.choices, default=Stage.DISCOVERY)
    stage_since = models.DateTimeField()
    amount = money(default=0)
    currency = models.CharField(max_length=3, default="CNY")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    expected_on = models.DateField(null=True, blank=True)
    next_step = models.CharField(max_length=160, blank=True, default="")
    next_on = models.DateField(null=True, blank=True)
    progressed_at = models.DateTimeField(null=True, blank=True)
    lost_reason = models.CharField(max_length=40, blank=True, default="")
    competitor = models.ForeignKey(Competitor, models.PROTECT, null=True, blank=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    stage__in=["discovery", "solution", "negotiation", "contract", "won", "lost"]
                ),
                name="deal_stage_known",
            )
        ]
        indexes = [
            models.Index(
                fields=["owner", "stage", "-amount"],
                condition=~Q(stage__in=["won", "lost"]),
                name="deal_board",
            ),
            models.Index(fields=["owner", "closed_at"], name="deal_closed"),
            models.Index(OpClass(Upper("code"), name="text_pattern_ops"), name="deal_code_typed"),
        ]

    def __str__(self) -> str:
        return self.title


class DealChildQuerySet(RecordQuerySet):
    owner_path = "deal__owner_id"


class NeedsReport(Record):
    """What the customer needs, what fits, what could be added (1.2.3)."""

    story = "deal"

    deal = models.ForeignKey(Deal, models.CASCADE, related_name="needs_reports")
    pains = models.TextField()
    matches = models.TextField(blank=True, default="")
    services = models.TextField(blank=True, default="")
    at = models.DateTimeField()
    author = owner_field()

    objects = DealChildQuerySet.as_manager()


class Proposal(Record):
    """A version of the solution offered to the customer (1.2.4)."""

    story = "proposal"

    deal = models.ForeignKey(Deal, models.CASCADE, related_name="proposals")
    version = models.PositiveSmallIntegerField(default=1)
    summary = models.TextField(blank=True, default="")
    amount = money(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = DealChildQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["deal", "version"], name="proposal_version_once")
        ]

    @property
    def owing(self) -> int:
        return self.deal.owner_id

    @property
    def about_customer(self) -> int:
        return self.deal.customer_id


class Question(Record):
    """A customer's question on a proposal, to be answered within 48 hours (1.2.7)."""

    story = "question"

    deal = models.ForeignKey(Deal, models.CASCADE, related_name="questions")
    text = models.TextField()
    answer = models.TextField(blank=True, default="")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = DealChildQuerySet.as_manager()

    @property
    def owing(self) -> int:
        return self.deal.owner_id

    @property
    def about_customer(self) -> int:
        return self.deal.customer_id
