"""Typed encoding of COSEM data: one constructor per A-XDR type, each returning `Encoded`.

LocalProtocolError (INVALID_VALUE) when a value does not fit its type.
"""

import struct
from collections.abc import Callable, Iterable

from protocols.dlms.axdr import encode_length
from protocols.dlms.elements import FIXED, Encoded
from protocols.dlms.tags import Tag
from protocols.errors import Cause, LocalProtocolError

NULL = Encoded(b"\x00")


def fixed(tag: Tag, value: int | float | bytes) -> Encoded:
    """A value of any fixed-size type named by its tag (numbers, boolean, enum, date-time, date, time)."""
    layout = FIXED.get(tag)
    try:
        if layout is None or (isinstance(value, bytes) and len(value) != layout.size):
            raise struct.error
        return Encoded(bytes((tag,)) + layout.pack(value))
    except (struct.error, OverflowError):
        raise LocalProtocolError(Cause.INVALID_VALUE, f"{value!r} does not fit {tag.name.lower()}") from None


def _number(tag: Tag) -> Callable[[int], Encoded]:
    prefix, layout = bytes((tag,)), FIXED[tag]

    def encode(value: int) -> Encoded:
        try:
            return Encoded(prefix + layout.pack(value))
        except struct.error:
            raise LocalProtocolError(Cause.INVALID_VALUE, f"{value!r} does not fit {tag.name.lower()}") from None

    return encode


integer = _number(Tag.INTEGER)
long = _number(Tag.LONG)
double_long = _number(Tag.DOUBLE_LONG)
long64 = _number(Tag.LONG64)
unsigned = _number(Tag.UNSIGNED)
long_unsigned = _number(Tag.LONG_UNSIGNED)
double_long_unsigned = _number(Tag.DOUBLE_LONG_UNSIGNED)
long64_unsigned = _number(Tag.LONG64_UNSIGNED)
enum = _number(Tag.ENUM)
bcd = _number(Tag.BCD)
delta_integer = _number(Tag.DELTA_INTEGER)
delta_long = _number(Tag.DELTA_LONG)
delta_double_long = _number(Tag.DELTA_DOUBLE_LONG)
delta_unsigned = _number(Tag.DELTA_UNSIGNED)
delta_long_unsigned = _number(Tag.DELTA_LONG_UNSIGNED)
delta_double_long_unsigned = _number(Tag.DELTA_DOUBLE_LONG_UNSIGNED)


def boolean(value: bool) -> Encoded:
    """True as 0x01 on the wire; decoding accepts any non-zero octet."""
    return Encoded(b"\x03\x01" if value else b"\x03\x00")


def float32(value: float) -> Encoded:
    """IEEE 754 single precision."""
    return fixed(Tag.FLOAT32, value)


def float64(value: float) -> Encoded:
    """IEEE 754 double precision."""
    return fixed(Tag.FLOAT64, value)


def octet_string(value: bytes) -> Encoded:
    """Any octets, logical names and clocks among them."""
    return Encoded(b"\x09" + encode_length(len(value)) + value)


def visible_string(value: str) -> Encoded:
    """Characters of ISO 8859-1, as meters use them."""
    try:
        raw = value.encode("latin-1")
    except UnicodeEncodeError:
        raise LocalProtocolError(Cause.INVALID_VALUE, f"{value!r} needs utf8_string") from None
    return Encoded(b"\x0a" + encode_length(len(raw)) + raw)


def utf8_string(value: str) -> Encoded:
    """Any text."""
    raw = value.encode("utf-8")
    return Encoded(b"\x0c" + encode_length(len(raw)) + raw)


def bit_string(bits: str) -> Encoded:
    """`bits` are the characters 0 and 1, first bit first; padded to whole octets on the wire."""
    if bits.strip("01"):
        raise LocalProtocolError(Cause.INVALID_VALUE, f"{bits!r} is not a string of 0 and 1")
    size = (len(bits) + 7) // 8
    raw = int(bits.ljust(8 * size, "0") or "0", 2).to_bytes(size, "big")
    return Encoded(b"\x04" + encode_length(len(bits)) + raw)


def structure(*elements: Encoded) -> Encoded:
    """Elements of different types in a fixed order."""
    return Encoded(b"\x02" + encode_length(len(elements)) + b"".join(elements))


def array(elements: Iterable[Encoded]) -> Encoded:
    """Elements of one type."""
    parts = list(elements)
    return Encoded(b"\x01" + encode_length(len(parts)) + b"".join(parts))


def dont_care() -> Encoded:
    """The placeholder of no value at all."""
    return Encoded(b"\xff")
