"""Cuts the sign-on of IEC 62056-21 into lines, and leaves what follows a line for the protocol that takes over."""

from protocols.hdlc.frame import FLAG
from protocols.iec62056_21.characters import strip_parity

_MOST = 256
_MOST_UNREAD = 4096
_LF = b"\n"


class LineBuffer:
    """Received octets; of what has no end the last 256 are kept, so noise cannot fill it."""

    __slots__ = ("_octets",)

    def __init__(self) -> None:
        self._octets = bytearray()

    def receive(self, data: bytes) -> None:
        """Append octets; of more than 4,096 unread the oldest are lost."""
        self._octets += data
        del self._octets[:-_MOST_UNREAD]

    def next_line(self) -> bytes | None:
        """The next line without parity and without its end, None when none is complete."""
        end = strip_parity(self._octets).find(_LF)
        if end < 0:
            del self._octets[:-_MOST]
            return None
        line = strip_parity(self._octets[:end]).rstrip(b"\r")
        del self._octets[: end + 1]
        return line[-_MOST:]

    def flag_before_end(self) -> int | None:
        """Where an HDLC flag stands in the next line, None if nowhere."""
        end = strip_parity(self._octets).find(_LF)
        flag = self._octets.find(FLAG, 0, len(self._octets) if end < 0 else end)
        return None if flag < 0 else flag

    def take(self, start: int = 0) -> bytes:
        """All octets from `start` on; the buffer is empty then."""
        rest = bytes(self._octets[start:])
        self._octets.clear()
        return rest
