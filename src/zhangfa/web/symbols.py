"""Which icon stands for which kind of thing: obligations, activities, facts, states."""

from __future__ import annotations

SYMBOLS = {
    # obligations
    "channel_report": "file-chart-column",
    "customer_touch": "phone",
    "weekly_update": "refresh-cw",
    "customer_regrade": "scan-search",
    "needs_report": "file-text",
    "technical_contribution": "cpu",
    "product_contribution": "package",
    "question_answer": "message-circle-question-mark",
    "negotiation_entry": "notebook-pen",
    "legal_review": "scale",
    "finance_review": "calculator",
    "draft_resubmission": "file-pen-line",
    "production_schedule": "factory",
    "logistics_schedule": "route",
    "order_tracking": "truck",
    "delivery_confirmation": "calendar-check",
    "delivery_documents": "files",
    "delivery_sign_off": "package-check",
    "exception_apology": "message-square-heart",
    "exception_alternative": "git-branch",
    "department_task": "network",
    "quarterly_visit": "map-pin",
    "yearly_interview": "messages-square",
    "ticket_response": "siren",
    "ticket_solution": "wrench",
    "ticket_closure": "circle-check-big",
    "task_force_sync": "users",
    "customer_push": "newspaper",
    "value_proposals": "sparkles",
    "monthly_brief": "presentation",
    "self_evaluation": "pen-line",
    "superior_evaluation": "clipboard-check",
    "appeal_answer": "message-square-warning",
    "coaching_plan": "graduation-cap",
    "policy_training": "school",
    "quarterly_review": "calendar-range",
    "improvement_action": "list-checks",
    "yearly_revision": "scroll-text",
    # activities
    "call": "phone",
    "visit": "map-pin",
    "message": "message-circle",
    "meeting": "users",
    "demo": "monitor-play",
    "note": "pen-line",
    # records
    "customer": "building-2",
    "deal": "square-kanban",
    "contract": "signature",
    "order": "package",
    "ticket": "life-buoy",
    "person": "user",
    "scorecard": "gauge",
    "edition": "scroll-text",
    # what happens to them
    "graded": "trending-up",
    "objection": "shield-question-mark",
    "competitor": "swords",
    "payment": "banknote",
    "delivered": "package-check",
    "signed": "handshake",
    "lost": "circle-slash",
    "breach": "siren",
    "appeal": "message-square-warning",
    "import": "file-up",
}


def symbol(key: str) -> str:
    """The icon's name for a key; a plain dot for one without its own."""
    return SYMBOLS.get(key, "circle-dot")
