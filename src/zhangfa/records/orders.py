"""Orders with lines, credit shares, changes; deliveries and exceptions (1.3.4 to 1.3.11)."""

from __future__ import annotations

from decimal import Decimal

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import Case, F, Q, Sum, When
from django.db.models.functions import Upper

from zhangfa.rules.exact import split

from .base import Record, RecordQuerySet, money, owner_field
from .contracts import Contract
from .customers import Customer
from .deals import Deal, Product


class OrderQuerySet(RecordQuerySet):
    def annotate_credit(self):
        """Each row of a filter over `shares` with the amount credited by that share."""
        return self.annotate(credited=F("shares__amount"))

    def mine(self, people: frozenset[int]) -> Q:
        shared = CreditShare.objects.filter(person_id__in=people).values("order_id")
        return Q(owner_id__in=people) | Q(pk__in=shared)


class Order(Record):
    """A signed order. `amount` is its value when signed; changes are dated rows beside it."""

    story = "order"

    class Status(models.TextChoices):
        OPEN = "open"
        SHIPPED = "shipped"
        DELIVERED = "delivered"
        CLOSED = "closed"
        ON_HOLD = "on_hold"
        DISPUTED = "disputed"
        CANCELLED = "cancelled"

    MOVES = {
        "open": {"shipped", "delivered", "cancelled", "on_hold", "disputed"},
        "on_hold": {"open", "shipped", "cancelled"},
        "shipped": {"delivered", "disputed", "cancelled"},
        "disputed": {"shipped", "delivered", "closed", "cancelled"},
        "delivered": {"closed", "disputed"},
        "closed": set(),
        "cancelled": set(),
    }

    number = models.CharField(max_length=40, unique=True)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="orders")
    owner = owner_field()
    contract = models.OneToOneField(Contract, models.PROTECT, null=True, blank=True)
    deal = models.ForeignKey(Deal, models.PROTECT, null=True, blank=True, related_name="orders")
    signed_at = models.DateTimeField()
    signed_on = models.DateField()
    amount = money()
    currency = models.CharField(max_length=3, default="CNY")
    rate = models.DecimalField(max_digits=14, decimal_places=6, default=1)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    promised_on = models.DateField(null=True, blank=True)
    comments = models.TextField(blank=True, default="")
    tracked_at = models.DateTimeField(null=True, blank=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["signed_on"], name="order_signed"),
            models.Index(
                OpClass(Upper("number"), name="text_pattern_ops"), name="order_number_typed"
            ),
            models.Index(fields=["customer", "signed_on"], name="order_customer"),
            models.Index(fields=["owner", "signed_on"], name="order_owner"),
        ]

    def __str__(self) -> str:
        return self.number

    def worth(self) -> Decimal:
        """What the order is worth after its changes, in its own currency."""
        signed = Case(When(kind="amended", then=F("amount")), default=-F("amount"))
        return self.amount + (self.changes.aggregate(sum=Sum(signed))["sum"] or Decimal(0))


class OrderLine(models.Model):
    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, models.PROTECT, null=True, blank=True)
    text = models.CharField(max_length=160, blank=True, default="")
    quantity = models.DecimalField(max_digits=12, decimal_places=3, default=1)
    unit_price = money()
    amount = money()


class CreditShare(models.Model):
    """Who is credited with an order. Direct shares add up to exactly 100 % (by a trigger);
    overlay credit is shown and never summed. `amount` is the share's part of the order in the
    company's currency, to the cent, so that the parts sum to the whole exactly."""

    class Kind(models.TextChoices):
        DIRECT = "direct"
        OVERLAY = "overlay"

    order = models.ForeignKey(Order, models.CASCADE, related_name="shares")
    person = owner_field()
    share = models.DecimalField(max_digits=7, decimal_places=4)
    amount = money(default=0)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.DIRECT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "person", "kind"], name="credit_once"),
            models.CheckConstraint(
                condition=Q(share__gt=0) & Q(share__lte=100), name="credit_share_range"
            ),
        ]
        indexes = [models.Index(fields=["person", "kind"], name="credit_person")]


class OrderChange(models.Model):
    """What lowers or raises an order after signing, on its own date: it hits its own period."""

    class Kind(models.TextChoices):
        AMENDED = "amended"
        RETURNED = "returned"
        CANCELLED = "cancelled"
        CREDITED = "credited"

    order = models.ForeignKey(Order, models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    amount = money()
    on = models.DateField()
    at = models.DateTimeField()
    reason = models.CharField(max_length=160, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["on"], name="order_change_on")]

    def credits(self) -> dict[int, Decimal]:
        """What it adds to or takes from each person's direct credit; the parts make its amount."""
        shares = sorted(self.order.shares.all(), key=lambda share: share.pk)
        direct = [share for share in shares if share.kind == CreditShare.Kind.DIRECT]
        signed = self.amount if self.kind == self.Kind.AMENDED else -self.amount
        parts = split(signed, [share.share for share in direct]) if direct else []
        return {share.person_id: part for share, part in zip(direct, parts, strict=True)}


class OrderChildQuerySet(RecordQuerySet):
    def mine(self, people: frozenset[int]) -> Q:
        return Q(order__owner_id__in=people)


class Delivery(Record):
    """One delivery of an order: planned, confirmed, documented, delivered, signed off."""

    story = "delivery"

    order = models.ForeignKey(Order, models.CASCADE, related_name="deliveries")
    planned_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    documents_at = models.DateTimeField(null=True, blank=True)
    shipped_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    signed_off_at = models.DateTimeField(null=True, blank=True)
    signed_off_by = models.CharField(max_length=80, blank=True, default="")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    acceptance = models.TextField(blank=True, default="")

    objects = OrderChildQuerySet.as_manager()

    @property
    def owing(self) -> int:
        return self.order.owner_id

    @property
    def about_customer(self) -> int:
        return self.order.customer_id


class DeliveryException(Record):
    """Something went wrong: apology and alternative are owed (1.3.10)."""

    story = "exception"

    class Kind(models.TextChoices):
        PRODUCTION_DELAY = "production_delay"
        LOGISTICS = "logistics"
        QUALITY = "quality"
        OTHER = "other"

    order = models.ForeignKey(Order, models.CASCADE, related_name="exceptions")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    text = models.TextField(blank=True, default="")
    raised_at = models.DateTimeField()
    apologised_at = models.DateTimeField(null=True, blank=True)
    alternative = models.CharField(max_length=40, blank=True, default="")
    chosen = models.CharField(max_length=40, blank=True, default="")
    resolved_at = models.DateTimeField(null=True, blank=True)

    objects = OrderChildQuerySet.as_manager()

    @property
    def owing(self) -> int:
        return self.order.owner_id

    @property
    def about_customer(self) -> int:
        return self.order.customer_id
