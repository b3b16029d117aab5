"""Which octets of encoded data say what the others are, and which are contents.

Two encodings with the same octets outside of their contents hold the same kinds of values at the same places, so what
was found in one is found in the other without looking for it.
"""

from protocols.dlms.axdr import decode_length
from protocols.dlms.data import MAX_DEPTH, skip
from protocols.dlms.elements import FIXED, STRINGS
from protocols.dlms.tags import Tag
from protocols.errors import Cause, RemoteProtocolError

_NESTED = frozenset(map(int, (Tag.ARRAY, Tag.STRUCTURE)))
_SIZES = {int(tag): layout.size for tag, layout in FIXED.items()}
Span = tuple[int, int]
"""Offsets of the first octet and of the one after the last."""


def contents(data: bytes, offset: int, depth: int = 0) -> tuple[list[Span], int]:
    """The contents of numbers, strings and times in the value at `offset`, and the offset after it.

    What has neither a fixed size nor a length, such as a compact array, counts as a head with all its octets.
    RemoteProtocolError (GARBAGE, TOO_LARGE) and IndexError where it is no value.
    """
    tag = data[offset]
    if tag in _NESTED:
        return _of_elements(data, offset + 1, depth)
    if tag in STRINGS:
        size, start = decode_length(data, offset + 1)
        return [(start, start + size)], start + size
    if tag in _SIZES:
        return [(offset + 1, offset + 1 + _SIZES[tag])], offset + 1 + _SIZES[tag]
    return [], skip(data, offset)


def _of_elements(data: bytes, offset: int, depth: int) -> tuple[list[Span], int]:
    if depth >= MAX_DEPTH:
        raise RemoteProtocolError(Cause.TOO_LARGE, f"data nested deeper than {MAX_DEPTH} levels")
    count, offset = decode_length(data, offset)
    found: list[Span] = []
    for _ in range(count):
        spans, offset = contents(data, offset, depth + 1)
        found += spans
    return found, offset
