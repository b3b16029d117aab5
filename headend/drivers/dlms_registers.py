"""Registers read one by one: which scaler and unit is known already, and what the answers say."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from devices.descriptions import Description
from headend.plan import REGISTERS, Column, Layout, RegisterValue
from protocols.dlms.obis import Obis
from protocols.dlms.objects import REGISTER, RegisterName, RegisterReading
from protocols.dlms.units import CODES, ScalerUnit


def register_names(wanted: Sequence[Obis], known: Layout | None, described: Description) -> list[RegisterName]:
    """The registers to ask for, with the scaler and unit that are fixed, else those of the layout on file."""
    told = {column.obis: (column.scaler, column.unit) for column in known.columns} if known else {}
    told |= {obis: (unit.scaler, unit.symbol) for obis, unit in described.units.items()}
    classes = described.register_classes
    return [_name(obis, classes.get(obis, REGISTER), *told.get(obis, _NOT_TOLD)) for obis in wanted]


def with_fixed_units(layout: Layout, fixed: Mapping[Obis, ScalerUnit]) -> Layout:
    """The layout with the scaler and unit that are `fixed` for its values, whatever the meter said of them."""
    if not any(column.is_value and column.obis in fixed for column in layout.columns):
        return layout
    return replace(layout, columns=tuple(_with_fixed_unit(column, fixed) for column in layout.columns))


def register_values(
    readings: Sequence[RegisterReading], at: datetime, stored_as: Mapping[Obis, Obis]
) -> list[RegisterValue]:
    """The readings that are numbers with a unit, by the code they are stored under."""
    return [
        RegisterValue(
            stored_as.get(reading.name.obis, reading.name.obis),
            reading.raw,
            reading.unit.scaler,
            reading.unit.symbol,
            at,
        )
        for reading in readings
        if isinstance(reading.raw, int) and reading.unit is not None
    ]


def registers_layout(readings: Sequence[RegisterReading], known: Layout | None) -> Layout:
    """Scaler and unit of every register that has one: `known` itself when the meter was asked for none."""
    if known is not None and all(reading.name.unit for reading in readings):
        return known
    columns = tuple(
        Column(reading.name.class_id, reading.name.obis, 2, reading.unit.scaler, reading.unit.symbol)
        for reading in readings
        if reading.unit is not None
    )
    return Layout(REGISTERS, 0, columns, known=False)


def with_stored_codes(layout: Layout, stored_as: Mapping[Obis, Obis]) -> Layout:
    """The layout with its values by the codes they are stored under."""
    if not stored_as:
        return layout
    renamed = (
        replace(column, obis=stored_as[column.obis]) if column.is_value and column.obis in stored_as else column
        for column in layout.columns
    )
    return replace(layout, columns=tuple(renamed))


def _with_fixed_unit(column: Column, fixed: Mapping[Obis, ScalerUnit]) -> Column:
    unit = fixed.get(column.obis) if column.is_value else None
    return column if unit is None else replace(column, scaler=unit.scaler, unit=unit.symbol)


_NOT_TOLD: tuple[None, None] = (None, None)


@lru_cache(maxsize=4096)
def _name(obis: Obis, class_id: int, scaler: int | None, symbol: str | None) -> RegisterName:
    """The same few names serve every device of a fleet.

    A unit that has no code here is left out: it is then asked for again.
    """
    code = CODES.get(symbol or "")
    return RegisterName(obis, class_id, unit=None if code is None or scaler is None else ScalerUnit(scaler, code))
