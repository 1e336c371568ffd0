"""Receivables: instalments by the payment terms, payments, their allocation (2.2.2)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from .base import Record, RecordQuerySet, money
from .customers import Customer
from .orders import Order


class Instalment(models.Model):
    """A part of an order's price, due on a day. `credited` lowers what is due (credit notes);
    an approved quality dispute takes it out of the collection rate."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="instalments")
    due_on = models.DateField()
    amount = money()
    credited = money(default=0)
    disputed = models.BooleanField(default=False)
    written_off = models.BooleanField(default=False)
    label = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["due_on"], name="instalment_due")]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="instalment_positive"),
            models.CheckConstraint(
                condition=Q(credited__gte=0) & Q(credited__lte=F("amount")),
                name="instalment_credit_range",
            ),
        ]


class PaymentQuerySet(RecordQuerySet):
    owner_path = "customer__owner_id"


class Payment(Record):
    """Money received from a customer."""

    story = "payment"

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="payments")
    number = models.CharField(max_length=60, blank=True, default="")
    paid_on = models.DateField()
    amount = money()
    currency = models.CharField(max_length=3, default="CNY")

    objects = PaymentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "number"], condition=~Q(number=""), name="payment_once"
            )
        ]


class Allocation(models.Model):
    """Which instalment a payment settled, and by how much."""

    payment = models.ForeignKey(Payment, models.CASCADE, related_name="allocations")
    instalment = models.ForeignKey(Instalment, models.CASCADE, related_name="allocations")
    amount = money()
