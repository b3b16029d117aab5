"""What devices send on their own: how far their counters have come, what was refused, who called unknown."""

from typing import TYPE_CHECKING, ClassVar, Self, TypeVar

from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.urls import reverse

from access.models import Utility
from access.querysets import ScopedManager, opened, permission_name
from devices.models import Device, DeviceModel

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from access.models import User

LARGEST_NUMBER = 2**40 - 1
"""The last five octets of a system title."""
MESSAGE_KEPT = 4096
"""So many octets of the last message of an unknown caller are kept."""
manufacturer_validator = RegexValidator(r"^[A-Z]{3}$", "Three capital letters, as the FLAG association gave them.")
_Row = TypeVar("_Row", bound=models.Model, covariant=True)


class PushCounter(models.Model):
    """The highest invocation counter accepted from one system title under one key.

    It moves in the transaction that stores the message, and only for a message that is authentic. `digest` is of the
    message that moved it last: a meter that got no acknowledgement sends those very octets again.
    """

    system_title = models.CharField(max_length=16)
    key = models.CharField(max_length=40, help_text="Kind and version of the key, or the fingerprint of a message key.")
    last = models.BigIntegerField()
    digest = models.BinaryField(max_length=16)
    refused = models.BigIntegerField(default=0, help_text="Authentic messages whose counter was not above the last.")
    moved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["system_title", "key"], name="push_counter")]

    def __str__(self) -> str:
        return f"{self.system_title} under {self.key}: {self.last}"


class PushRefusal(models.Model):
    """Why pushes of a known device were not taken: one row per device and cause, however often it happens."""

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="push_refusals")
    cause = models.CharField(max_length=40)
    detail = models.CharField(max_length=300)
    address = models.CharField(max_length=280)
    count = models.BigIntegerField(default=0)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    scope_utility: ClassVar[str] = "device__utility"
    scope_segment: ClassVar[str | None] = "device__segment"
    objects = ScopedManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["device", "cause"], name="push_refusal")]
        ordering = ["-last_at"]

    def __str__(self) -> str:
        return f"{self.count} pushes of {self.device_id}: {self.cause}"


class DiscoveredQuerySet(models.QuerySet[_Row]):
    def visible_to(self, user: "User | AnonymousUser", action: str = "view") -> Self:
        """Callers that belong to nobody yet, and those accepted for the user's utilities, or listed by a concentrator
        of one of them.
        """
        if not user.is_active or not user.has_perm(permission_name(self.model, action)):
            return self.none()
        if user.is_superuser:
            return self
        utilities = opened(user, "access_utility", Utility)
        nobodys = models.Q(concentrator=None) | models.Q(concentrator__utility__in=utilities)
        return self.filter(models.Q(utility=None) & nobodys | models.Q(utility__in=utilities))


class DiscoveredDevice(models.Model):
    """A caller nobody knows, with what it said of itself.

    `caller` tells callers apart: the system title where there is one, else the address, with the address behind a
    concentrator or the serial number that was told.
    """

    class State(models.TextChoices):
        NEW = "new", "Waiting"
        IGNORED = "ignored", "Ignored"
        ACCEPTED = "accepted", "Accepted"

    caller = models.CharField(max_length=200, unique=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.NEW)
    utility = models.ForeignKey(Utility, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    device = models.OneToOneField(Device, on_delete=models.SET_NULL, null=True, blank=True, related_name="discovered")
    system_title = models.CharField(max_length=16, blank=True)
    manufacturer = models.CharField(max_length=3, blank=True)
    number = models.BigIntegerField(null=True, help_text="The last five octets of the system title.")
    serial_number = models.CharField(max_length=40, blank=True, help_text="As it said, or as a rule makes it.")
    logical_name = models.CharField("logical device name", max_length=40, blank=True)
    model = models.ForeignKey(
        DeviceModel, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", help_text="A guess."
    )
    address = models.CharField(max_length=280)
    concentrator = models.ForeignKey(
        Device, on_delete=models.SET_NULL, null=True, blank=True, related_name="+",
        help_text="The concentrator that lists it.",
    )  # fmt: skip
    gateway_address = models.CharField(max_length=64, blank=True)
    ciphered = models.BooleanField(default=False)
    count = models.BigIntegerField(default=0)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    last_message = models.BinaryField(max_length=MESSAGE_KEPT)

    objects = models.Manager.from_queryset(DiscoveredQuerySet)()

    class Meta:
        indexes = [models.Index(fields=["state", "-last_at"], name="discovered_latest")]
        ordering = ["-last_at"]

    def __str__(self) -> str:
        return self.serial_number or self.system_title or self.caller

    def get_absolute_url(self) -> str:
        return reverse("headend:discovered-device", args=[self.pk])


class AcceptanceRule(models.Model):
    """Callers of a manufacturer within a range of numbers are accepted at once, as devices of this utility and model.

    The number is that of the system title; it also makes the serial number: prefix and number in so many digits.
    """

    utility = models.ForeignKey(Utility, on_delete=models.CASCADE, related_name="+")
    model = models.ForeignKey(DeviceModel, on_delete=models.PROTECT, related_name="+")
    manufacturer = models.CharField(max_length=3, validators=[manufacturer_validator])
    first_number = models.BigIntegerField(validators=[MaxValueValidator(LARGEST_NUMBER)])
    last_number = models.BigIntegerField(validators=[MaxValueValidator(LARGEST_NUMBER)])
    serial_prefix = models.CharField(max_length=20, blank=True)
    serial_digits = models.PositiveSmallIntegerField(default=8, validators=[MaxValueValidator(20)])
    enabled = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(first_number__gte=0) & models.Q(last_number__gte=models.F("first_number")),
                name="acceptance_rule_range",
                violation_error_message="The last number is not below the first, and neither below 0.",
            )
        ]
        ordering = ["manufacturer", "first_number"]

    def __str__(self) -> str:
        return f"{self.manufacturer} {self.first_number}-{self.last_number} for {self.utility}"

    def fits(self, found: DiscoveredDevice) -> bool:
        """Whether this caller is one of its range."""
        in_range = found.number is not None and self.first_number <= found.number <= self.last_number
        return in_range and found.manufacturer == self.manufacturer

    def serial_of(self, number: int) -> str:
        """The serial number of the device with this number."""
        return f"{self.serial_prefix}{number:0{self.serial_digits}d}"
