"""Schedules: what is read when, as rows; the scheduler tick claims what is due."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from access.models import Utility
from access.querysets import ScopedManager

DAY_MIN = 1440


class Schedule(models.Model):
    """A repeated reading of a utility's devices, in the utility's local time."""

    class Rhythm(models.TextChoices):
        MINUTES = "minutes", "Every n minutes"
        DAILY = "daily", "Daily"

    utility = models.ForeignKey(Utility, on_delete=models.CASCADE, related_name="schedules")
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=30, help_text="A kind registered in `headend.kinds`.")
    parameters: "models.JSONField[Any, Any]" = models.JSONField(default=dict, blank=True)
    rhythm = models.CharField(max_length=10, choices=Rhythm.choices)
    every_min = models.PositiveSmallIntegerField(
        "every (min)", default=15, validators=[MinValueValidator(1), MaxValueValidator(DAY_MIN)]
    )
    at_minute = models.PositiveSmallIntegerField(
        "at minute", default=0, validators=[MaxValueValidator(DAY_MIN - 1)],
        help_text="Every n minutes: offset past the full interval. Daily: minute of the local day.",
    )  # fmt: skip
    expires_min = models.PositiveIntegerField("give up after (min)", default=60, validators=[MinValueValidator(1)])
    enabled = models.BooleanField(default=True)
    next_run_at = models.DateTimeField(null=True, blank=True)
    last_run_at = models.DateTimeField(null=True, blank=True)

    scope_utility: ClassVar[str] = "utility"
    scope_segment: ClassVar[str | None] = None
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["utility", "name"], name="schedule_name"),
            models.CheckConstraint(condition=Q(every_min__range=(1, DAY_MIN)), name="schedule_every"),
            models.CheckConstraint(condition=Q(at_minute__lt=DAY_MIN), name="schedule_at"),
            models.CheckConstraint(condition=Q(expires_min__gte=1), name="schedule_expires"),
        ]
        indexes = [models.Index(fields=["next_run_at"], condition=Q(enabled=True), name="schedule_due")]
        ordering = ["utility", "name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("headend:schedule", args=[self.pk])

    def clean(self) -> None:
        """Only what a worker knows how to do can be repeated."""
        from headend import kinds  # which stands on this model

        if self.kind not in dict(kinds.choices()):
            raise ValidationError({"kind": f"There is no kind of job “{self.kind}”."})
