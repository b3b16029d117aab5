"""Where devices hang: installed at a metering point from an instant on."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q

from access import bulk
from devices.descriptions import DescriptionError, description
from devices.models import Device, Installation
from devices.services.installations import Placement, install
from integration.imports.masterdata import cells
from integration.imports.masterdata.effects import Effect, made
from integration.imports.masterdata.fields import Field
from integration.imports.masterdata.kinds import Part
from integration.imports.masterdata.lookups import given
from integration.imports.masterdata.plans import Hang, Plan, Scene, taken
from integration.imports.readings.points import points_named
from metering.models import MeteringPoint

POINT = Field(
    "metering_point", "Metering point", cells.words,
    ("gsrn", "metering point id", "installed at point", "zählpunkt", "zählpunktbezeichnung", "messlokation",
     "käyttöpaikka", "käyttöpaikkatunnus", "anläggnings id", "anläggning", "mätpunkt"),
)  # fmt: skip
AT = Field(
    "installed_at", "Installed from", cells.instant,
    ("installed", "installed at", "installation date", "installed on", "install date", "eingebaut am", "einbaudatum",
     "asennettu", "asennuspäivä", "asennusaika", "installerad", "installationsdatum", "monteringsdatum"),
)  # fmt: skip
HANGING_FIELDS = (POINT, AT)


class Hanging(Part):
    """Installations that are not there yet are made by `devices.services.installations`; conflicts are named."""

    fields = HANGING_FIELDS
    writes = (Installation,)

    def __init__(self, scene: Scene, plans: Sequence[Plan]) -> None:
        super().__init__(scene, plans)
        self._new: list[Plan] = []

    def plan(self) -> None:
        for plan in taken(self.plans):
            if AT.name in plan.given and POINT.name not in plan.given:
                plan.refuse("at which metering point it hangs is not said", self.scene.heading(AT.name))
        giving = [plan for plan in taken(self.plans) if POINT.name in plan.given]
        if not giving:
            return
        points = self._points(giving)
        there = self._installations(giving, points)
        for plan in giving:
            point = points.get(plan.given[POINT.name])
            if point is None:
                reason = "no metering point open to you has this number"
                plan.refuse(reason, self.scene.heading(POINT.name), plan.given[POINT.name])
            else:
                self._hang(plan, point, there)

    def _points(self, plans: Sequence[Plan]) -> dict[str, MeteringPoint]:
        keys = points_named(self.scene.row, "own", sorted(given(plans, POINT.name)))
        rows = MeteringPoint.objects.select_related("utility").in_bulk(set(keys.values()))
        return {number: rows[key] for number, key in keys.items()}

    def _installations(self, plans: Sequence[Plan], points: dict[str, MeteringPoint]) -> _There:
        devices = [plan.target.pk for plan in plans if plan.target and not plan.is_new]
        mine = Q(device__in=devices) | Q(metering_point__in=[point.pk for point in points.values()])
        found = _There(defaultdict(list), defaultdict(list))
        for row in Installation.objects.filter(mine).select_related("device", "metering_point").order_by("period"):
            found.of_device[row.device_id].append(row)
            found.of_point[row.metering_point_id].append(row)
        return found

    def _hang(self, plan: Plan, point: MeteringPoint, there: _There) -> None:
        device = cast("Device", plan.target)
        at = dt.datetime.fromisoformat(plan.given[AT.name]) if AT.name in plan.given else None
        rows = there.of_device.get(device.pk, []) if device.pk else []
        hanging = next((row for row in rows if row.metering_point_id == point.pk and row.period.upper is None), None)
        if hanging is not None and at in (None, hanging.period.lower):
            plan.hang = Hang(point, hanging.period.lower, device.serial_number)
        elif at is None:
            plan.refuse("since when it hangs there is not said", self.scene.heading(AT.name))
        elif reason := self._conflict(device, at, rows, there.of_point[point.pk]) or _undescribed(device):
            plan.refuse(reason, self.scene.heading(AT.name if hanging else POINT.name), point.gsrn)
        else:
            self._install(plan, device, Hang(point, at, device.serial_number), there)

    def _conflict(
        self, device: Device, at: dt.datetime, of_device: Sequence[Installation], of_point: Sequence[Installation]
    ) -> str:
        """What stands against a new installation: another on or after `at`, or the state; empty where nothing does."""
        if device.state == Device.State.SCRAPPED:
            return "the device was scrapped: take it back into the inventory first"
        for row in of_device:
            if row.period.upper is None or row.period.upper > at:
                return f"the device hangs at {row.metering_point} {self._period(row)}: remove it there first"
        for row in of_point:
            if row.period.upper is None or row.period.upper > at:
                return f"device {row.device} hangs there {self._period(row)}: remove it first"
        return ""

    def _period(self, row: Installation) -> str:
        since = f"since {self.scene.local(row.period.lower)}"
        return since if row.period.upper is None else f"{since} until {self.scene.local(row.period.upper)}"

    def _install(self, plan: Plan, device: Device, hang: Hang, there: _There) -> None:
        """Plan it, and let the rest of the page know."""
        plan.hang = hang
        plan.change("Metering point", "", f"{hang.point.gsrn} from {self.scene.local(hang.at)}")
        planned = Installation(device=device, metering_point=hang.point, period=DateTimeTZRange(hang.at, None))
        there.of_point[hang.point.pk].append(planned)
        self._new.append(plan)

    def store(self) -> None:
        new = [(plan, plan.hang, cast("Device", plan.target)) for plan in self._new if plan.hang and not plan.refused]
        if not new:
            return
        placements = [Placement(device, hang.point, hang.at) for _, hang, device in new]
        rows = install(placements=placements, user=self.scene.user)
        bulk.note_created(rows, user=self.scene.user)
        for (plan, _, device), row in zip(new, rows, strict=True):
            plan.effects.append(made(row))
            self._settle_state(plan, device)

    def _settle_state(self, plan: Plan, device: Device) -> None:
        """Installing has changed the state of the device."""
        former, device.state = device.state, Device.State.INSTALLED
        if not plan.is_new and former != device.state:
            plan.effects.append(Effect(Device, device.pk, {"state": (str(former), str(device.state))}))


@dataclass(frozen=True, slots=True)
class _There:
    """Installations by device and by metering point, those planned by the page included."""

    of_device: dict[int, list[Installation]]
    of_point: dict[int, list[Installation]]


def _undescribed(device: Device) -> str:
    try:
        description(device.model.code)
    except DescriptionError as error:
        return str(error)
    return ""
