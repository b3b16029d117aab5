"""A file in pieces of bounded length, cut where no interval reading is torn apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from integration.formats.espi.limits import CHUNK, PROLOG
from integration.formats.espi.prolog import Prolog, read_prolog

_READING = b"IntervalReading>"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some octets of a file and the position they end at."""

    octets: bytes
    end: int
    is_prolog: bool = False


def read_start(stream: BinaryIO) -> Prolog:
    """The prolog of the file; leaves the stream at its beginning."""
    stream.seek(0)
    head = stream.read(PROLOG)
    stream.seek(0)
    return read_prolog(head)


def read_pieces(stream: BinaryIO, prolog: Prolog) -> Iterator[Piece]:
    """All pieces of the file in order: the prolog, then about `CHUNK` octets each, to the end of the file."""
    stream.seek(len(prolog.octets))
    end, held = len(prolog.octets), b""
    yield Piece(prolog.octets, end, is_prolog=True)
    while chunk := stream.read(CHUNK):
        held += chunk
        cut = _cut(held)
        if cut:
            octets, held = held[:cut], held[cut:]
            end += cut
            yield Piece(octets, end)
    if held:
        yield Piece(held, end + len(held))


def _cut(held: bytes) -> int:
    """How much may go on: to where the last reading ends or begins; else to the end of a tag; else, at length, all."""
    last = held.rfind(_READING)
    if last >= 0:
        tag = held.rfind(b"<", 0, last)
        cut = last + len(_READING) if held.startswith(b"</", tag) else tag
        if cut > 0:
            return cut
    return held.rfind(b">") + 1 or (len(held) if len(held) >= CHUNK else 0)
