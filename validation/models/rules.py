"""Rules as data: sets of rules in order, and for which series which set is meant."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from access.models import Utility
from access.querysets import ScopedManager
from devices.models import DeviceGroup
from metering.models import Series
from metering.models.network import EnergyType
from metering.models.parties import CustomerType
from validation.models.findings import ResultGroup, Severity


class Role(models.TextChoices):
    """When a rule set is run."""

    ARRIVAL = "arrival", "On arrival"
    FINAL = "final", "Final, days later"
    MANUAL = "manual", "Edits by hand"
    ESTIMATION = "estimation", "Estimating"


class RuleSet(models.Model):
    """Rules in order, and the steps by which estimates are found.

    `estimation` is a list of steps as `validation.estimation` declares them. A shipped set cannot be changed; its copy
    can. `version` counts the changes of the set and its rules.
    """

    class Kind(models.TextChoices):
        PROFILE = "profile", "Profile values"
        PERIODIC = "periodic", "Periodic values"

    utility = models.ForeignKey(Utility, on_delete=models.CASCADE, related_name="rule_sets")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=400, blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.PROFILE)
    shipped = models.BooleanField(default=False, help_text="Comes with the product: copy it to change it.")
    compatible = models.BooleanField(
        "AIM cells only", default=False, help_text="Only conditions and actions of AIM's tables, in their combinations."
    )
    estimation = models.JSONField(default=list, blank=True, help_text="Steps of estimating, the first that answers.")
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(auto_now=True)

    scope_utility: ClassVar[str] = "utility"
    scope_segment: ClassVar[str | None] = None
    objects = ScopedManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["utility", "code"], name="rule_set_code")]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("validation:rule_set", args=[self.pk])

    def clean(self) -> None:
        """The steps of estimating are those there are, with parameters they may have."""
        from validation.rule_check import refuse_steps  # which stands on this model

        refuse_steps(self)


class Rule(models.Model):
    """Condition + parameters + action + severity + eligibility.

    `eligibility` narrows the series: {"series_kinds": […], "energy_types": […], "customer_types": […], "groups": [ids],
    "obis": […]}; what is not named is open.
    """

    class Outages(models.TextChoices):
        ALL = "all", "Also in outages"
        OUTSIDE = "outside", "Not in outages"
        INSIDE = "inside", "Only in outages"

    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="rules")
    position = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(64)])
    name = models.CharField(max_length=80)
    condition = models.CharField(max_length=40)
    parameters = models.JSONField(default=dict, blank=True)
    action = models.CharField(max_length=24, default="keep")
    action_parameters = models.JSONField(default=dict, blank=True)
    severity = models.CharField(max_length=10, choices=Severity.choices, default=Severity.WARNING)
    eligibility = models.JSONField(default=dict, blank=True)
    outages = models.CharField(max_length=10, choices=Outages.choices, default=Outages.ALL)
    group = models.ForeignKey(
        ResultGroup, on_delete=models.SET_NULL, null=True, blank=True, related_name="rules",
        verbose_name="result group", help_text="Where what it finds goes.",
    )  # fmt: skip
    enabled = models.BooleanField(default=True)
    note = models.CharField(max_length=200, blank=True, help_text="Why it is there.")

    scope_utility: ClassVar[str] = "rule_set__utility"
    scope_segment: ClassVar[str | None] = None
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rule_set", "position"], name="rule_position", deferrable=models.Deferrable.DEFERRED
            )
        ]
        ordering = ["rule_set", "position"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Condition, action, their parameters and eligibility go together."""
        from validation.rule_check import refuse  # which stands on this model

        refuse(self)


class Assignment(models.Model):
    """A rule set is meant for a series, a group of devices, a type of customer, or a whole utility: in this order.

    Among assignments of the same rank the one with the smallest `priority` holds, then the oldest.
    """

    utility = models.ForeignKey(Utility, on_delete=models.CASCADE, related_name="rule_assignments")
    rule_set = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="assignments")
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.ARRIVAL)
    series = models.ForeignKey(Series, on_delete=models.CASCADE, null=True, blank=True, related_name="rule_assignments")
    group = models.ForeignKey(
        DeviceGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="rule_assignments"
    )
    customer_type = models.CharField(max_length=16, choices=CustomerType.choices, blank=True)
    energy_type = models.CharField(
        max_length=12, choices=EnergyType.choices, blank=True, help_text="Empty: for all kinds of energy."
    )
    priority = models.PositiveSmallIntegerField(default=100)
    days_after = models.PositiveSmallIntegerField(
        default=5, validators=[MinValueValidator(1), MaxValueValidator(400)],
        help_text="For final validation: so many days after the day.",
    )  # fmt: skip

    scope_utility: ClassVar[str] = "utility"
    scope_segment: ClassVar[str | None] = None
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(series__isnull=True, group__isnull=True)
                | Q(series__isnull=True, customer_type="")
                | Q(group__isnull=True, customer_type=""),
                name="rule_assignment_one_target",
                violation_error_message="Name a series, a group or a type of customer, not several of them.",
            )
        ]
        ordering = ["role", "priority", "pk"]

    def __str__(self) -> str:
        return f"{self.rule_set} for {self.target}"

    @property
    def rank(self) -> int:
        """0 for a series, 1 for a group, 2 for a type of customer, 3 for the utility."""
        return 0 if self.series_id else 1 if self.group_id else 2 if self.customer_type else 3

    @property
    def target(self) -> str:
        """What it is meant for, in words."""
        if self.customer_type:
            return self.get_customer_type_display().lower()
        return str(self.series or self.group or "the whole utility")
