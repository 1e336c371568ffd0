"""What happened, written once and never changed; judged by the rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from zhangfa.rules import facts

from .bulk import copy_rows

FEW = 20  # from here on COPY is quicker than INSERT


class LedgerQuerySet(models.QuerySet):
    def of(self, *stories: str) -> Self:
        return self.filter(story__in=stories)

    def in_order(self) -> Self:
        return self.order_by("at", "id")

    def told(self) -> Iterator[tuple[facts.Fact, int | None]]:
        """The lines as the rules read them, each with its customer; no rows are made of them."""
        names = ("pk", "what", "body", "story", "by", "at", "noted_at", "owner", "opens")
        for *line, customer in self.values_list(*names, "customer"):
            pk, what, body, story, by, at, noted_at, owner, opens = line
            yield (
                facts.Fact(
                    pk,
                    facts.from_body(what, body),
                    story,
                    by,
                    at,
                    noted_at,
                    owner,
                    None if opens is None else frozenset(opens),
                ),
                customer,
            )

    def as_facts(self) -> list[facts.Fact]:
        """The lines as the rules read them."""
        return [line.as_fact() for line in self.in_order()]


class LedgerLine(models.Model):
    """One fact. `at` is when it happened, `noted_at` when it was written down (here, or in the
    system it was imported from), `entered_at` when it reached this ledger.

    Holds references, amounts, ratings and codes, never free text or personal data.
    """

    what = models.CharField(max_length=40)
    story = models.CharField(max_length=40)
    customer = models.BigIntegerField(null=True)
    by = models.BigIntegerField(null=True)
    owner = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    noted_at = models.DateTimeField()
    entered_at = models.DateTimeField()
    opens = ArrayField(models.CharField(max_length=40), null=True)
    imported = models.BigIntegerField(null=True)
    body = models.JSONField(default=dict)

    objects = LedgerQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["story", "at", "id"], name="ledger_story"),
            models.Index(
                fields=["customer", "-at"],
                condition=models.Q(customer__isnull=False),
                name="ledger_customer",
            ),
            models.Index(fields=["what", "at"], name="ledger_what"),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.story}"

    def as_fact(self) -> facts.Fact:
        return facts.Fact(
            self.pk,
            facts.from_body(self.what, self.body),
            self.story,
            self.by,
            self.at,
            self.noted_at,
            self.owner,
            None if self.opens is None else frozenset(self.opens),
        )


def append(lines: Sequence[LedgerLine]) -> list[LedgerLine]:
    """Add lines to the ledger in one statement; nothing else ever writes to it."""
    if len(lines) < FEW:
        return LedgerLine.objects.bulk_create(lines)
    copy_rows(LedgerLine, lines)
    return list(lines)


def stories_of(lines: Iterable[LedgerLine]) -> list[str]:
    return list(dict.fromkeys(line.story for line in lines))


class Change(models.Model):
    """An edited detail, old and new value: erasable, beside the ledger (4.11)."""

    ref = models.CharField(max_length=40)
    field = models.CharField(max_length=60)
    old = models.TextField(blank=True, default="")
    new = models.TextField(blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["ref", "-at"], name="change_ref")]
