"""Keys of devices, encrypted under the master key (see `devices.keystore`)."""

from django.db import models

from devices.models.device import Device


class DeviceKey(models.Model):
    """One version of one key. The clear key exists only in the memory of the process that speaks to the meter."""

    class Kind(models.TextChoices):
        ENCRYPTION = "encryption", "Encryption key (EK)"
        AUTHENTICATION = "authentication", "Authentication key (AK)"
        BROADCAST = "broadcast", "Broadcast key"
        MASTER = "master", "Master key (KEK)"
        PASSWORD = "password", "Password (LLS) or secret (HLS)"
        SIGNATURE = "signature", "Public signing key of the device"

    class State(models.TextChoices):
        NEW = "new", "New"
        ACTIVE = "active", "Active"
        EXPIRED = "expired", "Expired"
        WITHDRAWN = "withdrawn", "Withdrawn"

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="keys")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=12, choices=State.choices, default=State.ACTIVE)
    sealed = models.BinaryField(help_text="Nonce and AES-256-GCM ciphertext under the master key.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["device", "kind", "version"], name="device_key_version"),
            models.UniqueConstraint(
                fields=["device", "kind"], condition=models.Q(state="active"), name="device_key_one_active"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.device_id}, version {self.version}, {self.state}"
