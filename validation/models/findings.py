"""What validation found, and what became of it: the exception queue and its groups."""

from typing import ClassVar

from django.db import models
from django.urls import reverse

from access.models import User, Utility
from access.querysets import ScopedManager
from metering.models import Series


class Severity(models.TextChoices):
    INFO = "info", "Note"
    WARNING = "warning", "Warning"
    ERROR = "error", "Error"


class ResultGroup(models.Model):
    """Findings of some rules under one name, for the next task, reports, the queue and reading again."""

    utility = models.ForeignKey(Utility, on_delete=models.CASCADE, related_name="result_groups")
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=200, blank=True)
    owner = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+",
        help_text="Who gets what comes into the group.",
    )  # fmt: skip
    due_hours = models.PositiveSmallIntegerField(default=48, help_text="Time to decide, in hours.")

    scope_utility: ClassVar[str] = "utility"
    scope_segment: ClassVar[str | None] = None
    objects = ScopedManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["utility", "name"], name="result_group_name")]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("validation:group", args=[self.pk])


class Finding(models.Model):
    """What one rule found on one local day of one series. One that waits for a decision is an exception.

    slots          bitmap of the intervals of the local day, first interval in the highest bit of the first octet
    first_at       where the first of them begins; `count` of them
    value          the worst of them, integer of the series; null where nothing stood there. `worst_at`: where it begins
    limit          what it was held against, in integers of the series
    evidence       what else the rule looked at: {"average": …, "stands": […]}, and its text with parameters
    method         `EstimationMethod` of what was put in place, null where nothing was
    before, after  totals of the day before and after, integers of the series
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        REREAD = "reread", "Being read again"
        ESTIMATED = "estimated", "Estimated"
        ACCEPTED = "accepted", "Accepted"
        EDITED = "edited", "Edited"
        RESOLVED = "resolved", "Gone by itself"
        NOTED = "noted", "Noted"

    WAITING = (State.OPEN, State.REREAD)

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="findings", db_index=False)
    day = models.DateField()
    rule_set = models.ForeignKey("validation.RuleSet", on_delete=models.SET_NULL, null=True, related_name="findings")
    rule = models.ForeignKey("validation.Rule", on_delete=models.SET_NULL, null=True, related_name="findings")
    rule_name = models.CharField(max_length=80)
    condition = models.CharField(max_length=40)
    severity = models.CharField(max_length=10, choices=Severity.choices)
    action = models.CharField(max_length=24)
    group = models.ForeignKey(
        ResultGroup, on_delete=models.SET_NULL, null=True, blank=True, related_name="findings", db_index=False
    )
    slots = models.BinaryField()
    count = models.PositiveSmallIntegerField()
    first_at = models.DateTimeField()
    worst_at = models.DateTimeField()
    value = models.BigIntegerField(null=True)
    limit = models.FloatField(null=True)
    evidence = models.JSONField(default=dict)
    method = models.PositiveSmallIntegerField(null=True)
    before = models.BigIntegerField(null=True)
    after = models.BigIntegerField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    priority = models.PositiveSmallIntegerField(default=50, help_text="0 first.")
    owner = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="findings")
    found_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    reason = models.CharField(max_length=400, blank=True)
    run = models.ForeignKey("validation.Run", on_delete=models.SET_NULL, null=True, related_name="findings")

    scope_utility: ClassVar[str] = "series__metering_point__utility"
    scope_segment: ClassVar[str | None] = "series__metering_point__segment"
    objects = ScopedManager()

    class Meta:
        permissions = [("decide_finding", "Can decide about exceptions"), ("run_validation", "Can run validation")]
        constraints = [models.UniqueConstraint(fields=["series", "day", "rule"], name="finding_identity")]
        indexes = [
            models.Index(
                fields=["priority", "due_at", "id"],
                name="finding_queue",
                condition=models.Q(state__in=["open", "reread"]),
            ),
            models.Index(fields=["group", "state"], name="finding_group"),
            models.Index(fields=["-found_at", "-id"], name="finding_latest"),
        ]
        ordering = ["priority", "due_at", "id"]

    def __str__(self) -> str:
        return f"{self.rule_name}, {self.day}"

    def get_absolute_url(self) -> str:
        return reverse("validation:finding", args=[self.pk])

    @property
    def is_waiting(self) -> bool:
        return self.state in self.WAITING


class FindingNote(models.Model):
    """What somebody said about an exception. Never changed."""

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField(max_length=2000)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    scope_utility: ClassVar[str] = "finding__series__metering_point__utility"
    scope_segment: ClassVar[str | None] = "finding__series__metering_point__segment"
    objects = ScopedManager()

    class Meta:
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return self.text[:60]
