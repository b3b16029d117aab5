"""What is at the far end of a connection: one device, a concentrator with meters behind it, or nobody."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from protocols.errors import RemoteProtocolError
from protocols.gateway import GatewayRouter, Prefix
from protocols.wrapper import WrapperFraming
from simulator.line import Delivery, Line

if TYPE_CHECKING:
    from simulator.stations import Outstation

GATEWAY_PORT = 1


class Stream(Protocol):
    """One connection as the devices see it."""

    @property
    def closed(self) -> bool:
        """Whether the connection is to be closed."""
        ...

    def receive(self, data: bytes) -> list[Delivery]:
        """Take octets; what goes out for them."""
        ...

    def end(self) -> None:
        """The connection is over."""
        ...


class Deaf:
    """Nobody answers."""

    closed = False

    def receive(self, data: bytes) -> list[Delivery]:
        """Nothing comes of it."""
        return []

    def end(self) -> None:
        """Nobody notices."""


class Session(Protocol):
    """What a device makes of octets, whatever it speaks."""

    @property
    def closed(self) -> bool:
        """Whether the stream cannot be understood any more."""
        ...

    def handle(self, data: bytes) -> bytes:
        """Take octets; what is answered."""
        ...


class DeviceStream:
    """One device answers over its faulty line."""

    def __init__(self, session: Session, line: Line) -> None:
        self._session = session
        self._line = line

    @property
    def closed(self) -> bool:
        """Whether the stream cannot be understood any more."""
        return self._session.closed

    def receive(self, data: bytes) -> list[Delivery]:
        """See `Stream.receive`."""
        answer = self._session.handle(data)
        return [self._line.deliver(answer)] if answer else []

    def end(self) -> None:
        """Nothing is to be tidied up."""


class GatewayStream:
    """A concentrator passes on what has a prefix, and answers what has none.

    Each meter has a session of its own while the connection lasts. One that cannot be reached is refused by the
    concentrator. The faults of the concentrator's own line hit everything that goes over it.
    """

    def __init__(self, concentrator: "Outstation", behind: Callable[[Prefix], "Outstation | None"]) -> None:
        self.closed = False
        self._behind = behind
        self._router = GatewayRouter(WrapperFraming(GATEWAY_PORT))
        self._own = concentrator.outlet.session(self._router.port(None))
        self._line = Line(concentrator.device)
        self._streams: dict[Prefix, tuple[Outstation, Stream]] = {}

    def receive(self, data: bytes) -> list[Delivery]:
        """See `Stream.receive`."""
        try:
            self._router.receive_data(data)
            return [
                self._line.pass_on(delivery)
                for device, apdu in self._router.requests()
                for delivery in self._answers(device, apdu)
            ]
        except RemoteProtocolError:
            self.closed = True
            return []

    def end(self) -> None:
        """The meters' sessions are over too."""
        for station, _ in self._streams.values():
            station.closed(self)
        self._streams.clear()

    def _answers(self, device: Prefix | None, apdu: bytes) -> list[Delivery]:
        if device is None:
            answer = self._own.handle(apdu)
            return [Delivery(answer)] if answer else []
        station = self._behind(device)
        if station is None or not station.is_reachable:
            return [Delivery(self._router.refusal())]
        former = self._streams.get(device)
        if former is None or former[0] is not station:
            if former is not None:
                former[0].closed(self)
            self._streams[device] = station, station.stream(self._router.port(device))
            station.opened(self)
        return self._streams[device][1].receive(apdu)

    def hang_up(self) -> None:
        """A meter behind the concentrator loses its power: the connection to the concentrator stays."""
