"""What an import consists of: the channels of its file, the problems found in it, the chunks stored."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from access.querysets import ScopedManager
from integration.models.file_import import FileImport
from metering.models import MeteringPoint, Series


class ImportChannel(models.Model):
    """Values of one quantity of one metering point in the file: what they are and where they go."""

    file_import = models.ForeignKey(FileImport, on_delete=models.CASCADE, related_name="channels", db_index=False)
    key = models.UUIDField(help_text="Digest of what tells the channel from others; see `imports.readings.channels`.")
    point = models.CharField(max_length=100)
    name = models.CharField(max_length=100, blank=True)
    obis = models.CharField("OBIS", max_length=24)
    unit = models.CharField(max_length=16, blank=True)
    kind = models.CharField(max_length=16, choices=Series.Kind.choices)
    interval_s = models.PositiveIntegerField(default=0)
    exponent = models.SmallIntegerField(help_text="The finest the file gives values in.")
    source = models.CharField(max_length=60, blank=True)
    metering_point = models.ForeignKey(
        MeteringPoint, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    series = models.ForeignKey(Series, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    is_new = models.BooleanField(default=False, help_text="The series did not exist when the file was checked.")
    refusal = models.CharField(max_length=200, blank=True, help_text="Why none of its values is taken.")
    line = models.PositiveBigIntegerField(help_text="Where its first value stands.")
    values = models.PositiveBigIntegerField(default=0)
    refused = models.PositiveBigIntegerField(default=0)
    total = models.DecimalField(max_digits=60, decimal_places=12, default=0)
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    sample: "models.JSONField[list[int | None], list[int | None]]" = models.JSONField(default=list, blank=True)

    scope_utility: ClassVar[str] = "file_import__utility"
    scope_segment: ClassVar[str | None] = None
    objects = ScopedManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file_import", "key"], name="import_channel_key")]
        indexes = [
            models.Index(fields=["file_import", "line"], name="import_channel_line"),
            models.Index(fields=["file_import", "point"], name="import_channel_point"),
        ]
        ordering = ["line", "id"]

    def __str__(self) -> str:
        return f"{self.point} {self.name or self.obis}"


class ImportProblem(models.Model):
    """What is wrong where, in the words of `integration.formats.portion.Problem`."""

    class Severity(models.TextChoices):
        ERROR = "error", "Error"
        REPAIRED = "repaired", "Repaired"
        NOTE = "note", "Note"

    class Found(models.TextChoices):
        FILE = "file", "In the file"
        PREVIEW = "preview", "Against what was stored at the check"
        STORE = "store", "While storing"

    file_import = models.ForeignKey(FileImport, on_delete=models.CASCADE, related_name="problems", db_index=False)
    found = models.CharField(max_length=8, choices=Found.choices, default=Found.FILE)
    severity = models.CharField(max_length=8, choices=Severity.choices)
    line = models.PositiveBigIntegerField()
    column = models.CharField(max_length=100, blank=True)
    text = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=300)
    values = models.PositiveBigIntegerField(default=1, help_text="How many values it keeps out, or changes.")

    scope_utility: ClassVar[str] = "file_import__utility"
    scope_segment: ClassVar[str | None] = None
    objects = ScopedManager()

    class Meta:
        indexes = [models.Index(fields=["file_import", "line", "id"], name="import_problem_line")]
        ordering = ["line", "id"]

    def __str__(self) -> str:
        return f"Line {self.line}: {self.reason}"


class ImportChunk(models.Model):
    """A part of the file stored in one transaction with this row: where to go on, and what to take back."""

    file_import = models.ForeignKey(FileImport, on_delete=models.CASCADE, related_name="chunks", db_index=False)
    number = models.PositiveIntegerField()
    position = models.PositiveBigIntegerField(help_text="Where the reader goes on after it.")
    entries = ArrayField(models.BigIntegerField(), help_text="Ledger ids of its writes.")
    series_ids = ArrayField(models.BigIntegerField())
    comment_ids = ArrayField(models.BigIntegerField(), default=list, help_text="Comments on values it made.")
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    new = models.PositiveBigIntegerField(default=0)
    changed = models.PositiveBigIntegerField(default=0)
    unchanged = models.PositiveBigIntegerField(default=0)
    refused = models.PositiveBigIntegerField(default=0)
    stored_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file_import", "number"], name="import_chunk_number")]
        ordering = ["number"]

    def __str__(self) -> str:
        return f"Chunk {self.number} of import {self.file_import_id}"
