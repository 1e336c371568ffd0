"""Chapter 1.3: what is owed to contracts, orders, deliveries and their exceptions."""

from __future__ import annotations

from .. import facts as f
from .kind import Kind, Whats

DONE_ORDER: Whats = (f.OrderClosed, f.OrderCancelled)
RETURNED: Whats = (f.LegalReturned, f.FinanceReturned)

CONTRACTS: tuple[Kind, ...] = (
    Kind(
        key="legal_review",
        clause="1.3.2",
        shape="within",
        owed_by="fact:legal",
        same="round",
        opens=(f.DraftSubmitted,),
        closes=(f.LegalApproved, f.LegalReturned),
        stops=(f.FinanceReturned,),
        resumes=(f.DraftSubmitted,),
        cancels=(f.DraftSubmitted, f.ContractWithdrawn),
    ),
    Kind(
        key="finance_review",
        clause="1.3.2",
        shape="within",
        owed_by="fact:finance",
        same="round",
        opens=(f.DraftSubmitted,),
        closes=(f.FinanceApproved, f.FinanceReturned),
        stops=(f.LegalReturned,),
        resumes=(f.DraftSubmitted,),
        cancels=(f.DraftSubmitted, f.ContractWithdrawn),
    ),
    Kind(
        key="draft_resubmission",
        clause="1.3.2",
        shape="within",
        opens=RETURNED,
        bars=RETURNED,
        lifts=(f.DraftSubmitted,),
        closes=(f.DraftSubmitted,),
        cancels=(f.ContractWithdrawn,),
    ),
    Kind(
        key="production_schedule",
        clause="1.3.5",
        shape="within",
        owed_by="role:production",
        opens=(f.OrderSigned,),
        closes=(f.ProductionScheduled,),
        cancels=DONE_ORDER,
    ),
    Kind(
        key="logistics_schedule",
        clause="1.3.5",
        shape="within",
        owed_by="role:logistics",
        opens=(f.OrderSigned,),
        closes=(f.LogisticsScheduled,),
        cancels=DONE_ORDER,
    ),
    Kind(
        key="order_tracking",
        clause="1.3.6",
        shape="every",
        opens=(f.OrderSigned,),
        ends=DONE_ORDER,
        closes=(f.OrderTracked,),
    ),
    Kind(
        key="delivery_confirmation",
        clause="1.3.7",
        shape="before",
        opens=(f.DeliveryPlanned, f.DeliveryRescheduled),
        closes=(f.DeliveryConfirmed,),
        cancels=(f.DeliveryRescheduled, f.DeliveryCancelled, f.Delivered),
    ),
    Kind(
        key="delivery_documents",
        clause="1.3.8",
        shape="before",
        owed_by="role:technical",
        opens=(f.DeliveryPlanned, f.DeliveryRescheduled),
        closes=(f.DocumentsPrepared,),
        all_of="kind",
        cancels=(f.DeliveryRescheduled, f.DeliveryCancelled),
    ),
    Kind(
        key="delivery_sign_off",
        clause="1.3.9",
        shape="within",
        opens=(f.Delivered,),
        closes=(f.SignedOff,),
    ),
    Kind(
        key="exception_apology",
        clause="1.3.10",
        shape="within",
        opens=(f.ExceptionRaised,),
        closes=(f.ApologyGiven,),
    ),
    Kind(
        key="exception_alternative",
        clause="1.3.10",
        shape="within",
        opens=(f.ExceptionRaised,),
        closes=(f.AlternativeOffered, f.ExceptionResolved),
    ),
    Kind(
        key="department_task",
        clause="1.3.11",
        shape="before",
        owed_by="fact:person",
        same="task",
        opens=(f.TaskAssigned,),
        closes=(f.TaskDone,),
        cancels=(f.ExceptionResolved,),
    ),
)
