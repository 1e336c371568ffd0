"""Every table, in the order of the policy."""

from __future__ import annotations

from .activities import Activity, VisitPlan
from .appraisal import CalendarDay, Edition, HandIn, Target, Verdict
from .contracts import Contract, ContractVersion, Review
from .customers import Campaign, Channel, Competitor, Contact, Customer, GradeEntry
from .deals import Deal, NeedsReport, Product, Proposal, Question
from .imports import ImportedRow, ImportMapping, ImportRun
from .ledger import Change, LedgerLine
from .money import Allocation, Instalment, Payment
from .notices import Notice
from .orders import CreditShare, Delivery, DeliveryException, Order, OrderChange, OrderLine
from .owed import Look, Owed
from .people import LayerSpell, Leave, Membership, Person, Team
from .tickets import Ticket

__all__ = [
    "Activity",
    "Allocation",
    "CalendarDay",
    "Campaign",
    "Change",
    "Channel",
    "Competitor",
    "Contact",
    "Contract",
    "ContractVersion",
    "CreditShare",
    "Customer",
    "Deal",
    "Delivery",
    "DeliveryException",
    "Edition",
    "GradeEntry",
    "HandIn",
    "ImportMapping",
    "ImportRun",
    "ImportedRow",
    "Instalment",
    "LayerSpell",
    "Leave",
    "LedgerLine",
    "Look",
    "Membership",
    "NeedsReport",
    "Notice",
    "Order",
    "OrderChange",
    "OrderLine",
    "Owed",
    "Payment",
    "Person",
    "Product",
    "Proposal",
    "Question",
    "Review",
    "Target",
    "Team",
    "Ticket",
    "Verdict",
    "VisitPlan",
]
