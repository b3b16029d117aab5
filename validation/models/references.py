"""What else values are held against: check meters, and values that somebody expects."""

from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from access.querysets import ScopedManager
from metering.models import Series


class CheckMeter(models.Model):
    """Another series measures the same: values are compared with it, and estimated by it."""

    series = models.OneToOneField(Series, on_delete=models.CASCADE, related_name="check_meter")
    check_series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="checks")

    scope_utility: ClassVar[str] = "series__metering_point__utility"
    scope_segment: ClassVar[str | None] = "series__metering_point__segment"
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(series=F("check_series")), name="check_meter_other",
                violation_error_message="A series cannot check itself.",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.check_series} checks {self.series}"


class ReferenceValue(models.Model):
    """What is expected of a series: a value of one period (periodic values), or the consumption of a year."""

    class Kind(models.TextChoices):
        PERIOD = "period", "Of a period"
        YEAR = "year", "Of a year"

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="reference_values")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.YEAR)
    value = models.DecimalField(
        max_digits=30, decimal_places=6, validators=[MinValueValidator(0)], help_text="In the unit of the series."
    )
    valid_from = models.DateField()

    scope_utility: ClassVar[str] = "series__metering_point__utility"
    scope_segment: ClassVar[str | None] = "series__metering_point__segment"
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "kind", "valid_from"], name="reference_value_identity")
        ]
        ordering = ["series", "kind", "-valid_from"]

    def __str__(self) -> str:
        return f"{self.value} from {self.valid_from}"
