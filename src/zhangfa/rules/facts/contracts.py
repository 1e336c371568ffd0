"""Clause 1.3: what happens to contracts, orders, payments, deliveries and exceptions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

from .base import What


@dataclass(frozen=True, slots=True)
class ContractDrafted(What):
    key: ClassVar[str] = "contract_drafted"
    amount: Decimal


@dataclass(frozen=True, slots=True)
class DraftSubmitted(What):
    """A draft handed in, with the reviewers where they are named."""

    key: ClassVar[str] = "draft_submitted"
    round: int
    legal: int | None
    finance: int | None


@dataclass(frozen=True, slots=True)
class LegalApproved(What):
    key: ClassVar[str] = "legal_approved"
    round: int


@dataclass(frozen=True, slots=True)
class LegalReturned(What):
    key: ClassVar[str] = "legal_returned"
    round: int


@dataclass(frozen=True, slots=True)
class FinanceApproved(What):
    key: ClassVar[str] = "finance_approved"
    round: int


@dataclass(frozen=True, slots=True)
class FinanceReturned(What):
    key: ClassVar[str] = "finance_returned"
    round: int


@dataclass(frozen=True, slots=True)
class ContractSigned(What):
    key: ClassVar[str] = "contract_signed"
    order: int


@dataclass(frozen=True, slots=True)
class ContractWithdrawn(What):
    key: ClassVar[str] = "contract_withdrawn"


@dataclass(frozen=True, slots=True)
class OrderSigned(What):
    key: ClassVar[str] = "order_signed"
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class OrderAmended(What):
    key: ClassVar[str] = "order_amended"
    amount: Decimal


@dataclass(frozen=True, slots=True)
class OrderCancelled(What):
    key: ClassVar[str] = "order_cancelled"
    amount: Decimal


@dataclass(frozen=True, slots=True)
class GoodsReturned(What):
    key: ClassVar[str] = "goods_returned"
    amount: Decimal


@dataclass(frozen=True, slots=True)
class CreditNoted(What):
    key: ClassVar[str] = "credit_noted"
    amount: Decimal
    instalment: int | None


@dataclass(frozen=True, slots=True)
class OrderTracked(What):
    key: ClassVar[str] = "order_tracked"
    status: str


@dataclass(frozen=True, slots=True)
class ProductionScheduled(What):
    key: ClassVar[str] = "production_scheduled"


@dataclass(frozen=True, slots=True)
class LogisticsScheduled(What):
    key: ClassVar[str] = "logistics_scheduled"


@dataclass(frozen=True, slots=True)
class OrderClosed(What):
    key: ClassVar[str] = "order_closed"


@dataclass(frozen=True, slots=True)
class InstalmentPlanned(What):
    key: ClassVar[str] = "instalment_planned"
    instalment: int
    amount: Decimal
    due: date


@dataclass(frozen=True, slots=True)
class PaymentReceived(What):
    key: ClassVar[str] = "payment_received"
    payment: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class DeliveryPlanned(What):
    key: ClassVar[str] = "delivery_planned"
    on: datetime


@dataclass(frozen=True, slots=True)
class DeliveryRescheduled(What):
    key: ClassVar[str] = "delivery_rescheduled"
    on: datetime


@dataclass(frozen=True, slots=True)
class DeliveryCancelled(What):
    """The goods will not come: nothing is owed before them any more."""

    key: ClassVar[str] = "delivery_cancelled"


@dataclass(frozen=True, slots=True)
class DeliveryConfirmed(What):
    key: ClassVar[str] = "delivery_confirmed"
    mode: str


@dataclass(frozen=True, slots=True)
class DocumentsPrepared(What):
    key: ClassVar[str] = "documents_prepared"
    kind: str


@dataclass(frozen=True, slots=True)
class Delivered(What):
    key: ClassVar[str] = "delivered"


@dataclass(frozen=True, slots=True)
class SignedOff(What):
    key: ClassVar[str] = "signed_off"
    mode: str


@dataclass(frozen=True, slots=True)
class ExceptionRaised(What):
    key: ClassVar[str] = "exception_raised"
    kind: str


@dataclass(frozen=True, slots=True)
class ApologyGiven(What):
    key: ClassVar[str] = "apology_given"


@dataclass(frozen=True, slots=True)
class AlternativeOffered(What):
    key: ClassVar[str] = "alternative_offered"
    kind: str


@dataclass(frozen=True, slots=True)
class AlternativeChosen(What):
    key: ClassVar[str] = "alternative_chosen"
    kind: str


@dataclass(frozen=True, slots=True)
class ExceptionResolved(What):
    key: ClassVar[str] = "exception_resolved"


@dataclass(frozen=True, slots=True)
class TaskAssigned(What):
    """A department's task inside an exception, with its due moment. `task` tells several apart."""

    key: ClassVar[str] = "task_assigned"
    role: str
    person: int | None
    due: datetime
    task: int | None = None


@dataclass(frozen=True, slots=True)
class TaskDone(What):
    key: ClassVar[str] = "task_done"
    task: int | None = None
