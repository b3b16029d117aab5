"""Devices, what kind they are, and how the last contact with each went."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.urls import reverse

from access.models import Segment, Utility
from devices.querysets import LEFT, WAYS, DeviceManager

LARGEST_LINK_ADDRESS = 0x3FFF
LAST_CHANNEL = 4
gateway_address_validator = RegexValidator(
    r"^([0-9A-F]{2}){1,32}$", "A physical device address is an even number of hexadecimal digits, at most 64."
)
system_title_validator = RegexValidator(r"^[0-9A-F]{16}$", "A system title is 16 hexadecimal digits (8 octets).")


class DeviceModel(models.Model):
    """A type of device. What it holds and how it is spoken to stands in `devices/description_files/<code>.json`."""

    class Kind(models.TextChoices):
        METER = "meter", "Meter"
        CONCENTRATOR = "concentrator", "Data concentrator"
        SLAVE_METER = "slave_meter", "M-Bus slave meter"
        GATEWAY = "gateway", "Smart meter gateway"
        DISPLAY = "display", "In-home display"
        MODEM = "modem", "Modem or router"

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    manufacturer = models.CharField(max_length=80)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    protocol = models.CharField(max_length=20, default="dlms")

    class Meta:
        ordering = ["manufacturer", "name"]

    def __str__(self) -> str:
        return f"{self.manufacturer} {self.name}"

    @property
    def is_way(self) -> bool:
        """Whether other devices may be reached through one of this model; it then needs no metering point."""
        return self.kind in WAYS


class Device(models.Model):
    """One meter, concentrator, gateway, display or modem."""

    class State(models.TextChoices):
        INVENTORY = "inventory", "In inventory"
        DISCOVERED = "discovered", "Discovered"
        INSTALLED = "installed", "Installed"
        IN_OPERATION = "in_operation", "In operation"
        ERROR = "error", "Error"
        REMOVED = "removed", "Removed"
        SCRAPPED = "scrapped", "Scrapped"

    utility = models.ForeignKey(Utility, on_delete=models.PROTECT, related_name="devices")
    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, null=True, blank=True)
    model = models.ForeignKey(DeviceModel, on_delete=models.PROTECT, related_name="devices")
    serial_number = models.CharField(max_length=40, unique=True, help_text="The manufacturer's, world-wide unique.")
    usn = models.CharField("USN", max_length=40, blank=True, help_text="The utility's own serial number.")
    state = models.CharField(max_length=16, choices=State.choices, default=State.INVENTORY)
    error_reason = models.CharField(max_length=200, blank=True)
    host = models.CharField(max_length=255, blank=True)
    port = models.PositiveIntegerField(default=4059, validators=[MinValueValidator(1), MaxValueValidator(65535)])
    server_address = models.PositiveIntegerField(
        default=1, help_text="Wrapper port of the logical device, or its upper HDLC address."
    )
    link_address = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MaxValueValidator(LARGEST_LINK_ADDRESS)],
        help_text="Lower (physical) HDLC address; empty where the line has one device or none of HDLC.",
    )
    concentrator = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reached",
        help_text="The concentrator or gateway through which it is reached; host and port are then those of that one.",
    )
    gateway_address = models.CharField(
        max_length=64,
        blank=True,
        validators=[gateway_address_validator],
        help_text="Physical device address at the concentrator, hexadecimal.",
    )
    master = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="slaves",
        db_index=False,
        help_text="The meter on whose M-Bus a slave meter hangs; it is read in sessions with that one.",
    )
    channel = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LAST_CHANNEL)],
        help_text="M-Bus channel at the master, 1 to 4.",
    )
    apn = models.CharField("APN", max_length=100, blank=True, help_text="Access point of the mobile network it uses.")
    cell = models.CharField(max_length=60, blank=True, help_text="Radio cell in which it was last known.")
    system_title = models.CharField(max_length=16, blank=True, validators=[system_title_validator])
    firmware = models.CharField(max_length=60, blank=True)
    module_firmware = models.CharField(max_length=60, blank=True)
    configuration_id = models.CharField(max_length=60, blank=True)

    scope_utility: ClassVar[str] = "utility"
    scope_segment: ClassVar[str | None] = "segment"
    objects = DeviceManager()

    class Meta:
        permissions = [
            ("read_device", "Can read a device now"),
            ("install_device", "Can install, exchange and remove a device"),
            ("scrap_device", "Can scrap a device, and take that back"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["utility", "usn"], condition=~models.Q(usn=""), name="device_usn"),
            models.UniqueConstraint(
                fields=["system_title"], condition=~models.Q(system_title=""), name="device_system_title"
            ),
            models.UniqueConstraint(fields=["concentrator", "gateway_address"], name="device_gateway_address"),
            models.CheckConstraint(
                condition=models.Q(concentrator=None, gateway_address="")
                | (models.Q(concentrator__isnull=False, host="") & ~models.Q(gateway_address="")),
                name="device_behind_concentrator",
                violation_error_message="Behind a concentrator a device has an address there and no host of its own.",
            ),
            models.UniqueConstraint(
                fields=["master", "channel"],
                condition=~models.Q(state__in=LEFT),
                name="device_master_channel",
                violation_error_message="Another slave meter hangs on this channel of the master.",
            ),
            models.CheckConstraint(
                condition=models.Q(master=None, channel=None)
                | models.Q(
                    master__isnull=False,
                    channel__isnull=False,
                    channel__range=(1, LAST_CHANNEL),
                    host="",
                    concentrator=None,
                ),
                name="device_behind_master",
                violation_error_message="A slave meter has a master, a channel there from 1 to 4, and no address.",
            ),
        ]
        indexes = [
            models.Index(fields=["utility", "state"], name="device_state"),
            models.Index(fields=["host"], name="device_host"),
            models.Index(fields=["apn"], condition=~models.Q(apn=""), name="device_apn"),
            models.Index(fields=["cell"], condition=~models.Q(cell=""), name="device_cell"),
            models.Index(fields=["master"], condition=models.Q(master__isnull=False), name="device_master"),
        ]
        ordering = ["serial_number"]

    def __str__(self) -> str:
        return self.serial_number

    def get_absolute_url(self) -> str:
        return reverse("devices:device", args=[self.pk])

    def clean(self) -> None:
        """What one row alone cannot say: concentrator and master are of the same utility and can be what they are."""
        if reason := self._no_way(self.concentrator):
            raise ValidationError({"concentrator": reason})
        if reason := self._no_master(self.master):
            raise ValidationError({"master": reason})

    def _no_way(self, way: "Device | None") -> str:
        """Why it cannot be reached through `way`; empty when it can."""
        if way is None:
            return ""
        if way.utility_id != self.utility_id:
            return f"{way} belongs to another utility."
        if way.pk == self.pk or way.concentrator_id is not None:
            return f"{way} is itself behind a concentrator or is this device."
        return "" if way.model.is_way else f"{way} is neither a concentrator nor a gateway."

    def _no_master(self, master: "Device | None") -> str:
        """Why it cannot hang on the M-Bus of `master`; empty when it can."""
        if master is None:
            return ""
        if self.model.kind != DeviceModel.Kind.SLAVE_METER:
            return "Only an M-Bus slave meter hangs on a channel of another meter."
        if master.utility_id != self.utility_id:
            return f"{master} belongs to another utility."
        return "" if master.model.kind == DeviceModel.Kind.METER else f"{master} is no meter with M-Bus channels."

    @property
    def spoken_to(self) -> "Device":
        """The device sessions are made with: itself, or the master of a slave meter."""
        return self.master or self

    @property
    def way(self) -> "Device":
        """The device whose host and port lead to this one: itself, its master or concentrator, as on file now."""
        return self.spoken_to.concentrator or self.spoken_to

    @property
    def is_reachable(self) -> bool:
        """Whether an address is on file."""
        return bool(self.way.host)

    @property
    def address(self) -> str:
        """Where it is reached, for people; empty when nothing is on file."""
        if self.master is not None:
            return f"channel {self.channel} of {self.master} {self.master.address}".rstrip()
        way = self.way
        place = f"{way.host}:{way.port}" if way.host else ""
        return place if way is self else f"{self.gateway_address} through {way} {place}".rstrip()


class Contact(models.Model):
    """What the head-end last saw of a device, and who holds its one session.

    Kept apart from `Device` because it changes with every contact: master data stay small, still and auditable.
    `next_counter` is the first invocation counter nobody reserved yet: counters are reserved here in blocks before a
    frame is sent, so none is ever used twice, whatever crashes.
    """

    device = models.OneToOneField(Device, on_delete=models.CASCADE, primary_key=True, related_name="contact")
    last_attempt_at = models.DateTimeField(null=True)
    last_contact_at = models.DateTimeField(null=True)
    last_reading_at = models.DateTimeField(null=True, help_text="Instant of the newest profile value received.")
    clock_offset_s = models.FloatField(null=True, help_text="Meter clock minus system clock at the last contact.")
    failures = models.PositiveIntegerField(default=0, help_text="Failed contacts since the last good one.")
    cause = models.CharField(max_length=40, blank=True, help_text="Cause of the last failure; empty when it went well.")
    session_owner = models.CharField(max_length=80, blank=True)
    session_until = models.DateTimeField(null=True)
    next_counter = models.BigIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["last_contact_at"], name="contact_last")]

    def __str__(self) -> str:
        return f"Contact with {self.device_id}"
