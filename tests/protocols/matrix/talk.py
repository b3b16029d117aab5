"""A client, a meter and the line between them: what a service of the matrix is done with."""

import random
from collections import deque
from typing import TypeVar

from protocols.dlms.connection import ClientConnection
from protocols.dlms.data import Encoded
from protocols.dlms.events import Event
from protocols.dlms.exchange import Exchange, associate
from protocols.dlms.server import ServerSession
from protocols.framing import Framing
from protocols.gateway import GatewayFraming, GatewayRouter, Prefix
from tests.protocols.matrix.meters import LogicalMeter, ShortMeter
from tests.protocols.matrix.securities import Naming, SecurityRow
from tests.protocols.matrix.transports import Transport
from tests.protocols.notebook import text

T = TypeVar("T")
NETWORK, ADDRESS = 3, b"A1"
MOST_TURNS = 20_000


class Line:
    """Octets between a client and a meter, which may be lost on the way; when nothing comes the client repeats."""

    def __init__(self, transport: Transport, session: ServerSession, router: GatewayRouter | None, seed: str) -> None:
        self._transport = transport
        self._session = session
        self._router = router
        self._chance = random.Random(seed)
        self._coming: deque[bytes] = deque()

    def say(self, octets: bytes) -> None:
        """Octets of the client, whatever the meter answers to them on its way back."""
        for piece in self._crossing(octets):
            self.come(self._handled(piece))

    def come(self, octets: bytes) -> None:
        """Octets of the meter on their way."""
        self._coming.extend(self._crossing(octets))

    def heard(self) -> bytes:
        """What comes next, b"" for silence."""
        return self._coming.popleft() if self._coming else b""

    def _crossing(self, octets: bytes) -> list[bytes]:
        pieces = self._transport.pieces(octets) if octets else []
        return [arriving for piece in pieces for arriving in self._transport.fate(self._chance, piece)]

    def _handled(self, octets: bytes) -> bytes:
        if self._router is None:
            return self._session.handle(octets)
        self._router.receive_data(octets)
        answers = [self._session.handle(apdu) for _, apdu in self._router.requests()]
        return b"".join(answers) + self._router.outgoing()


class Talk:
    """An association of a client with a meter over one transport under one security."""

    def __init__(self, naming: Naming, security: SecurityRow, transport: Transport) -> None:
        terms = security.meter(naming, transport.window), security.max_pdu, transport.window
        self.logical, self.short = LogicalMeter(*terms), ShortMeter(*terms)
        device = self.logical.device if naming is Naming.LOGICAL else self.short.device
        near, far = transport.ends()
        near, far, router = _behind(near, far) if transport.gateway else (near, far, None)
        self.session = ServerSession(device, far)
        self.client = ClientConnection(security.client(naming, transport.window), near)
        self.size = 3 * security.max_pdu
        self._line = Line(transport, self.session, router, f"{naming.value} {security.name} {transport.name}")
        self._written = 0
        self(associate(self.client))

    def __call__(self, exchange: Exchange[T]) -> T:
        """Do an exchange over the line."""
        try:
            said = next(exchange)
            for _ in range(MOST_TURNS):
                self._line.say(said)
                heard = self._line.heard()
                said = exchange.send(heard) if heard else self._again()
        except StopIteration as stop:
            result: T = stop.value
            return result
        raise AssertionError("the exchange does not come to an end")

    def tell(self, octets: bytes) -> None:
        """Say something that nobody answers."""
        self._line.say(octets)

    def push(self, notification: Event) -> None:
        """Let the meter send something on its own."""
        self._line.come(self.session.push(notification))

    def fresh(self, size: int) -> Encoded:
        """An octet-string that was never written in this association."""
        self._written += 1
        return text(size, self._written)

    def _again(self) -> bytes:
        repeated = self.client.repeat()
        assert repeated, "silence, and nothing to repeat"
        return repeated


def _behind(near: Framing, far: Framing) -> tuple[Framing, Framing, GatewayRouter]:
    """The same ends with a gateway between them, whose only meter is ours."""
    router = GatewayRouter(far)
    return GatewayFraming(near, NETWORK, ADDRESS), router.port(Prefix(NETWORK, ADDRESS)), router
