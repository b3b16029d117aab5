"""COSEM data in A-XDR (Green Book 9.5, CHOICE Data): decoding to plain Python values.

Decoding drops the width of numbers because nobody who reads a meter needs it: integers of all kinds, enum and bcd give
`int`, differences `Delta`, floats `float`, octet-strings and the date/time types `bytes` (see clock.py, wildcards.py),
strings `str`, arrays and compact arrays `list`, structures `tuple`.

Encoding must choose a type, so it goes through one constructor per type (`unsigned(5)`, `structure(a, b)`) that returns
`Encoded`: the octets themselves, ready to be joined (`encoding.py`). There is no value tree in between.
"""

from protocols.dlms.axdr import decode_length, octets
from protocols.dlms.compact_array import decode_compact_array
from protocols.dlms.elements import (
    DONT_CARE,
    FIXED,
    UNPACK,
    BitString,
    Delta,
    DontCare,
    Encoded,
    Stamp,
    Value,
    decode_element,
)
from protocols.dlms.row_pattern import FEW_ROWS, cells_at, pattern_for
from protocols.dlms.tags import Tag
from protocols.errors import Cause, RemoteProtocolError, garbage

__all__ = [
    "DONT_CARE",
    "FIXED",
    "MAX_DEPTH",
    "BitString",
    "Delta",
    "DontCare",
    "Encoded",
    "Stamp",
    "Value",
    "decode",
    "decode_from",
    "skip",
]
MAX_DEPTH = 16
_ARRAY, _STRUCTURE, _OCTET_STRING, _COMPACT = map(int, (Tag.ARRAY, Tag.STRUCTURE, Tag.OCTET_STRING, Tag.COMPACT_ARRAY))


def decode(data: bytes) -> Value:
    """The one value that `data` holds, all of it. RemoteProtocolError (GARBAGE, TOO_LARGE) otherwise."""
    value, end = decode_from(data, 0)
    if end != len(data):
        raise garbage(f"{len(data) - end} octets left over after the value")
    return value


def skip(data: bytes, offset: int) -> int:
    """The offset after the value at `offset`, for who needs its octets and not yet its meaning. GARBAGE as above."""
    fixed = UNPACK.get(data[offset]) if offset < len(data) else None
    if fixed is not None and offset + fixed[1] < len(data):
        return offset + 1 + fixed[1]
    return decode_from(data, offset)[1]


def decode_from(data: bytes, offset: int, depth: int = 0) -> tuple[Value, int]:
    """The value at `offset` and the offset after it. RemoteProtocolError (GARBAGE, TOO_LARGE)."""
    if offset >= len(data):
        raise garbage("data ends in the middle of a value")
    tag = data[offset]
    if tag in (_ARRAY, _STRUCTURE):
        return _decode_elements(data, tag, offset + 1, depth)
    if tag == _OCTET_STRING:
        return octets(data, offset + 1)
    if tag == _COMPACT:
        return decode_compact_array(data, offset + 1)
    return decode_element(data, tag, offset + 1)


def _decode_elements(data: bytes, tag: int, offset: int, depth: int) -> tuple[Value, int]:
    """Every element costs at least one octet, so a count above the octets left is refused before anything is done."""
    if depth >= MAX_DEPTH:
        raise RemoteProtocolError(Cause.TOO_LARGE, f"data nested deeper than {MAX_DEPTH} levels")
    count, offset = decode_length(data, offset)
    size = len(data)
    if count > size - offset:
        raise garbage(f"{count} elements announced in {size - offset} octets")
    elements: list[Value] = []
    if tag == _ARRAY and count >= FEW_ROWS and depth == 0:
        offset = _equal_rows(data, offset, count, elements)
    for _ in range(count - len(elements)):
        if offset < size and (found := UNPACK.get(data[offset])) and offset + found[1] < size:
            elements.append(found[0](data, offset + 1)[0])
            offset += 1 + found[1]
        else:
            value, offset = decode_from(data, offset, depth + 1)
            elements.append(value)
    return (elements if tag == _ARRAY else tuple(elements)), offset


def _equal_rows(data: bytes, offset: int, count: int, elements: list[Value]) -> int:
    """Adds the structures that follow the first of an array and have its types and sizes; the offset after them.

    For the outermost array only: a pattern seen for the first time costs more than the rows of a small array, and an
    attacker could send thousands of those in one value.
    """
    cells = cells_at(data, offset)
    pattern = pattern_for(cells) if cells else None
    if pattern is None or pattern.struct is None:
        return offset
    end = offset + pattern.size * min(count, pattern.rows(data, offset))
    elements.extend(pattern.struct.iter_unpack(memoryview(data)[offset:end]))
    return end
