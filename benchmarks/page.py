"""docs/reference/performance.md from what the benchmarks noted: `python benchmarks/page.py`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from world import RESULTS, ROOT

PAGE = ROOT / "docs" / "reference" / "performance.md"
FLOORS = {
    "stories": 50_000,
    "columns, 48 hours": 1_000_000,
    "columns, 2 working days": 1_000_000,
    "columns, 2 working days, paused": 1_000_000,
}
MOST_TIMES = 3  # of the bare aggregate, for the scores of a whole company
INTRODUCTION = """# Performance

Written by `make bench`, which measured it; nothing checks these figures afterwards. A page is
measured on the server, whole, as HTML: through the WSGI application with all middleware, one
client, a signed-in session, templates kept. p50 is the lowest median of five blocks of ten
requests. **Times** compares with a bare Django view of 50 rows in Jinja2, without middleware,
measured in turns with the page: this ratio says more than milliseconds on another machine.
"""


def write() -> None:
    """Write the page from everything that was ever noted; parts not measured are left out."""
    known = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    if not known:
        return
    parts = [INTRODUCTION, *_machine(known)]
    for name, told in (
        ("screens", _screens),
        ("search", _search),
        ("scores", _scores),
        ("engine", _engine),
        ("actions", _actions),
        ("sweep", _sweep),
        ("imports", _imports),
    ):
        if name in known:
            parts += told(known[name])
    PAGE.write_text("\n".join(parts).rstrip() + "\n", encoding="utf-8")
    print(f"written: {PAGE.relative_to(ROOT)}")


def _machine(known: dict[str, Any]) -> list[str]:
    machine: dict[str, Any] = next((p["machine"] for p in known.values() if "machine" in p), {})
    return [
        f"Measured on {datetime.now(UTC):%Y-%m-%d} on {machine.get('cores')} cores of an "
        f"{machine.get('processor')}, with Python {machine.get('python')} and PostgreSQL "
        f"{machine.get('postgresql')} on the same machine.\n"
    ]


def _imports(told: dict[str, Any]) -> list[str]:
    rows = [
        ("rows read", f"{told['rows']:,}"),
        ("lines of the files", f"{told['lines']:,}"),
        ("rows a second (promised)", f"{told['per_second']:,} ({told['target']:,})"),
        ("seconds, of them in Python", f"{told['seconds']} s, {told['python_seconds']} s"),
        ("times a bare COPY of what was written", f"{told['times_bare_copy']}"),
        ("taking it back", f"{told['undo_seconds']} s"),
    ]
    return ["## Imports\n", *_table(("", "measured"), rows)]


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    heads = list(heads)
    lines = [heads, ["---", *("---:" for _ in heads[1:])], *rows]
    return [*(f"| {' | '.join(line)} |" for line in lines), ""]


def _against(value: float, target: float | None) -> str:
    return f"{value / target:.2f}" if target else "–"


def _screens(told: dict[str, Any]) -> list[str]:
    size, rates = told["size"], told.get("requests_per_second", {})
    rows = [
        [
            name,
            f"{found['p50']:.1f} ms",
            f"{found['target']:g} ms" if found.get("target") else "–",
            _against(found["p50"], found.get("target")),
            f"{found['p95']:.1f} ms",
            f"{found['times']:.1f}",
            str(found["queries"])
            + (f" of {found['target_queries']}" if found.get("target_queries") else ""),
            f"{found['bytes'] / 1024:.0f} kB" if found.get("bytes") else "–",
            f"{rates[name]:.0f}" if name in rates else "–",
        ]
        for name, found in told["screens"].items()
        if "p50" in found
    ]
    return [
        "## Pages\n",
        f"In a company of {size['customers']:,} customers, {size['activities']:,} activities, "
        f"{size['facts']:,} facts and {size['owed']:,} open obligations, {size['sellers']:,} "
        "sellers. Requests per second are those that two web workers answer to eight clients on "
        "the same machine.\n",
        *_table(
            ("Page", "p50", "Target", "Of the target", "p95", "Times", "Statements", "Size", "/s"),
            rows,
        ),
    ]


def _search(told: dict[str, Any]) -> list[str]:
    rows = [
        [name, f"{f['p50']:.1f} ms", "5 ms", _against(f["p50"], 5), f"{f['answer']:.1f} ms"]
        for name, f in told["asked"].items()
    ]
    return [
        f"## Search among {told['names']:,} names\n",
        "The whole request as the palette sends it, and the answer alone. The director searches "
        "all names, the seller their own.\n",
        *_table(("What is typed", "p50", "Target", "Of the target", "Answer alone"), rows),
    ]


def _scores(told: dict[str, Any]) -> list[str]:
    rows = [
        [
            f"{found['people']:,} people",
            f"{found['bare_ms']:.0f} ms",
            f"{found['metrics_ms']:.0f} ms",
            f"{found['scores_ms']:.0f} ms",
            f"{found['times']:.1f}",
            str(MOST_TIMES),
        ]
        for key, found in told.items()
        if key.isdigit()
    ]
    return [
        "## The scores of a whole company's quarter\n",
        "From the records to the bonus, beside five bare GROUP BY statements over the same rows "
        "that only count and add up by person. Times: scores over bare.\n",
        *_table(("Company", "Bare aggregate", "Measures", "Scores", "Times", "Target"), rows),
    ]


def _engine(told: dict[str, Any]) -> list[str]:
    rows = [
        [name, f"{rate:,}", f"{FLOORS[name]:,}" if name in FLOORS else "–"]
        for name, rate in told["per_second"].items()
    ]
    return [
        "## Obligations a second\n",
        "One core. The plain loop only adds 48 hours to a moment and compares.\n",
        *_table(("Way", "A second", "At least"), rows),
    ]


def _actions(told: dict[str, Any]) -> list[str]:
    rows = [
        [name, f"{f['p50_ms']:.1f} ms", f"{f['p95_ms']:.1f} ms", "8 ms", f"{f['times']:.1f}"]
        for name, f in told.items()
        if isinstance(f, dict) and "p95_ms" in f
    ]
    return [
        "## What a person waits for\n",
        "One action with its ledger line, what is owed because of it and the notices of it, beside "
        f"the bare SQL of the rows that it writes ({told['bare_p50_ms']:.1f} ms).\n",
        *_table(("Action", "p50", "p95", "Target of p95", "Times"), rows),
    ]


def _sweep(told: dict[str, Any]) -> list[str]:
    rows = [
        [name, f"{f['looked_at']:,}", f"{f['per_second']:,.0f}", "50,000", f"{f['times']:.1f}"]
        for name, f in told.items()
        if isinstance(f, dict) and "per_second" in f
    ]
    return [
        f"## The sweep over {told['open']:,} open obligations\n",
        f"{told['due']:,} of them fall due at the same moment; all of it is known within "
        f"{told['known_within_s']:.0f} s (target 60 s). Beside the bare SQL of the same writes.\n",
        *_table(("Sweep", "Looked at", "A second", "At least", "Times"), rows),
    ]


if __name__ == "__main__":
    write()
