"""Events a device logged or reported."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from access.querysets import ScopedManager
from devices.models import Device
from events.catalogue import CATALOGUE, Entry
from metering.models import MeteringPoint


class Event(models.Model):
    """One entry of a device's event log. `kind` is its key in our catalogue, `code` what the device called it.

    `ordinal` tells entries of one log with equal time and code apart, so reading a log again doubles nothing.
    """

    class Severity(models.IntegerChoices):
        INFORMATION = 10, "Information"
        WARNING = 20, "Warning"
        CRITICAL = 30, "Critical"

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="events")
    metering_point = models.ForeignKey(MeteringPoint, on_delete=models.PROTECT, null=True, related_name="events")
    log = models.CharField(max_length=24, help_text="OBIS code of the event log.")
    at = models.DateTimeField()
    code = models.PositiveIntegerField()
    ordinal = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=40)
    category = models.CharField(max_length=20)
    severity = models.PositiveSmallIntegerField(choices=Severity.choices)
    details: "models.JSONField[Any, Any]" = models.JSONField(
        default=dict, help_text="Further columns of the log entry."
    )
    received_at = models.DateTimeField(default=timezone.now)

    scope_utility: ClassVar[str] = "device__utility"
    scope_segment: ClassVar[str | None] = "device__segment"
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["device", "log", "at", "code", "ordinal"], name="event_identity")
        ]
        indexes = [
            models.Index(fields=["-at", "-id"], name="event_latest"),
            models.Index(fields=["metering_point", "-at"], name="event_of_point"),
            models.Index(fields=["category", "-at"], name="event_category"),
        ]
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.entry.text} ({self.device_id})"

    @property
    def entry(self) -> Entry:
        return CATALOGUE[self.kind]
