"""Import runs and what became of every row of them (4.3)."""

from __future__ import annotations

from django.db import models

from .base import RecordQuerySet, owner_field


class ImportRunQuerySet(RecordQuerySet):
    owner_path = "by_id"


class ImportRun(models.Model):
    """One import: the file, how it was read, the account of its rows, whether it was undone."""

    story = "import"

    profile = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    encoding = models.CharField(max_length=40, blank=True, default="")
    by = owner_field(null=True)
    at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    dry = models.BooleanField(default=False)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    account = models.JSONField(default=dict)
    proposals = models.JSONField(default=list)
    refused_file = models.TextField(blank=True, default="")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = owner_field(null=True, blank=True)

    objects = ImportRunQuerySet.as_manager()


class ImportedRow(models.Model):
    """What an import made or changed: enough to undo it."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField()
    entity = models.CharField(max_length=30)
    key = models.CharField(max_length=160)
    object_id = models.BigIntegerField(null=True)
    outcome = models.CharField(max_length=10)
    before = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["run", "entity", "outcome"], name="imported_row")]


class ImportMapping(models.Model):
    """Column choices remembered for files with the same headers."""

    signature = models.CharField(max_length=64, unique=True)
    entity = models.CharField(max_length=30)
    mapping = models.JSONField()
    by = owner_field(null=True)
    at = models.DateTimeField()
