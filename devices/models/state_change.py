"""What became of a device, and when."""

from typing import ClassVar

from django.db import models

from access.models import User
from access.querysets import ScopedManager
from devices.models.device import Device


class StateChange(models.Model):
    """A device went from one state to another. Rows are made with the change itself and never edited."""

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="state_changes", db_index=False)
    before = models.CharField(max_length=16, choices=Device.State.choices)
    after = models.CharField(max_length=16, choices=Device.State.choices)
    at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)
    user = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+",
        help_text="Empty: the system, by a rule.",
    )  # fmt: skip
    action = models.CharField(max_length=32, blank=True, help_text="Action id it belongs to.")

    scope_utility: ClassVar[str] = "device__utility"
    scope_segment: ClassVar[str | None] = "device__segment"
    objects = ScopedManager()

    class Meta:
        default_permissions = ("view",)
        indexes = [models.Index(fields=["device", "-at"], name="state_change_latest")]
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.device}: {self.get_before_display()} → {self.get_after_display()}"
