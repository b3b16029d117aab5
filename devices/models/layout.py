"""What a meter's profile captures, as the meter itself said it."""

from typing import Any

from django.db import models

from devices.models.device import Device


class ProfileLayout(models.Model):
    """Captured columns of one profile of one device, read once and again when the meter's answer stops fitting.

    `columns`: `[{"class_id": 3, "obis": "1-0:1.8.0", "attribute": 2, "scaler": 0, "unit": 30}, …]`; scaler and unit
    are null for columns that are not registers (clock, status).
    """

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="profile_layouts")
    obis = models.CharField("OBIS", max_length=24)
    interval_s = models.PositiveIntegerField("interval (s)")
    columns: "models.JSONField[Any, Any]" = models.JSONField()
    read_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["device", "obis"], name="profile_layout")]

    def __str__(self) -> str:
        return f"{self.obis} of {self.device_id}"
