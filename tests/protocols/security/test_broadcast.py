"""One message to many meters, under a key they all have."""

import pytest

from protocols.dlms.connection import ClientConnection
from protocols.dlms.cosem import Attribute
from protocols.dlms.data import Value
from protocols.dlms.encoding import octet_string
from protocols.dlms.initiate import InitiateResponse
from protocols.dlms.obis import Obis
from protocols.dlms.security import Security, Tagging
from protocols.dlms.server import ServerSession, TableObject
from protocols.dlms.services.unconfirmed import Unconfirmed
from protocols.dlms.services.writing import SetRequest
from protocols.dlms.tags import DataAccessResult, Mechanism
from protocols.errors import Cause, LocalProtocolError
from protocols.wrapper import WrapperFraming
from tests.protocols.parties import CLIENT_TITLE, METER_TITLE
from tests.protocols.security.parties import CLIENT, Agreed, keys_of

NOTE = Obis.parse("0-0:96.13.0")
AGREED = Agreed(mechanism=Mechanism.NONE)
GRANTED = InitiateResponse(AGREED.client().conformance, 0)


class Meter:
    """A meter with a text that can be written, whose clients need no AARQ."""

    def __init__(self, keys: bool = True) -> None:
        self.text: Value = b""
        held = keys_of(AGREED.suite, first=0 if keys else 100)
        device = AGREED.meter(established=GRANTED, client_title=CLIENT_TITLE, keys=held)
        device.add(TableObject(1, 0, NOTE, {2: octet_string(b"")}, setters={2: self._write}))
        self.session = ServerSession(device)

    def _write(self, value: Value) -> DataAccessResult:
        self.text = value
        return DataAccessResult.SUCCESS


def broadcaster(**changes: object) -> ClientConnection:
    settings = AGREED.client(established=GRANTED, expected_title=METER_TITLE, broadcast=True, **changes)
    return ClientConnection(settings, WrapperFraming(CLIENT, 1))


def written(text: bytes) -> Unconfirmed:
    return Unconfirmed(SetRequest(Attribute(1, NOTE, 2), octet_string(text)))


@pytest.mark.parametrize("tagging", [Tagging.SERVICE, Tagging.GENERAL, Tagging.IDENTIFIED], ids=lambda t: t.value)
def test_all_meters_take_a_broadcast_and_are_silent(tagging: Tagging) -> None:
    client, meters = broadcaster(tagging=tagging), [Meter(), Meter()]
    octets = client.send(written(b"storm"))
    assert [meter.session.handle(octets) for meter in meters] == [b"", b""]
    assert [meter.text for meter in meters] == [b"storm", b"storm"]
    assert client.settings.broadcast_counter.next_value == 2
    assert client.settings.counter.next_value == 1


def test_the_key_set_bit_is_on_the_wire() -> None:
    assert broadcaster().send(written(b"storm"))[8:12:2] == b"\xc9\x70"


def test_a_repeated_broadcast_does_nothing() -> None:
    client, meter = broadcaster(), Meter()
    octets = client.send(written(b"storm"))
    meter.session.handle(octets)
    meter.text = b"calm"
    meter.session.handle(octets)
    assert meter.text == b"calm"
    assert meter.session.last_error is not None
    assert meter.session.last_error.cause is Cause.REPLAY


def test_a_meter_with_another_broadcast_key_refuses() -> None:
    meter = Meter(keys=False)
    meter.session.handle(broadcaster().send(written(b"storm")))
    assert meter.session.last_error is not None
    assert meter.session.last_error.cause is Cause.WRONG_KEY


def test_a_broadcast_needs_its_key() -> None:
    keys = keys_of(AGREED.suite)
    with pytest.raises(LocalProtocolError):
        AGREED.client(broadcast=True, keys=type(keys)(keys.encryption, keys.authentication))
    assert AGREED.client(broadcast=True, security=Security.AUTHENTICATED).broadcast
