"""Which device measured which metering point, and when."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models

from access.querysets import ScopedManager
from devices.models.device import Device
from metering.models import MeteringPoint


class Installation(models.Model):
    """A device at a metering point over a period (end exclusive, open while it hangs there)."""

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="installations")
    metering_point = models.ForeignKey(MeteringPoint, on_delete=models.PROTECT, related_name="installations")
    period = DateTimeRangeField()

    scope_utility: ClassVar[str] = "metering_point__utility"
    scope_segment: ClassVar[str | None] = "metering_point__segment"
    objects = ScopedManager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="installation_device_once",
                expressions=[("device", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
            ),
            ExclusionConstraint(
                name="installation_point_once",
                expressions=[("metering_point", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(condition=~models.Q(period__isempty=True), name="installation_period"),
        ]
        ordering = ["-period"]

    def __str__(self) -> str:
        return f"{self.device} at {self.metering_point}"
