"""Compact arrays (type 19): one description of the elements, then their contents without tags.

    13 type-description length contents

The number of elements is not told: they follow each other until the contents end. The buffer of compact data (class 62)
is such contents too, described by its template.
"""

from collections.abc import Iterable, Sequence

from protocols.dlms.axdr import decode_length, encode_length, octets
from protocols.dlms.elements import Encoded, Value, decode_element
from protocols.dlms.tags import Tag
from protocols.dlms.type_description import TypeDescription, decode_description
from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError, garbage

VALUES_PER_OCTET = 64
"""Null-data costs a type but no contents. More values than this per octet is no meter but an attack."""


def decode_compact_array(data: bytes, offset: int) -> tuple[list[Value], int]:
    """The elements of the compact array after its tag at `offset`, and the offset after it."""
    description, start = decode_description(data, offset)
    contents, end = octets(data, start)
    return _elements(description, contents, VALUES_PER_OCTET * (end - offset)), end


def decode_packed(description: bytes, contents: bytes) -> list[Value]:
    """Elements packed by a type description, as in compact data. RemoteProtocolError (GARBAGE, TOO_LARGE)."""
    found, end = decode_description(description)
    if end != len(description):
        raise garbage(f"{len(description) - end} octets left over after the type description")
    return _elements(found, contents, VALUES_PER_OCTET * (len(description) + len(contents)))


def _elements(description: TypeDescription, contents: bytes, most: int) -> list[Value]:
    if contents and not description.least:
        raise garbage("contents of a type that has none")
    elements: list[Value] = []
    offset = 0
    while offset < len(contents):
        if (len(elements) + 1) * description.values > most:
            raise RemoteProtocolError(Cause.TOO_LARGE, f"more than {most} values in a compact array")
        value, offset = _decode(contents, offset, description)
        elements.append(value)
    return elements


def _decode(contents: bytes, offset: int, description: TypeDescription) -> tuple[Value, int]:
    if not description.parts and description.tag != Tag.STRUCTURE:
        return decode_element(contents, description.tag, offset)
    values: list[Value] = []
    for part in description.parts * description.times:
        value, offset = _decode(contents, offset, part)
        values.append(value)
    return (values if description.tag == Tag.ARRAY else tuple(values)), offset


def tagged(description: bytes, contents: bytes) -> list[tuple[Encoded, ...]]:
    """The parts of each packed structure, complete with their tags. As `decode_packed` in all else."""
    values, found, end = decode_packed(description, contents), decode_description(description)[0], 0
    structures: list[tuple[Encoded, ...]] = []
    for _ in values:
        parts: list[Encoded] = []
        for part in found.parts:
            octets_of_part, end = _tagged(contents, end, part)
            parts.append(Encoded(octets_of_part))
        structures.append(tuple(parts))
    return structures


def _tagged(contents: bytes, offset: int, description: TypeDescription) -> tuple[bytes, int]:
    if not description.parts and description.tag != Tag.STRUCTURE:
        end = decode_element(contents, description.tag, offset)[1]
        return bytes((description.tag,)) + contents[offset:end], end
    parts = []
    for part in description.parts * description.times:
        found, offset = _tagged(contents, offset, part)
        parts.append(found)
    return bytes((description.tag,)) + encode_length(len(parts)) + b"".join(parts), offset


def compact_array(elements: Iterable[Encoded]) -> Encoded:
    """Elements of one type, packed. LocalProtocolError (INVALID_VALUE) without any, or when their types differ."""
    try:
        description, contents = _same_type([_pack(element, 0)[0] for element in elements])
    except RemoteProtocolError as error:
        raise LocalProtocolError(Cause.INVALID_VALUE, f"no element of a compact array: {error}") from None
    return Encoded(bytes((Tag.COMPACT_ARRAY,)) + description + encode_length(len(contents)) + contents)


def _pack(data: bytes, offset: int) -> tuple[tuple[bytes, bytes], int]:
    """Description and contents of the element at `offset`, and the offset after it."""
    tag = data[offset]
    if tag not in (Tag.ARRAY, Tag.STRUCTURE):
        end = decode_element(data, tag, offset + 1)[1]
        return (data[offset : offset + 1], data[offset + 1 : end]), end
    count, offset = decode_length(data, offset + 1)
    packed: list[tuple[bytes, bytes]] = []
    for _ in range(count):
        part, offset = _pack(data, offset)
        packed.append(part)
    if tag == Tag.ARRAY:
        description, contents = _same_type(packed)
        return (b"\x01" + _number_of_elements(count) + description, contents), offset
    descriptions, parts = (b"".join(octets) for octets in zip(*packed, strict=True)) if packed else (b"", b"")
    return (b"\x02" + encode_length(count) + descriptions, parts), offset


def _same_type(packed: Sequence[tuple[bytes, bytes]]) -> tuple[bytes, bytes]:
    """The description all have, and all contents."""
    descriptions = {description for description, _ in packed}
    if len(descriptions) != 1:
        problem = "elements differ in their types" if descriptions else "elements are none, so they have no type"
        raise LocalProtocolError(Cause.INVALID_VALUE, f"a compact array whose {problem}")
    return descriptions.pop(), b"".join(contents for _, contents in packed)


def _number_of_elements(count: int) -> bytes:
    if count > 0xFFFF:
        raise LocalProtocolError(Cause.INVALID_VALUE, f"an array of {count} elements in a compact array")
    return count.to_bytes(2, "big")
