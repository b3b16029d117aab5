"""Wrapper framing: version 0001, source wPort, destination wPort, length, APDU; every field 16 bits, big endian.

A stream that loses its place cannot find it again: 0001 also occurs inside APDUs, so hunting for the next header would
deliver pieces of data as frames. A bad header is therefore final: it is reported once and again on every later call,
and the caller closes the connection.
"""

import struct

from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError
from protocols.framing import Standing

HEADER = struct.Struct(">HHHH")
HEADER_SIZE = HEADER.size
VERSION = 1
MAX_APDU = 0xFFFF


class WrapperFraming(Standing):
    """One end of a wrapper connection.

    `own` and `peer` are wPorts (client 16 public, 1 management; logical device 1). A server passes `peer=None` and
    learns it from each frame; a client's peer is fixed and frames of others are refused. `max_apdu` bounds one APDU.
    """

    __slots__ = ("_broken", "_buffer", "_fixed_peer", "_head", "_max_apdu", "own", "peer")

    def __init__(self, own: int, peer: int | None = None, *, max_apdu: int = MAX_APDU) -> None:
        self.own = own
        self.peer = peer
        self._fixed_peer = peer
        self._max_apdu = max_apdu
        self._buffer = b""
        self._head: tuple[int, int, int, int] | None = None
        self._broken: RemoteProtocolError | None = None

    def frame(self, apdu: bytes) -> bytes:
        """Header and APDU. LocalProtocolError when the peer is not known yet or the APDU exceeds 65,535 octets."""
        if self.peer is None:
            raise LocalProtocolError(
                Cause.UNEXPECTED, "nothing was received yet, so the peer's wrapper port is unknown"
            )
        if len(apdu) > MAX_APDU:
            raise LocalProtocolError(Cause.TOO_LARGE, f"an APDU of {len(apdu)} octets does not fit a wrapper frame")
        return HEADER.pack(VERSION, self.own, self.peer, len(apdu)) + apdu

    def receive_data(self, data: bytes) -> None:
        """Append bytes; at most two largest frames may wait unread."""
        if len(self._buffer) + len(data) > 2 * (MAX_APDU + HEADER_SIZE):
            self._break(Cause.TOO_LARGE, "more than two wrapper frames wait unread")
        self._buffer = self._buffer + data if self._buffer else bytes(data)

    def next_apdu(self) -> bytes | None:
        """The next APDU, None when incomplete; RemoteProtocolError on a bad version, port or length."""
        if self._broken:
            raise self._broken
        buffer = self._buffer
        if len(buffer) < HEADER_SIZE:
            return None
        if self._head is None:
            self._head = self._checked_head(HEADER.unpack_from(buffer))
        end = HEADER_SIZE + self._head[3]
        if len(buffer) < end:
            return None
        self.peer = self._head[1]
        self._head = None
        self._buffer = buffer[end:]
        return buffer[HEADER_SIZE:end]

    @property
    def pending(self) -> int:
        """Octets received that do not form a whole frame yet; not zero at the end of a stream means it was cut."""
        return len(self._buffer)

    def _checked_head(self, head: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
        version, source, destination, length = head
        if version != VERSION:
            self._break(Cause.GARBAGE, f"not a wrapper frame: version {version:#06x} instead of 0x0001")
        if not 0 < length <= self._max_apdu:
            self._break(Cause.GARBAGE, f"wrapper frame announces {length} octets, allowed are 1 to {self._max_apdu}")
        if destination != self.own or self._fixed_peer not in (None, source):
            self._break(Cause.GARBAGE, f"frame from wPort {source} to {destination}, we are {self.own}")
        return head

    def _break(self, cause: Cause, message: str) -> None:
        self._buffer = b""
        self._broken = RemoteProtocolError(cause, message)
        raise self._broken
