"""Date and time in COSEM (Blue Book 4.1.6.1): twelve octets of local time, deviation and clock status.

    year(2) month day weekday hour minute second hundredths deviation(2) status

The deviation is in minutes *from local time to UTC*, so Finnish winter time is -120 and UTC = local + deviation;
0x8000 means the meter does not say. Any field may be a wildcard (0xFF, year 0xFFFF). A clock is one instant, so
`decode_datetime` refuses wildcards; `wildcards.py` holds them for schedules and special days.
"""

import struct
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from enum import IntFlag
from functools import lru_cache

from protocols.dlms.wildcards import DATE_TIME_SIZE, DEVIATION_UNSPECIFIED
from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError, garbage

SIZE = DATE_TIME_SIZE
STATUS_UNSPECIFIED = 0xFF
_LAYOUT = struct.Struct(">HBBBBBBBhB")
_WILD = 0xFF


class ClockStatus(IntFlag):
    """Bits of the clock status octet; bit 7 says that daylight saving is included in the local time."""

    OK = 0
    INVALID = 0x01
    DOUBTFUL = 0x02
    DIFFERENT_BASE = 0x04
    INVALID_STATUS = 0x08
    DAYLIGHT_SAVING = 0x80


@dataclass(frozen=True, slots=True)
class ClockReading:
    """An instant as a meter told it: an aware datetime and the status, None when the meter does not give one."""

    at: datetime
    status: ClockStatus | None


def encode_datetime(at: datetime, status: ClockStatus = ClockStatus.OK) -> bytes:
    """The 12 octets of an aware datetime in its own zone; the DST bit follows the zone. LocalProtocolError if naive."""
    offset = at.utcoffset()
    if offset is None:
        raise LocalProtocolError(Cause.INVALID_VALUE, f"{at} has no time zone")
    if at.dst():
        status |= ClockStatus.DAYLIGHT_SAVING
    return _LAYOUT.pack(
        at.year,
        at.month,
        at.day,
        at.isoweekday(),
        at.hour,
        at.minute,
        at.second,
        at.microsecond // 10_000,
        -(offset // timedelta(minutes=1)),
        status,
    )


def decode_datetime(raw: bytes, zone: tzinfo | None = None) -> ClockReading:
    """The instant in 12 octets.

    A specified deviation gives a fixed-offset zone; otherwise `zone` is the meter's and the DST bit decides the hour
    that happens twice. Unspecified hundredths and seconds count as zero. RemoteProtocolError: CLOCK_UNSPECIFIED for
    wildcards or an unknown zone, GARBAGE for impossible fields.
    """
    year, month, day, _weekday, hour, minute, second, hundredths, deviation, status = _unpack(raw)
    if year == 0xFFFF or _WILD in (month, day, hour, minute):
        raise RemoteProtocolError(Cause.CLOCK_UNSPECIFIED, f"clock {raw.hex()} is not set: it holds wildcards")
    bits = None if status == STATUS_UNSPECIFIED else ClockStatus(status)
    fold = 0 if bits is None or bits & ClockStatus.DAYLIGHT_SAVING else 1
    second = 0 if second == _WILD else second
    micro = 0 if hundredths == _WILD else hundredths * 10_000
    try:
        at = datetime(year, month, day, hour, minute, second, micro, _zone(deviation, zone), fold=fold)
    except ValueError as error:
        raise garbage(f"clock {raw.hex()} is impossible: {error}") from None
    return ClockReading(at, bits)


def _zone(deviation: int, zone: tzinfo | None) -> tzinfo:
    if deviation != DEVIATION_UNSPECIFIED:
        return _fixed_zone(deviation)
    if zone is None:
        raise RemoteProtocolError(
            Cause.CLOCK_UNSPECIFIED, "the meter does not tell its deviation from UTC and its zone is not known"
        )
    return zone


@lru_cache(maxsize=128)
def _fixed_zone(deviation: int) -> timezone:
    """ValueError beyond a day, which the caller reports."""
    return timezone(timedelta(minutes=-deviation))


def _unpack(raw: bytes) -> tuple[int, ...]:
    if len(raw) != SIZE:
        raise garbage(f"a date-time has {SIZE} octets, got {len(raw)}")
    return _LAYOUT.unpack(raw)
