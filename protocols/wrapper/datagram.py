"""The wrapper over UDP (IEC 62056-47): every datagram holds whole frames, and may be lost, doubled or late.

A datagram stands alone, so a bad one is dropped and counted; there is no stream to lose one's place in.

Who repeats. A client repeats its last request after silence and drops copies of what it has heard since the request
before; invocation ids keep answers of two neighbouring requests apart. A server answers a copy of the last request with
the octets it answered before: nothing is done twice and no invocation counter is used for new content. Copies of older
requests are dropped where they are ciphered, for then no two requests have the same octets.
"""

from collections import deque
from hashlib import blake2b

from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError
from protocols.framing import Standing
from protocols.wrapper.framing import HEADER, HEADER_SIZE, VERSION

MAX_DATAGRAM = 65_507
RETRIES = 3
_MAX_WAITING = 1 << 20
_MAX_SENT = 64
_REMEMBERED = 256
_REQUESTS_REMEMBERED = 16
_CIPHERED = frozenset((*range(200, 216), 219, 220, 221, 223))


def split_frames(data: bytes) -> list[bytes]:
    """The wrapper frames in `data`, one datagram each, so that none is larger than it must be.

    LocalProtocolError where `data` is not a sequence of whole frames.
    """
    found: list[bytes] = []
    start = 0
    while start < len(data):
        if len(data) - start < HEADER_SIZE:
            raise LocalProtocolError(Cause.INVALID_VALUE, "not a sequence of whole wrapper frames")
        end = start + HEADER_SIZE + HEADER.unpack_from(data, start)[3]
        if end > len(data):
            raise LocalProtocolError(Cause.INVALID_VALUE, "not a sequence of whole wrapper frames")
        found.append(data[start:end])
        start = end
    return found


class WrapperDatagrams(Standing):
    """One end of a conversation by datagrams; implements `protocols.framing.Framing`.

    `receive_data` takes exactly one datagram. Addresses as in `WrapperFraming`. `dropped` counts datagrams that were
    malformed, for somebody else or more than can wait; `copies` those that had come before.
    """

    def __init__(self, own: int, peer: int | None = None, *, retries: int = RETRIES) -> None:
        self.own = own
        self.peer = peer
        self.dropped = 0
        self.copies = 0
        self._is_client = peer is not None
        self._retries = retries
        self._repeats = 0
        self._waiting: deque[tuple[int, bytes]] = deque()
        self._waiting_octets = 0
        self._sent: deque[bytes] = deque(maxlen=_MAX_SENT)
        self._again = b""
        self._request = b""
        self._heard: set[bytes] = set()
        self._heard_before: set[bytes] = set()
        self._older: deque[bytes] = deque(maxlen=_REQUESTS_REMEMBERED)

    def frame(self, apdu: bytes) -> bytes:
        """Header and APDU. LocalProtocolError when the peer is not known yet or the APDU does not fit a datagram."""
        if self.peer is None:
            raise LocalProtocolError(
                Cause.UNEXPECTED, "nothing was received yet, so the peer's wrapper port is unknown"
            )
        if len(apdu) > MAX_DATAGRAM - HEADER_SIZE:
            raise LocalProtocolError(Cause.TOO_LARGE, f"an APDU of {len(apdu)} octets does not fit a datagram")
        data = HEADER.pack(VERSION, self.own, self.peer, len(apdu)) + apdu
        self._say(data)
        return data

    def receive_data(self, data: bytes) -> None:
        """Take one datagram; a bad one, or a copy, is dropped and counted."""
        found = self._frames_of(data)
        name = blake2b(data, digest_size=16).digest()
        if not found or self._waiting_octets + len(data) > _MAX_WAITING:
            self.dropped += 1
        elif self._is_copy(name, found[0][1]):
            self.copies += 1
        else:
            self._hear(name)
            self._waiting.extend(found)
            self._waiting_octets += sum(len(apdu) for _, apdu in found)

    def next_apdu(self) -> bytes | None:
        """The next APDU of the datagrams taken, None when there is none."""
        if not self._waiting:
            return None
        self.peer, apdu = self._waiting.popleft()
        self._waiting_octets -= len(apdu)
        return apdu

    def outgoing(self) -> bytes:
        """A server's last answer, when a copy of its request came."""
        again, self._again = self._again, b""
        return again

    def repeat(self) -> bytes:
        """A client's last datagrams once more. RemoteProtocolError (NO_ANSWER) when `retries` were in vain."""
        if not self._is_client or not self._sent:
            return b""
        if self._repeats == self._retries:
            raise RemoteProtocolError(Cause.NO_ANSWER, f"no answer to a datagram sent {1 + self._retries} times")
        self._repeats += 1
        return b"".join(self._sent)

    def _frames_of(self, datagram: bytes) -> list[tuple[int, bytes]]:
        """Sender and APDU of every frame; nothing when any of it is wrong."""
        found: list[tuple[int, bytes]] = []
        start, size = 0, len(datagram)
        while start + HEADER_SIZE < size:
            version, source, destination, length = HEADER.unpack_from(datagram, start)
            end = start + HEADER_SIZE + length
            expected = destination == self.own and (not self._is_client or source == self.peer)
            if version != VERSION or not length or end > size or not expected:
                return []
            found.append((source, datagram[start + HEADER_SIZE : end]))
            start = end
        return found if start == size else []

    def _is_copy(self, name: bytes, apdu: bytes) -> bool:
        if self._is_client:
            return name in self._heard or name in self._heard_before
        if name == self._request:
            self._again = b"".join(self._sent)
            return True
        return apdu[0] in _CIPHERED and name in self._older

    def _hear(self, name: bytes) -> None:
        """Remember a new datagram by its digest; what a server says from now on answers it."""
        self._repeats = 0
        if not self._is_client:
            self._older.append(name)
            self._request, self._again = name, b""
            self._sent.clear()
        elif len(self._heard) < _REMEMBERED:
            self._heard.add(name)

    def _say(self, data: bytes) -> None:
        """Remember what was sent since something new was heard, to repeat it."""
        if self._is_client and self._heard:
            self._heard, self._heard_before = set(), self._heard
            self._sent.clear()
        self._sent.append(data)
