"""Registers read one by one: which scaler and unit is known already, and what the answers say."""

from collections.abc import Sequence
from datetime import datetime

from headend.plan import REGISTERS, Column, Layout, RegisterValue
from protocols.dlms.obis import Obis
from protocols.dlms.objects import REGISTER, RegisterName, RegisterReading
from protocols.dlms.units import CODES, ScalerUnit


def register_names(wanted: Sequence[Obis], known: Layout | None) -> list[RegisterName]:
    """The registers to ask for, with the scaler and unit the layout on file gives them."""
    units = {column.obis: _unit(column) for column in known.columns} if known else {}
    return [RegisterName(obis, unit=units.get(obis)) for obis in wanted]


def register_values(readings: Sequence[RegisterReading], at: datetime) -> list[RegisterValue]:
    """The readings that are numbers with a unit."""
    return [
        RegisterValue(reading.name.obis, reading.raw, reading.unit.scaler, reading.unit.symbol, at)
        for reading in readings
        if isinstance(reading.raw, int) and reading.unit is not None
    ]


def registers_layout(readings: Sequence[RegisterReading]) -> Layout:
    """Scaler and unit of every register that has one."""
    columns = tuple(
        Column(REGISTER, reading.name.obis, 2, reading.unit.scaler, reading.unit.symbol)
        for reading in readings
        if reading.unit is not None
    )
    return Layout(REGISTERS, 0, columns, known=False)


def _unit(column: Column) -> ScalerUnit | None:
    """None where the unit is one that has no code here: it is then asked for again."""
    code = CODES.get(column.unit or "")
    return None if code is None or column.scaler is None else ScalerUnit(column.scaler, code)
