"""What is known of a register beside its stands: the multiplier it is read with, and its stands where it was exchanged.

Both belong to the register as the meter has it, that is to a metering point and the serial number of the meter, not to
one series: the quarter hours, days and months of one register are series of their own, some made long after the
transformer or the exchange was recorded, and all must follow.
"""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from access.querysets import ScopedManager
from metering.models.network import MeteringPoint
from metering.models.series import MeasuredProperty

LARGEST_RATIO = 1_000_000
_METER = "Serial number, as in the source of series."
_RATIO = (MinValueValidator(1), MaxValueValidator(LARGEST_RATIO))


class Multiplier(models.Model):
    """From `valid_from` on, what a meter counts at a metering point is multiplied by numerator / denominator.

    The ratio of current and voltage transformers, or what one pulse is worth. It is of the meter at its place: another
    meter behind the same transformers may already count in primary units.
    """

    metering_point = models.ForeignKey(
        MeteringPoint, on_delete=models.PROTECT, related_name="multipliers", db_index=False
    )
    source = models.CharField(
        "meter", max_length=60, blank=True, help_text="Serial number, as in the source of series."
    )
    valid_from = models.DateTimeField()
    numerator = models.PositiveIntegerField(validators=_RATIO)
    denominator = models.PositiveIntegerField(default=1, validators=_RATIO)
    reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    scope_utility: ClassVar[str] = "metering_point__utility"
    scope_segment: ClassVar[str | None] = "metering_point__segment"
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["metering_point", "source", "valid_from"], name="multiplier_identity"),
            models.CheckConstraint(
                condition=Q(numerator__range=(1, LARGEST_RATIO)) & Q(denominator__range=(1, LARGEST_RATIO)),
                name="multiplier_ratio",
            ),
        ]
        ordering = ["metering_point", "source", "-valid_from"]

    def __str__(self) -> str:
        return f"{self.numerator}/{self.denominator} for {self.source} from {self.valid_from:%Y-%m-%d %H:%M}"


class BoundaryStand(models.Model):
    """What a register showed where it began or ended to count at a metering point.

    After a final stand nothing is derived from the register, before an initial one neither. `value` is in the unit of
    the measured property; null where nobody noted it: then the interval of the exchange stays missing.
    """

    class Side(models.TextChoices):
        FINAL = "final", "Final"
        INITIAL = "initial", "Initial"

    metering_point = models.ForeignKey(
        MeteringPoint, on_delete=models.PROTECT, related_name="boundary_stands", db_index=False
    )
    measured_property = models.ForeignKey(MeasuredProperty, on_delete=models.PROTECT, related_name="boundary_stands")
    source = models.CharField(
        "meter", max_length=60, blank=True, help_text="Serial number, as in the source of series."
    )
    at = models.DateTimeField()
    side = models.CharField(max_length=8, choices=Side.choices)
    value = models.DecimalField("stand", max_digits=30, decimal_places=12, null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    scope_utility: ClassVar[str] = "metering_point__utility"
    scope_segment: ClassVar[str | None] = "metering_point__segment"
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["metering_point", "measured_property", "source", "at", "side"], name="boundary_stand_identity"
            )
        ]
        ordering = ["metering_point", "measured_property", "-at", "side"]

    def __str__(self) -> str:
        return f"{self.get_side_display()} stand of {self.source} at {self.at:%Y-%m-%d %H:%M}"
