"""A logical device with given objects, and a client that is associated with it and may do everything."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from protocols.dlms.connection import ClientConnection, ClientSettings
from protocols.dlms.device import CosemObject
from protocols.dlms.exchange import Exchange, associate
from protocols.dlms.security import SendCounter
from protocols.dlms.server import Association, LogicalDevice, ServerSession, management_association
from protocols.dlms.tags import Mechanism
from tests.protocols.parties import KEYS, LLS_CLIENT, METER_TITLE, PASSWORD, ciphered, connect, run

T = TypeVar("T")
MAX_PDU = 4096
ANYTHING_GOES = Association(LLS_CLIENT, Mechanism.LLS, password=PASSWORD, writable=None, invocable=None)


def device_of(
    objects: Iterable[CosemObject], association: Association = ANYTHING_GOES, *, sap: int = 1
) -> LogicalDevice:
    """A device with these objects; client 1 may do everything, another what `association` says."""
    return LogicalDevice(
        "LGZ00000001", METER_TITLE, objects, [management_association(KEYS), association], sap=sap, max_pdu=MAX_PDU
    )


def with_password(device: LogicalDevice, password: bytes = PASSWORD) -> "Line":
    """The client with the password, associated."""
    return Line(device, (LLS_CLIENT, ClientSettings(Mechanism.LLS, password=password)))


def with_keys(device: LogicalDevice) -> "Line":
    """The management client, associated; its counter goes on where the device has seen it last."""
    return Line(device, ciphered(counter=SendCounter(device.client_counters[1].last + 1)))


class Line:
    """A client on a device: `client` for exchanges, called with one to run it."""

    def __init__(self, device: LogicalDevice, access: tuple[int, ClientSettings]) -> None:
        self.session = ServerSession(device)
        self.client: ClientConnection = connect(access)
        self(associate(self.client))

    def __call__(self, exchange: Exchange[T]) -> T:
        return run(exchange, self.session)

    @property
    def transfer(self) -> Callable[[bytes], bytes]:
        """What `converse` drives."""
        return self.session.handle
