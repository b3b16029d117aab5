"""COSEM data in A-XDR (Green Book 9.5, CHOICE Data): decoding to plain Python values and typed encoding.

Decoding drops the width of numbers because nobody who reads a meter needs it: integers of all kinds, enum and bcd give
`int`, floats `float`, octet-strings and the date/time types `bytes` (see clock.py), strings `str`, arrays `list`,
structures `tuple`.

Encoding must choose a type, so it goes through one constructor per type (`unsigned(5)`, `structure(a, b)`) that returns
`Encoded`: the octets themselves, ready to be joined. There is no value tree in between.
"""

import struct
from collections.abc import Callable
from typing import TypeAlias, Union

from protocols.dlms.axdr import decode_length, octets
from protocols.dlms.tags import Tag
from protocols.errors import Cause, RemoteProtocolError, garbage

MAX_DEPTH = 16


class Encoded(bytes):
    """Octets that are one complete A-XDR `Data`, tag included."""

    __slots__ = ()


class BitString(str):
    """A decoded bit-string as the characters 0 and 1, first bit first."""

    __slots__ = ()


class DontCare:
    """The only value of type don't-care."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "DONT_CARE"


DONT_CARE = DontCare()
Value: TypeAlias = Union[bool, int, float, bytes, str, DontCare, "list[Value]", "tuple[Value, ...]", None]

FIXED: dict[int, struct.Struct] = {
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
    Tag.DATE_TIME: struct.Struct(">12s"),
    Tag.DATE: struct.Struct(">5s"),
    Tag.TIME: struct.Struct(">4s"),
}
_UNPACK = {int(tag): (layout.unpack_from, layout.size) for tag, layout in FIXED.items()}
_OCTET_STRING, _ARRAY, _STRUCTURE = int(Tag.OCTET_STRING), int(Tag.ARRAY), int(Tag.STRUCTURE)


def decode(data: bytes) -> Value:
    """The one value that `data` holds, all of it. RemoteProtocolError (GARBAGE, UNSUPPORTED, TOO_LARGE) otherwise."""
    value, end = decode_from(data, 0)
    if end != len(data):
        raise garbage(f"{len(data) - end} octets left over after the value")
    return value


def decode_from(data: bytes, offset: int, depth: int = 0) -> tuple[Value, int]:
    """The value at `offset` and the offset after it.

    Every element costs at least one octet, so a count above the octets left is refused before anything is allocated.
    """
    try:
        tag = data[offset]
        if tag in _UNPACK:
            unpack, size = _UNPACK[tag]
            return unpack(data, offset + 1)[0], offset + 1 + size
    except (IndexError, struct.error):
        raise garbage("data ends in the middle of a value") from None
    offset += 1
    if tag == _OCTET_STRING:
        return octets(data, offset)
    if tag in (_ARRAY, _STRUCTURE):
        return _decode_elements(data, tag, offset, depth)
    if tag not in _VARIABLE:
        known = tag == Tag.COMPACT_ARRAY
        raise RemoteProtocolError(
            Cause.UNSUPPORTED if known else Cause.GARBAGE,
            "compact-array is not supported" if known else f"{tag:#04x} is not a data type",
        )
    return _VARIABLE[tag](data, offset)


def _decode_elements(data: bytes, tag: int, offset: int, depth: int) -> tuple[Value, int]:
    if depth >= MAX_DEPTH:
        raise RemoteProtocolError(Cause.TOO_LARGE, f"data nested deeper than {MAX_DEPTH} levels")
    count, offset = decode_length(data, offset)
    if count > len(data) - offset:
        raise garbage(f"{count} elements announced in {len(data) - offset} octets")
    elements: list[Value] = []
    for _ in range(count):
        value, offset = decode_from(data, offset, depth + 1)
        elements.append(value)
    return (elements if tag == _ARRAY else tuple(elements)), offset


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


_VARIABLE: dict[int, Callable[[bytes, int], tuple[Value, int]]] = {
    Tag.NULL: lambda _data, offset: (None, offset),
    Tag.DONT_CARE: lambda _data, offset: (DONT_CARE, offset),
    Tag.BIT_STRING: _decode_bits,
    Tag.VISIBLE_STRING: _decode_visible,
    Tag.UTF8_STRING: _decode_utf8,
}
