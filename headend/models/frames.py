"""The octets of sessions whose job asked for them, sealed (see `headend.frames`)."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from access.querysets import ScopedManager
from headend.models.job import Attempt


class AttemptFrames(models.Model):
    """What was sent and received in one attempt, in the order it passed the line."""

    attempt = models.OneToOneField(Attempt, on_delete=models.CASCADE, primary_key=True, related_name="frames")
    sealed = models.BinaryField(help_text="Nonce and AES-256-GCM ciphertext under a key made from the master key.")
    octets = models.PositiveIntegerField(help_text="Octets kept.")
    left_out = models.PositiveIntegerField(default=0, help_text="Octets beyond what is kept of one attempt.")
    kept_at = models.DateTimeField(default=timezone.now)

    scope_utility: ClassVar[str] = "attempt__item__job__utility"
    scope_segment: ClassVar[str | None] = "attempt__item__device__segment"
    objects = ScopedManager()

    class Meta:
        default_permissions = ("view",)
        permissions = [("decipher_attemptframes", "Can see ciphered parts of kept frames in clear")]
        indexes = [models.Index(fields=["kept_at"], name="attempt_frames_age")]

    def __str__(self) -> str:
        return f"{self.octets} octets of attempt {self.attempt_id}"
