"""Jobs: one long operation over many devices. These rows are the truth; Celery only carries "there is work"."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from access.models import User, Utility
from access.querysets import ScopedManager
from devices.models import Device
from headend.querysets import JobItemManager, JobManager


class Priority(models.IntegerChoices):
    """Higher goes first; from ON_DEMAND on, the reserved worker takes it."""

    BULK = 10, "Bulk"
    GAP = 15, "Gap reading"
    SCHEDULED = 20, "Scheduled"
    ON_DEMAND = 90, "On demand"


class Job(models.Model):
    """What is to be done, for whom and until when."""

    class State(models.TextChoices):
        RUNNING = "running", "Running"
        PAUSED = "paused", "Paused"
        DONE = "done", "Done"
        CANCELLED = "cancelled", "Cancelled"

    utility = models.ForeignKey(Utility, on_delete=models.PROTECT, related_name="jobs")
    kind = models.CharField(max_length=30, help_text="A kind registered in `headend.kinds`.")
    title = models.CharField(max_length=160)
    parameters: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    target: "models.JSONField[Any, Any]" = models.JSONField(
        default=dict,
        blank=True,
        help_text="What was asked for, by `headend.targets`; empty: devices as given.",
    )
    target_words = models.CharField("target", max_length=160, blank=True, help_text="The same for people.")
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.SCHEDULED)
    state = models.CharField(max_length=12, choices=State.choices, default=State.RUNNING)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True)
    schedule = models.ForeignKey(
        "headend.Schedule", on_delete=models.SET_NULL, null=True, blank=True, related_name="jobs"
    )
    action = models.CharField(max_length=40, db_index=True, help_text="Action id, from the click to the meter frame.")
    expires_at = models.DateTimeField(help_text="What is not done by then ends as expired.")
    keep_frames = models.BooleanField(default=False, help_text="Whether the octets of its sessions are kept.")
    paused_at = models.DateTimeField(null=True, blank=True, help_text="Since when nothing of it is begun.")
    finished_at = models.DateTimeField(null=True, blank=True)

    scope_utility: ClassVar[str] = "utility"
    scope_segment: ClassVar[str | None] = None
    objects = JobManager()

    class Meta:
        permissions = [
            ("cancel_job", "Can cancel a job"),
            ("retry_job", "Can retry what failed in a job"),
            ("pause_job", "Can pause a job and let it go on"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="paused", paused_at__isnull=False) | ~Q(state="paused") & Q(paused_at__isnull=True),
                name="job_paused",
            )
        ]
        indexes = [
            models.Index(fields=["utility", "-created_at"], name="job_latest"),
            models.Index(fields=["expires_at"], condition=Q(state="running"), name="job_running"),
            models.Index(fields=["id"], condition=Q(finished_at__isnull=True), name="job_unfinished"),
            models.Index(fields=["finished_at"], name="job_finished"),
        ]
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("headend:job", args=[self.pk])


class JobItem(models.Model):
    """One device of a job. Every item ends in a named state with its first and last cause."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        OK = "ok", "OK"
        FAILED = "failed", "Failed"
        EXPIRED = "expired", "Expired"
        CANCELLED = "cancelled", "Cancelled"

    OPEN = (State.WAITING, State.RUNNING)

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="items", db_index=False)
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="job_items", db_index=False)
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    priority = models.PositiveSmallIntegerField()
    not_before = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    attempts_before = models.PositiveSmallIntegerField(
        default=0, help_text="Attempts made before the last manual retry."
    )
    lease_owner = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True)
    step = models.CharField(max_length=60, blank=True, help_text="What the session is doing, for the live page.")
    first_cause = models.CharField(max_length=40, blank=True)
    last_cause = models.CharField(max_length=40, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    result: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    scope_utility: ClassVar[str] = "job__utility"
    scope_segment: ClassVar[str | None] = "device__segment"
    objects = JobItemManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "device"], name="job_item_device"),
            models.UniqueConstraint(fields=["device"], condition=Q(state="running"), name="job_item_one_session"),
        ]
        indexes = [
            models.Index(
                fields=["-priority", "not_before", "id"], condition=Q(state="waiting"), name="job_item_waiting"
            ),
            models.Index(fields=["lease_until"], condition=Q(state="running"), name="job_item_leased"),
            models.Index(fields=["job"], condition=Q(state__in=["waiting", "running"]), name="job_item_open"),
            models.Index(fields=["job", "state"], name="job_item_counted"),
            models.Index(fields=["job", "state", "last_cause"], condition=~Q(last_cause=""), name="job_item_causes"),
            models.Index(fields=["job", "-finished_at"], condition=Q(finished_at__isnull=False), name="job_item_ended"),
            models.Index(fields=["device", "-id"], name="job_item_of_device"),
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.device_id} in job {self.job_id}: {self.state}"

    def get_absolute_url(self) -> str:
        return reverse("headend:item", args=[self.pk])


class Attempt(models.Model):
    """One session with the device: steps with their durations, bytes, and how it ended."""

    item = models.ForeignKey(JobItem, on_delete=models.CASCADE, related_name="attempt_log")
    number = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    duration_s = models.FloatField()
    address = models.CharField(max_length=280)
    cause = models.CharField(max_length=40, blank=True, help_text="Empty when it went well.")
    detail = models.CharField(max_length=300, blank=True)
    steps: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    bytes_sent = models.PositiveIntegerField(default=0)
    bytes_received = models.PositiveIntegerField(default=0)

    scope_utility: ClassVar[str] = "item__job__utility"
    scope_segment: ClassVar[str | None] = "item__device__segment"
    objects = ScopedManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "number"], name="attempt_number")]
        ordering = ["item", "number"]

    def __str__(self) -> str:
        return f"Attempt {self.number} of item {self.item_id}"
