"""Sets of devices: by what the last contact showed."""

from datetime import datetime
from typing import Self, TypeVar

from django.db import models
from django.db.models import F, Q

from access.querysets import ScopedQuerySet

_Row = TypeVar("_Row", bound=models.Model, covariant=True)

READABLE = ("installed", "in_operation", "error")
"""States of a device in which it is read, by schedule and on demand."""
WAYS = ("concentrator", "gateway")
"""Kinds of device through which others are reached."""
LEFT = ("removed", "scrapped")
"""States of a device that hangs nowhere any more: another one may have its place."""
HAS_ADDRESS = ~Q(host="") | Q(concentrator__host__gt="") | Q(master__host__gt="") | Q(master__concentrator__host__gt="")
"""An address is on file: its own, or that of its concentrator or master."""


class DeviceQuerySet(ScopedQuerySet[_Row]):
    def with_contact(self) -> Self:
        """Annotates what the head-end last saw; all None for a device nobody has tried to reach."""
        names = ("last_contact_at", "last_reading_at", "clock_offset_s", "failures", "cause")
        return self.annotate(**{name: F(f"contact__{name}") for name in names})

    def to_be_read(self, at: datetime) -> Self:
        """Devices that hang at a metering point at this instant, in a state in which they are read."""
        return self.filter(state__in=READABLE, installations__period__contains=at)

    def ways(self) -> Self:
        """Concentrators and gateways with an address, in a state in which they are read, wherever they hang."""
        return self.filter(model__kind__in=WAYS, state__in=READABLE).reachable()

    def reachable(self) -> Self:
        """Devices with an address on file: their own, or that of the concentrator or master they are behind."""
        return self.filter(HAS_ADDRESS)

    def not_answering(self) -> Self:
        """Devices whose last contact failed."""
        return self.filter(contact__failures__gt=0)

    def clock_off(self, more_than_s: float) -> Self:
        """Devices whose clock was off by more than so many seconds when it was last read."""
        return self.filter(Q(contact__clock_offset_s__gt=more_than_s) | Q(contact__clock_offset_s__lt=-more_than_s))


DeviceManager = models.Manager.from_queryset(DeviceQuerySet)
