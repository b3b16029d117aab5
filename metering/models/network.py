"""Where energy is measured: metering points and the transformer areas that feed them."""

from decimal import Decimal
from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse

from access.models import Segment, Utility
from access.querysets import ScopedManager
from metering.gsrn import validate_gsrn


class EnergyType(models.TextChoices):
    ELECTRICITY = "electricity", "Electricity"
    GAS = "gas", "Gas"
    WATER = "water", "Water"
    HEAT = "heat", "Heat"
    COLD = "cold", "Cold"


class TransformerArea(models.Model):
    """The low-voltage network behind one distribution transformer."""

    utility = models.ForeignKey(Utility, on_delete=models.PROTECT, related_name="transformer_areas")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    feeder = models.CharField(max_length=60, blank=True, help_text="Medium-voltage feeder the transformer hangs on.")

    scope_utility: ClassVar[str] = "utility"
    scope_segment: ClassVar[str | None] = None
    objects = ScopedManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["utility", "code"], name="transformer_area_code")]
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class MeteringPoint(models.Model):
    """Where energy is measured; known to the outside by its GSRN."""

    class State(models.TextChoices):
        PLANNED = "planned", "Planned"
        CONNECTED = "connected", "Connected"
        DISCONNECTED = "disconnected", "Disconnected"
        CLOSED = "closed", "Closed"

    utility = models.ForeignKey(Utility, on_delete=models.PROTECT, related_name="metering_points")
    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, null=True, blank=True)
    gsrn = models.CharField("GSRN", max_length=18, validators=[validate_gsrn])
    energy_type = models.CharField(max_length=12, choices=EnergyType.choices, default=EnergyType.ELECTRICITY)
    state = models.CharField(max_length=12, choices=State.choices, default=State.CONNECTED)
    street = models.CharField(max_length=120, blank=True)
    postcode = models.CharField(max_length=12, blank=True)
    city = models.CharField(max_length=80, blank=True)
    region = models.CharField(max_length=80, blank=True)
    latitude = models.DecimalField(
        max_digits=9, decimal_places=6, null=True, blank=True,
        validators=[MinValueValidator(Decimal(-90)), MaxValueValidator(Decimal(90))],
    )  # fmt: skip
    longitude = models.DecimalField(
        max_digits=9, decimal_places=6, null=True, blank=True,
        validators=[MinValueValidator(Decimal(-180)), MaxValueValidator(Decimal(180))],
    )  # fmt: skip
    transformer_area = models.ForeignKey(
        TransformerArea, on_delete=models.PROTECT, null=True, blank=True, related_name="metering_points"
    )
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    fuse_a = models.PositiveSmallIntegerField("main fuse (A)", null=True, blank=True)
    phases = models.PositiveSmallIntegerField(default=3)

    scope_utility: ClassVar[str] = "utility"
    scope_segment: ClassVar[str | None] = "segment"
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["utility", "gsrn"], name="metering_point_gsrn"),
            models.CheckConstraint(condition=models.Q(gsrn__regex=r"^[0-9]{18}$"), name="metering_point_gsrn_digits"),
            models.CheckConstraint(condition=models.Q(phases__in=[1, 3]), name="metering_point_phases"),
        ]
        indexes = [
            GinIndex(name="metering_point_street", fields=["street"], opclasses=["gin_trgm_ops"]),
            models.Index(fields=["gsrn"], name="metering_point_by_gsrn"),
        ]
        ordering = ["gsrn"]

    def __str__(self) -> str:
        return self.gsrn

    def get_absolute_url(self) -> str:
        return reverse("metering:point", args=[self.pk])

    @property
    def address(self) -> str:
        place = f"{self.postcode} {self.city}".strip()
        return ", ".join(part for part in (self.street, place) if part)
