"""One file on its way into the system: what it is, how far it is, what it would do and what it did."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse

from access.models import User, Utility
from access.querysets import ScopedManager
from integration.models.column_mapping import ColumnMapping
from integration.models.file_work import FileWork
from integration.models.stored_file import StoredFile


class FileImport(FileWork):
    """An import. Its state changes in `integration.imports.states` only."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", "Waits for its columns"
        CHECKING = "checking", "Being checked"
        READY = "ready", "Ready to store"
        STORING = "storing", "Being stored"
        DONE = "done", "Stored"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"
        UNDOING = "undoing", "Being undone"
        UNDONE = "undone", "Undone"

    WORKING: ClassVar[tuple[str, ...]] = (State.CHECKING, State.STORING, State.UNDOING)

    utility = models.ForeignKey(Utility, on_delete=models.PROTECT, related_name="file_imports")
    content = models.CharField(max_length=20, default="readings", help_text="What it brings, a content registered.")
    format = models.CharField(max_length=20, help_text="A format of `integration.imports.registry`.")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="imports")
    name = models.CharField("file", max_length=200, help_text="Name of the file as it was given.")
    mapping = models.ForeignKey(ColumnMapping, on_delete=models.SET_NULL, null=True, blank=True)
    layout: "models.JSONField[Any, Any]" = models.JSONField(
        default=dict, blank=True, help_text="The mapping as it is used, whatever becomes of the saved one."
    )
    state = models.CharField(max_length=12, choices=State.choices, default=State.UPLOADED)
    confirm_at_once = models.BooleanField(
        default=False, help_text="Stored without asking when the check finds no error."
    )

    header: "models.JSONField[Any, Any]" = models.JSONField(
        default=dict, blank=True, help_text="What the file says of itself."
    )
    rows = models.PositiveBigIntegerField(default=0)
    errors = models.PositiveBigIntegerField(default=0)
    repairs = models.PositiveBigIntegerField(default=0)
    notes = models.PositiveBigIntegerField(default=0)
    expected: "models.JSONField[Any, Any]" = models.JSONField(
        default=dict, blank=True, help_text="What storing would do."
    )
    stored: "models.JSONField[Any, Any]" = models.JSONField(default=dict, blank=True, help_text="What storing did.")
    taken_back: "models.JSONField[Any, Any]" = models.JSONField(default=dict, blank=True, help_text="What undoing did.")

    position = models.PositiveBigIntegerField(default=0, help_text="How far the work at hand is, of `file.octets`.")
    failed_in = models.CharField(max_length=12, blank=True, help_text="The state it failed in and is resumed in.")

    checked_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    scope_utility: ClassVar[str] = "utility"
    scope_segment: ClassVar[str | None] = None
    objects = ScopedManager()

    class Meta:
        verbose_name = "import"
        permissions = [
            ("confirm_fileimport", "Can store what an import brings"),
            ("undo_fileimport", "Can undo an import"),
        ]
        indexes = [
            models.Index(fields=["utility", "-created_at"], name="file_import_latest"),
            models.Index(
                fields=["lease_until"], condition=Q(state__in=["checking", "storing", "undoing"]),
                name="file_import_working",
            ),
        ]  # fmt: skip
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("integration:import", args=[self.pk])

    @property
    def percent(self) -> int:
        """How far the work at hand is; 100 only when it is at its end."""
        if not self.is_working:
            return 100
        return min(99, 100 * self.position // max(self.file.octets, 1))
