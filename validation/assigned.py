"""Which rule set holds for the series of a metering point, and why that one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from metering.models import MeteringPoint, Series
from validation.models import Assignment
from validation.models.rules import Role
from validation.services.assigning import holding

_WHY = ("assigned to this series", "its meter is in the group {}", "for {} customers", "for the whole utility")


@dataclass(frozen=True, slots=True)
class Held:
    """What holds in a role."""

    role: str
    assignment: Assignment | None

    @property
    def label(self) -> str:
        return str(Role(self.role).label)

    @property
    def why(self) -> str:
        """Why it is this one; that nothing is assigned where that is so."""
        return "nothing is assigned" if self.assignment is None else why(self.assignment)


@dataclass(slots=True)
class HeldBy:
    """Series that have the same sets, for every role anything is assigned for."""

    series: list[Series]
    held: list[Held]


def why(assignment: Assignment) -> str:
    """Why an assignment holds for a series it holds for."""
    energy = f", {assignment.get_energy_type_display().lower()}" if assignment.energy_type else ""
    return _WHY[assignment.rank].format(assignment.target) + energy


def held_at(point: MeteringPoint, rows: QuerySet[Series], day: date) -> list[HeldBy]:
    """What holds on that day for these profile series of a metering point; those that have the same stand together.

    One query, and a few more for every role anything is assigned for at the utility. Empty where nothing is.
    """
    roles = set(Assignment.objects.filter(utility=point.utility_id).order_by().values_list("role", flat=True))
    series = list(rows) if roles else []
    if not series:
        return []
    ids = [row.pk for row in series]
    holdings = {role: holding(ids, role, day) for role in Role.values if role in roles}
    found: dict[tuple[Assignment | None, ...], HeldBy] = {}
    for row in series:
        held = [Held(role, each.of(row.pk)) for role, each in holdings.items()]
        same = found.setdefault(tuple(each.assignment for each in held), HeldBy([], held))
        same.series.append(row)
    return list(found.values())
