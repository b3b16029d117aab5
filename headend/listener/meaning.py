"""What the data of a push mean: registers, rows of profiles, events. The same plain data that a session brings home.

What nobody tells the scaler, unit or columns of cannot be stored; it is named in `left`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from events.services.device_outages import NO_TIME
from headend.drivers.dlms_decode import log_entries, profile_rows, text_of
from headend.knowledge import Knowledge
from headend.listener.compact import spread
from headend.listener.elements import Element, instant
from headend.listener.units import Units, cut_down
from headend.plan import Layout, LogEntries, LogEntry, Readings, RegisterValue, Stretch
from protocols.dlms import objects
from protocols.dlms.columns import decode_columns
from protocols.dlms.data import Value, decode
from protocols.dlms.obis import Obis

_ALARMS = (0, 97, 98)
"""Value groups A, C, D of alarm registers (0-b:97.98.e); error registers are 97.97."""
_EVENT_CODES = (0, 96, 11)
"""0-b:96.11.e holds the code of the last event of the log 0-b:99.98.e."""
_LOGS = (99, 98)
_BUFFER, _VALUE = 2, 2


@dataclass(slots=True)
class Understood:
    """What a push brought. `left` names what is in it and cannot be stored."""

    readings: Readings = field(default_factory=Readings)
    left: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Push:
    """What every element is understood with: the device, when the push was made, and what is known of units."""

    known: Knowledge
    at: datetime
    units: Units


def understand(elements: Sequence[Element], known: Knowledge, at: datetime) -> Understood:
    """The readings of a push of the device in `known`, of the instant `at` (aware) unless it holds a clock of its own.

    RemoteProtocolError (GARBAGE) where an element is not what its name says.
    """
    elements, undescribed = spread(elements, known.description.compact_data)
    push = _Push(known, clock_of(elements, known.device.utility.zone) or at, Units(elements, known))
    found = Understood(left=undescribed)
    for element in elements:
        name = element.attribute
        take = _TAKERS.get((name.class_id, name.index))
        if take is not None:
            take(push, element, found)
    return found


def _register(push: _Push, element: Element, found: Understood) -> None:
    raw, name = decode(element.value), element.attribute
    if isinstance(raw, bool) or not isinstance(raw, int):
        return
    unit = push.units.of(name.class_id, name.obis)
    if unit is None:
        found.left.append(f"scaler and unit of {name.obis} are not on file")
    else:
        found.readings.registers.append(RegisterValue(name.obis, raw, unit.scaler, unit.symbol, push.at))


def _data(push: _Push, element: Element, found: Understood) -> None:
    """Alarm registers bit by bit, the code of the last event, and who the device says it is."""
    obis, value = element.attribute.obis, decode(element.value)
    groups = obis[0], obis[2], obis[3]
    if groups == _ALARMS:
        _log(push, obis, _bits(value), found, **{NO_TIME: 1})  # the register says that it happened, not when
    elif groups == _EVENT_CODES and isinstance(value, int):
        log = Obis(bytes((obis[0], obis[1], *_LOGS, obis[4], obis[5])))
        _log(push, log, [value], found)
    for text, named in push.known.description.identification.items():
        if named == obis:
            found.readings.identification[text] = text_of(element.value)


def _log(push: _Push, log: Obis, codes: Sequence[int], found: Understood, **details: int) -> None:
    at = push.at.replace(microsecond=0)
    entries = tuple(LogEntry(at, code, 0, dict(details)) for code in codes)
    if entries:
        found.readings.logs.append(LogEntries(Stretch(log, at, at), entries))


def _buffer(push: _Push, element: Element, found: Understood) -> None:
    obis = element.attribute.obis
    log = push.known.description.event_log(obis)
    layout = None if log else cut_down(push.units.layout(obis), element.columns)
    if log is not None:
        _entries(push, element, log.columns, found)
    elif layout is None:
        found.left.append(f"the columns of profile {obis} are not on file")
    else:
        _rows(push, element, layout, found)


def _rows(push: _Push, element: Element, layout: Layout, found: Understood) -> None:
    table = decode_columns(
        element.value,
        width=len(layout.columns),
        clocks=clocks_of(layout),
        capture_period=layout.interval_s,
        zone=push.known.device.utility.zone,
    )
    if not layout.known:
        found.readings.layouts.append(layout)
    if table.rows:
        found.readings.profiles.append(profile_rows(table, layout, Stretch(layout.obis, push.at, push.at)))


def _entries(push: _Push, element: Element, columns: Sequence[str], found: Understood) -> None:
    zone = push.known.device.utility.zone
    table = decode_columns(element.value, width=len(columns), clocks=(columns.index("clock"),), zone=zone)
    stretch = Stretch(element.attribute.obis, push.at, push.at)
    found.readings.logs.append(LogEntries(stretch, log_entries(table, columns)))


def _bits(value: Value) -> list[int]:
    """The bits that are set: of a number the lowest is 0, of a bit-string the first."""
    if isinstance(value, str):
        return [place for place, bit in enumerate(value) if bit == "1"]
    number = value if isinstance(value, int) and value > 0 else 0
    return [bit for bit in range(number.bit_length()) if number >> bit & 1]


def clock_of(elements: Sequence[Element], zone: tzinfo) -> datetime | None:
    """The clock among the data; None without one, or where it is not set."""
    for element in elements:
        if (element.attribute.class_id, element.attribute.index) == (objects.CLOCK_CLASS, _VALUE):
            raw = decode(element.value)
            return instant(raw, zone) if isinstance(raw, bytes) else None
    return None


def clocks_of(layout: Layout) -> list[int]:
    """Which columns are clocks."""
    return [i for i, column in enumerate(layout.columns) if column.class_id == objects.CLOCK_CLASS]


_TAKERS: Mapping[tuple[int, int], Callable[[_Push, Element, Understood], None]] = {
    (objects.PROFILE, _BUFFER): _buffer,
    (objects.DATA, _VALUE): _data,
    **{(class_id, objects.VALUE_ATTRIBUTE[class_id]): _register for class_id in objects.UNIT_ATTRIBUTE},
}
"""What is done with an attribute, by interface class and number; others say nothing that is kept."""
