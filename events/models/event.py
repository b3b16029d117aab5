"""Events a device logged or reported."""

from typing import Any, ClassVar, Self

from django.db import models
from django.utils import timezone

from access.models import User
from access.querysets import ScopedQuerySet
from devices.models import Device
from events.catalogue import CATALOGUE, Entry
from metering.models import MeteringPoint

LONGEST_COMMENT = 500
HEAD_END = "head-end"
"""The log of what the head-end noticed itself, where others have the OBIS code of a log of the device."""


class EventQuerySet(ScopedQuerySet["Event"]):
    """Events; alarms are those somebody should look at."""

    def alarms(self) -> Self:
        """Warnings and worse, without those that an outage of their transformer area stands for."""
        return self.filter(severity__gte=Event.Severity.WARNING, area_outage=None)

    def open_alarms(self) -> Self:
        """Alarms nobody acknowledged."""
        return self.alarms().filter(acknowledged_at=None)


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
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    comment = models.CharField(max_length=LONGEST_COMMENT, blank=True, help_text="What was noted on acknowledging.")
    area_outage = models.ForeignKey(
        "events.AreaOutage", on_delete=models.SET_NULL, null=True, blank=True, related_name="events", db_index=False
    )

    scope_utility: ClassVar[str] = "device__utility"
    scope_segment: ClassVar[str | None] = "device__segment"
    objects = models.Manager.from_queryset(EventQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["device", "log", "at", "code", "ordinal"], name="event_identity")
        ]
        indexes = [
            models.Index(fields=["-at", "-id"], name="event_latest"),
            models.Index(fields=["metering_point", "-at"], name="event_of_point"),
            models.Index(fields=["category", "-at"], name="event_category"),
            models.Index(
                fields=["-at", "-id"], name="event_open_alarm",
                condition=models.Q(severity__gte=20, acknowledged_at=None, area_outage=None),
            ),
            models.Index(
                fields=["area_outage"], name="event_of_area_outage", condition=models.Q(area_outage__isnull=False)
            ),
        ]  # fmt: skip
        permissions = [("acknowledge_event", "Can acknowledge an alarm")]
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.entry.text} ({self.device_id})"

    @property
    def entry(self) -> Entry:
        return CATALOGUE[self.kind]


class EventNews(models.Model):
    """An event that outages and alarm rules have not looked at yet; written with it in one statement."""

    event = models.OneToOneField(Event, on_delete=models.CASCADE, primary_key=True, related_name="news")

    def __str__(self) -> str:
        return f"News of event {self.event_id}"
