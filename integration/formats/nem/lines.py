"""Lines of a file of any size: with number and offset, in bounded memory, whatever ends them."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import BinaryIO

LONGEST = 64 * 1024
"""Octets of a line. The longest the format needs, a day of five minutes with descriptions, has about a tenth."""
_BLOCK = 1 << 20
_SHOWN = 80


class Ending(Enum):
    """How a line ends."""

    WHOLE = "whole"
    CUT = "cut"
    """The file ends within it."""
    TOO_LONG = "too long"
    """Only its beginning is handed out."""


Line = tuple[bytes, int, int, Ending]
"""Content without what ends it, number from 1, offset of its first octet, how it ends."""


def lines(stream: BinaryIO, terminator: bytes, *, number: int = 1, offset: int = 0) -> Iterator[Line]:
    """The lines from where the stream stands, which is `offset`, at the beginning of line `number`.

    At most one block and one line are in memory; of a line that is too long only the beginning is kept.
    """
    rest, skipped = b"", 0
    while block := stream.read(_BLOCK):
        *complete, rest = (rest + block).split(terminator)
        for content in complete:
            length = len(content) + skipped
            if length > LONGEST:
                yield content[:_SHOWN], number, offset, Ending.TOO_LONG
            else:
                yield content, number, offset, Ending.WHOLE
            offset += length + 1
            number += 1
            skipped = 0
        if len(rest) > LONGEST:
            skipped += len(rest) - _SHOWN
            rest = rest[:_SHOWN]
    if rest:
        yield rest[:LONGEST], number, offset, Ending.TOO_LONG if len(rest) + skipped > LONGEST else Ending.CUT


def terminator_of(head: bytes) -> bytes:
    """What ends the lines of a file beginning like this; a carriage return before a line feed belongs to neither."""
    return b"\n" if b"\n" in head or b"\r" not in head else b"\r"
