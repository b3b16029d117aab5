"""Dates and times as types of attributes.

Most classes carry them as octet-strings of 12, 5 or 4 octets, a few as the types date-time, date and time; either is
understood where the other is due. They keep their wildcards, None in the records: a season that starts every year, a
day that is special every December, a schedule at every full hour.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Annotated, Any, Generic, NamedTuple, TypeVar

from protocols.dlms.classes.specs import Spec
from protocols.dlms.clock import DateTimePattern, decode_pattern, encode_datetime, encode_pattern
from protocols.dlms.data import Encoded, Value
from protocols.dlms.encoding import fixed, octet_string
from protocols.dlms.tags import Tag
from protocols.errors import LocalProtocolError, RemoteProtocolError

T = TypeVar("T")
_WILD, _WILD_YEAR = 0xFF, 0xFFFF
_DATE = struct.Struct(">HBBB")


class DatePattern(NamedTuple):
    """A date; None matches any. Month 0xFD/0xFE: DST end, begin; day 0xFD/0xFE: last but one, last of the month."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None


class TimePattern(NamedTuple):
    """A time of day; None matches any."""

    hour: int | None = None
    minute: int | None = None
    second: int | None = None
    hundredths: int | None = None


def _wild(field: int) -> int | None:
    return None if field == _WILD else field


def _octet(field: int | None) -> int:
    return _WILD if field is None else field


def _decode_date(raw: bytes) -> DatePattern:
    year, month, day, weekday = _DATE.unpack(raw)
    return DatePattern(None if year == _WILD_YEAR else year, _wild(month), _wild(day), _wild(weekday))


def _encode_date(value: DatePattern | date) -> bytes:
    if isinstance(value, date):
        value = DatePattern(value.year, value.month, value.day, value.isoweekday())
    year, *rest = value
    return _DATE.pack(_WILD_YEAR if year is None else year, *map(_octet, rest))


def _decode_time(raw: bytes) -> TimePattern:
    return TimePattern(*map(_wild, raw))


def _encode_time(value: TimePattern | time) -> bytes:
    if isinstance(value, time):
        value = TimePattern(value.hour, value.minute, value.second, value.microsecond // 10_000)
    return struct.pack(">BBBB", *map(_octet, value))


def _encode_date_time(value: DateTimePattern | datetime) -> bytes:
    return encode_datetime(value) if isinstance(value, datetime) else encode_pattern(value)


@dataclass(frozen=True)
class Moment(Spec[T], Generic[T]):
    """A date, a time, or both; sent as octet-string unless `typed`. `kinds` are the Python types it takes to send."""

    tag: Tag
    size: int
    kinds: tuple[type[Any], ...]
    read: Callable[[bytes], T]
    write: Callable[[Any], bytes]
    typed: bool = False

    @property
    def name(self) -> str:
        """See `Spec.name`."""
        kind = self.tag.name.lower().replace("_", "-")
        return kind if self.typed else f"octet-string ({kind})"

    def decode(self, value: Value) -> T:
        """See `Spec.decode`. No octets at all, as some meters say of what is not set, are wildcards throughout."""
        raw = value or b"\xff" * self.size if value in (b"", None) else value
        if not isinstance(raw, bytes) or len(raw) != self.size:
            raise self.received(value)
        try:
            return self.read(raw)
        except RemoteProtocolError:
            raise self.received(value) from None

    def encode(self, value: T) -> Encoded:
        """See `Spec.encode`; Python's own date, time and aware datetime will do."""
        if not isinstance(value, self.kinds):
            raise self.refused(value)
        try:
            raw = self.write(value)
        except (struct.error, LocalProtocolError):
            raise self.refused(value) from None
        return fixed(self.tag, raw) if self.typed else octet_string(raw)


DATE_TIME = Moment(Tag.DATE_TIME, 12, (DateTimePattern, datetime), decode_pattern, _encode_date_time)
DATE = Moment(Tag.DATE, 5, (DatePattern, date), _decode_date, _encode_date)
TIME = Moment(Tag.TIME, 4, (TimePattern, time), _decode_time, _encode_time)
TYPED_DATE_TIME = Moment(Tag.DATE_TIME, 12, (DateTimePattern, datetime), decode_pattern, _encode_date_time, typed=True)

DateTime = Annotated[DateTimePattern | datetime, DATE_TIME]
Date = Annotated[DatePattern | date, DATE]
Time = Annotated[TimePattern | time, TIME]
TypedDateTime = Annotated[DateTimePattern | datetime, TYPED_DATE_TIME]
