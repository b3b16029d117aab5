"""Runs of validation: what was run over what, how far it is, and what came of it. A dry run stores nothing else."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from access.models import User, Utility
from access.querysets import ScopedManager
from validation.models.rules import Role, RuleSet


class Run(models.Model):
    """Validation of some series over some local days, by the assigned sets or by one that is named.

    scope    which series: {"series": [ids]}, {"group": id}, {"result_group": id}, {"points": "query string"} or {}
    counts   of what was done: series_days, values, findings, estimated, rejected, exceptions, by rule …
    result   of a dry run: what the what-if page shows
    """

    class Trigger(models.TextChoices):
        ARRIVAL = "arrival", "Data arrived"
        SCHEDULE = "schedule", "Schedule"
        FLOW = "flow", "Task flow"
        HAND = "hand", "By hand"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    utility = models.ForeignKey(Utility, on_delete=models.CASCADE, related_name="validation_runs")
    trigger = models.CharField(max_length=10, choices=Trigger.choices, default=Trigger.HAND)
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.ARRIVAL)
    rule_set = models.ForeignKey(RuleSet, on_delete=models.SET_NULL, null=True, blank=True, related_name="runs")
    against = models.ForeignKey(
        RuleSet, on_delete=models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name="compared with", help_text="A dry run may compare two sets.",
    )  # fmt: skip
    dry = models.BooleanField("what-if", default=False)
    scope = models.JSONField(default=dict)
    first_day = models.DateField()
    last_day = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    total = models.PositiveIntegerField(default=0, help_text="Series-days to validate.")
    done = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    error = models.CharField(max_length=400, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True, help_text="When its worker was last heard of.")
    action_id = models.CharField(max_length=40, blank=True)

    scope_utility: ClassVar[str] = "utility"
    scope_segment: ClassVar[str | None] = None
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="validation_run_period",
                violation_error_message="The last day lies before the first.",
            )
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="validation_run_latest"),
            models.Index(fields=["id"], name="validation_run_waiting", condition=Q(state__in=["waiting", "running"])),
        ]
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{'What if' if self.dry else 'Validation'} {self.first_day} to {self.last_day}"

    def get_absolute_url(self) -> str:
        return reverse("validation:run", args=[self.pk])
