"""The clock object (class 8, 0-0:1.0.0): local time of the meter's zone, and setting it."""

from datetime import datetime

from protocols.dlms.clock import decode_datetime, encode_datetime
from protocols.dlms.data import Value
from protocols.dlms.device import CLOCK
from protocols.dlms.encoding import boolean, enum, integer, long, octet_string, unsigned
from protocols.dlms.server import TableObject
from protocols.dlms.services.get import Result
from protocols.dlms.tags import ActionResult, DataAccessResult
from protocols.dlms.wildcards import LAST, CosemDate, CosemDateTime, CosemTime
from simulator.clock import ClockChange
from simulator.device import AnyDevice
from simulator.localtime import DAY

CLASS, VERSION = 8, 0
INTERNAL_CRYSTAL = 1
DST_MINUTES, DST_STATUS = 60, 0x80
SUNDAY = 7
SHIFT_TIME, LONGEST_SHIFT_S = 6, 900
NO_CHANGE = CosemDateTime()


def clock_object(device: AnyDevice) -> TableObject:
    """Time, zone, status and daylight saving rules; attribute 2 can be written, and method 6 shifts the time."""
    return TableObject(
        CLASS,
        VERSION,
        CLOCK,
        {
            2: lambda: octet_string(encode_datetime(_shown(device))),
            3: lambda: long(-device.local.standard_offset(device.now()) // 60),
            4: lambda: unsigned(DST_STATUS if _shown(device).dst() else 0),
            5: lambda: octet_string(change_pattern(device, to_dst=True).encode()),
            6: lambda: octet_string(change_pattern(device, to_dst=False).encode()),
            7: integer(DST_MINUTES),
            8: lambda: boolean(change_pattern(device, to_dst=True) != NO_CHANGE),
            9: enum(INTERNAL_CRYSTAL),
        },
        setters={2: lambda value: _set_time(device, value)},
        actions={SHIFT_TIME: lambda value: _shift_time(device, value)},
    )


def change_pattern(device: AnyDevice, to_dst: bool) -> CosemDateTime:
    """When daylight saving begins or ends: the last Sunday of a month at the wall time before the change."""
    zone, now = device.local, device.now()
    for at in map(int, zone.changes_between(now, now + 366 * DAY)):
        if zone.is_dst_at(at) == to_dst:
            before = zone.at(at - 1)
            offset = zone.offset_at(at - 1) // 60
            hour = (before.hour + 1) % 24
            status = 0 if to_dst else DST_STATUS
            date = CosemDate(month=before.month, day=LAST, weekday=SUNDAY)
            return CosemDateTime(date, CosemTime(hour, 0, 0, 0), -offset, status)
    return NO_CHANGE


def _shown(device: AnyDevice) -> datetime:
    return device.local.at(device.clock.reading(device.now()))


def _set_time(device: AnyDevice, value: Value) -> DataAccessResult:
    if not isinstance(value, bytes):
        return DataAccessResult.TYPE_UNMATCHED
    wanted = decode_datetime(value, device.local.zone).at
    set_clock(device, int(wanted.timestamp()))
    return DataAccessResult.SUCCESS


def _shift_time(device: AnyDevice, value: Value) -> tuple[ActionResult, Result | None]:
    if not isinstance(value, int) or abs(value) > LONGEST_SHIFT_S:
        return ActionResult.TYPE_UNMATCHED, None
    set_clock(device, device.clock.reading(device.now()) + value)
    return ActionResult.SUCCESS, None


def set_clock(device: AnyDevice, reading: int) -> ClockChange:
    """Make the clock show `reading` (UTC epoch seconds) from now on; a clock that was wrong is no fault any more."""
    device.clock_was_set()
    return device.clock.set(device.now(), reading)
