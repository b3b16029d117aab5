"""DLMS over M-Bus as a framing: messages cut into long frames and joined again.

The frames go one way, as a customer interface pushes them: there is no acknowledgement, so a damaged or missing frame
costs the message it belongs to, and the next first segment begins anew.
"""

from protocols.errors import Cause, LocalProtocolError, ProtocolError, RemoteProtocolError
from protocols.framing import Standing
from protocols.mbus.frame import (
    BROADCAST,
    HEAD,
    MAX_DATA,
    MIN_LENGTH,
    SEQUENCE,
    START,
    MbusFrame,
    decode_frame,
)

MAX_SEGMENTS = SEQUENCE + 1
MAX_APDU = MAX_SEGMENTS * MAX_DATA
MAX_UNREAD = 1 << 16


class MbusFraming(Standing):
    """One end of such a line: `own` and `peer` are service access points, `address` the primary M-Bus address.

    `max_data` octets of a message go into one frame: 250 fill it, the meters of Kaifa send 245.
    With `peer` None frames of all senders are taken, and it becomes the sender of the last message. `dropped` counts
    octets that were no frame, `lost` messages of which a segment is missing.
    """

    def __init__(
        self, own: int, peer: int | None = None, *, address: int = BROADCAST, max_data: int = MAX_DATA
    ) -> None:
        self.own = own
        self.peer = peer
        self.address = address
        self.dropped = 0
        self.lost = 0
        self._fixed_peer = peer
        self._max_data = max_data
        self._buffer = bytearray()
        self._segments: list[bytes] = []

    def frame(self, apdu: bytes) -> bytes:
        """The APDU in as many frames as it takes. LocalProtocolError beyond 16 of them or without a known peer."""
        if self.peer is None:
            raise LocalProtocolError(
                Cause.UNEXPECTED, "nothing was received yet, so the peer's access point is unknown"
            )
        size = self._max_data
        if len(apdu) > MAX_SEGMENTS * size:
            raise LocalProtocolError(Cause.TOO_LARGE, f"{len(apdu)} octets exceed {MAX_SEGMENTS} M-Bus frames")
        parts = [apdu[start : start + size] for start in range(0, len(apdu), size)] or [b""]
        frames = (
            MbusFrame(part, number, number == len(parts) - 1, self.own, self.peer, self.address)
            for number, part in enumerate(parts)
        )
        return b"".join(frame.encode() for frame in frames)

    def receive_data(self, data: bytes) -> None:
        """Append octets. RemoteProtocolError (TOO_LARGE) when more than 65,536 wait unread."""
        if len(self._buffer) + len(data) > MAX_UNREAD:
            self._buffer.clear()
            raise RemoteProtocolError(Cause.TOO_LARGE, f"more than {MAX_UNREAD} octets of M-Bus wait unread")
        self._buffer += data

    def next_apdu(self) -> bytes | None:
        """The next whole message; None when more octets are needed. Noise and damaged frames are passed over."""
        while (frame := self._next_frame()) is not None:
            if frame.destination == self.own and self._fixed_peer in (None, frame.source):
                apdu = self._joined(frame)
                if apdu:
                    self.peer = frame.source
                    return apdu
        return None

    def _joined(self, frame: MbusFrame) -> bytes:
        """The message this frame completes, empty when it does not."""
        if frame.sequence == 0:
            self.lost += bool(self._segments)
            self._segments = []
        if frame.sequence != len(self._segments):
            self.lost += 1
            self._segments = []
            return b""
        self._segments.append(frame.data)
        if not frame.last and len(self._segments) < MAX_SEGMENTS:
            return b""
        segments, self._segments = self._segments, []
        self.lost += not frame.last
        return b"".join(segments) if frame.last else b""

    def _next_frame(self) -> MbusFrame | None:
        buffer = self._buffer
        while (size := self._candidate()) is not None:
            if len(buffer) < size:
                return None
            try:
                frame = decode_frame(bytes(buffer[:size]))
            except ProtocolError:
                self._drop(1)
                continue
            del buffer[:size]
            return frame
        return None

    def _candidate(self) -> int | None:
        """The size of the frame that seems to begin the buffer, None when not even a head is there."""
        buffer = self._buffer
        while True:
            start = buffer.find(START)
            self._drop(len(buffer) if start < 0 else start)
            if len(buffer) < HEAD:
                return None
            if buffer[1] == buffer[2] >= MIN_LENGTH and buffer[3] == START:
                return HEAD + buffer[1] + 2
            self._drop(1)

    def _drop(self, count: int) -> None:
        self.dropped += count
        del self._buffer[:count]
