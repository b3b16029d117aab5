"""The outbox of alarms: what is to be sent, to whom, and what became of it."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from access.querysets import ScopedManager
from events.models.rule import AlarmRule


class AlarmMessage(models.Model):
    """One message of a rule over one channel. `key` stays the same over all tries, so a receiver knows it again.

    A message that gathers takes in further alarms until `not_before`; then it goes out as one summary.
    """

    class Channel(models.TextChoices):
        EMAIL = "email", "E-mail"
        WEBHOOK = "webhook", "Webhook"

    class State(models.TextChoices):
        GATHERING = "gathering", "Gathering"
        WAITING = "waiting", "Waiting"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"

    OPEN = (State.GATHERING, State.WAITING, State.SENDING)

    rule = models.ForeignKey(AlarmRule, on_delete=models.CASCADE, related_name="messages", db_index=False)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    content: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    not_before = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True, help_text="Why the last try failed.")

    scope_utility: ClassVar[str] = "rule__utility"
    scope_segment: ClassVar[str | None] = None
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "channel"], condition=Q(state="gathering"), name="alarm_message_one_gathers"
            )
        ]
        indexes = [
            models.Index(fields=["rule", "-created_at"], name="alarm_message_of_rule"),
            models.Index(
                fields=["not_before"], name="alarm_message_due", condition=Q(state__in=["gathering", "waiting"])
            ),
            models.Index(fields=["lease_until"], name="alarm_message_leased", condition=Q(state="sending")),
        ]
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} of {self.rule_id}"
