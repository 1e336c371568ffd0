"""Rows per second of an import of opportunities with products, accounts and people, beside a bare
COPY of the rows that it wrote into tables with the same columns and indexes.

A row counts as often as the profile reads it: an opportunity is read as a deal, as an order, as the
line of an order. `lines` are those of the files.

    python benchmarks/imports.py [--small]
"""

from __future__ import annotations

import random
import time
from datetime import date, timedelta
from typing import Any

from world import Size, arguments, machine, note, world

EMPTY = Size(*([20] * 9))
PER_SECOND = 3_000  # rows of the files, promised
DEALS, SMALL = 40_000, 4_000
WRITTEN = ("customer", "deal", "order", "ledgerline")


def files(deals: int) -> dict[str, bytes]:
    """A company's export as the profile `crm_sales_opportunities` reads it."""
    chance = random.Random(42)
    products = [f"Product {n}" for n in range(20)]
    accounts = [f"Account {n} Works" for n in range(max(20, deals // 20))]
    agents = [f"Agent {n:02} Bench" for n in range(35)]
    text = {
        "products.csv": [
            "product,series,sales_price",
            *(f"{p},S,{100 + len(p)}" for p in products),
        ],
        "accounts.csv": [
            "account,sector,year_established,revenue,employees,office_location,subsidiary_of",
            *(f"{each},medical,1996,100.5,{n + 10},Kenya," for n, each in enumerate(accounts)),
        ],
        "sales_teams.csv": [
            "sales_agent,manager,regional_office",
            *(f"{each},Lead {n % 6} Bench,Central" for n, each in enumerate(agents)),
        ],
        "sales_pipeline.csv": [
            "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value"
        ],
    }
    for n in range(deals):
        engaged = date(2016, 1, 4) + timedelta(days=chance.randrange(600))
        closed = engaged + timedelta(days=chance.randrange(1, 120))
        won = chance.random() < 0.6
        text["sales_pipeline.csv"].append(
            f"B{n:07},{chance.choice(agents)},{chance.choice(products)},{chance.choice(accounts)},"
            f"{'Won' if won else 'Lost'},{engaged},{closed},{chance.randrange(50, 9000) * won}"
        )
    return {name: "\n".join(lines).encode() for name, lines in text.items()}


def bare(run: int) -> tuple[int, float]:
    """COPY of what the import wrote; the rows and the seconds."""
    from django.db import connection

    rows, seconds = 0, 0.0
    with connection.cursor() as cursor:
        for name in WRITTEN:
            mark = "imported" if name == "ledgerline" else "imported_by_id"
            table = f"records_{name}"
            cursor.execute(f'CREATE TEMP TABLE bare (LIKE "{table}" INCLUDING INDEXES)')
            with cursor.copy(
                f'COPY (SELECT * FROM "{table}" WHERE {mark} = {int(run)}) TO STDOUT'
            ) as copy:
                held = [bytes(block) for block in copy]
            began = time.perf_counter()
            with cursor.copy("COPY bare FROM STDIN") as copy:
                for block in held:
                    copy.write(block)
            seconds += time.perf_counter() - began
            rows += len(held)
            cursor.execute("DROP TABLE bare")
    return rows, seconds


def measure(deals: int) -> dict[str, Any]:
    from django.utils import timezone

    from zhangfa.actions import imports as actions
    from zhangfa.imports.mapping import load_profile
    from zhangfa.imports.run import carry_out
    from zhangfa.imports.sources import open_sources

    profile, given = load_profile("crm_sales_opportunities"), files(deals)
    began, worked = time.perf_counter(), time.process_time()
    told = carry_out(
        profile, open_sources(profile, given), by=None, now=timezone.now(), name="benchmark"
    )
    seconds, worked = time.perf_counter() - began, time.process_time() - worked
    if not told.account["balanced"] or told.refused:
        raise SystemExit("rows of the benchmark are missing")
    written, copied = bare(told.run.pk)
    began = time.perf_counter()
    actions.undo(told.run, by=None, at=timezone.now())
    lines = sum(text.count(b"\n") for text in given.values())
    return {
        "rows": told.rows,
        "lines": lines,
        "seconds": round(seconds, 2),
        "python_seconds": round(worked, 2),
        "per_second": round(told.rows / seconds),
        "target": PER_SECOND,
        "written": written,
        "bare_copy_seconds": round(copied, 3),
        "times_bare_copy": round(seconds / copied, 1),
        "undo_seconds": round(time.perf_counter() - began, 2),
    }


def main() -> None:
    given = arguments(__doc__).parse_args()
    with world(given, EMPTY):
        told = {"machine": machine(), **measure(SMALL if given.small else DEALS)}
    for name, value in told.items():
        print(f"{name:20} {value}")
    if not given.small:
        note("imports", told)


if __name__ == "__main__":
    main()
