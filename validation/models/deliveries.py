"""Which values were delivered for billing and settlement, and what changed after that."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from access.querysets import ScopedManager
from metering.models import Series


class Delivery(models.Model):
    """The values of a series over [first_day, last_day], local days both included, left for another system."""

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    first_day = models.DateField()
    last_day = models.DateField()
    delivered_at = models.DateTimeField()
    receiver = models.CharField(max_length=80, blank=True)
    reference = models.CharField(max_length=80, blank=True, help_text="What the receiver knows it by.")

    scope_utility: ClassVar[str] = "series__metering_point__utility"
    scope_segment: ClassVar[str | None] = "series__metering_point__segment"
    objects = ScopedManager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="delivery_period")]
        indexes = [models.Index(fields=["series", "last_day"], name="delivery_of_series")]
        ordering = ["-delivered_at"]

    def __str__(self) -> str:
        return f"{self.first_day} to {self.last_day}"


class Correction(models.Model):
    """A delivered day whose total is another one now: the receiver has to be told. Totals: integers of the series."""

    class State(models.TextChoices):
        OPEN = "open", "To be delivered"
        DELIVERED = "delivered", "Delivered"
        VOID = "void", "Back to what was delivered"

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="corrections", db_index=False)
    day = models.DateField()
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="corrections")
    before = models.BigIntegerField(null=True)
    after = models.BigIntegerField(null=True)
    values = models.PositiveSmallIntegerField("values changed", default=0)
    cause = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    scope_utility: ClassVar[str] = "series__metering_point__utility"
    scope_segment: ClassVar[str | None] = "series__metering_point__segment"
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "day"], name="correction_open", condition=Q(state="open"))
        ]
        indexes = [models.Index(fields=["-created_at", "-id"], name="correction_latest")]
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"Correction of {self.day}"
