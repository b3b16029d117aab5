"""How much each part of the communication network bears."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

MOST_SESSIONS = 100_000
MOST_PER_SECOND = 10_000


class SegmentLimit(models.Model):
    """Limits of one kind of network segment, or of the one that is named; an empty field does not limit.

    A segment with a row of its own is held to that alone, not to the row of its kind as well.
    """

    class Kind(models.TextChoices):
        CONCENTRATOR = "concentrator", "Concentrator"
        CELL = "cell", "Cell"
        APN = "apn", "APN"

    kind = models.CharField(max_length=12, choices=Kind.choices)
    name = models.CharField(
        max_length=120,
        blank=True,
        help_text="Serial number of the concentrator, or name of the cell or APN as devices have it; "
        "empty: all others.",
    )
    sessions = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_SESSIONS)],
        help_text="Sessions at once; empty: any number.",
    )
    per_second = models.FloatField(
        "new connections per second",
        null=True,
        blank=True,
        validators=[MinValueValidator(0.01), MaxValueValidator(MOST_PER_SECOND)],
        help_text="On average; empty: any number.",
    )
    gap_devices_per_hour = models.PositiveIntegerField(
        "devices asked for missing values per hour",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="So many are asked again through it; empty: any number.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "name"], name="segment_limit_name"),
            models.CheckConstraint(
                condition=models.Q(sessions=None) | models.Q(sessions__gte=1), name="segment_limit_sessions"
            ),
            models.CheckConstraint(
                condition=models.Q(per_second=None) | models.Q(per_second__gt=0), name="segment_limit_per_second"
            ),
            models.CheckConstraint(
                condition=models.Q(gap_devices_per_hour=None) | models.Q(gap_devices_per_hour__gte=1),
                name="segment_limit_gaps",
            ),
        ]
        ordering = ["kind", "name"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name or '(all others)'}"
