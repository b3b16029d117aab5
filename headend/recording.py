"""What went over a line, as a person may ask for it: octets of both directions with their instants.

Nothing is recorded unless the job says so. What is recorded is bounded, and leaves the session without passwords.
"""

import struct
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from headend.masking import masked

LIMIT = 65_536
"""So many octets of an attempt are kept, with what it takes to say when each piece came."""
_HEAD = struct.Struct(">?dI")


@dataclass(frozen=True, slots=True)
class Piece:
    """Octets as they were written or as they arrived, at an instant in epoch seconds."""

    sent: bool
    at: float
    octets: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Recording:
    """The pieces of one attempt in their order; `cut` when there were more than are kept."""

    pieces: tuple[Piece, ...]
    cut: bool = False

    @property
    def size(self) -> int:
        """Octets of both directions."""
        return sum(len(piece.octets) for piece in self.pieces)

    def pack(self) -> bytes:
        """For the row that keeps it; `unpacked` reads it."""
        return b"".join(_HEAD.pack(each.sent, each.at, len(each.octets)) + each.octets for each in self.pieces)


class Recorder:
    """Takes what a line moves, up to `LIMIT`. The piece that no longer fits and all after it are left out."""

    def __init__(self) -> None:
        self._pieces: list[Piece] = []
        self._held = 0
        self._cut = False

    def __call__(self, sent: bool, octets: bytes) -> None:
        """Take octets that were sent, or received."""
        self._held += len(octets) + _HEAD.size
        self._cut = self._cut or self._held > LIMIT
        if not self._cut:
            self._pieces.append(Piece(sent, time.time(), bytes(octets)))

    def recording(self, secrets: Iterable[bytes]) -> Recording:
        """What was taken so far, passwords and `secrets` masked."""
        hidden = list(secrets)
        ways = {sent: _masked([each for each in self._pieces if each.sent is sent], hidden) for sent in (True, False)}
        return Recording(tuple(next(ways[each.sent]) for each in self._pieces), self._cut)


def unpacked(octets: bytes, *, cut: bool) -> Recording:
    """The recording that `Recording.pack` gave. struct.error for anything else."""
    pieces, at = [], 0
    while at < len(octets):
        sent, instant, size = _HEAD.unpack_from(octets, at)
        at += _HEAD.size
        pieces.append(Piece(sent, instant, octets[at : at + size]))
        at += size
    return Recording(tuple(pieces), cut)


def _masked(pieces: Sequence[Piece], secrets: Sequence[bytes]) -> Iterator[Piece]:
    """The pieces of one direction, masked together: a password may be spread over several."""
    whole = masked(b"".join(each.octets for each in pieces), secrets)
    edges = pairwise(accumulate((len(each.octets) for each in pieces), initial=0))
    return (Piece(each.sent, each.at, whole[a:b]) for each, (a, b) in zip(pieces, edges, strict=True))
