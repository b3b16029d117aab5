"""Gaps: stretches of a device's profile that should exist and do not."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from access.querysets import ScopedManager
from devices.models import Device


class Gap(models.Model):
    """Slots `starts_at` (included) to `ends_at` (excluded) of one profile that are missing in the store.

    None reaches over the first of a month (UTC), so that one that grows for ever stays small. Read again until filled;
    after enough tries without new values the meter evidently does not hold them. `headend.storing.gaps` moves the
    state.
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        FILLED = "filled", "Filled"
        NOT_HELD = "not_held", "Not held by the meter"

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="gaps")
    obis = models.CharField("OBIS", max_length=24, help_text="The profile the gap is in.")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    tries = models.PositiveSmallIntegerField(
        default=0, help_text="Good sessions that asked for it and brought nothing."
    )
    asked = models.PositiveSmallIntegerField(default=0, help_text="Sessions that were to ask for it, failed ones too.")
    found_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)
    again_at = models.DateTimeField(null=True, help_text="Not asked for again before; empty: at once.")

    scope_utility: ClassVar[str] = "device__utility"
    scope_segment: ClassVar[str | None] = "device__segment"
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["device", "obis", "starts_at"], name="gap_start"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="gap_length"),
        ]
        indexes = [models.Index(fields=["device"], condition=~Q(state="filled"), name="gap_not_filled")]
        ordering = ["device", "obis", "starts_at"]

    def __str__(self) -> str:
        return f"{self.device_id}: {self.starts_at:%Y-%m-%d %H:%M} to {self.ends_at:%Y-%m-%d %H:%M}"

    @classmethod
    def watched(cls, since: datetime) -> Q:
        """Gaps whose state may still change: open ones, and of those the meter does not hold the ones after `since`."""
        return Q(state=cls.State.OPEN) | Q(state=cls.State.NOT_HELD, ends_at__gt=since)
