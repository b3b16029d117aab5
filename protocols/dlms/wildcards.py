"""Dates and times with wildcards (Blue Book 4.1.6.1), as calendars, schedules and special days hold them.

    date       year(2) month day weekday
    time       hour minute second hundredths
    date-time  date, time, deviation(2), status

A field that is not specified (0xFF, year 0xFFFF, deviation 0x8000) is None here: it stands for every value. What is one
instant goes through `clock.py` instead. All octets are kept as they are, so everything read can be written back.
"""

import calendar
import struct
from dataclasses import dataclass
from datetime import date, time

from protocols.errors import Cause, LocalProtocolError, garbage

DST_END, DST_BEGIN = 0xFD, 0xFE
"""Months: the one in which daylight saving ends or begins, by the rules of the meter's clock."""
SECOND_LAST, LAST = 0xFD, 0xFE
"""Days of the month counted from its end. With a weekday: LAST is the last such weekday of the month."""
DATE_SIZE, TIME_SIZE, DATE_TIME_SIZE = 5, 4, 12
DEVIATION_UNSPECIFIED = -0x8000
_ANY, _ANY_YEAR = 0xFF, 0xFFFF


@dataclass(frozen=True, slots=True)
class CosemDate:
    """`month` 1..12, DST_END or DST_BEGIN; `day` 1..31, SECOND_LAST or LAST; `weekday` 1 (Monday) .. 7; None is any."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None

    @classmethod
    def decode(cls, octets: bytes) -> "CosemDate":
        """From 5 octets. RemoteProtocolError (GARBAGE) if there are others."""
        _check(octets, DATE_SIZE, "date")
        year = int.from_bytes(octets[:2], "big")
        return cls(None if year == _ANY_YEAR else year, *map(_told, octets[2:]))

    @classmethod
    def of(cls, day: date) -> "CosemDate":
        """This very day."""
        return cls(day.year, day.month, day.day, day.isoweekday())

    def encode(self) -> bytes:
        """5 octets. LocalProtocolError (INVALID_VALUE) if a field does not fit."""
        year = _ANY_YEAR if self.year is None else self.year
        return _pack(">H3B", self, year, *map(_untold, (self.month, self.day, self.weekday)))

    def matches(self, day: date) -> bool:
        """Whether `day` is one of the days meant. Months of daylight saving match none: only the meter knows them."""
        return (
            self.year in (None, day.year)
            and self.month in (None, day.month)
            and self.weekday in (None, day.isoweekday())
            and self._matches_day(day)
        )

    def _matches_day(self, day: date) -> bool:
        last = calendar.monthrange(day.year, day.month)[1]
        if self.day == LAST and self.weekday is not None:
            return day.day > last - 7
        if self.day in (LAST, SECOND_LAST):
            return day.day == last - (LAST - self.day)
        return self.day in (None, day.day)

    def __str__(self) -> str:
        shown = f"{_shown(self.year, 4)}-{_shown(self.month, 2, _MONTHS)}-{_shown(self.day, 2, _DAYS)}"
        return shown if self.weekday is None else f"{shown} {_shown(self.weekday, 1, _WEEKDAYS)}"


@dataclass(frozen=True, slots=True)
class CosemTime:
    """`hour` 0..23, `minute` and `second` 0..59, `hundredths` 0..99; None is any."""

    hour: int | None = None
    minute: int | None = None
    second: int | None = None
    hundredths: int | None = None

    @classmethod
    def decode(cls, octets: bytes) -> "CosemTime":
        """From 4 octets. RemoteProtocolError (GARBAGE) if there are others."""
        _check(octets, TIME_SIZE, "time")
        return cls(*map(_told, octets))

    @classmethod
    def of(cls, at: time) -> "CosemTime":
        """This very time of day, to hundredths."""
        return cls(at.hour, at.minute, at.second, at.microsecond // 10_000)

    def encode(self) -> bytes:
        """4 octets. LocalProtocolError (INVALID_VALUE) if a field does not fit."""
        return _pack(">4B", self, *map(_untold, (self.hour, self.minute, self.second, self.hundredths)))

    def matches(self, at: time) -> bool:
        """Whether `at` is one of the times meant, to the second."""
        return all(
            mine in (None, its)
            for mine, its in ((self.hour, at.hour), (self.minute, at.minute), (self.second, at.second))
        )

    def __str__(self) -> str:
        return ":".join(_shown(field, 2) for field in (self.hour, self.minute, self.second))


@dataclass(frozen=True, slots=True)
class CosemDateTime:
    """`deviation` in minutes from local time to UTC, `status` the clock status; None is not specified."""

    date: CosemDate = CosemDate()
    time: CosemTime = CosemTime()
    deviation: int | None = None
    status: int | None = None

    @classmethod
    def decode(cls, octets: bytes) -> "CosemDateTime":
        """From 12 octets. RemoteProtocolError (GARBAGE) if there are others."""
        _check(octets, DATE_TIME_SIZE, "date-time")
        deviation = int.from_bytes(octets[9:11], "big", signed=True)
        return cls(
            CosemDate.decode(octets[:DATE_SIZE]),
            CosemTime.decode(octets[DATE_SIZE : DATE_SIZE + TIME_SIZE]),
            None if deviation == DEVIATION_UNSPECIFIED else deviation,
            _told(octets[11]),
        )

    def encode(self) -> bytes:
        """12 octets. LocalProtocolError (INVALID_VALUE) if a field does not fit."""
        deviation = DEVIATION_UNSPECIFIED if self.deviation is None else self.deviation
        return self.date.encode() + self.time.encode() + _pack(">hB", self, deviation, _untold(self.status))

    def __str__(self) -> str:
        return f"{self.date} {self.time}"


_MONTHS = {DST_BEGIN: "DST begins", DST_END: "DST ends"}
_DAYS = {LAST: "last", SECOND_LAST: "second last"}
_WEEKDAYS = dict(enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), 1))


def _told(octet: int) -> int | None:
    return None if octet == _ANY else octet


def _untold(field: int | None) -> int:
    return _ANY if field is None else field


def _shown(field: int | None, width: int, words: dict[int, str] | None = None) -> str:
    if field is None:
        return "*" * width
    return (words or {}).get(field) or f"{field:0{width}}"


def _check(octets: bytes, size: int, what: str) -> None:
    if len(octets) != size:
        raise garbage(f"a {what} has {size} octets, got {len(octets)}")


def _pack(layout: str, what: object, *fields: int) -> bytes:
    try:
        return struct.pack(layout, *fields)
    except struct.error:
        raise LocalProtocolError(Cause.INVALID_VALUE, f"{what!r} does not fit its octets") from None
