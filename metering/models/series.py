"""Series: one measured or calculated quantity of one metering point. Their values live in `metering.store`."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from access.querysets import ScopedManager
from metering.models.network import EnergyType, MeteringPoint
from protocols.dlms.obis import Obis
from protocols.errors import LocalProtocolError

DAY_S = 86_400
LARGEST_DIGITS = 30
"""More than any register has; what goes beyond the largest value the store takes never rolls over there."""


def validate_obis(code: str) -> None:
    """Refuse what is not an OBIS code in its canonical form."""
    try:
        canonical = str(Obis.parse(code))
    except LocalProtocolError as error:
        raise ValidationError(str(error)) from error
    if code != canonical:
        raise ValidationError(f"Write {code!r} as {canonical!r}.")


class MeasuredProperty(models.Model):
    """What is measured: an OBIS code in a unit. A code nobody described yet is kept with `known` false and shown."""

    obis = models.CharField("OBIS", max_length=24, validators=[validate_obis])
    unit = models.CharField(max_length=16, blank=True)
    name = models.CharField(max_length=120)
    energy_type = models.CharField(max_length=12, choices=EnergyType.choices, default=EnergyType.ELECTRICITY)
    known = models.BooleanField(default=True)
    rank = models.PositiveSmallIntegerField(default=1000, help_text="Order on screens: the most asked for first.")

    class Meta:
        verbose_name_plural = "measured properties"
        constraints = [models.UniqueConstraint(fields=["obis", "unit"], name="measured_property")]
        ordering = ["rank", "obis"]

    def __str__(self) -> str:
        return f"{self.name} ({self.obis})"


class Series(models.Model):
    """One quantity of one metering point in one rhythm.

    A value is `integer * 10**exponent` of the unit of the measured property. A `stand` series holds what the meter
    showed and is never edited; the `consumption` series it feeds is what is validated, estimated and billed.
    """

    class Kind(models.TextChoices):
        STAND = "stand", "Stand"
        CONSUMPTION = "consumption", "Consumption"
        INSTANTANEOUS = "instantaneous", "Instantaneous"

    class Periodicity(models.TextChoices):
        INTERVAL = "interval", "Interval"
        DAILY = "daily", "Daily"
        MONTHLY = "monthly", "Monthly"
        ON_DEMAND = "on_demand", "On demand"

    metering_point = models.ForeignKey(MeteringPoint, on_delete=models.PROTECT, related_name="series")
    measured_property = models.ForeignKey(MeasuredProperty, on_delete=models.PROTECT, related_name="series")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    periodicity = models.CharField(max_length=12, choices=Periodicity.choices, default=Periodicity.INTERVAL)
    interval_s = models.PositiveIntegerField(
        "interval (s)", default=0, help_text="Length of a slot of a profile series; 0 for periodic series."
    )
    exponent = models.SmallIntegerField(default=0, validators=[MinValueValidator(-12), MaxValueValidator(12)])
    source = models.CharField(
        max_length=60, blank=True, help_text="Serial number of the meter for raw series; empty for derived ones."
    )
    register_digits = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(LARGEST_DIGITS)],
        help_text="Digits of the register in units of this series: after 10^digits − 1 it starts again from zero. "
        "Empty where unknown: a step backwards then stays negative and suspect.",
    )  # fmt: skip
    feeds = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="fed_by",
        help_text="The consumption series derived from this stand series.",
    )  # fmt: skip
    created_at = models.DateTimeField(auto_now_add=True)

    scope_utility: ClassVar[str] = "metering_point__utility"
    scope_segment: ClassVar[str | None] = "metering_point__segment"
    objects = ScopedManager()

    class Meta:
        verbose_name_plural = "series"
        permissions = [("edit_values", "Can edit values"), ("comment_values", "Can comment on values")]
        constraints = [
            models.UniqueConstraint(
                fields=["metering_point", "measured_property", "kind", "periodicity", "interval_s", "source"],
                name="series_identity",
            ),
            models.CheckConstraint(
                condition=(Q(periodicity="interval", interval_s__gt=0) & Q(interval_s__lte=DAY_S))
                | (~Q(periodicity="interval") & Q(interval_s=0)),
                name="series_interval",
            ),
            models.CheckConstraint(condition=Q(feeds__isnull=True) | Q(kind="stand"), name="series_feeds_stand"),
            models.CheckConstraint(condition=Q(feeds__isnull=True) | ~Q(feeds=F("id")), name="series_feeds_other"),
            models.CheckConstraint(
                condition=Q(register_digits__isnull=True) | Q(kind="stand"), name="series_register_digits"
            ),
        ]
        ordering = ["metering_point", "measured_property__rank", "periodicity", "kind", "source"]

    def __str__(self) -> str:
        return f"{self.measured_property.name}, {self.rhythm}"

    @property
    def is_profile(self) -> bool:
        return self.periodicity == self.Periodicity.INTERVAL

    @property
    def rhythm(self) -> str:
        """`15 min` for a profile series, else `daily`, `monthly`, `on demand`."""
        return f"{self.interval_s // 60} min" if self.is_profile else self.get_periodicity_display().lower()
