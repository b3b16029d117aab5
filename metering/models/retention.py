"""How long values are kept, and where: retention classes, archived months and their files."""

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from metering.models.series import MeasuredProperty, Series

LEAST_MONTHS = 3


class RetentionClass(models.Model):
    """How long values of one kind stay online, and what becomes of them then.

    Partitions hold a month of all series, so a month is archived or dropped as a whole: one class without a selection
    of series per kind decides when. A class with a selection drops the values of these series earlier.
    """

    class Kind(models.TextChoices):
        INTERVAL = "interval", "Interval values"
        REGISTER = "register", "Register values"

    class Action(models.TextChoices):
        ARCHIVE = "archive", "Archive"
        DROP = "drop", "Drop"

    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField("applies to", max_length=12, choices=Kind.choices, help_text="With all their versions.")
    series_kind = models.CharField(
        max_length=16, blank=True, choices=Series.Kind.choices, help_text="Only series of this kind; empty: any."
    )
    measured_property = models.ForeignKey(
        MeasuredProperty, on_delete=models.PROTECT, null=True, blank=True, related_name="retention_classes",
        help_text="Only series of this measured property; empty: any.",
    )  # fmt: skip
    online_months = models.PositiveSmallIntegerField(
        "months online", null=True, blank=True, validators=[MinValueValidator(LEAST_MONTHS)],
        help_text="Whole months after the month of the values; empty: for ever.",
    )  # fmt: skip
    action = models.CharField("then", max_length=8, choices=Action.choices, default=Action.ARCHIVE)
    archive_months = models.PositiveSmallIntegerField(
        "months in the archive", null=True, blank=True, validators=[MinValueValidator(1)],
        help_text="Months kept in the archive, then dropped for good; empty: for ever.",
    )  # fmt: skip

    class Meta:
        verbose_name_plural = "retention classes"
        ordering = ["kind", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "series_kind", "measured_property"],
                nulls_distinct=False,
                name="retention_class_selection",
                violation_error_message="There is a class for these values already.",
            ),
            models.CheckConstraint(
                condition=Q(online_months__isnull=True) | Q(online_months__gte=LEAST_MONTHS),
                name="retention_class_online",
            ),
            models.CheckConstraint(
                condition=Q(series_kind="", measured_property=None) | Q(action="drop", online_months__isnull=False),
                name="retention_class_early",
                violation_error_message="A class for some series only drops them, after a number of months.",
            ),
            models.CheckConstraint(
                condition=Q(archive_months__isnull=True) | Q(action="archive"),
                name="retention_class_archive",
                violation_error_message="What is dropped is not kept in the archive.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_whole(self) -> bool:
        """Whether it decides about whole months, not about some series."""
        return not self.series_kind and self.measured_property_id is None

    def clean(self) -> None:
        """A selection leaves before the month does: later it is in a file with all the others."""
        if self.online_months is None:
            if self.archive_months is not None:
                raise ValidationError({"archive_months": "What stays online for ever never comes to the archive."})
            return
        for other in RetentionClass.objects.filter(kind=self.kind).exclude(pk=self.pk):
            if other.online_months is None or other.is_whole is self.is_whole:
                continue
            if self.is_whole and other.online_months >= self.online_months:
                raise ValidationError({"online_months": f"{other} keeps its series for {other.online_months} months."})
            if other.is_whole and self.online_months >= other.online_months:
                raise ValidationError(
                    {"online_months": f"The whole month leaves after {other.online_months} months, by {other}."}
                )


class ArchivedMonth(models.Model):
    """A month that is no longer, or not only, in its partition. The states are those of `metering.store.archive`."""

    class State(models.TextChoices):
        CLOSING = "closing", "Closing"
        ARCHIVED = "archived", "Archived"
        RETURNING = "returning", "Returning"
        RETURNED = "returned", "Returned"
        DROPPING = "dropping", "Dropping"

    kind = models.CharField(max_length=12, choices=RetentionClass.Kind.choices)
    month = models.DateField(help_text="Its first day.")
    state = models.CharField(max_length=12, choices=State.choices)
    since = models.DateTimeField(help_text="The instant it came into this state.")

    class Meta:
        db_table = "store_archive_month"
        ordering = ["-month", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "month"], name="store_archive_month_kind"),
            models.CheckConstraint(condition=Q(month__day=1), name="store_archive_month_first"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.month:%Y-%m}"


class ArchiveFile(models.Model):
    """A file of an archived month: rows of one table for a range of series. A part without rows has no file."""

    archived_month = models.ForeignKey(ArchivedMonth, on_delete=models.CASCADE, related_name="files")
    table_name = models.CharField(max_length=40)
    part = models.PositiveSmallIntegerField()
    path = models.CharField(max_length=200, help_text="Below the folder of the archive.")
    first_series = models.BigIntegerField()
    last_series = models.BigIntegerField()
    rows = models.BigIntegerField(default=0)
    size = models.BigIntegerField("bytes", default=0)
    complete = models.BooleanField(default=False, help_text="Written, read back and compared with the database.")
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "store_archive"
        ordering = ["archived_month", "table_name", "part"]
        constraints = [
            models.UniqueConstraint(fields=["archived_month", "table_name", "part"], name="store_archive_part"),
            models.UniqueConstraint(fields=["path"], name="store_archive_path"),
            models.CheckConstraint(condition=Q(first_series__lte=F("last_series")), name="store_archive_series"),
        ]

    def __str__(self) -> str:
        return self.path
