"""What may be done to the clocks of meters without a person, and what was done."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from access.models import Utility
from access.querysets import ScopedManager
from devices.models import Device, DeviceModel

DAY_S = 86_400


class ClockPolicy(models.Model):
    """How clocks of a utility are corrected; a row of a device model goes before the one without.

    Nothing is corrected where no row says so. Deviations are those measured at half of the round trip.
    """

    utility = models.ForeignKey(Utility, on_delete=models.CASCADE, related_name="clock_policies")
    model = models.ForeignKey(
        DeviceModel, on_delete=models.CASCADE, null=True, blank=True, related_name="+", help_text="Empty: all others."
    )
    enabled = models.BooleanField(default=False)
    tolerance_s = models.PositiveIntegerField(
        "tolerance (s)",
        default=10,
        validators=[MinValueValidator(2), MaxValueValidator(DAY_S)],
        help_text="Up to this deviation nothing is done: transmission alone may explain it.",
    )
    sync_limit_s = models.PositiveIntegerField(
        "sync limit (s)",
        default=60,
        validators=[MaxValueValidator(900)],
        help_text="Up to this deviation the clock is shifted silently, where the meter can; above, it is set.",
    )
    largest_s = models.PositiveIntegerField(
        "largest correction (s)",
        default=3600,
        validators=[MinValueValidator(1), MaxValueValidator(366 * DAY_S)],
        help_text="A clock that is off by more is left to a person.",
    )
    boundary_s = models.PositiveIntegerField(
        "away from the end of a period (s)",
        default=60,
        validators=[MaxValueValidator(1800)],
        help_text="No correction from or to a time so close to the end of a capture period.",
    )
    per_day = models.PositiveSmallIntegerField(
        "corrections per day",
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(24)],
        help_text="So many of one device within 24 hours, tries that failed included.",
    )

    scope_utility: ClassVar[str] = "utility"
    scope_segment: ClassVar[str | None] = None
    objects = ScopedManager()

    class Meta:
        verbose_name_plural = "clock policies"
        constraints = [
            models.UniqueConstraint(fields=["utility", "model"], name="clock_policy_model", nulls_distinct=False),
        ]
        ordering = ["utility", "model"]

    def __str__(self) -> str:
        return f"Clocks of {self.utility}" + (f", {self.model}" if self.model else "")


class ClockCorrection(models.Model):
    """One correction of the clock of one device; `after_s` is what was read back, None when that did not come."""

    class How(models.TextChoices):
        SHIFTED = "shifted", "Shifted"
        SET = "set", "Set"
        REFUSED = "refused", "Refused by the device"

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="clock_corrections", db_index=False)
    at = models.DateTimeField(help_text="True time of the correction.")
    before_s = models.FloatField(help_text="Device clock minus true time before.")
    after_s = models.FloatField(null=True, help_text="The same, read back.")
    how = models.CharField(max_length=12, choices=How.choices)

    scope_utility: ClassVar[str] = "device__utility"
    scope_segment: ClassVar[str | None] = "device__segment"
    objects = ScopedManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["device", "at"], name="clock_correction_at")]
        indexes = [models.Index(fields=["-at"], name="clock_correction_latest")]
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.device_id} at {self.at:%Y-%m-%d %H:%M:%S}: {self.before_s:+.1f} s"
