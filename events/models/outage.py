"""Outages: of one device, and of the transformer area in which many devices are down at once."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from access.models import User, Utility
from access.querysets import ScopedManager
from devices.models import Device
from metering.models import MeteringPoint, TransformerArea


class OutageRule(models.Model):
    """From when on a utility speaks of an outage of a transformer area; a utility without a row has the defaults."""

    utility = models.OneToOneField(Utility, on_delete=models.CASCADE, primary_key=True, related_name="outage_rule")
    devices = models.PositiveSmallIntegerField(
        default=5, validators=[MinValueValidator(2)], help_text="So many devices of an area are down at once,"
    )
    percent = models.PositiveSmallIntegerField(
        default=50,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text="or this share of the devices heard there, whichever is fewer; never a single one.",
    )
    shortest_s = models.PositiveIntegerField(
        "shortest (s)", default=60, help_text="Devices that were down for less are left out."
    )

    scope_utility: ClassVar[str] = "utility"
    scope_segment: ClassVar[str | None] = None
    objects = ScopedManager()

    def __str__(self) -> str:
        return f"{self.devices} devices or {self.percent} %"

    def needed(self, heard: int) -> int:
        """How many of `heard` devices must be down at once; at least 2."""
        return max(2, min(self.devices, -(-heard * self.percent // 100)))


class PlannedOutage(models.Model):
    """Work on the network that was announced: an outage in its period is no surprise."""

    area = models.ForeignKey(TransformerArea, on_delete=models.CASCADE, related_name="planned_outages")
    starts_at = models.DateTimeField("from")
    ends_at = models.DateTimeField("to")
    reason = models.CharField(max_length=200)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    scope_utility: ClassVar[str] = "area__utility"
    scope_segment: ClassVar[str | None] = None
    objects = ScopedManager()

    class Meta:
        indexes = [models.Index(fields=["area", "starts_at"], name="planned_outage_period")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="planned_outage_ends_later",
                violation_error_message="It ends before it begins.",
            )
        ]  # fmt: skip
        ordering = ["-starts_at"]

    def __str__(self) -> str:
        return f"{self.reason} ({self.area.code})"


class AreaOutage(models.Model):
    """Many devices of one transformer area were down at once. Its devices are its `outages`."""

    area = models.ForeignKey(TransformerArea, on_delete=models.PROTECT, related_name="outages")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True, help_text="Empty while it lasts.")
    devices = models.PositiveIntegerField(default=0, help_text="How many devices it took.")
    most_at_once = models.PositiveIntegerField(default=0)
    heard = models.PositiveIntegerField(default=0, help_text="Devices installed in the area that were ever heard of.")
    planned = models.ForeignKey(
        PlannedOutage, on_delete=models.SET_NULL, null=True, blank=True, related_name="outages", db_index=False
    )
    noticed_at = models.DateTimeField(auto_now_add=True)

    scope_utility: ClassVar[str] = "area__utility"
    scope_segment: ClassVar[str | None] = None
    objects = ScopedManager()

    class Meta:
        indexes = [
            models.Index(fields=["-started_at", "-id"], name="area_outage_latest"),
            models.Index(fields=["area", "-started_at"], name="area_outage_of_area"),
            models.Index(fields=["area"], name="area_outage_open", condition=Q(ended_at=None)),
        ]
        ordering = ["-started_at", "-id"]

    def __str__(self) -> str:
        return f"Outage of {self.area.code}"

    def get_absolute_url(self) -> str:
        return reverse("events:outage", args=[self.pk])


class Outage(models.Model):
    """A device without power. Rows are derived from events and written anew as more of them arrive."""

    class Source(models.TextChoices):
        LOG = "log", "Event log"
        FAILURE_LOG = "failure_log", "Power failure log"
        LAST_GASP = "last_gasp", "Last gasp"
        CONTACT = "contact", "Device answered"
        REMOVED = "removed", "Device taken down"
        NEXT = "next", "Next power failure"

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="outages", db_index=False)
    metering_point = models.ForeignKey(
        MeteringPoint, on_delete=models.PROTECT, null=True, blank=True, related_name="outages", db_index=False
    )
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True, help_text="Empty while it lasts.")
    start_source = models.CharField(max_length=12, choices=Source.choices)
    end_source = models.CharField(
        max_length=12, choices=Source.choices, blank=True,
        help_text="Where no message told the end, it is the latest instant at which power can have come back.",
    )  # fmt: skip
    area_outage = models.ForeignKey(
        AreaOutage, on_delete=models.SET_NULL, null=True, blank=True, related_name="outages"
    )

    scope_utility: ClassVar[str] = "device__utility"
    scope_segment: ClassVar[str | None] = "device__segment"
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["device", "started_at"], name="outage_identity"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")), name="outage_ends_later"
            ),
        ]
        indexes = [
            models.Index(fields=["-started_at", "-id"], name="outage_latest"),
            models.Index(fields=["metering_point", "-started_at"], name="outage_of_point"),
            models.Index(fields=["device"], name="outage_open", condition=Q(ended_at=None)),
        ]
        ordering = ["-started_at", "-id"]

    def __str__(self) -> str:
        return f"Outage of {self.device_id} from {self.started_at:%Y-%m-%d %H:%M}"
