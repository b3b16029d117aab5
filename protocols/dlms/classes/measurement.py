"""Where values stand: data, registers of all kinds, status words (Blue Book 4.3)."""

from typing import NamedTuple

from protocols.dlms.classes.clocks import DATE_TIME
from protocols.dlms.classes.records import ObjectName
from protocols.dlms.classes.shapes import array_of
from protocols.dlms.classes.specs import (
    ANYTHING,
    DOUBLE_LONG_UNSIGNED,
    LONG_UNSIGNED,
    OCTETS,
    Integer,
    LongUnsigned,
    Unsigned,
)
from protocols.dlms.classes.table import InterfaceClass, attribute, method
from protocols.dlms.classes.units import SCALER_UNIT
from protocols.dlms.obis import Obis


class Data(InterfaceClass, class_id=1, title="Data"):
    value = attribute(2, ANYTHING, dynamic=True, writable=True)


class Register(InterfaceClass, class_id=3, title="Register"):
    value = attribute(2, ANYTHING, dynamic=True)
    scaler_unit = attribute(3, SCALER_UNIT)
    reset = method(1)


class ExtendedRegister(InterfaceClass, class_id=4, title="Extended register"):
    value = attribute(2, ANYTHING, dynamic=True)
    scaler_unit = attribute(3, SCALER_UNIT)
    status = attribute(4, ANYTHING, dynamic=True)
    capture_time = attribute(5, DATE_TIME, dynamic=True)
    reset = method(1)


class DemandRegister(InterfaceClass, class_id=5, title="Demand register"):
    current_average_value = attribute(2, ANYTHING, dynamic=True)
    last_average_value = attribute(3, ANYTHING, dynamic=True)
    scaler_unit = attribute(4, SCALER_UNIT)
    status = attribute(5, ANYTHING, dynamic=True)
    capture_time = attribute(6, DATE_TIME, dynamic=True)
    start_time_current = attribute(7, DATE_TIME, dynamic=True)
    period = attribute(8, DOUBLE_LONG_UNSIGNED, writable=True)
    number_of_periods = attribute(9, LONG_UNSIGNED, writable=True)
    reset = method(1)
    next_period = method(2)


class RegisterMask(NamedTuple):
    """Which of the assigned registers, counted from 1, run under a mask."""

    mask_name: bytes
    register_indexes: tuple[Unsigned, ...]


class RegisterActivation(InterfaceClass, class_id=6, title="Register activation"):
    register_assignment = attribute(2, array_of(ObjectName), writable=True)
    mask_list = attribute(3, array_of(RegisterMask), writable=True)
    active_mask = attribute(4, OCTETS, dynamic=True, writable=True)
    add_register = method(1, ObjectName)
    add_mask = method(2, RegisterMask)
    delete_mask = method(3, OCTETS)


class TableCell(NamedTuple):
    """table_cell_definition: which objects a register table gathers."""

    class_id: LongUnsigned
    logical_name: Obis
    group_e_values: tuple[Unsigned, ...]
    attribute_index: Integer


class RegisterTable(InterfaceClass, class_id=61, title="Register table"):
    table_cell_values = attribute(2, array_of(ANYTHING), dynamic=True)
    table_cell_definition = attribute(3, TableCell, writable=True)
    scaler_unit = attribute(4, SCALER_UNIT)
    reset = method(1)
    capture = method(2)
