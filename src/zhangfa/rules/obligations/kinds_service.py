"""Chapter 1.4: what is owed to existing customers and to those with an issue."""

from __future__ import annotations

from .. import facts as f
from .kind import Kind, Whats
from .kinds_selling import GONE

CLOSED_TICKET: Whats = (f.TicketConfirmed, f.TicketClosedSilently)
SOLVED_TICKET: Whats = (f.SolutionProposed, f.TicketResolved, *CLOSED_TICKET)
EXISTING: Whats = (f.CustomerWon, f.CustomerClaimed)

SERVICE: tuple[Kind, ...] = (
    Kind(
        key="quarterly_visit",
        clause="1.4.1",
        shape="every",
        opens=EXISTING,
        needs=(f.CustomerWon,),
        ends=GONE,
        closes=(f.QuarterlyVisited,),
    ),
    Kind(
        key="yearly_interview",
        clause="1.4.1",
        shape="every",
        opens=EXISTING,
        needs=(f.CustomerWon,),
        ends=GONE,
        closes=(f.YearlyInterviewed,),
    ),
    Kind(
        key="ticket_response",
        clause="1.4.3",
        shape="within",
        otherwise="service",
        opens=(f.TicketRaised,),
        closes=(f.TicketAnswered, *SOLVED_TICKET),
    ),
    Kind(
        key="ticket_solution",
        clause="1.4.4",
        shape="within",
        otherwise="service",
        opens=(f.TicketRaised,),
        closes=SOLVED_TICKET,
    ),
    Kind(
        key="ticket_closure",
        clause="1.4.5",
        shape="within",
        otherwise="service",
        opens=(f.TicketRaised,),
        closes=CLOSED_TICKET,
        stops=(f.TicketResolved,),
        resumes=(f.TicketReopened,),
        voids=(f.TicketReopened,),
        agreed=(f.TaskForceFormed,),
    ),
    Kind(
        key="task_force_sync",
        clause="1.4.6",
        shape="every",
        otherwise="service",
        opens=(f.TaskForceFormed,),
        ends=CLOSED_TICKET,
        closes=(f.ProgressSynced,),
    ),
    Kind(
        key="customer_push",
        clause="1.4.7",
        shape="within",
        opens=(*EXISTING, f.CustomerPushed),
        needs=(f.CustomerWon,),
        bars=GONE,
        lifts=EXISTING,
        closes=(f.CustomerPushed,),
        cancels=GONE,
    ),
    Kind(
        key="value_proposals",
        clause="1.4.9",
        shape="every",
        opens=EXISTING,
        needs=(f.CustomerWon,),
        ends=GONE,
        closes=(f.ValueProposed,),
    ),
)
