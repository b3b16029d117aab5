"""What concentrators list behind them, how that compares with what is on file, and which meters moved."""

from typing import ClassVar
from urllib.parse import quote

from django.core.validators import MaxValueValidator
from django.db import models
from django.urls import reverse

from access.models import User, Utility
from access.querysets import ScopedManager
from devices.models import Device

LARGEST_LIST = 20_000


class FollowPolicy(models.Model):
    """What happens to a meter that a concentrator lists and that is on file behind another one, or at another address.

    A utility without a policy follows as the defaults say.
    """

    utility = models.OneToOneField(Utility, on_delete=models.CASCADE, related_name="+")
    follow = models.BooleanField(default=True, help_text="Put the new concentrator and address on file.")
    most_at_once = models.PositiveSmallIntegerField(
        default=100, validators=[MaxValueValidator(LARGEST_LIST)],
        help_text="Where one list would move more, none is moved and a person decides.",
    )  # fmt: skip

    scope_utility: ClassVar[str] = "utility"
    scope_segment: ClassVar[str | None] = None
    objects = ScopedManager()

    class Meta:
        ordering = ["utility"]
        verbose_name_plural = "follow policies"

    def __str__(self) -> str:
        return f"{self.utility}: {'follows' if self.follow else 'follows nobody'}"


class MeterList(models.Model):
    """When the list of a concentrator was read last, and how many meters stood in it."""

    concentrator = models.OneToOneField(Device, on_delete=models.CASCADE, primary_key=True, related_name="meter_list")
    read_at = models.DateTimeField(null=True)
    count = models.PositiveIntegerField(default=0)

    scope_utility: ClassVar[str] = "concentrator__utility"
    scope_segment: ClassVar[str | None] = "concentrator__segment"
    objects = ScopedManager()

    class Meta:
        default_permissions = ("view",)
        ordering = ["concentrator"]

    def __str__(self) -> str:
        return f"Meters of {self.concentrator_id}"


class ListedMeter(models.Model):
    """A meter a concentrator lists, or should: how list and file compare. `note` says in words what differs.

    `name` tells the meters of a concentrator apart: serial number, else system title.
    """

    class State(models.TextChoices):
        NEW = "new", "Unknown"
        REGISTERED = "registered", "Registered"
        DIFFERS = "differs", "Differs"
        LOST = "lost", "Lost"

    DIFFERENCES: ClassVar[tuple[str, ...]] = ("new", "differs", "lost")

    concentrator = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="listed_meters", db_index=False)
    name = models.CharField(max_length=40)
    state = models.CharField(max_length=12, choices=State.choices)
    since = models.DateTimeField(help_text="Since when it is in this state.")
    device = models.ForeignKey(
        Device, on_delete=models.CASCADE, null=True, blank=True, related_name="+", help_text="As it is on file."
    )
    serial_number = models.CharField(max_length=40, blank=True)
    system_title = models.CharField(max_length=16, blank=True)
    gateway_address = models.CharField("address", max_length=64, blank=True)
    registered_at = models.DateTimeField(null=True, blank=True, help_text="As the concentrator says.")
    note = models.CharField(max_length=200, blank=True)

    scope_utility: ClassVar[str] = "concentrator__utility"
    scope_segment: ClassVar[str | None] = "concentrator__segment"
    objects = ScopedManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["concentrator", "name"], name="listed_meter")]
        indexes = [
            models.Index(fields=["-since"], condition=~models.Q(state="registered"), name="listed_meter_differences")
        ]
        ordering = ["concentrator", "name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The device; of a meter nobody knows where it waits to be accepted."""
        if self.device_id is not None:
            return reverse("devices:device", args=[self.device_id])
        return f"{reverse('headend:discovered')}?q={quote(self.system_title or self.serial_number)}"


class WayChange(models.Model):
    """A meter that came behind another concentrator, or to another address there. Rows are never edited."""

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="way_changes")
    at = models.DateTimeField()
    before = models.ForeignKey(Device, on_delete=models.SET_NULL, null=True, blank=True, related_name="meters_gone")
    before_address = models.CharField(max_length=280, blank=True)
    after = models.ForeignKey(Device, on_delete=models.SET_NULL, null=True, blank=True, related_name="meters_come")
    after_address = models.CharField(max_length=64, blank=True)
    user = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+",
        help_text="Empty: the system, by the policy.",
    )  # fmt: skip

    scope_utility: ClassVar[str] = "device__utility"
    scope_segment: ClassVar[str | None] = "device__segment"
    objects = ScopedManager()

    class Meta:
        default_permissions = ("view",)
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.device}: {self.before or 'nowhere'} → {self.after or 'nowhere'}"
