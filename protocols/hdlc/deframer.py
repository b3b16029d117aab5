"""Finds frames in a stream of octets that may hold noise, cut frames and flags shared between frames.

A flag opens a candidate; the header's own check tells within eleven octets whether it is one, so noise is not waited
for. A candidate that fails costs only its opening flag: the hunt goes on inside it, and a good frame that a cut one
seemed to contain is found. A frame counts from its FCS on; the closing flag behind it is neither waited for nor needed.
What is left is a cut frame with a good header: it waits until later frames fill its length, or until `abandon`.
"""

from dataclasses import dataclass

from protocols.errors import Cause, RemoteProtocolError
from protocols.hdlc.frame import FLAG, Frame, Header, read_body, read_header

MAX_UNREAD = 1 << 17


@dataclass(slots=True)
class LineCounts:
    """What happened on a line so far: whole frames, damaged ones, octets of noise, frames that were for other
    stations or came at a wrong time, and frames we sent again.
    """

    frames: int = 0
    damaged: int = 0
    noise: int = 0
    ignored: int = 0
    repeated: int = 0


class Deframer:
    """A bounded buffer of received octets and the place reached in it, which is behind the last whole frame."""

    __slots__ = ("_at", "_buffer", "_header", "counts")

    def __init__(self, counts: LineCounts) -> None:
        self.counts = counts
        self._buffer = bytearray()
        self._at = 0
        self._header: Header | None = None

    def receive(self, data: bytes) -> None:
        """Append octets. RemoteProtocolError (TOO_LARGE) when more than 131,072 wait unread."""
        del self._buffer[: self._at]
        self._at = 0
        if len(self._buffer) + len(data) > MAX_UNREAD:
            raise RemoteProtocolError(Cause.TOO_LARGE, f"more than {MAX_UNREAD} octets of HDLC wait unread")
        self._buffer += data

    def next_frame(self) -> Frame | None:
        """The next frame with good checks, None when more octets are needed. Never fails."""
        while self._hunt():
            try:
                frame = self._candidate()
            except RemoteProtocolError:
                self.abandon()
                continue
            if frame is not None:
                self.counts.frames += 1
            return frame
        return None

    def abandon(self) -> None:
        """Give up a frame of which only a part came: after a silence its rest will not come either."""
        if self._hunt():
            self.counts.damaged += self._buffer[self._at + 1] >> 4 == 0xA
            self._at += 1
            self._header = None

    def _hunt(self) -> bool:
        """Go to the last flag of the next run of flags; False when nothing follows one."""
        if self._header is not None:
            return True
        buffer = self._buffer
        flag = buffer.find(FLAG, self._at)
        if flag < 0:
            flag = len(buffer)
        self.counts.noise += flag - self._at
        while flag + 1 < len(buffer) and buffer[flag + 1] == FLAG:
            flag += 1
        self._at = flag
        return flag + 1 < len(buffer)

    def _candidate(self) -> Frame | None:
        start = self._at + 1
        header = self._header = self._header or read_header(self._buffer, start)
        if header is None or len(self._buffer) < start + header.length:
            return None
        frame = read_body(bytes(self._buffer[start : start + header.length]), header)
        self._at = start + header.length
        self._header = None
        return frame
