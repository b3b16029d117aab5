"""Somebody on the line, without keys or with those of another meter, gets nothing and breaks nothing for later."""

import pytest

from protocols.dlms.acse import Aare, AssociateResult, Context, Diagnostic
from protocols.dlms.connection import ClientConnection
from protocols.dlms.cosem import Attribute
from protocols.dlms.device import LogicalDevice
from protocols.dlms.encoding import octet_string
from protocols.dlms.exchange import associate, converse, get
from protocols.dlms.initiate import InitiateResponse
from protocols.dlms.security import Cipher, ReceiveCounter, Security, SendCounter, open_notification
from protocols.dlms.security.handshake import is_reflection
from protocols.dlms.services.get import GetRequest, GetResponse
from protocols.dlms.services.notification import DataNotification
from protocols.dlms.tags import Mechanism
from protocols.errors import Cause, RemoteProtocolError
from protocols.wrapper import WrapperFraming
from tests.protocols.parties import CLIENT_TITLE, METER_TITLE
from tests.protocols.security.parties import CLIENT, TEXT, Agreed, connect, keys_of

HIGHEST = b"\xff\xff\xff\xff"
NAME = Attribute(1, TEXT, 2)
AGREED = Agreed()
GRANTED = InitiateResponse(AGREED.client().conformance, 0)


def stray(tag: int, content: bytes) -> bytes:
    """A message that is only encrypted, so that nobody can tell who made it, with the highest counter of all."""
    body = b"\x20" + HIGHEST + content
    return bytes((tag, len(body))) + body


def test_messages_without_a_tag_do_not_move_the_counter_of_a_meter() -> None:
    """Of random octets one in sixty deciphers to something like an APDU; it must not shut the client out."""
    client, session = connect(AGREED.client(), AGREED.meter())
    converse(associate(client), session.handle)
    intruder = WrapperFraming(CLIENT, 1)
    for number in range(512):
        session.handle(intruder.frame(stray(0xC8, number.to_bytes(2, "big") * 8)))
    assert session.last_error is not None
    assert session.last_error.cause is Cause.UNPROTECTED
    assert converse(get(client, NAME), session.handle) == octet_string(b"read")


def test_messages_without_a_tag_do_not_move_the_counter_of_pushes() -> None:
    received = ReceiveCounter()
    for number in range(512):
        push = b"\xdb\x08" + METER_TITLE + stray(0, number.to_bytes(2, "big") * 8)[1:]
        with pytest.raises(RemoteProtocolError) as error:
            open_notification(push, lambda _: keys_of(AGREED.suite), received)
        assert error.value.cause is Cause.UNPROTECTED
    assert received.last == 0


def test_a_meter_cannot_answer_for_another_under_the_broadcast_key() -> None:
    """All meters have the broadcast key; only clients speak under it."""
    settings = Agreed(mechanism=Mechanism.NONE).client(established=GRANTED, expected_title=METER_TITLE)
    client = ClientConnection(settings, WrapperFraming(CLIENT, 1))
    client.send(GetRequest(NAME, invoke=client.next_invoke()))
    other = Cipher(keys_of(AGREED.suite), METER_TITLE, SendCounter(9), ReceiveCounter(), broadcast=True)
    sealed = other.protect(GetResponse(octet_string(b"false"), 0xC1).encode(), Security.BOTH)
    client.receive_data(WrapperFraming(1, CLIENT).frame(bytes((0xCC, len(sealed))) + sealed))
    with pytest.raises(RemoteProtocolError) as error:
        client.next_event()
    assert error.value.cause is Cause.UNSUPPORTED


def test_a_meter_cannot_push_for_another_under_the_broadcast_key() -> None:
    other = Cipher(keys_of(AGREED.suite), METER_TITLE, SendCounter(9), ReceiveCounter(), broadcast=True)
    sealed = other.protect(DataNotification(octet_string(b"false"), invoke=1).encode(), Security.BOTH)
    push = b"\xdb\x08" + METER_TITLE + bytes((len(sealed),)) + sealed
    with pytest.raises(RemoteProtocolError) as error:
        open_notification(push, lambda _: keys_of(AGREED.suite), ReceiveCounter())
    assert error.value.cause is Cause.UNSUPPORTED


@pytest.mark.parametrize("mechanism", [Mechanism.HLS, Mechanism.HLS_MD5], ids=lambda mechanism: mechanism.name)
@pytest.mark.parametrize("before", [b"", bytes(range(16))], ids=["same", "second block"])
def test_a_challenge_that_makes_us_answer_our_own(mechanism: Mechanism, before: bytes) -> None:
    """Under mechanism 2 a longer challenge that holds ours as a block would be answered with the proof it must give."""
    client = ClientConnection(Agreed(mechanism=mechanism, context=Context.LN).client(keys=None), WrapperFraming(1, 1))
    request = client.association_request()
    client.send(request)
    aare = Aare(
        Context.LN, AssociateResult.ACCEPTED, Diagnostic.AUTHENTICATION_REQUIRED, GRANTED.encode(),
        mechanism, b"", before + request.authentication,
    )  # fmt: skip
    client.receive_data(WrapperFraming(1, 1).frame(aare.encode()))
    with pytest.raises(RemoteProtocolError) as error:
        client.next_event()
    assert error.value.cause is Cause.AUTHENTICATION_FAILED


def test_challenges_without_a_block_in_common() -> None:
    own = bytes(range(24))
    assert is_reflection(own[16:].ljust(16, b"\0"), own)
    assert not is_reflection(own[1:17], own)
    assert not is_reflection(own[:8], own)


def test_nobody_associates_with_the_title_of_the_other() -> None:
    """Under one key and one title what we send opens like an answer."""
    terms = AGREED.meter().associations.values()
    client, session = connect(AGREED.client(), LogicalDevice("LGZ1", CLIENT_TITLE, [], terms))
    with pytest.raises(RemoteProtocolError) as error:
        converse(associate(client), session.handle)
    assert error.value.cause is Cause.REJECTED_ASSOCIATION
    framing = WrapperFraming(1, CLIENT)
    client = ClientConnection(AGREED.client(), WrapperFraming(CLIENT, 1))
    client.send(client.association_request())
    head = Context.LN_CIPHERED, AssociateResult.ACCEPTED, Diagnostic.AUTHENTICATION_REQUIRED, GRANTED.encode()
    client.receive_data(framing.frame(Aare(*head, Mechanism.HLS_GMAC, CLIENT_TITLE, bytes(16)).encode()))
    with pytest.raises(RemoteProtocolError) as error:
        client.next_event()
    assert error.value.cause is Cause.WRONG_TITLE
