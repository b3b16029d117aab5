"""Groups of devices that are worked on together: named one by one, or by a filter of the device list."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse

from access.models import Utility
from access.querysets import ScopedManager
from devices.models.device import Device

LONGEST_FILTER = 1_000


class DeviceGroup(models.Model):
    """Devices of one utility. A static group has members; a dynamic one is what its filter finds whenever it is used.

    `query` is the query string of the device list, evaluated by `devices.groups`.
    """

    class Kind(models.TextChoices):
        STATIC = "static", "Named devices"
        DYNAMIC = "dynamic", "By filter"

    utility = models.ForeignKey(Utility, on_delete=models.CASCADE, related_name="device_groups")
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.STATIC)
    query = models.CharField("filter", max_length=LONGEST_FILTER, blank=True)
    members = models.ManyToManyField(Device, through="devices.GroupMember", related_name="device_groups")
    created_at = models.DateTimeField(auto_now_add=True)

    scope_utility: ClassVar[str] = "utility"
    scope_segment: ClassVar[str | None] = None
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["utility", "name"], name="device_group_name"),
            models.CheckConstraint(
                condition=models.Q(kind="dynamic") & ~models.Q(query="") | models.Q(kind="static", query=""),
                name="device_group_kind",
                violation_error_message="A group by filter has a filter; a group of named devices has none.",
            ),
        ]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("devices:group", args=[self.pk])

    @property
    def is_dynamic(self) -> bool:
        return self.kind == self.Kind.DYNAMIC

    def clean(self) -> None:
        """A filter must be one the device list understands."""
        from devices.groups import filter_problem  # which stands on this model

        if self.is_dynamic and (problem := filter_problem(self.query)):
            raise ValidationError({"query": problem})


class GroupMember(models.Model):
    """A device of a static group."""

    group = models.ForeignKey(DeviceGroup, on_delete=models.CASCADE, related_name="memberships")
    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="memberships")

    scope_utility: ClassVar[str] = "group__utility"
    scope_segment: ClassVar[str | None] = "device__segment"
    objects = ScopedManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "device"], name="device_group_member")]
        ordering = ["group", "device"]

    def __str__(self) -> str:
        return f"{self.device_id} in {self.group_id}"
