"""The types of COSEM data that hold no other data (Green Book 9.5, CHOICE Data): what their contents are in Python.

Contents are the octets after the tag. In a compact array they stand without one, so the tag is always a parameter here.
"""

import struct
from collections.abc import Callable
from typing import TypeAlias, Union

from protocols.dlms.axdr import decode_length, octets
from protocols.dlms.tags import Tag
from protocols.errors import garbage


class Encoded(bytes):
    """Octets that are one complete A-XDR `Data`, tag included."""

    __slots__ = ()


class BitString(str):
    """A decoded bit-string as the characters 0 and 1, first bit first."""

    __slots__ = ()


class Stamp(bytes):
    """The 12 octets of an element of type date-time; clocks in octet-strings are plain `bytes`."""

    __slots__ = ()


class Delta(int):
    """A difference to the same element of the row before (types delta-…), not a value by itself."""

    __slots__ = ()


class DontCare:
    """The only value of type don't-care."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "DONT_CARE"


DONT_CARE = DontCare()
Value: TypeAlias = Union[bool, int, float, bytes, str, DontCare, "list[Value]", "tuple[Value, ...]", None]
Decoder: TypeAlias = Callable[[bytes, int], tuple[Value, int]]

DELTAS: dict[int, struct.Struct] = {
    Tag.DELTA_INTEGER: struct.Struct(">b"),
    Tag.DELTA_LONG: struct.Struct(">h"),
    Tag.DELTA_DOUBLE_LONG: struct.Struct(">i"),
    Tag.DELTA_UNSIGNED: struct.Struct(">B"),
    Tag.DELTA_LONG_UNSIGNED: struct.Struct(">H"),
    Tag.DELTA_DOUBLE_LONG_UNSIGNED: struct.Struct(">I"),
}
_PLAIN: dict[int, struct.Struct] = {
    Tag.BOOLEAN: struct.Struct(">?"),
    Tag.DOUBLE_LONG: struct.Struct(">i"),
    Tag.DOUBLE_LONG_UNSIGNED: struct.Struct(">I"),
    Tag.BCD: struct.Struct(">b"),
    Tag.INTEGER: struct.Struct(">b"),
    Tag.LONG: struct.Struct(">h"),
    Tag.UNSIGNED: struct.Struct(">B"),
    Tag.LONG_UNSIGNED: struct.Struct(">H"),
    Tag.LONG64: struct.Struct(">q"),
    Tag.LONG64_UNSIGNED: struct.Struct(">Q"),
    Tag.ENUM: struct.Struct(">B"),
    Tag.FLOAT32: struct.Struct(">f"),
    Tag.FLOAT64: struct.Struct(">d"),
    Tag.DATE: struct.Struct(">5s"),
    Tag.TIME: struct.Struct(">4s"),
}
FIXED: dict[int, struct.Struct] = {**_PLAIN, Tag.DATE_TIME: struct.Struct(">12s"), **DELTAS}
"""Types whose contents have a fixed size."""
UNPACK = {int(tag): (layout.unpack_from, layout.size) for tag, layout in _PLAIN.items()}
"""Types whose contents `struct` turns into the Python value: function and octets."""
STRINGS = frozenset(map(int, (Tag.OCTET_STRING, Tag.VISIBLE_STRING, Tag.UTF8_STRING)))
"""Types whose contents are a number of octets and these octets."""


def decode_element(data: bytes, tag: int, offset: int) -> tuple[Value, int]:
    """The value of type `tag` whose contents begin at `offset`, and the offset after it.

    RemoteProtocolError (GARBAGE) if it is cut or `tag` is not the type of an element without elements.
    """
    if tag in UNPACK:
        unpack, size = UNPACK[tag]
        try:
            return unpack(data, offset)[0], offset + size
        except struct.error:
            raise garbage("data ends in the middle of a value") from None
    if tag not in DECODERS:
        raise garbage(f"{tag:#04x} is not a data type")
    return DECODERS[tag](data, offset)


def _decode_bits(data: bytes, offset: int) -> tuple[Value, int]:
    length, start = decode_length(data, offset)
    end = start + (length + 7) // 8
    if end > len(data):
        raise garbage(f"bit-string of {length} bits is cut")
    bits = "".join(f"{octet:08b}" for octet in data[start:end])
    return BitString(bits[:length]), end


def _decode_visible(data: bytes, offset: int) -> tuple[Value, int]:
    raw, end = octets(data, offset)
    return raw.decode("latin-1"), end


def _decode_utf8(data: bytes, offset: int) -> tuple[Value, int]:
    raw, end = octets(data, offset)
    try:
        return raw.decode("utf-8"), end
    except UnicodeDecodeError:
        raise garbage("utf8-string is not UTF-8") from None


def _decode_stamp(data: bytes, offset: int) -> tuple[Value, int]:
    end = offset + FIXED[Tag.DATE_TIME].size
    if end > len(data):
        raise garbage("data ends in the middle of a value")
    return Stamp(data[offset:end]), end


def _delta(layout: struct.Struct) -> Decoder:
    def decode(data: bytes, offset: int) -> tuple[Value, int]:
        try:
            return Delta(layout.unpack_from(data, offset)[0]), offset + layout.size
        except struct.error:
            raise garbage("data ends in the middle of a value") from None

    return decode


DECODERS: dict[int, Decoder] = {
    Tag.NULL: lambda _data, offset: (None, offset),
    Tag.DONT_CARE: lambda _data, offset: (DONT_CARE, offset),
    Tag.OCTET_STRING: octets,
    Tag.BIT_STRING: _decode_bits,
    Tag.VISIBLE_STRING: _decode_visible,
    Tag.UTF8_STRING: _decode_utf8,
    Tag.DATE_TIME: _decode_stamp,
    **{tag: _delta(layout) for tag, layout in DELTAS.items()},
}
"""The other types; keys are plain numbers in the wire's sense (IntEnum members hash like them)."""
