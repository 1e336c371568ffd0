"""What every record has in common: a reference, an owner, a customer, a table of moves."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models

from .scope import scope_of


class NotNow(Exception):
    """The record is not in a state where this can be done."""

    def __init__(self, msgid: str, **params: Any) -> None:
        super().__init__(msgid % params if params else msgid)
        self.msgid, self.params = msgid, params


class RecordQuerySet(models.QuerySet):
    """The one place where a person's view of a table is decided."""

    owner_path: ClassVar[str] = "owner_id"

    def visible_to(self, person: Any) -> Self:
        """Only the rows this person may see (4.1): own, team subtree, department, all."""
        scope = scope_of(person)
        if scope.sees_all(self.model.story):
            return self
        return self.filter(self.mine(scope.people))

    def of_people(self, people: list[int] | None) -> Self:
        """The rows of these people; of everybody for None. As `visible_to`, for a prepared
        question (prepared.py), which gets the people as a value: `scope_of(person).whose(…)`."""
        return self if people is None else self.filter(self.mine(people))

    def mine(self, people: Collection[int]) -> models.Q:
        """The condition that a row belongs to one of these people."""
        return models.Q(**{f"{self.owner_path}__in": people})


class Record(models.Model):
    """A row of the present. Its history is the ledger's, under `ref`."""

    story: ClassVar[str] = ""
    MOVES: ClassVar[dict[str, set[str]]] = {}

    imported_by = models.ForeignKey(
        "records.ImportRun", models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        abstract = True

    @property
    def ref(self) -> str:
        """The name of this record's story in the ledger, such as `contract/7`."""
        return f"{self.story}/{self.pk}"

    @property
    def owing(self) -> int | None:
        """The id of the person who answers for this record now."""
        return getattr(self, "owner_id", None)

    @property
    def about_customer(self) -> int | None:
        """The id of the customer this record belongs to, for timelines."""
        return getattr(self, "customer_id", None)

    def move(self, to: str, field: str = "status") -> None:
        """Change the state by the table MOVES; raises NotNow where the table has no such move."""
        now = getattr(self, field)
        if to not in self.MOVES.get(now, ()):
            raise NotNow("This cannot be done now: the state is “%(state)s”.", state=now)
        setattr(self, field, to)


def owner_field(**options: Any) -> models.ForeignKey:
    """Who answers for a record; PROTECT, since people leave but never vanish."""
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", **options)


def money(**options: Any) -> models.DecimalField:
    """An amount without VAT, to the cent."""
    return models.DecimalField(max_digits=16, decimal_places=2, **options)
