"""Type descriptions (Green Book 9.5, TypeDescription): what the untagged contents of a compact array consist of.

    null-data … time   one octet, the tag
    array              01 number-of-elements(2) description of an element
    structure          02 length descriptions of the elements

The template description of compact data (class 62, attribute 5) is the same octets.
"""

from typing import NamedTuple

from protocols.dlms.axdr import decode_length
from protocols.dlms.elements import DECODERS, UNPACK
from protocols.dlms.tags import Tag
from protocols.errors import Cause, RemoteProtocolError, garbage

MAX_DEPTH = 16


class TypeDescription(NamedTuple):
    """The type `tag`; `parts` are those of a structure, or the one of an array and how often it comes.

    `least` is the fewest octets that contents can have, `values` how many elements of data they stand for.
    """

    tag: int
    parts: tuple["TypeDescription", ...] = ()
    times: int = 1
    least: int = 0
    values: int = 1


def decode_description(data: bytes, offset: int = 0, depth: int = 0) -> tuple[TypeDescription, int]:
    """The description at `offset` and the offset after it. RemoteProtocolError (GARBAGE, TOO_LARGE) if there is none.

    An array whose elements have no contents (nothing but null-data) is refused: its number costs no octets.
    """
    if depth > MAX_DEPTH:
        raise RemoteProtocolError(Cause.TOO_LARGE, f"types nested deeper than {MAX_DEPTH} levels")
    if offset >= len(data):
        raise garbage("data ends where a type is expected")
    tag = data[offset]
    if tag == Tag.ARRAY:
        return _decode_array(data, offset + 1, depth)
    if tag == Tag.STRUCTURE:
        return _decode_structure(data, offset + 1, depth)
    if tag in UNPACK:
        return TypeDescription(tag, least=UNPACK[tag][1]), offset + 1
    if tag not in DECODERS:
        raise garbage(f"{tag:#04x} is not a data type")
    return TypeDescription(tag, least=_LEAST.get(tag, 1)), offset + 1


_LEAST: dict[int, int] = {
    Tag.NULL: 0,
    Tag.DONT_CARE: 0,
    Tag.DATE_TIME: 12,
    Tag.DELTA_LONG: 2,
    Tag.DELTA_LONG_UNSIGNED: 2,
    Tag.DELTA_DOUBLE_LONG: 4,
    Tag.DELTA_DOUBLE_LONG_UNSIGNED: 4,
}


def _decode_array(data: bytes, offset: int, depth: int) -> tuple[TypeDescription, int]:
    if offset + 2 > len(data):
        raise garbage("data ends where a number of elements is expected")
    times = int.from_bytes(data[offset : offset + 2], "big")
    part, end = decode_description(data, offset + 2, depth + 1)
    if times and not part.least:
        raise garbage(f"{times} elements without contents")
    return TypeDescription(Tag.ARRAY, (part,), times, times * part.least, 1 + times * part.values), end


def _decode_structure(data: bytes, offset: int, depth: int) -> tuple[TypeDescription, int]:
    count, offset = decode_length(data, offset)
    if count > len(data) - offset:
        raise garbage(f"{count} types announced in {len(data) - offset} octets")
    parts: list[TypeDescription] = []
    for _ in range(count):
        part, offset = decode_description(data, offset, depth + 1)
        parts.append(part)
    least, values = sum(part.least for part in parts), 1 + sum(part.values for part in parts)
    return TypeDescription(Tag.STRUCTURE, tuple(parts), 1, least, values), offset
