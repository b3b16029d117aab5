"""What the register of a device showed when it was hung up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import cast

from access import bulk
from devices.descriptions import description
from devices.models import Device
from integration.formats.table.units import unit_of
from integration.imports.masterdata import cells
from integration.imports.masterdata.effects import changed, made
from integration.imports.masterdata.fields import Field
from integration.imports.masterdata.kinds import Part
from integration.imports.masterdata.plans import Hang, Plan, Scene, taken
from metering.display import shown_in
from metering.models import BoundaryStand, MeasuredProperty, Series
from metering.services.boundaries import record_boundaries
from metering.services.properties import kind_of
from protocols.dlms.obis import Obis

STAND = Field(
    "initial_stand", "Initial stand", cells.amount,
    ("stand", "initial reading", "start stand", "start reading", "einbaustand", "anfangsstand", "zählerstand",
     "alkulukema", "lukema", "asennuslukema", "startställning", "mätarställning"),
)  # fmt: skip
REGISTER = Field(
    "stand_register", "Register of the stand", cells.obis,
    ("register", "obis", "stand obis", "obis code", "zählwerk", "obis kennzahl", "rekisteri", "räkneverk"),
)  # fmt: skip
STAND_FIELDS = (STAND, REGISTER)
_DEFAULT = "1-0:1.8.0"
_Known = dict[tuple[int, int, str, dt.datetime], BoundaryStand]
"""By metering point, property, meter and instant."""


class Stands(Part):
    """The initial stand of one register, at the instant of the installation; another one corrects it."""

    fields = STAND_FIELDS
    writes = (BoundaryStand,)

    def __init__(self, scene: Scene, plans: Sequence[Plan]) -> None:
        super().__init__(scene, plans)
        self._new: list[tuple[Plan, BoundaryStand]] = []
        self._changed: list[tuple[Plan, BoundaryStand, Decimal | None]] = []

    def plan(self) -> None:
        giving = [plan for plan in taken(self.plans) if STAND.name in plan.given]
        if not giving:
            return
        registers = {id(plan): _register(plan) for plan in giving}
        properties = MeasuredProperty.objects.filter(obis__in=set(registers.values())).order_by("rank", "pk")
        known = list(properties)
        there = self._there([plan.hang for plan in giving if plan.hang])
        for plan in giving:
            self._stand(plan, [row for row in known if row.obis == registers[id(plan)]], there)

    def _there(self, hangs: Sequence[Hang]) -> _Known:
        rows = BoundaryStand.objects.filter(
            metering_point__in={hang.point.pk for hang in hangs},
            source__in={hang.source for hang in hangs},
            side=BoundaryStand.Side.INITIAL,
        ).select_related("metering_point__utility")
        return {(row.metering_point_id, row.measured_property_id, row.source, row.at): row for row in rows}

    def _stand(self, plan: Plan, properties: Sequence[MeasuredProperty], there: _Known) -> None:
        digits, unit = plan.given[STAND.name]
        heading = self.scene.heading(STAND.name)
        if plan.hang is None:
            plan.refuse("a stand belongs to an installation: say the metering point", heading, digits)
            return
        found = _in_unit(Decimal(digits), unit, properties)
        if found is None:
            reason = (
                f"no register {_register(plan)} with the unit {unit} is known"
                if unit
                else (f"no register {_register(plan)} is known")
            )
            plan.refuse(reason, heading, digits)
            return
        self._set(plan, plan.hang, *found, there)

    def _set(self, plan: Plan, hang: Hang, measured: MeasuredProperty, value: Decimal, there: _Known) -> None:
        row = there.get((hang.point.pk, measured.pk, hang.source, hang.at))
        if row is not None and row.value == value:
            return
        plan.change(STAND.label, "" if row is None else _shown(row.value, measured), _shown(value, measured))
        if row is None:
            side = BoundaryStand.Side.INITIAL
            row = BoundaryStand(metering_point=hang.point, measured_property=measured, source=hang.source, side=side)
            row.at = hang.at
            self._new.append((plan, row))
        else:
            self._changed.append((plan, row, row.value))
        row.value = value

    def store(self) -> None:
        new = [(plan, row) for plan, row in self._new if not plan.refused]
        altered = [(plan, row, former) for plan, row, former in self._changed if not plan.refused]
        rows = [row for _, row in new] + [row for _, row, _ in altered]
        record_boundaries(boundaries=rows, user=self.scene.user)
        bulk.note_created([row for _, row in new], user=self.scene.user)
        for plan, row in new:
            plan.effects.append(made(row))
        for plan, row, former in altered:
            plan.effects.append(changed(row, {"value": former}))


def _register(plan: Plan) -> str:
    """The OBIS code of the register: as the line says, or the first stand the model delivers."""
    if REGISTER.name in plan.given:
        return str(plan.given[REGISTER.name])
    profile = description(cast("Device", plan.target).model.code).interval_profile if plan.hang else None
    codes = [obis for obis, _ in profile.values] if profile else []
    return next((str(obis) for obis in codes if kind_of(obis) == Series.Kind.STAND), _DEFAULT)


def _in_unit(
    value: Decimal, unit: str, properties: Sequence[MeasuredProperty]
) -> tuple[MeasuredProperty, Decimal] | None:
    """The property the value is of, and the value in its unit. Without a unit the one screens show is meant."""
    stands = [row for row in properties if kind_of(Obis.parse(row.obis)) == Series.Kind.STAND]
    if not unit:
        return (stands[0], value.scaleb(shown_in(stands[0].unit)[1])) if stands else None
    ours = unit_of(unit)
    row = next((row for row in stands if ours and row.unit == ours[0]), None)
    return (row, value.scaleb(ours[1])) if row and ours else None


def _shown(value: Decimal | None, measured: MeasuredProperty) -> str:
    unit, power = shown_in(measured.unit)
    return "unknown" if value is None else f"{value.scaleb(-power).normalize():f} {unit} ({measured.obis})"
