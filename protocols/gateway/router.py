"""The gateway's side: whom each APDU of a client is for, and the prefix of the answer.

The standard leaves open what a gateway says about a meter that it does not know. Silence would cost the client its
whole patience, so it is an exception-response, without prefix because the gateway speaks and not a meter.
"""

from collections import deque
from collections.abc import Iterator

from protocols.errors import Cause, RemoteProtocolError
from protocols.framing import Framing, Standing
from protocols.gateway.prefix import FROM_DEVICE, TO_DEVICE, Prefix, decode_prefix

_MAX_WAITING = 64
UNREACHABLE = bytes((0xD8, 1, 1))
"""exception-response: service not allowed, operation not possible."""


class GatewayPort(Standing):
    """What one meter behind the gateway, or the gateway itself, takes for its line: octets in are single APDUs.

    `receive_data` takes one whole APDU, as `GatewayRouter.requests` gives it; `frame` gives the octets for the client.
    """

    def __init__(self, line: Framing, device: Prefix | None) -> None:
        self._line = line
        self._head = b"" if device is None else device.encode(FROM_DEVICE)
        self._waiting: deque[bytes] = deque()

    @property
    def peer(self) -> int | None:
        """The address of the client on the gateway's line."""
        return self._line.peer

    @property
    def connections(self) -> int:
        """Those of the client on the gateway's line."""
        return self._line.connections

    @property
    def is_open(self) -> bool:
        """See `Framing.is_open`."""
        return self._line.is_open

    def frame(self, apdu: bytes) -> bytes:
        """See `Framing.frame`."""
        return self._line.frame(self._head + apdu)

    def receive_data(self, data: bytes) -> None:
        """Take one APDU. RemoteProtocolError (TOO_LARGE) when nobody fetches them."""
        if len(self._waiting) == _MAX_WAITING:
            raise RemoteProtocolError(Cause.TOO_LARGE, f"{_MAX_WAITING} APDUs wait unread for a meter")
        if data:
            self._waiting.append(data)

    def next_apdu(self) -> bytes | None:
        """The APDU taken first, None when there is none."""
        return self._waiting.popleft() if self._waiting else None


class GatewayRouter:
    """Tells the requests on one line apart by the meter they are for.

    For each of `requests()`: give the APDU to what serves the device over its `port`, or send `refusal()`. Device None
    is the gateway itself, whose APDUs have no prefix.
    """

    def __init__(self, line: Framing) -> None:
        self.line = line

    def receive_data(self, data: bytes) -> None:
        """See `Framing.receive_data`."""
        self.line.receive_data(data)

    def requests(self) -> Iterator[tuple[Prefix | None, bytes]]:
        """Meter and APDU of every request received. RemoteProtocolError (GARBAGE) for a broken prefix."""
        while (apdu := self.line.next_apdu()) is not None:
            if apdu[0] == TO_DEVICE:
                yield decode_prefix(apdu)
            else:
                yield None, apdu

    def port(self, device: Prefix | None) -> GatewayPort:
        """A framing for what serves the device, or the gateway itself."""
        return GatewayPort(self.line, device)

    def refusal(self) -> bytes:
        """The octets that say that the gateway does not know or reach the meter asked for."""
        return self.line.frame(UNREACHABLE)

    def outgoing(self) -> bytes:
        """See `Framing.outgoing`."""
        return self.line.outgoing()
