"""A file on its way out of the system: which series over which period in which format, how far it is, what it holds."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from access.models import Utility
from access.querysets import ScopedManager, ScopedQuerySet
from integration.models.file_work import FileWork
from integration.models.stored_file import StoredFile
from metering.models import Series


class FileExportQuerySet(ScopedQuerySet["FileExport"]):
    """Exports: those of whole utilities open to a user, and the user's own, which may be of a segment."""

    def _scope(self, user: Any) -> Q:
        return super()._scope(user) | Q(created_by=user.pk)


class FileExport(FileWork):
    """An export. Its state changes in `integration.exports.states` only."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waits for a worker"
        RUNNING = "running", "Being written"
        DONE = "done", "Ready"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    WORKING: ClassVar[tuple[str, ...]] = (State.WAITING, State.RUNNING)

    utility = models.ForeignKey(Utility, on_delete=models.PROTECT, related_name="file_exports")
    format = models.CharField(max_length=20, help_text="A format of `integration.exports.registry`.")
    options: "models.JSONField[Any, Any]" = models.JSONField(
        default=dict, blank=True, help_text="Unit, decimal sign, layout, times: `integration.exports.options`."
    )
    starts_at = models.DateTimeField("from")
    ends_at = models.DateTimeField("to, excluded")
    name = models.CharField("file", max_length=200, help_text="Name the file is downloaded under.")
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)

    parts = models.PositiveIntegerField(default=0, help_text="Parts of about the same work it consists of.")
    parts_done = models.PositiveIntegerField(default=0)
    series_count = models.PositiveIntegerField("series", default=0, help_text="Series asked for.")
    series_refused = models.PositiveIntegerField(default=0, help_text="Series the format has no words for.")
    values = models.PositiveBigIntegerField(default=0, help_text="Values written.")
    left_out = models.PositiveBigIntegerField(default=0, help_text="Values the format cannot hold.")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="exports")
    started_at = models.DateTimeField(null=True, blank=True)

    scope_utility: ClassVar[str] = "utility"
    scope_segment: ClassVar[str | None] = None
    objects = models.Manager.from_queryset(FileExportQuerySet)()

    class Meta:
        verbose_name = "export"
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="file_export_ends_later")]
        indexes = [
            models.Index(fields=["utility", "-created_at"], name="file_export_latest"),
            models.Index(
                fields=["lease_until"], condition=Q(state__in=["waiting", "running"]), name="file_export_working"
            ),
        ]
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("integration:export", args=[self.pk])

    @property
    def percent(self) -> int:
        """How far the writing is; 100 only when it has ended."""
        if not self.is_working:
            return 100
        return min(99, 100 * self.parts_done // max(self.parts, 1))


class ExportSeries(models.Model):
    """A series asked for, in the order of the file, and what became of it."""

    file_export = models.ForeignKey(FileExport, on_delete=models.CASCADE, related_name="series", db_index=False)
    number = models.PositiveIntegerField(help_text="Its place in the file, from 1.")
    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="+")
    values = models.PositiveBigIntegerField(default=0, help_text="Values written.")
    left_out = models.PositiveBigIntegerField(default=0, help_text="Values the format cannot hold.")
    refused = models.BooleanField(default=False, help_text="The format has no words for this series.")
    reason = models.CharField(max_length=300, blank=True, help_text="Why something is left out.")

    scope_utility: ClassVar[str] = "series__metering_point__utility"
    scope_segment: ClassVar[str | None] = "series__metering_point__segment"
    objects = ScopedManager()

    class Meta:
        verbose_name = "series of an export"
        verbose_name_plural = "series of exports"
        constraints = [
            models.UniqueConstraint(fields=["file_export", "number"], name="export_series_number"),
            models.UniqueConstraint(fields=["file_export", "series"], name="export_series_once"),
        ]
        ordering = ["number"]

    def __str__(self) -> str:
        return f"Series {self.series_id} of export {self.file_export_id}"
