"""The clock object (class 8, 0-0:1.0.0): local time of the meter's zone, and setting it."""

from datetime import datetime

from protocols.dlms.clock import decode_datetime, encode_datetime
from protocols.dlms.data import Value
from protocols.dlms.device import CLOCK
from protocols.dlms.encoding import boolean, enum, integer, long, octet_string, unsigned
from protocols.dlms.server import TableObject
from protocols.dlms.tags import DataAccessResult
from protocols.dlms.wildcards import LAST, CosemDate, CosemDateTime, CosemTime
from simulator.clock import ClockChange
from simulator.localtime import DAY
from simulator.meter import Meter

CLASS, VERSION = 8, 0
INTERNAL_CRYSTAL = 1
DST_MINUTES, DST_STATUS = 60, 0x80
SUNDAY = 7
NO_CHANGE = CosemDateTime()


def clock_object(meter: Meter) -> TableObject:
    """Time, zone, status and daylight saving rules; attribute 2 can be written."""
    return TableObject(
        CLASS,
        VERSION,
        CLOCK,
        {
            2: lambda: octet_string(encode_datetime(_shown(meter))),
            3: lambda: long(-meter.recording.zone.standard_offset(meter.now()) // 60),
            4: lambda: unsigned(DST_STATUS if _shown(meter).dst() else 0),
            5: lambda: octet_string(change_pattern(meter, to_dst=True).encode()),
            6: lambda: octet_string(change_pattern(meter, to_dst=False).encode()),
            7: integer(DST_MINUTES),
            8: lambda: boolean(change_pattern(meter, to_dst=True) != NO_CHANGE),
            9: enum(INTERNAL_CRYSTAL),
        },
        setters={2: lambda value: _set_time(meter, value)},
    )


def change_pattern(meter: Meter, to_dst: bool) -> CosemDateTime:
    """When daylight saving begins or ends: the last Sunday of a month at the wall time before the change."""
    zone, now = meter.recording.zone, meter.now()
    for at in map(int, zone.changes_between(now, now + 366 * DAY)):
        if zone.is_dst_at(at) == to_dst:
            before = zone.at(at - 1)
            offset = zone.offset_at(at - 1) // 60
            hour = (before.hour + 1) % 24
            status = 0 if to_dst else DST_STATUS
            date = CosemDate(month=before.month, day=LAST, weekday=SUNDAY)
            return CosemDateTime(date, CosemTime(hour, 0, 0, 0), -offset, status)
    return NO_CHANGE


def _shown(meter: Meter) -> datetime:
    recording = meter.recording
    return recording.zone.at(recording.clock.reading(meter.now()))


def _set_time(meter: Meter, value: Value) -> DataAccessResult:
    if not isinstance(value, bytes):
        return DataAccessResult.TYPE_UNMATCHED
    wanted = decode_datetime(value, meter.recording.zone.zone).at
    set_clock(meter, int(wanted.timestamp()))
    return DataAccessResult.SUCCESS


def set_clock(meter: Meter, reading: int) -> ClockChange:
    """Make the clock show `reading` (UTC epoch seconds) from now on; a clock that was wrong is no fault any more."""
    meter.clock_was_set()
    return meter.recording.clock.set(meter.now(), reading)
