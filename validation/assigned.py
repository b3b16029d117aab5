"""Which rule set holds for the series of a metering point, and why that one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from metering.models import MeteringPoint, Series
from validation.models import Assignment
from validation.models.rules import Role
from validation.services.assigning import holding

_WHY = ("assigned to this series", "its meter is in the group {}", "for {} customers", "for the whole utility")


@dataclass(frozen=True, slots=True)
class Held:
    """What holds for a series in a role."""

    series: Series
    role: str
    assignment: Assignment | None

    @property
    def label(self) -> str:
        return str(Role(self.role).label)

    @property
    def why(self) -> str:
        """Why it is this one; that nothing is assigned where that is so."""
        return "nothing is assigned" if self.assignment is None else why(self.assignment)


def why(assignment: Assignment) -> str:
    """Why an assignment holds for a series it holds for."""
    energy = f", {assignment.get_energy_type_display().lower()}" if assignment.energy_type else ""
    return _WHY[assignment.rank].format(assignment.target) + energy


def held_at(point: MeteringPoint, series: list[Series], day: date) -> list[Held]:
    """What holds on that day for these profile series of a metering point, in every role anything is assigned for.

    One query, and a few for every such role.
    """
    roles = set(Assignment.objects.filter(utility=point.utility_id).order_by().values_list("role", flat=True))
    if not series or not roles:
        return []
    ids = [row.pk for row in series]
    holdings = {role: holding(ids, role, day) for role in Role.values if role in roles}
    return [Held(row, role, holdings[role].of(row.pk)) for row in series for role in holdings]
