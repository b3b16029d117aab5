"""A client and a server of HDLC with a memory line between them that may spoil any frame on its way."""

from collections.abc import Callable

from protocols.hdlc import HdlcFraming, HdlcSettings, LinkLimits
from protocols.hdlc.client_link import ClientLink
from protocols.hdlc.server_link import ServerLink

Spoil = Callable[[int, bytes], bytes]
Answer = Callable[[bytes], bytes]
MOST_TURNS = 5000


def faithful(number: int, octets: bytes) -> bytes:
    """A line that changes nothing."""
    return octets


def reversed_octets(request: bytes) -> bytes:
    """The answer of the server in most tests."""
    return request[::-1]


def frames_of(octets: bytes) -> list[bytes]:
    """The frames of a stream as it is sent, each with both flags."""
    frames = []
    while octets:
        length = int.from_bytes(octets[1:3], "big") & 0x7FF
        frames.append(octets[: length + 2])
        octets = octets[length + 2 :]
    return frames


class Line:
    """Carries the frames of both sides, numbered in the order in which they come, through `spoil`."""

    def __init__(self, settings: HdlcSettings, spoil: Spoil = faithful, answer: Answer = reversed_octets) -> None:
        self.client: HdlcFraming[ClientLink] = HdlcFraming.client(16, 1, 17, settings)
        self.server: HdlcFraming[ServerLink] = HdlcFraming.server({1}, 17, settings)
        self.crossed = 0
        self._spoil = spoil
        self._answer = answer

    def open(self) -> None:
        """Set the connection up."""
        self._until(self.client.open(), lambda: self.client.is_open)

    def close(self) -> None:
        """End the connection on both sides."""
        self._until(self.client.close(), lambda: not self.client.link.state.name.endswith("ING"))

    def ask(self, request: bytes) -> bytes:
        """The server's answer as the client gets it, with as many repetitions as it needs."""
        answer = self._until(self.client.frame(request), lambda: False)
        assert answer is not None
        return answer

    def _until(self, octets: bytes, done: Callable[[], bool]) -> bytes | None:
        for _ in range(MOST_TURNS):
            self.client.receive_data(self._cross(self._serve(self._cross(octets or self.client.repeat()))))
            apdu = self.client.next_apdu()
            if apdu is not None or done():
                return apdu
            octets = self.client.outgoing()
        raise AssertionError("the line never comes to rest")

    def _serve(self, octets: bytes) -> bytes:
        self.server.receive_data(octets)
        answers = b""
        while (request := self.server.next_apdu()) is not None:
            answers += self.server.frame(self._answer(request))
        return answers + self.server.outgoing()

    def _cross(self, octets: bytes) -> bytes:
        arrived = b""
        for frame in frames_of(octets):
            arrived += self._spoil(self.crossed, frame)
            self.crossed += 1
        return arrived


def settings(info: int, window: int, retries: int = 3) -> HdlcSettings:
    """The same limits in both directions."""
    return HdlcSettings(LinkLimits(info, info, window, window), retries=retries)
