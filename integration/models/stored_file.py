"""Files given to imports and made by exports: kept once each, by what is in them."""

from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class StoredFile(models.Model):
    """A file in `settings.FILES`, named by its SHA-256. The row outlives the file: what came from it stays known."""

    digest = models.CharField("SHA-256", max_length=64, unique=True)
    octets = models.PositiveBigIntegerField(help_text="Length of the file.")
    kept_at = models.DateTimeField(default=timezone.now, help_text="When it was last given.")
    removed_at = models.DateTimeField(null=True, blank=True, help_text="When the file was dropped; the row stays.")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(digest__regex="^[0-9a-f]{64}$"), name="stored_file_digest")]
        indexes = [models.Index(fields=["kept_at"], condition=Q(removed_at__isnull=True), name="stored_file_kept")]
        ordering = ["-kept_at"]

    def __str__(self) -> str:
        return self.digest[:12]

    @property
    def path(self) -> Path:
        """Where it lies, as long as it is kept."""
        return Path(settings.FILES) / self.digest[:2] / self.digest[2:]
