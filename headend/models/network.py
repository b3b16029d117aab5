"""How devices stood in the mobile network."""

from typing import ClassVar

from django.db import models

from access.querysets import ScopedManager
from devices.models import Device


class NetworkReading(models.Model):
    """What a device told of its mobile network in one session."""

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="network_readings", db_index=False)
    at = models.DateTimeField()
    operator = models.CharField(max_length=40, blank=True)
    registered = models.BooleanField(null=True, help_text="Empty: not told.")
    roaming = models.BooleanField(default=False)
    service = models.CharField(max_length=8, blank=True, help_text="What carries packets: LTE, NB-IoT and so on.")
    cell = models.CharField(max_length=24, blank=True, help_text="Location area and cell.")
    signal_dbm = models.SmallIntegerField("signal (dBm)", null=True)
    apn = models.CharField("APN", max_length=100, blank=True)
    address = models.GenericIPAddressField("IP address", null=True)

    scope_utility: ClassVar[str] = "device__utility"
    scope_segment: ClassVar[str | None] = "device__segment"
    objects = ScopedManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["device", "at"], name="network_reading_at")]
        indexes = [models.Index(fields=["at"], name="network_reading_age")]
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.device_id} at {self.at:%Y-%m-%d %H:%M:%S}: {self.cell or 'no cell'}"
