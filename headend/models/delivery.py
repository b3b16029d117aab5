"""When values are due, which devices are not counted, and how many values were there by when."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from access.models import User, Utility
from access.querysets import ScopedManager
from devices.models import Device
from headend.rhythms import DAY_MIN
from metering.models import MeasuredProperty

MOST_DAYS_AFTER = 31


class Deadline(models.Model):
    """The values of a local day are due `days_after` it at a local time; of one measured property, or of all others."""

    utility = models.ForeignKey(Utility, on_delete=models.CASCADE, related_name="deadlines")
    measured_property = models.ForeignKey(
        MeasuredProperty, on_delete=models.CASCADE, null=True, blank=True, related_name="+",
        help_text="Empty: for all that have no deadline of their own.",
    )  # fmt: skip
    days_after = models.PositiveSmallIntegerField(
        "days after", default=1, validators=[MinValueValidator(1), MaxValueValidator(MOST_DAYS_AFTER)]
    )
    at_minute = models.PositiveSmallIntegerField(
        "at minute", default=360, validators=[MaxValueValidator(DAY_MIN - 1)],
        help_text="Minute of the local day; 360 is 06:00.",
    )  # fmt: skip

    scope_utility: ClassVar[str] = "utility"
    scope_segment: ClassVar[str | None] = None
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["utility", "measured_property"], name="deadline_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(days_after__range=(1, MOST_DAYS_AFTER)), name="deadline_days"),
            models.CheckConstraint(condition=Q(at_minute__lt=DAY_MIN), name="deadline_at"),
        ]
        ordering = ["utility", "measured_property"]

    def __str__(self) -> str:
        return f"D+{self.days_after} {self.at_minute // 60:02}:{self.at_minute % 60:02}"


class Exclusion(models.Model):
    """Days whose values of a device do not count for delivery, with the reason: a broken meter, say."""

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="exclusions")
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True, help_text="Included; empty: until further notice.")
    reason = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    scope_utility: ClassVar[str] = "device__utility"
    scope_segment: ClassVar[str | None] = "device__segment"
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(last_day=None) | Q(last_day__gte=F("first_day")), name="exclusion_days"),
            models.CheckConstraint(condition=~Q(reason=""), name="exclusion_reason"),
        ]
        ordering = ["-first_day", "device"]

    def __str__(self) -> str:
        return f"{self.device} from {self.first_day}: {self.reason}"

    def get_absolute_url(self) -> str:
        return reverse("headend:exclusion", args=[self.pk])


class DeliveryCount(models.Model):
    """Values of one local day and how many of them were stored by one instant after it; of an area and a device model.

    Counted once, as the store was at that instant, whenever it is counted. A row with neither area nor model says
    that the day was counted.
    """

    class By(models.TextChoices):
        HOUR = "1h", "1 h after the day"
        SIX_HOURS = "6h", "6 h after the day"
        DEADLINE = "deadline", "Deadline"
        NEXT_DAY = "d1", "End of D+1"
        FIFTH_DAY = "d5", "End of D+5"

    utility = models.ForeignKey(Utility, on_delete=models.CASCADE, related_name="delivery_counts")
    day = models.DateField(help_text="Local day of the utility.")
    by = models.CharField(max_length=8, choices=By.choices)
    area = models.CharField(max_length=40, blank=True, help_text="Code of the transformer area; empty: none.")
    model = models.CharField(max_length=60, blank=True, help_text="Code of the device model.")
    expected = models.PositiveBigIntegerField(help_text="Values that must exist, without those excluded.")
    present = models.PositiveBigIntegerField()
    excluded = models.PositiveBigIntegerField(help_text="Values that would have to exist, of excluded devices.")

    scope_utility: ClassVar[str] = "utility"
    scope_segment: ClassVar[str | None] = None
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["utility", "day", "by", "area", "model"], name="delivery_count"),
            models.CheckConstraint(condition=Q(present__lte=F("expected")), name="delivery_present"),
        ]
        ordering = ["-day", "by"]

    def __str__(self) -> str:
        return f"{self.day} {self.by}: {self.present} of {self.expected}"


class GapBudget(models.Model):
    """How many devices a utility lets be read again for missing values, per hour. Without a row there is no limit."""

    utility = models.OneToOneField(Utility, on_delete=models.CASCADE, related_name="gap_budget")
    devices_per_hour = models.PositiveIntegerField(validators=[MinValueValidator(1)])

    scope_utility: ClassVar[str] = "utility"
    scope_segment: ClassVar[str | None] = None
    objects = ScopedManager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(devices_per_hour__gte=1), name="gap_budget")]

    def __str__(self) -> str:
        return f"{self.devices_per_hour} devices an hour"
