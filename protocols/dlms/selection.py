"""Selective access to profile-generic buffers (Blue Book 4.3.6): by range (1) and by entry (2)."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from protocols.dlms.clock import SIZE, decode_datetime, encode_datetime
from protocols.dlms.cosem import Attribute
from protocols.dlms.data import Encoded, Value, decode
from protocols.dlms.encoding import (
    array,
    double_long,
    double_long_unsigned,
    integer,
    long64,
    long64_unsigned,
    long_unsigned,
    octet_string,
    structure,
)
from protocols.dlms.obis import Obis
from protocols.errors import garbage

RANGE_SELECTOR = 1
ENTRY_SELECTOR = 2


@dataclass(frozen=True, slots=True)
class Capture:
    """A column of a profile: the attribute captured and, for arrays, which element (0 = all of it)."""

    attribute: Attribute
    data_index: int = 0

    def encode(self) -> Encoded:
        """The capture_object_definition structure."""
        name = self.attribute
        return structure(
            long_unsigned(name.class_id), octet_string(name.obis), integer(name.index), long_unsigned(self.data_index)
        )


CLOCK = Capture(Attribute(8, Obis.parse("0-0:1.0.0"), 2))
_CLOCK_ENCODED = CLOCK.encode()
_CLOCK_RANGE = b"\x02\x04" + _CLOCK_ENCODED
_FROM = len(_CLOCK_RANGE) + 2
_TO = _FROM + SIZE + 2
_ALL_COLUMNS = b"\x01\x00"
"""The range nearly every client sends: by clock, both bounds octet-strings, all columns; read at fixed offsets."""


@dataclass(frozen=True, slots=True)
class Range:
    """Rows whose `restricting` column lies in [start, end]; instants for clocks, numbers for counters.

    `columns` empty means all columns; many meters ignore or refuse anything else.
    """

    start: datetime | int
    end: datetime | int
    columns: tuple[Capture, ...] = ()
    restricting: Capture = CLOCK

    def encode(self) -> bytes:
        """Selector and parameters."""
        restricting = _CLOCK_ENCODED if self.restricting is CLOCK else self.restricting.encode()
        columns = array([column.encode() for column in self.columns])
        return b"\x01" + structure(restricting, _encode_bound(self.start), _encode_bound(self.end), columns)


@dataclass(frozen=True, slots=True)
class Entries:
    """Rows `first`..`last` and columns `first_column`..`last_column`, counted from 1; last 0 means to the end."""

    first: int
    last: int = 0
    first_column: int = 1
    last_column: int = 0

    def encode(self) -> bytes:
        """Selector and parameters."""
        rows = double_long_unsigned(self.first), double_long_unsigned(self.last)
        return b"\x02" + structure(*rows, long_unsigned(self.first_column), long_unsigned(self.last_column))


@dataclass(frozen=True, slots=True)
class RawSelection:
    """A selection as received; `parse` gives it meaning once the meter's zone is known."""

    selector: int
    parameters: Encoded

    def encode(self) -> bytes:
        """Selector and parameters."""
        return bytes((self.selector,)) + self.parameters

    def parse(self, zone: tzinfo | None = None) -> "Range | Entries":
        """The typed selection; `zone` completes bounds without deviation. RemoteProtocolError (GARBAGE) otherwise."""
        if self.selector == RANGE_SELECTOR and _is_plain_range(self.parameters):
            return _plain_range(self.parameters, zone)
        match self.selector, decode(self.parameters):
            case 1, (tuple(restricting), start, end, list(columns)):
                captures = tuple(decode_capture(column) for column in columns)
                return Range(_bound(start, zone), _bound(end, zone), captures, decode_capture(restricting))
            case 2, (int(first), int(last), int(first_column), int(last_column)):
                return Entries(first, last, first_column, last_column)
        raise garbage(f"selective access {self.selector} with {self.parameters.hex()} is not defined for profiles")


Selection = Range | Entries | RawSelection


def decode_capture(value: Value) -> Capture:
    """Interpret one decoded capture_object_definition."""
    match value:
        case (int(class_id), bytes(name), int(index), int(data_index)) if len(name) == 6:
            return Capture(Attribute(class_id, Obis(name), index), data_index)
    raise garbage(f"{value!r} is not a capture object")


def _is_plain_range(octets: bytes) -> bool:
    heads = octets[_FROM - 2 : _FROM], octets[_TO - 2 : _TO], octets[_TO + SIZE :]
    return octets.startswith(_CLOCK_RANGE) and heads == (b"\x09\x0c", b"\x09\x0c", _ALL_COLUMNS)


def _plain_range(octets: bytes, zone: tzinfo | None) -> Range:
    first = decode_datetime(octets[_FROM : _FROM + SIZE], zone)
    last = decode_datetime(octets[_TO : _TO + SIZE], zone)
    return Range(first.at, last.at)


def _encode_bound(bound: datetime | int) -> Encoded:
    """A clock as octet-string; a number as the smallest of the types that counters and registers have."""
    if isinstance(bound, datetime):
        return octet_string(encode_datetime(bound))
    if 0 <= bound < 1 << 32:
        return double_long_unsigned(bound)
    if bound >= 1 << 63:
        return long64_unsigned(bound)
    return double_long(bound) if -1 << 31 <= bound < 0 else long64(bound)


def _bound(value: Value, zone: tzinfo | None) -> datetime | int:
    if isinstance(value, bytes) and len(value) == SIZE:
        return decode_datetime(value, zone).at
    if isinstance(value, int):
        return value
    raise garbage(f"{value!r} is neither an instant nor a number")
