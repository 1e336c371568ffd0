"""What an import brings becomes records and facts of the past (4.3).

book = Book(run, by, now)
for row in rows:
    outcome = apply(book, row)      # created, updated, unchanged; raises Unusable
finish(book); book.write()
"""

from __future__ import annotations

from typing import Any

from .book import CREATED, UNCHANGED, UPDATED, Book, Unusable
from .company import finish_people, person, product, team
from .customers import contact, customer, finish_customers
from .orders import finish_orders, order, order_line, payment
from .selling import deal
from .service import contract, ticket

__all__ = ["CREATED", "UNCHANGED", "UPDATED", "Book", "Unusable", "apply", "finish"]

APPLY = {
    "team": team,
    "person": person,
    "product": product,
    "customer": customer,
    "contact": contact,
    "deal": deal,
    "order": order,
    "order_line": order_line,
    "payment": payment,
    "ticket": ticket,
    "contract": contract,
}


def apply(book: Book, row: Any) -> str:
    """One record into the book; what became of it. Raises Unusable."""
    return APPLY[row.entity](book, row)


def finish(book: Book) -> None:
    """What can be said only when every row is read."""
    finish_people(book)
    finish_orders(book)
    finish_customers(book)
