"""Who is told of which alarms."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from access.models import Utility
from access.querysets import ScopedManager
from devices.models import DeviceGroup
from events.models.event import Event
from metering.models import TransformerArea

MOST_RECEIVERS = 20


class AlarmRule(models.Model):
    """Alarms that fit are sent to the receivers. An empty list of categories or kinds lets all of them through."""

    utility = models.ForeignKey(Utility, on_delete=models.CASCADE, related_name="alarm_rules")
    name = models.CharField(max_length=80)
    enabled = models.BooleanField(default=True)
    severity_from = models.PositiveSmallIntegerField(
        choices=Event.Severity.choices, default=Event.Severity.WARNING, help_text="This severe or worse."
    )
    categories = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    kinds = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    area = models.ForeignKey(
        TransformerArea, on_delete=models.CASCADE, null=True, blank=True, related_name="+",
        verbose_name="transformer area", help_text="Only alarms of this area; empty: of the whole utility.",
    )  # fmt: skip
    group = models.ForeignKey(
        DeviceGroup, on_delete=models.RESTRICT, null=True, blank=True, related_name="alarm_rules",
        verbose_name="device group", help_text="Only alarms of devices of this group; empty: of all.",
    )  # fmt: skip
    quiet_from = models.TimeField(null=True, blank=True, help_text="Local time from which nothing is sent.")
    quiet_to = models.TimeField(null=True, blank=True, help_text="Then one summary is sent of what came meanwhile.")
    most_per_hour = models.PositiveSmallIntegerField(
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
        help_text="After so many messages within an hour the rest comes as one summary.",
    )
    emails = ArrayField(models.EmailField(), default=list, blank=True, size=MOST_RECEIVERS)
    webhook_url = models.URLField("webhook", max_length=500, blank=True)
    webhook_secret = models.BinaryField(default=b"", editable=False, help_text="Sealed under the master key.")
    webhook_master_key = models.CharField(
        max_length=16, blank=True, editable=False, help_text="Id of the master key the secret is sealed under."
    )

    scope_utility: ClassVar[str] = "utility"
    scope_segment: ClassVar[str | None] = None
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["utility", "name"], name="alarm_rule_name"),
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_to=None) | Q(quiet_from__isnull=False, quiet_to__isnull=False),
                name="alarm_rule_quiet_hours", violation_error_message="Quiet hours have a beginning and an end.",
            ),
        ]  # fmt: skip
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("events:rule", args=[self.pk])

    def clean(self) -> None:
        """A rule tells somebody, and its area and its group are of its utility."""
        if not self.emails and not self.webhook_url:
            raise ValidationError("Name at least one e-mail address or a webhook.")
        for name, chosen in (("area", self.area), ("group", self.group)):
            if chosen is not None and chosen.utility_id != self.utility_id:
                raise ValidationError({name: f"{chosen} belongs to another utility."})

    @property
    def channels(self) -> tuple[str, ...]:
        """`email`, `webhook`: the ways the rule sends on."""
        return tuple(name for name, receivers in (("email", self.emails), ("webhook", self.webhook_url)) if receivers)

    def quiet_until(self, now: datetime) -> datetime | None:
        """The end of the quiet hours `now` lies in, an instant; None outside of them.

        Both ends are times of the day in the zone of the utility, so a night with a DST change is as long as it is.
        """
        if self.quiet_from is None or self.quiet_to is None or self.quiet_from == self.quiet_to:
            return None
        local = now.astimezone(self.utility.zone)
        at, over_midnight = local.time().replace(tzinfo=None), self.quiet_to < self.quiet_from
        inside = self.quiet_from <= at or at < self.quiet_to if over_midnight else self.quiet_from <= at < self.quiet_to
        if not inside:
            return None
        tomorrow = over_midnight and at >= self.quiet_from
        day = local.date() + timedelta(days=1 if tomorrow else 0)
        end = datetime.combine(day, self.quiet_to, self.utility.zone)
        return end if end > now else end.replace(fold=1)  # the second time in the hour that comes twice
