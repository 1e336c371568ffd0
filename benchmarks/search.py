"""Search by two characters, pinyin and initials among 1,000,000 customers, seen by somebody who
may see all of them: the answer alone, and the whole request as the palette sends it.

    python benchmarks/search.py [--small] [--customers N]
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import quote

from screens import Handler, Screen, person_of, queries_of, report, timed
from world import FULL, arguments, machine, note, size_of, world

NAMES = replace(
    FULL, customers=1_000_000, sellers=500, activities=1000, facts=1000, owed=1000, settled=1000,
    deals=1000, orders=1000, tickets=1000,
)  # fmt: skip
ASKED = {
    "two characters, every tenth": "苏州",
    "two characters, every eighth": "机械",
    "two characters, rare": "恒越",
    "three characters": "恒越精",
    "no such name": "鼎鑫",
    "pinyin of two": "hengyue",
    "pinyin of a city": "suzhou",
    "initials": "szhy",
    "initials of a name": "hyjx",
}


def measure() -> dict[str, Any]:
    from zhangfa.answers import search

    handler, told = Handler(), {}
    for who in ("director", "seller"):
        person = person_of(who)
        for name, typed in ASKED.items():
            screen = Screen(f"{name} ({who})", f"/search/?q={quote(typed)}", who, 5, htmx=True)
            for n in range(3):
                handler(screen, n)
            found = timed(lambda n, s=screen: handler(s, n), blocks=3)
            answer = timed(lambda n, p=person, t=typed: search.customers(p, t), blocks=2)
            found |= {"queries": queries_of(handler, screen), "target": 5, "times": 1.0}
            found |= {"answer": answer["p50"], "hits": len(search.customers(person, typed))}
            told[screen.name] = found
            report(screen.name, found)
            print(f"{'':32} the answer alone {answer['p50']:.1f} ms, {found['hits']} hits shown")
    return told


def main() -> None:
    given = arguments(__doc__).parse_args()
    with world(given, size_of(given, NAMES)) as size:
        told = {"machine": machine(), "names": size.customers, "asked": measure()}
    if not (given.small or given.customers):
        note("search", told)


if __name__ == "__main__":
    main()
