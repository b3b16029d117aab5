"""Date and time in COSEM (Blue Book 4.1.6.1): twelve octets of local time, deviation and clock status.

    year(2) month day weekday hour minute second hundredths deviation(2) status

The deviation is in minutes *from local time to UTC*, so Finnish winter time is -120 and UTC = local + deviation;
0x8000 means the meter does not say. Any field may be a wildcard (0xFF, year 0xFFFF). A clock is one instant, so
`decode_datetime` refuses wildcards; `DateTimePattern` holds them for schedules and special days.
"""

import struct
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from enum import IntFlag
from functools import lru_cache

from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError, garbage

SIZE = 12
DEVIATION_UNSPECIFIED = -0x8000
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


@dataclass(frozen=True, slots=True)
class DateTimePattern:
    """The raw fields, None for a wildcard. Month 0xFD/0xFE (DST end, begin), day 0xFD/0xFE (last days) stay numbers."""

    year: int | None
    month: int | None
    day: int | None
    weekday: int | None
    hour: int | None
    minute: int | None
    second: int | None
    hundredths: int | None
    deviation: int | None
    status: int | None


def decode_pattern(raw: bytes) -> DateTimePattern:
    """The fields of a 12-octet date-time with wildcards as None. RemoteProtocolError if it is not 12 octets."""
    year, *small, deviation, status = _unpack(raw)
    month, day, weekday, hour, minute, second, hundredths = (None if field == _WILD else field for field in small)
    return DateTimePattern(
        None if year == 0xFFFF else year,
        month,
        day,
        weekday,
        hour,
        minute,
        second,
        hundredths,
        None if deviation == DEVIATION_UNSPECIFIED else deviation,
        None if status == STATUS_UNSPECIFIED else status,
    )


def encode_pattern(pattern: DateTimePattern) -> bytes:
    """The 12 octets of a pattern. LocalProtocolError if a field is out of range."""
    p = pattern
    fields = (p.month, p.day, p.weekday, p.hour, p.minute, p.second, p.hundredths)
    try:
        return _LAYOUT.pack(
            0xFFFF if p.year is None else p.year,
            *(_WILD if field is None else field for field in fields),
            DEVIATION_UNSPECIFIED if p.deviation is None else p.deviation,
            STATUS_UNSPECIFIED if p.status is None else p.status,
        )
    except struct.error:
        raise LocalProtocolError(Cause.INVALID_VALUE, f"{pattern} does not fit a COSEM date-time") from None


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
