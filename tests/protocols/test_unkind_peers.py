"""Peers that agree to something impossible, or send nothing without end: a refusal or an error, nothing kept."""

from functools import partial
from typing import Any

import pytest

from protocols.dlms.acse import Aare, AssociateResult, Context, Diagnostic
from protocols.dlms.client_requests import Asked
from protocols.dlms.connection import ClientConnection
from protocols.dlms.cosem import Attribute, Method
from protocols.dlms.encoding import octet_string
from protocols.dlms.exchange import associate, converse, get, put, release
from protocols.dlms.failures import failure_error
from protocols.dlms.incoming import Fault, Incoming
from protocols.dlms.initiate import InitiateResponse
from protocols.dlms.obis import Obis
from protocols.dlms.security import Security, Suite
from protocols.dlms.services.action_blocks import ActionFirstBlock
from protocols.dlms.services.failure import ConfirmedServiceError, ExceptionResponse
from protocols.dlms.services.get import GetBlock, GetNext, GetRequest
from protocols.dlms.services.short_access import Variable
from protocols.dlms.services.short_read import ReadRequest
from protocols.dlms.short_transfer import LongRequest
from protocols.dlms.tags import DataAccessResult, Mechanism
from protocols.errors import Cause, RemoteProtocolError
from protocols.hdlc import HdlcFraming
from protocols.hdlc.window import Assembly
from protocols.wrapper import WrapperFraming
from tests.protocols.security.parties import SECRET, TEXT, Agreed, connect

NAME = Attribute(1, TEXT, 2)
SECRET_OF_CLIENT = Attribute(15, Obis.parse("0-0:40.0.0"), 7)
PLAIN: dict[str, Any] = {"keys": None, "security": Security.NONE}


@pytest.mark.parametrize("secret", [b"", bytes(17)], ids=["empty", "too long"])
def test_a_secret_that_would_shut_its_client_out_is_refused(secret: bytes) -> None:
    agreed = Agreed(mechanism=Mechanism.HLS, context=Context.LN)
    meter = agreed.meter(**PLAIN)
    client, session = connect(agreed.client(**PLAIN), meter)
    converse(associate(client), session.handle)
    assert converse(put(client, SECRET_OF_CLIENT, octet_string(secret)), session.handle) != DataAccessResult.SUCCESS
    assert meter.associations[1].password == SECRET
    client, session = connect(agreed.client(**PLAIN), meter)
    converse(associate(client), session.handle)
    assert converse(get(client, NAME), session.handle) == octet_string(b"read")


@pytest.mark.parametrize("context", [Context.LN_CIPHERED, Context.SN_CIPHERED], ids=lambda context: context.name)
def test_a_client_whose_pdu_no_answer_fits_is_told_so(context: Context) -> None:
    """Signatures alone are longer than such a PDU."""
    agreed = Agreed(Suite.P256, Security.BOTH | Security.SIGNED, Mechanism.NONE, context)
    client, session = connect(agreed.client(max_pdu=64), agreed.meter())
    converse(associate(client), session.handle)
    names = ReadRequest((Variable(0xFA00),)) if context.short_names else GetRequest(NAME, invoke=client.next_invoke())
    client.receive_data(session.handle(client.send(names)))
    refused = client.next_event()
    assert isinstance(refused, ExceptionResponse | ConfirmedServiceError)
    assert failure_error(refused, "reading").cause is Cause.TOO_LARGE
    assert not session.closed


@pytest.mark.parametrize("window", [0, 4], ids=["blocks of services", "general blocks"])
def test_a_meter_that_takes_no_apdu_at_all(window: int) -> None:
    client = ClientConnection(
        Agreed(mechanism=Mechanism.NONE, context=Context.LN).client(keys=None, block_window=window),
        WrapperFraming(1, 1),
    )
    client.send(client.association_request())
    granted = InitiateResponse(client.settings.conformance, 1).encode()
    aare = Aare(Context.LN, AssociateResult.ACCEPTED, Diagnostic.NONE, granted)
    client.receive_data(WrapperFraming(1, 1).frame(aare.encode()))
    with pytest.raises(RemoteProtocolError) as error:
        client.next_event()
    assert error.value.cause is Cause.GARBAGE


def test_a_dedicated_key_ends_with_its_association() -> None:
    """The next association begins like the first: its proof goes under the global key."""
    client, session = connect(Agreed().client(dedicated=True), Agreed().meter())
    tags: list[int] = []

    def carry(octets: bytes) -> bytes:
        tags.append(octets[8])
        return session.handle(octets)

    for _ in range(2):
        converse(associate(client), carry)
        converse(get(client, NAME), carry)
        converse(release(client), carry)
    assert tags == [0x60, 0xCB, 0xD0, 0x62] * 2


def test_parts_without_octets_use_the_limit_up() -> None:
    first = ActionFirstBlock(Method(1, TEXT, 1), b"")
    incoming, long, assembly, asked = Incoming(first, 3), LongRequest(), Assembly(3), Asked(3)
    assert [incoming.take(number, b"") for number in range(1, 5)] == [None, None, None, Fault.TOO_LONG]
    taken = [long.take(5, number, b"", 3) for number in range(1, 5)]
    assert taken == [DataAccessResult.SUCCESS] * 3 + [DataAccessResult.OTHER_REASON]
    for number in range(3):
        assert assembly.add(b"", more=True) is None
        asked.check(GetBlock(number + 1, b"", 0))
        asked.begin(GetNext(number + 1, 0))
    for endless in (partial(assembly.add, b"", more=True), partial(asked.check, GetBlock(4, b"", 0))):
        with pytest.raises(RemoteProtocolError) as error:
            endless()
        assert error.value.cause is Cause.TOO_LARGE


def test_an_association_ends_with_its_hdlc_connection() -> None:
    client, server = HdlcFraming.client(16), HdlcFraming.server({1})
    for octets in (client.open(), client.close()):
        before = server.connections
        server.receive_data(octets)
        assert server.next_apdu() is None
        client.receive_data(server.outgoing())
        assert client.next_apdu() is None
        assert server.connections == before + 1
