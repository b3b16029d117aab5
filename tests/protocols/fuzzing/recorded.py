"""Good octets to begin with: all that crosses the line when the services of the matrix are done."""

from dataclasses import replace
from functools import lru_cache

from protocols.wrapper import HEADER_SIZE, split_frames
from tests.protocols.matrix.cells import run
from tests.protocols.matrix.securities import SECURITIES, SecurityRow
from tests.protocols.matrix.services import SERVICES
from tests.protocols.matrix.transports import TRANSPORTS, Transport

PLAIN, CIPHERED = SECURITIES[0], next(row for row in SECURITIES if row.name == "suite 0 glo AE")
MOST = 400
"""Octets of a message that is worth beginning with; longer ones repeat themselves."""


def _transport(name: str) -> Transport:
    return next(row for row in TRANSPORTS if row.name == name)


@lru_cache
def crossing(name: str = "TCP", security: SecurityRow = PLAIN) -> tuple[bytes, ...]:
    """What a transport carries in pieces, both directions, each once."""
    seen: dict[bytes, None] = {}

    def record(_: object, piece: bytes) -> list[bytes]:
        seen[piece] = None
        return [piece]

    transport = _transport(name)
    pieces = split_frames if name == "TCP" else transport.pieces
    failed = [cell for cell in run(SERVICES, security, replace(transport, pieces=pieces, fate=record)) if cell.failed]
    assert not failed
    return tuple(piece for piece in seen if len(piece) <= MOST)


def apdus(security: SecurityRow = PLAIN) -> list[bytes]:
    """The APDUs of a session over TCP."""
    return sorted({frame[HEADER_SIZE:] for frame in crossing("TCP", security)})


def beginning(*tags: int) -> list[bytes]:
    """Those of the plain ones with these tags."""
    return [apdu for apdu in apdus() if apdu[0] in tags]
