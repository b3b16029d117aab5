"""The two halves of numbered transfer: segments on their way out (go-back-N, modulo 8) and segments coming in."""

from collections import deque
from enum import Enum, auto
from typing import NamedTuple

from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError
from protocols.hdlc.control import MODULUS


class Segment(NamedTuple):
    """A piece of a message as one frame carries it; `more` says that the message goes on."""

    number: int
    octets: bytes
    more: bool


class SendWindow:
    """Segments not acknowledged yet: the first `in_flight` of them are on the line, the others wait."""

    __slots__ = ("_first", "_info", "_limit", "_octets", "_queue", "_window", "in_flight")

    def __init__(self, info: int, window: int, limit: int) -> None:
        self._info = info
        self._window = window
        self._limit = limit
        self._octets = 0
        self._first = 0
        self._queue: deque[tuple[bytes, bool]] = deque()
        self.in_flight = 0

    @property
    def waiting(self) -> bool:
        """Whether anything is there that is not on the line."""
        return len(self._queue) > self.in_flight

    @property
    def next_number(self) -> int:
        """N(S) of the segment that goes out next."""
        return (self._first + self.in_flight) % MODULUS

    def put(self, message: bytes) -> None:
        """Cut a message into segments. LocalProtocolError (TOO_LARGE) beyond the limit of octets that may wait."""
        self._octets += len(message)
        if self._octets > 2 * self._limit:
            self._octets -= len(message)
            raise LocalProtocolError(Cause.TOO_LARGE, "more than two of the longest messages wait for the HDLC line")
        self._queue.extend(segments(message, self._info))

    def burst(self) -> list[Segment]:
        """The segments that may go out now, at most the rest of the window; they are on the line from now on."""
        begin, self.in_flight = self.in_flight, min(self._window, len(self._queue))
        return [Segment((self._first + place) % MODULUS, *self._queue[place]) for place in range(begin, self.in_flight)]

    def acknowledge(self, expected: int) -> int | None:
        """Drop what a peer that expects segment `expected` has received: how many, None for an impossible number."""
        count = (expected - self._first) % MODULUS
        if count > self.in_flight:
            return None
        for _ in range(count):
            self._octets -= len(self._queue.popleft()[0])
        self._first = expected
        self.in_flight -= count
        return count

    def rewind(self) -> None:
        """Take everything back from the line, to be sent again."""
        self.in_flight = 0


class Arrival(Enum):
    """What an I frame was: the one expected, one after a gap, or one that came before."""

    EXPECTED = auto()
    AFTER_GAP = auto()
    REPEATED = auto()


class Assembly:
    """Segments put together to messages of at most `limit` octets; an empty one counts as one, for it costs memory."""

    __slots__ = ("_limit", "_parts", "_size")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._parts: list[bytes] = []
        self._size = 0

    @property
    def incomplete(self) -> bool:
        """Whether a message has begun and not ended."""
        return bool(self._parts)

    def add(self, octets: bytes, more: bool) -> bytes | None:
        """The message when this was its last segment. RemoteProtocolError (TOO_LARGE) beyond the limit."""
        self._size += max(len(octets), 1)
        if self._size > self._limit:
            self.clear()
            raise RemoteProtocolError(Cause.TOO_LARGE, f"an HDLC message exceeds {self._limit} octets")
        self._parts.append(octets)
        if more:
            return None
        message = b"".join(self._parts)
        self.clear()
        return message

    def clear(self) -> None:
        """Forget what came."""
        self._parts = []
        self._size = 0


class ReceiveWindow:
    """Takes I frames in order only; `expected` is the N(R) that acknowledges all before it."""

    __slots__ = ("_window", "assembly", "expected")

    def __init__(self, window: int, limit: int) -> None:
        self._window = window
        self.assembly = Assembly(limit)
        self.expected = 0

    def judge(self, number: int) -> Arrival:
        """What a frame with this N(S) is; where a number may mean both, a gap, because that one is answered."""
        ahead = (number - self.expected) % MODULUS
        if ahead == 0:
            return Arrival.EXPECTED
        return Arrival.AFTER_GAP if ahead < self._window else Arrival.REPEATED

    def add(self, octets: bytes, more: bool) -> bytes | None:
        """Take the expected segment; the message when it was the last."""
        self.expected = (self.expected + 1) % MODULUS
        return self.assembly.add(octets, more)


def segments(message: bytes, info: int) -> list[tuple[bytes, bool]]:
    """A message in pieces of at most `info` octets, each with whether more follow."""
    last = len(message) - info
    return [(message[start : start + info], start < last) for start in range(0, len(message), info)]
