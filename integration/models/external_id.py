"""What others call our metering points."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models

from access.models import Utility
from access.querysets import ScopedManager
from metering.models import MeteringPoint


class ExternalId(models.Model):
    """A metering point's number in a scheme other than the GSRN: an NMI, a usage point, an own number."""

    class Scheme(models.TextChoices):
        NMI = "nmi", "NMI"
        USAGE_POINT = "usage_point", "Usage point"
        OWN = "own", "Own number"

    utility = models.ForeignKey(Utility, on_delete=models.PROTECT, related_name="external_ids")
    scheme = models.CharField(max_length=20, choices=Scheme.choices, default=Scheme.OWN)
    value = models.CharField("number", max_length=100)
    metering_point = models.ForeignKey(MeteringPoint, on_delete=models.CASCADE, related_name="external_ids")

    scope_utility: ClassVar[str] = "metering_point__utility"
    scope_segment: ClassVar[str | None] = "metering_point__segment"
    objects = ScopedManager()

    class Meta:
        verbose_name = "external number"
        constraints = [models.UniqueConstraint(fields=["utility", "scheme", "value"], name="external_id_value")]
        ordering = ["scheme", "value"]

    def __str__(self) -> str:
        return f"{self.get_scheme_display()} {self.value}"

    def clean(self) -> None:
        """The metering point belongs to the utility that uses the number."""
        if self.metering_point_id and self.utility_id and self.metering_point.utility_id != self.utility_id:
            raise ValidationError({"metering_point": f"This metering point belongs to {self.metering_point.utility}."})
