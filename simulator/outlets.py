"""Which way a device speaks: COSEM, or text."""

from typing import Protocol

from protocols.framing import Framing
from simulator.cosem import Outlet
from simulator.device import AnyDevice
from simulator.meter import Meter
from simulator.models import EC2
from simulator.streams import Session
from simulator.text_outlet import TextOutlet


class AnyOutlet(Protocol):
    """Makes the sessions of a device, and what it pushes."""

    def framing(self, client: int | None = None) -> Framing:
        """The device's end of a line of its own."""
        ...

    def session(self, framing: Framing | None = None) -> Session:
        """A session on the device as it is now, on a line of its own unless another `framing` carries it."""
        ...

    def push(self, meter: Meter) -> bytes:
        """The APDU of a push of this meter now."""
        ...

    def adapt(self) -> None:
        """Take over changed faults."""
        ...


def outlet_of(device: AnyDevice) -> AnyOutlet:
    """The outlet of a device, as its model speaks."""
    return TextOutlet(device) if device.spec.model == EC2 else Outlet(device)
