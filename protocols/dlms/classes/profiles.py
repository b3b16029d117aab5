"""Buffers of values: profile generic, compact data, utility tables (Blue Book 4.3.6, 4.3.10, 4.3.2).

`buffer` decodes to plain rows; `objects.read_profile` reads the same buffer as columns, much faster.
"""

from typing import Annotated, NamedTuple

from protocols.dlms.classes.codes import Code
from protocols.dlms.classes.records import CAPTURE_OBJECTS, CaptureObject, RestrictedColumns
from protocols.dlms.classes.shapes import array_of, choice
from protocols.dlms.classes.specs import (
    ANYTHING,
    DOUBLE_LONG_UNSIGNED,
    LONG_UNSIGNED,
    OCTETS,
    UNSIGNED,
    Unsigned,
)
from protocols.dlms.classes.table import InterfaceClass, attribute, method


class SortMethod(Code):
    """In which order a profile keeps its rows."""

    FIFO = 1
    LIFO = 2
    LARGEST = 3
    SMALLEST = 4
    NEAREST_TO_ZERO = 5
    FARTHEST_FROM_ZERO = 6


class ProfileGeneric(InterfaceClass, class_id=7, version=1, title="Profile generic"):
    buffer = attribute(2, ANYTHING, dynamic=True)
    capture_objects = attribute(3, CAPTURE_OBJECTS, writable=True)
    capture_period = attribute(4, DOUBLE_LONG_UNSIGNED, writable=True)
    sort_method = attribute(5, SortMethod, writable=True)
    sort_object = attribute(6, CaptureObject, writable=True)
    entries_in_use = attribute(7, DOUBLE_LONG_UNSIGNED, dynamic=True)
    profile_entries = attribute(8, DOUBLE_LONG_UNSIGNED, writable=True)
    reset = method(1)
    capture = method(2)


class UtilityTables(InterfaceClass, class_id=26, title="Utility tables"):
    table_id = attribute(2, LONG_UNSIGNED)
    length = attribute(3, DOUBLE_LONG_UNSIGNED, dynamic=True)
    buffer = attribute(4, OCTETS, dynamic=True, writable=True)


class CaptureMethod(Code):
    """What fills a compact buffer."""

    ON_INVOCATION = 0
    ON_READING = 1


class _CompactData(InterfaceClass):
    compact_buffer = attribute(2, OCTETS, dynamic=True)
    template_id = attribute(4, UNSIGNED)
    template_description = attribute(5, OCTETS, dynamic=True)
    capture_method = attribute(6, CaptureMethod, writable=True)
    reset = method(1)
    capture = method(2)


class CompactData(_CompactData, class_id=62, version=0, title="Compact data"):
    capture_objects = attribute(3, CAPTURE_OBJECTS, writable=True)


class CompactData1(_CompactData, class_id=62, version=1, title="Compact data"):
    capture_objects = attribute(3, array_of(RestrictedColumns), writable=True)


class StatusTable(NamedTuple):
    """Which table explains the bits of a status word: its id and the first entry, or one entry for each bit."""

    ref_table_id: Unsigned
    ref_table_mapping: Annotated[int | tuple[int, ...], choice(LONG_UNSIGNED, array_of(LONG_UNSIGNED))]


class StatusMapping(InterfaceClass, class_id=63, title="Status mapping"):
    status_word = attribute(2, ANYTHING, dynamic=True)
    mapping_table = attribute(3, StatusTable)
