"""The lines of a file of master data: what each gives, what it changes, and what storing it did."""

from typing import Any, ClassVar

from django.db import models

from access.querysets import ScopedManager
from integration.models.file_import import FileImport


class ImportRow(models.Model):
    """One line that names a metering point or a device.

    It is read once, when the file is checked; what it would change is said then, and found anew when it is stored.
    """

    class Outcome(models.TextChoices):
        READ = "read", "Not weighed yet"
        NEW = "new", "New"
        CHANGED = "changed", "Changed"
        UNCHANGED = "unchanged", "Unchanged"
        REFUSED = "refused", "Not taken"

    TAKEN = (Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED)

    file_import = models.ForeignKey(FileImport, on_delete=models.CASCADE, related_name="lines", db_index=False)
    line = models.PositiveBigIntegerField()
    number = models.CharField(max_length=100, help_text="What names it: GSRN, serial number.")
    given: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(
        default=dict, help_text="What the line gives, by field; what its cells leave empty is not there."
    )
    level = models.SmallIntegerField(
        null=True, help_text="Lines another line refers to are stored before it: 0 for those that refer to none."
    )
    ordinal = models.PositiveIntegerField(null=True, help_text="Its place in the order of storing.")
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.READ)
    changes: "models.JSONField[list[list[str]], list[list[str]]]" = models.JSONField(
        default=list, help_text="Field, before, after, in words."
    )
    effects: "models.JSONField[list[Any], list[Any]]" = models.JSONField(
        default=list, help_text="What storing it wrote, for undoing; see `imports.masterdata.effects`."
    )
    chunk = models.PositiveIntegerField(null=True, help_text="The chunk it was stored in.")
    kept = models.CharField(max_length=300, blank=True, help_text="What undoing left as it is, and why.")

    scope_utility: ClassVar[str] = "file_import__utility"
    scope_segment: ClassVar[str | None] = None
    objects = ScopedManager()

    class Meta:
        verbose_name = "line of an import"
        verbose_name_plural = "lines of imports"
        indexes = [
            models.Index(fields=["file_import", "line", "id"], name="import_row_line"),
            models.Index(fields=["file_import", "number"], name="import_row_number"),
            models.Index(fields=["file_import", "ordinal"], name="import_row_ordinal"),
        ]
        ordering = ["line", "id"]

    def __str__(self) -> str:
        return f"Line {self.line}: {self.number}"
