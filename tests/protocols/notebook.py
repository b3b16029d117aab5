"""A meter with an object made to be written, read and invoked in every way, and the accesses it is reached by."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from protocols.dlms.conformance import Conformance
from protocols.dlms.connection import ClientConnection, ClientSettings
from protocols.dlms.cosem import Attribute, Method
from protocols.dlms.data import Encoded, Value
from protocols.dlms.encoding import NULL, octet_string
from protocols.dlms.exchange import associate
from protocols.dlms.obis import Obis
from protocols.dlms.server import ServerSession, TableObject
from protocols.dlms.server_objects import Setter
from protocols.dlms.services.get import Result
from protocols.dlms.tags import ActionResult, DataAccessResult
from tests.protocols.parties import LLS, Meter, ciphered, connect, run

NOTEBOOK = Obis.parse("0-0:96.50.0")
PAGES = (2, 3, 4, 6)
ECHO, TEAR, COUNT, RECITE = (Method(1, NOTEBOOK, number) for number in (1, 2, 3, 4))
Access = tuple[int, ClientSettings]
ACCESSES: dict[str, Callable[[], Access]] = {"plain": lambda: LLS, "ciphered": ciphered}


def page(number: int) -> Attribute:
    return Attribute(1, NOTEBOOK, number)


def text(size: int, start: int = 0) -> Encoded:
    """An octet-string of so many octets, no two neighbours equal."""
    return octet_string(bytes((start + i) % 251 for i in range(size)))


@dataclass
class Notebook:
    """Attributes 2, 3, 4 and 6 hold what was written; 5 is not there.

    Method 1 echoes, 2 fails with a long return, 3 returns nothing, 4 returns 400 octets.
    """

    max_pdu: int = 200
    pages: dict[int, Encoded] = field(default_factory=lambda: {number: octet_string(b"") for number in PAGES})
    calls: list[Value] = field(default_factory=list)

    def __post_init__(self) -> None:
        values = {number: self._reader(number) for number in PAGES}
        setters = {number: self._setter(number) for number in PAGES}
        actions = {1: self._echo, 2: self._tear, 3: self._count, 4: self._recite}
        self.meter = Meter(self.max_pdu)
        self.meter.device.add(TableObject(1, 0, NOTEBOOK, values, setters=setters, actions=actions))

    def session(self, max_request: int | None = None) -> ServerSession:
        """A fresh stream, which takes at most so many octets in blocks."""
        device = self.meter.device
        if max_request is not None:
            terms = device._settings.items()
            device._settings = {client: replace(settings, max_request=max_request) for client, settings in terms}
        return ServerSession(device)

    def _reader(self, number: int) -> Callable[[], Encoded]:
        return lambda: self.pages[number]

    def _setter(self, number: int) -> Setter:
        def write(value: Value) -> DataAccessResult:
            if not isinstance(value, bytes):
                return DataAccessResult.TYPE_UNMATCHED
            self.pages[number] = octet_string(value)
            return DataAccessResult.SUCCESS

        return write

    def _echo(self, parameters: Value) -> tuple[ActionResult, Result | None]:
        self.calls.append(parameters)
        return ActionResult.SUCCESS, octet_string(parameters) if isinstance(parameters, bytes) else NULL

    def _tear(self, parameters: Value) -> tuple[ActionResult, Result | None]:
        self.calls.append(parameters)
        return ActionResult.HARDWARE_FAULT, text(3000)

    def _count(self, parameters: Value) -> tuple[ActionResult, Result | None]:
        self.calls.append(parameters)
        return ActionResult.SUCCESS, None

    def _recite(self, _: Value) -> tuple[ActionResult, Result | None]:
        return ActionResult.SUCCESS, text(400)


def opened(
    access: Access, notebook: Notebook, *, without: Conformance = Conformance.NONE, max_request: int | None = None
) -> tuple[ClientConnection, ServerSession]:
    """A client associated with the notebook, without some services."""
    client_id, settings = access
    agreed = replace(settings, conformance=settings.conformance & ~without)
    client, session = connect((client_id, agreed)), notebook.session(max_request)
    run(associate(client), session)
    return client, session
