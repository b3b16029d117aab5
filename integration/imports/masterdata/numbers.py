"""The numbers others give metering points: NMI, usage point, own number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from access import bulk
from integration.imports.masterdata import cells
from integration.imports.masterdata.effects import changed, made
from integration.imports.masterdata.fields import Field
from integration.imports.masterdata.kinds import Part
from integration.imports.masterdata.plans import Plan, Scene, taken
from integration.models import ExternalId

_READ = cells.column(ExternalId, "value")
NUMBER_FIELDS = (
    Field("nmi", "NMI", _READ, ("national metering identifier",)),
    Field("own", "Own number", _READ,
          ("own id", "internal number", "alias", "eigene nummer", "interne nummer", "oma numero", "eget nummer")),
    Field("usage_point", "Usage point", _READ, ("usage point id", "usagepoint", "green button id")),
)  # fmt: skip
"""Named like the schemes of `ExternalId`."""


class Numbers(Part):
    """A metering point has one number of a scheme: a line that gives another one corrects it."""

    fields = NUMBER_FIELDS
    writes = (ExternalId,)

    def __init__(self, scene: Scene, plans: Sequence[Plan]) -> None:
        super().__init__(scene, plans)
        self._new: list[tuple[Plan, ExternalId]] = []
        self._changed: list[tuple[Plan, ExternalId, str]] = []

    def plan(self) -> None:
        giving = [plan for plan in taken(self.plans) if any(field.name in plan.given for field in NUMBER_FIELDS)]
        if not giving:
            return
        self._mine = self._of_points(giving)
        self._holders = self._of_values(giving)
        for plan in giving:
            for field in NUMBER_FIELDS:
                if field.name in plan.given:
                    self._give(plan, field, plan.given[field.name])

    def _of_points(self, plans: Sequence[Plan]) -> dict[tuple[int, str], list[ExternalId]]:
        found = defaultdict(list)
        there = [plan.target.pk for plan in plans if plan.target and not plan.is_new]
        for row in ExternalId.objects.filter(metering_point__in=there):
            found[row.metering_point_id, row.scheme].append(row)
        return found

    def _of_values(self, plans: Sequence[Plan]) -> dict[tuple[str, str], ExternalId]:
        values = {plan.given[field.name] for plan in plans for field in NUMBER_FIELDS if field.name in plan.given}
        rows = ExternalId.objects.filter(utility=self.scene.row.utility, value__in=values)
        return {(row.scheme, row.value): row for row in rows.select_related("metering_point")}

    def _give(self, plan: Plan, field: Field, value: str) -> None:
        key = plan.target.pk if plan.target else None
        holder = self._holders.get((field.name, value))
        if holder is not None and holder.metering_point_id == key:
            return
        mine = self._mine.get((key, field.name), []) if key else []
        if holder is not None:
            reason = f"this number belongs to metering point {holder.metering_point.gsrn}"
            plan.refuse(reason, self.scene.heading(field.name), value)
        elif len(mine) > 1:
            reason = f"the metering point has {len(mine)} numbers of this kind: which one it replaces is not known"
            plan.refuse(reason, self.scene.heading(field.name), value)
        else:
            self._set(plan, field, value, mine)

    def _set(self, plan: Plan, field: Field, value: str, mine: list[ExternalId]) -> None:
        plan.change(field.label, mine[0].value if mine else "", value)
        if mine:
            self._changed.append((plan, mine[0], mine[0].value))
            mine[0].value = value
        else:
            row = ExternalId(utility=self.scene.row.utility, scheme=field.name, value=value)
            self._new.append((plan, row))

    def store(self) -> None:
        new = [(plan, row) for plan, row in self._new if not plan.refused]
        for plan, row in new:
            row.metering_point = plan.target  # type: ignore[assignment]
        bulk.create([row for _, row in new], user=self.scene.user)
        for plan, row in new:
            plan.effects.append(made(row))
        altered = [(plan, row, {"value": former}) for plan, row, former in self._changed if not plan.refused]
        bulk.update([bulk.Changed(row, before) for _, row, before in altered], user=self.scene.user)
        for plan, row, before in altered:
            plan.effects.append(changed(row, before))
