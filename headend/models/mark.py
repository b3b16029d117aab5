"""How far each buffer of a device (profile, event log) has been read."""

from django.db import models

from devices.models import Device


class ReadMark(models.Model):
    """Everything a buffer held up to and including `until` (meter time) is stored; reading goes on from there."""

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="read_marks")
    obis = models.CharField("OBIS", max_length=24)
    until = models.DateTimeField()
    compared_until = models.DateTimeField(
        null=True, help_text="`until` as it was when what must exist was last compared with what does."
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["device", "obis"], name="read_mark")]

    def __str__(self) -> str:
        return f"{self.obis} of {self.device_id} until {self.until:%Y-%m-%d %H:%M}"
