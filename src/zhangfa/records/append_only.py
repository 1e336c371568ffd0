"""The tables that only ever grow: no UPDATE, DELETE or TRUNCATE for the application's role."""

from __future__ import annotations

TABLES = (
    "records_ledgerline",
    "records_verdict",
    "records_edition",
)
