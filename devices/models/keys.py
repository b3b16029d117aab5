"""Keys of devices and of those who ship them, encrypted under the master key (see `devices.keystore`)."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from access.models import Utility
from access.querysets import ScopedManager
from devices.models.device import Device

FIRST_COUNTER = 250
"""The first invocation counter of a key that was rolled in: some meters count a little under it before we do."""


class DeviceKey(models.Model):
    """One version of one key. The clear key exists only in the memory of the process that speaks to the meter.

        NEW ──▶ ACTIVE ──▶ EXPIRED
         └─────────┴─────▶ WITHDRAWN

    Only `devices.keystore` changes the state. `next_counter` is that of an encryption key that is not the active one:
    while it is, the counter lives in `Contact`, which a session locks anyway.
    """

    class Kind(models.TextChoices):
        ENCRYPTION = "encryption", "Encryption key (EK)"
        AUTHENTICATION = "authentication", "Authentication key (AK)"
        BROADCAST = "broadcast", "Broadcast key"
        MASTER = "master", "Master key (KEK)"
        PASSWORD = "password", "Password (LLS) or secret (HLS)"
        SIGNATURE = "signature", "Public signing key of the device"
        MBUS_DEFAULT = "mbus_default", "M-Bus default key of the slave"
        MBUS_USER = "mbus_user", "M-Bus user key"
        MBUS_FIRMWARE = "mbus_firmware", "M-Bus firmware key"
        MBUS_OPTICAL = "mbus_optical", "M-Bus optical port key"
        CONSUMER = "consumer", "Consumer interface key (CII, P1)"
        CONSUMER_AUTH = "consumer_auth", "Consumer interface authentication key"
        FIRMWARE = "firmware", "Firmware authentication key"

    class State(models.TextChoices):
        NEW = "new", "New"
        ACTIVE = "active", "Active"
        EXPIRED = "expired", "Expired"
        WITHDRAWN = "withdrawn", "Withdrawn"

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="keys")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=12, choices=State.choices, default=State.ACTIVE)
    master_key = models.CharField(
        max_length=16, blank=True, help_text="Id of the master key it is sealed under; empty where that was not noted."
    )
    sealed = models.BinaryField(help_text="Nonce and AES-256-GCM ciphertext under the master key.")
    next_counter = models.BigIntegerField(default=FIRST_COUNTER)
    created_at = models.DateTimeField(auto_now_add=True)
    valid_from = models.DateTimeField(null=True, default=timezone.now, help_text="When it became the active one.")
    valid_until = models.DateTimeField(null=True, help_text="When it expired or was withdrawn.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["device", "kind", "version"], name="device_key_version"),
            models.UniqueConstraint(
                fields=["device", "kind"], condition=models.Q(state="active"), name="device_key_one_active"
            ),
            models.UniqueConstraint(
                fields=["device", "kind"], condition=models.Q(state="new"), name="device_key_one_new"
            ),
            models.CheckConstraint(
                condition=models.Q(state="new", valid_from=None, valid_until=None)
                | models.Q(state="active", valid_from__isnull=False, valid_until=None)
                | models.Q(state="expired", valid_from__isnull=False, valid_until__isnull=False)
                | models.Q(state="withdrawn", valid_until__isnull=False),
                name="device_key_validity",
            ),
        ]
        indexes = [models.Index(fields=["master_key", "id"], name="device_key_master")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.device_id}, version {self.version}, {self.state}"


class TransportKey(models.Model):
    """The key a manufacturer wraps the keys of its factory files under, agreed with one utility."""

    class Method(models.TextChoices):
        AES = "aes", "AES key wrap (RFC 3394)"
        RSA = "rsa", "RSA-OAEP with SHA-256"

    utility = models.ForeignKey(Utility, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    method = models.CharField(max_length=8, choices=Method.choices)
    master_key = models.CharField(max_length=16, help_text="Id of the master key it is sealed under.")
    sealed = models.BinaryField(help_text="Nonce and AES-256-GCM ciphertext under the master key.")
    created_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True)

    scope_utility: ClassVar[str] = "utility"
    scope_segment: ClassVar[str | None] = None
    objects = ScopedManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["utility", "name"], name="transport_key_name")]
        indexes = [models.Index(fields=["master_key", "id"], name="transport_key_master")]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
