"""How the columns of a table file are to be read, saved under a name."""

from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from access.models import User, Utility
from access.querysets import ScopedManager


class ColumnMapping(models.Model):
    """A declared layout of CSV or Excel files (`integration.formats.table`), chosen by name at the next upload."""

    utility = models.ForeignKey(Utility, on_delete=models.PROTECT, related_name="column_mappings")
    name = models.CharField(max_length=80)
    layout: "models.JSONField[Any, Any]" = models.JSONField(help_text="The mapping in the words of the table format.")
    heading = models.CharField(
        max_length=64, blank=True, help_text="Digest of the headings it was made for: such files are recognised by it."
    )
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)

    scope_utility: ClassVar[str] = "utility"
    scope_segment: ClassVar[str | None] = None
    objects = ScopedManager()

    class Meta:
        constraints = [models.UniqueConstraint("utility", Lower("name"), name="column_mapping_name")]
        indexes = [models.Index(fields=["utility", "heading"], name="column_mapping_heading")]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
