"""Which rule set holds for a series, and why that one: for one series, for the page of its metering point.

For many series at once `validation.services.assigning` answers the same question set by set.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from devices.groups import devices_of
from devices.models import DeviceGroup, Installation
from metering.models import Contract, Series
from validation.models import Assignment
from validation.models.rules import Role

_WHY = (
    "assigned to this series", "its meter is in the group", "for customers of this type", "for the whole utility",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Holding:
    """The assignment that holds for a series in a role, and in words why."""

    role: str
    assignment: Assignment | None

    @property
    def label(self) -> str:
        return Role(self.role).label

    @property
    def why(self) -> str:
        """Why it is this one; that nothing is assigned where that is so."""
        row = self.assignment
        if row is None:
            return "nothing is assigned"
        target = f" {row.group}" if row.group_id else f": {row.target}" if row.customer_type else ""
        energy = f", {row.get_energy_type_display().lower()}" if row.energy_type else ""
        return f"{_WHY[row.rank]}{target}{energy}"


def holdings(series: Series, day: date) -> list[Holding]:
    """What holds for the series on that local day, for every role that is assigned at all."""
    rows = list(_candidates(series, day))
    groups = _groups_of(series, {row.group for row in rows if row.group is not None})
    fitting = [row for row in rows if row.group_id is None or row.group_id in groups]
    best = {role: _first([row for row in fitting if row.role == role]) for role in Role.values}
    return [Holding(role, row) for role, row in best.items() if row is not None or role == Role.ARRIVAL]


def _first(rows: list[Assignment]) -> Assignment | None:
    return min(rows, key=lambda row: (row.rank, row.priority, row.pk), default=None)


def _candidates(series: Series, day: date) -> QuerySet[Assignment]:
    """The assignments that can hold for the series, those of groups not yet looked into."""
    point = series.metering_point
    types = Contract.objects.filter(
        metering_point=point, kind=Contract.Kind.CONNECTION, validity__contains=day
    ).values_list("customer__customer_type", flat=True)
    kind = "profile" if series.is_profile else "periodic"
    return Assignment.objects.filter(
        Q(series=series) | Q(series__isnull=True, customer_type__in=["", *types]),
        utility=point.utility_id, rule_set__kind=kind, energy_type__in=["", point.energy_type],
    ).select_related("rule_set", "group", "series__measured_property")  # fmt: skip


def _groups_of(series: Series, groups: set[DeviceGroup]) -> set[int]:
    """Those of the groups a meter of the metering point is in now."""
    meters = Installation.objects.filter(metering_point=series.metering_point_id, period__endswith__isnull=True)
    devices = list(meters.values_list("device", flat=True))
    return {each.pk for each in groups if devices_of(each).filter(pk__in=devices).exists()}
