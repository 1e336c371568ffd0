"""4.6 Search by Chinese fragment, pinyin, initials, phone or code."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import QuerySet

from zhangfa.metrics.base import select
from zhangfa.records.models import Customer, Deal, Order, Ticket
from zhangfa.records.names import fold, pinyin_of, query_grams, syllables
from zhangfa.records.prepared import Prepared
from zhangfa.records.scope import scope_of

MOST = 12
# What a hit is told apart and shown by.
COLUMNS = ("name", "short_name", "sort_key", "initials", "code", "phone", "credit_code")
COLUMNS += ("grade", "industry", "city")

LOOKED_AT = 10_000  # entries of an index that are looked through before the pieces are asked
COMMON = 3000  # pieces of names that more customers have are common
# By sound and initials in the order of the list, in an index alone: the first entries, and for
# each grade those that begin so. A common piece has more hits than one could look at.
COMMON_ONES = """
SELECT id FROM (
    (SELECT id, grade, sort_key FROM (
        SELECT id, grade, sort_key, initials, owner_id FROM records_customer
        WHERE merged_into_id IS NULL
          AND (%(one)s::bigint IS NULL OR owner_id = %(one)s)
        ORDER BY grade, sort_key, id LIMIT %(looked)s) first
     WHERE (sort_key LIKE %(sounds)s OR initials LIKE %(letters)s)
       AND (%(people)s::bigint[] IS NULL OR owner_id = ANY(%(people)s))
     ORDER BY grade, sort_key, id LIMIT %(most)s)
    UNION ALL
    (SELECT b.id, b.grade, b.sort_key FROM unnest(ARRAY['A', 'B', 'C']) g, LATERAL (
        SELECT id, grade, sort_key FROM (
            SELECT id, grade, sort_key, initials, owner_id FROM records_customer
            WHERE merged_into_id IS NULL AND grade = g
              AND sort_key >= %(begins)s AND sort_key < %(ends)s
            ORDER BY sort_key, id LIMIT %(looked)s / 4) beginning
        WHERE (sort_key LIKE %(sounds)s OR initials LIKE %(letters)s)
          AND (%(people)s::bigint[] IS NULL OR owner_id = ANY(%(people)s))
        ORDER BY sort_key, id LIMIT %(most)s) b)
) found GROUP BY id, grade, sort_key ORDER BY grade, sort_key, id LIMIT %(most)s
"""


def customers(person: Any, text: str, most: int = MOST) -> list[Customer]:
    """Customers whose name, pinyin, initials, code or phone has what was typed; A first. Of a
    piece that very many names have, the first ones and those that begin with it."""
    grams = query_grams(text)
    if not grams:
        return []
    whose = scope_of(person).whose("customer")
    typed, people = "".join(text.lower().split()), whose.get("people")
    if _may_be_common(typed, grams, people):
        found = _common(typed, people, most)
        if len(found) >= most:
            return found
    wanted = Customer.objects.of_people(people).standing().matching(grams)
    rows = list(wanted.only(*COLUMNS).order_by("grade", "sort_key", "id")[: most * 8])
    return [row for row in rows if _holds(row, typed)][:most]


def _may_be_common(typed: str, grams: list[str], people: list[int] | None) -> bool:
    """Whether more customers may have it than can be looked at one by one. Pinyin is: some pairs
    of its letters stand in every second name; initials are rare except in a book that is looked
    through whole. For characters the planner's estimate tells."""
    if len(typed) < 2 or any(letter.isdigit() for letter in typed):
        return False
    if typed.isascii():
        return typed.isalpha() and (bool(syllables(typed)) or len(people or ()) == 1)
    with connection.cursor() as cursor:
        cursor.execute(
            "EXPLAIN (FORMAT JSON) SELECT 1 FROM records_customer WHERE grams @> %s::varchar(2)[]",
            [grams],
        )
        [(plans,)] = cursor.fetchall()
    return bool(plans[0]["Plan"]["Plan Rows"] > COMMON)


def _common(typed: str, people: list[int] | None, most: int) -> list[Customer]:
    sounds = " ".join(syllables(typed)) if typed.isascii() else pinyin_of(typed)
    letters = typed if typed.isascii() else ""
    begins = sounds or letters[:1]
    found = select(
        COMMON_ONES,
        {
            "one": people[0] if people and len(people) == 1 else None,
            "people": people,
            "looked": LOOKED_AT,
            "most": most * 2,
            "sounds": f"%{sounds}%" if sounds else None,
            "letters": f"%{letters}%" if letters else None,
            "begins": begins,
            "ends": begins + "\N{LATIN SMALL LETTER Z WITH CARON}",
        },
    )
    rows = SHOWN.rows(ids=[pk for (pk,) in found])
    return [row for row in rows if _holds(row, typed)][:most]


def _shown(ids: list[int]) -> QuerySet[Customer]:
    found = Customer.objects.filter(pk__in=ids).only(*COLUMNS)
    return found.order_by("grade", "sort_key", "id")


SHOWN = Prepared(_shown, ids=list)


def _holds(customer: Customer, typed: str) -> bool:
    """The pieces stand together, not only somewhere: `华机` is not in 华东机械."""
    sounds = customer.sort_key.replace(" ", "")
    if typed in customer.name or typed in sounds or typed in customer.initials:
        return True
    bare = "".join(fold(typed).split())
    places = (
        "".join(fold(customer.name).split()),
        sounds,
        customer.initials,
        fold(customer.code),
        customer.phone.replace(" ", "").replace("-", ""),
        fold(customer.short_name),
        fold(customer.credit_code),
    )
    return any(bare in place for place in places if place)


def numbers(person: Any, text: str, most: int = 4) -> list[Any]:
    """Orders and tickets by the beginning of their number, deals by their code.

    Without a digit or a hyphen nothing is asked: then a name was meant.
    """
    text = text.strip()
    if len(text) < 2 or not any(letter.isdigit() or letter == "-" for letter in text):
        return []
    return [
        *Order.objects.visible_to(person).filter(number__istartswith=text)[:most],
        *Ticket.objects.visible_to(person).filter(number__istartswith=text)[:most],
        *Deal.objects.visible_to(person).filter(code__istartswith=text)[:most],
    ]
