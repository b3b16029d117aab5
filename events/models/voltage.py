"""The voltage that is promised: of a utility, of a transformer area, of a metering point."""

from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from access.models import Utility
from access.querysets import ScopedManager
from metering.models import MeteringPoint, TransformerArea

LEAST_NOMINAL_V, GREATEST_NOMINAL_V = Decimal(1), Decimal(99_999)
_PERCENT: dict[str, Any] = {
    "max_digits": 4,
    "decimal_places": 1,
    "default": Decimal(10),
    "validators": [MinValueValidator(Decimal("0.1")), MaxValueValidator(Decimal(50))],
}  # fmt: skip


class VoltageBand(models.Model):
    """Nominal voltage and how far it may lie below and above. The most particular row counts.

    A metering point behind voltage transformers has the nominal voltage its meter shows.
    """

    utility = models.ForeignKey(Utility, on_delete=models.CASCADE, related_name="voltage_bands")
    area = models.ForeignKey(
        TransformerArea, on_delete=models.CASCADE, null=True, blank=True, related_name="+",
        help_text="Empty: all of the utility, or the metering point.",
    )  # fmt: skip
    metering_point = models.ForeignKey(
        MeteringPoint, on_delete=models.CASCADE, null=True, blank=True, related_name="+",
        help_text="Empty: all of the utility or of the area.",
    )  # fmt: skip
    nominal_v = models.DecimalField(
        "nominal voltage (V)", max_digits=6, decimal_places=1, default=Decimal(230),
        validators=[MinValueValidator(LEAST_NOMINAL_V), MaxValueValidator(GREATEST_NOMINAL_V)],
        help_text="Between phase and neutral, as the meter shows it.",
    )  # fmt: skip
    below_percent: "models.DecimalField[Any, Any]" = models.DecimalField("below (%)", **_PERCENT)
    above_percent: "models.DecimalField[Any, Any]" = models.DecimalField("above (%)", **_PERCENT)

    scope_utility: ClassVar[str] = "utility"
    scope_segment: ClassVar[str | None] = None
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["utility", "area", "metering_point"], name="voltage_band_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(area=None) | Q(metering_point=None), name="voltage_band_of_one"),
            models.CheckConstraint(condition=Q(nominal_v__gte=LEAST_NOMINAL_V), name="voltage_band_nominal"),
            models.CheckConstraint(
                condition=Q(below_percent__range=(Decimal("0.1"), 50), above_percent__range=(Decimal("0.1"), 50)),
                name="voltage_band_percent",
            ),
        ]
        ordering = ["utility", "area", "metering_point"]

    def __str__(self) -> str:
        return f"Voltage of {self.metering_point or self.area or self.utility}"

    def clean(self) -> None:
        """Area and metering point are of the utility, and no row is of both."""
        if self.area and self.metering_point:
            raise ValidationError({"metering_point": "A band is of an area or of a metering point, not of both."})
        for name in ("area", "metering_point"):
            row = getattr(self, name)
            if row is not None and row.utility_id != self.utility_id:
                raise ValidationError({name: "It belongs to another utility."})
