"""Octets of a session, kept because the job asked for them."""

from typing import ClassVar

from django.db import models

from access.querysets import ScopedManager
from headend.models.job import Attempt


class Frames(models.Model):
    """What went over the line in one attempt, sealed under the master key; `headend.services.frames` opens it."""

    attempt = models.OneToOneField(Attempt, on_delete=models.CASCADE, related_name="frames")
    kept_at = models.DateTimeField()
    size = models.PositiveIntegerField(help_text="Octets of both directions.")
    cut = models.BooleanField(help_text="Whether there were more than are kept.")
    sealed = models.BinaryField(help_text="Nonce and AES-256-GCM ciphertext under the master key.")
    master_key = models.CharField(max_length=16, help_text="Id of the master key it is sealed under.")

    scope_utility: ClassVar[str] = "attempt__item__job__utility"
    scope_segment: ClassVar[str | None] = "attempt__item__device__segment"
    objects = ScopedManager()

    class Meta:
        permissions = [("decode_frames", "Can see what is ciphered in kept frames")]
        indexes = [
            models.Index(fields=["kept_at"], name="frames_kept"),
            models.Index(fields=["master_key", "id"], name="frames_master"),
        ]
        verbose_name_plural = "frames"

    def __str__(self) -> str:
        return f"Frames of attempt {self.attempt_id}"
