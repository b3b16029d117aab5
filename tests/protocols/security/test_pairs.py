"""Client and meter over every suite, protection, kind of APDU and mechanism."""

import pytest

from protocols.dlms.acse import Context
from protocols.dlms.connection import ClientConnection
from protocols.dlms.cosem import Attribute
from protocols.dlms.data import decode
from protocols.dlms.encoding import octet_string
from protocols.dlms.events import AssociationAccepted
from protocols.dlms.exchange import associate, converse, get, get_list, learn_names, put, release
from protocols.dlms.initiate import InitiateResponse
from protocols.dlms.keys import ReceiveCounter
from protocols.dlms.security import Security, Suite, Tagging
from protocols.dlms.security.handshake import HLS_MECHANISMS
from protocols.dlms.server import LogicalDevice, ServerSession
from protocols.dlms.services.get import GetRequest
from protocols.dlms.states import State
from protocols.dlms.tags import DataAccessResult, Mechanism
from tests.protocols.parties import METER_TITLE, run
from tests.protocols.security.parties import LONG, LONG_TEXT, TEXT, Agreed, connect

VALUE = Attribute(1, TEXT, 2)
LONG_VALUE = Attribute(1, LONG, 2)
LEVELS = [Security.AUTHENTICATED, Security.ENCRYPTED, Security.BOTH]
SIGNED_LEVELS = [Security.SIGNED, Security.SIGNED | Security.ENCRYPTED, Security.SIGNED | Security.BOTH]
CURVES = [Suite.P256, Suite.P384]
SYMMETRIC = [Tagging.SERVICE, Tagging.GENERAL, Tagging.IDENTIFIED, Tagging.WRAPPED]
AGREED = [Tagging.ONE_PASS, Tagging.STATIC]
FIRST_OCTETS = {Tagging.SERVICE: 0xC8, Tagging.GENERAL: 0xDB}


def talk(client: ClientConnection, session: ServerSession) -> None:
    """Associate, read shortly, in blocks and in a list, be refused, and release."""
    run(associate(client), session)
    assert run(get(client, VALUE), session) == octet_string(b"read")
    long = run(get(client, LONG_VALUE), session)
    assert not isinstance(long, DataAccessResult)
    assert decode(long) == LONG_TEXT
    assert len(run(get_list(client, [(VALUE, None), (LONG_VALUE, None)]), session)) == 2
    assert run(put(client, VALUE, octet_string(bytes(900))), session) is DataAccessResult.READ_WRITE_DENIED
    run(release(client), session)
    assert client.state is State.IDLE
    assert session.last_error is None


@pytest.mark.parametrize("tagging", SYMMETRIC, ids=lambda tagging: tagging.value)
@pytest.mark.parametrize("level", LEVELS, ids=lambda level: f"{int(level):#x}")
@pytest.mark.parametrize("suite", Suite)
def test_every_suite_and_symmetric_way(suite: Suite, level: Security, tagging: Tagging) -> None:
    agreed = Agreed(suite, level)
    talk(*connect(agreed.client(tagging=tagging), agreed.meter(300)))


@pytest.mark.parametrize("tagging", AGREED, ids=lambda tagging: tagging.value)
@pytest.mark.parametrize("level", LEVELS, ids=lambda level: f"{int(level):#x}")
@pytest.mark.parametrize("suite", CURVES)
def test_every_suite_and_agreement(suite: Suite, level: Security, tagging: Tagging) -> None:
    agreed = Agreed(suite, level)
    talk(*connect(agreed.client(tagging=tagging), agreed.meter(512)))


@pytest.mark.parametrize("tagging", [*SYMMETRIC, *AGREED], ids=lambda tagging: tagging.value)
@pytest.mark.parametrize("level", SIGNED_LEVELS, ids=lambda level: f"{int(level):#x}")
@pytest.mark.parametrize("suite", CURVES)
def test_signed_messages(suite: Suite, level: Security, tagging: Tagging) -> None:
    agreed = Agreed(suite, level)
    talk(*connect(agreed.client(tagging=tagging), agreed.meter(700)))


@pytest.mark.parametrize("tagging", [Tagging.SERVICE, Tagging.GENERAL], ids=lambda tagging: tagging.value)
@pytest.mark.parametrize("suite", Suite)
def test_dedicated_keys(suite: Suite, tagging: Tagging) -> None:
    agreed = Agreed(suite)
    client, session = connect(agreed.client(tagging=tagging, dedicated=True), agreed.meter(300))
    run(associate(client), session)
    before = client.settings.counter.next_value
    request = client.send(GetRequest(VALUE, invoke=client.next_invoke()))
    answer = session.handle(request)
    assert (request[8], answer[8]) == ((0xD0, 0xD4) if tagging is Tagging.SERVICE else (0xDC, 0xDC))
    assert request[-len(answer) :] != answer
    client.receive_data(answer)
    client.next_event()
    assert client.settings.counter.next_value == before
    run(release(client), session)


@pytest.mark.parametrize("tagging", [*SYMMETRIC, *AGREED], ids=lambda tagging: tagging.value)
def test_a_meter_answers_the_way_it_was_asked(tagging: Tagging) -> None:
    agreed = Agreed(Suite.P256)
    client, session = connect(agreed.client(tagging=tagging), agreed.meter())
    run(associate(client), session)
    request = client.send(GetRequest(VALUE, invoke=client.next_invoke()))
    answer = session.handle(request)
    expected = FIRST_OCTETS.get(tagging, 0xDD)
    assert (request[8], answer[8]) == (expected, 0xCC if tagging is Tagging.SERVICE else expected)
    if expected == 0xDD:
        assert request[9:18] == answer[9:18], "the same transaction"
        assert request[18:36] == answer[27:36] + answer[18:27], "originator and recipient change places"
        assert request[38:40] == answer[38:40], "the same kind of key"


def test_a_meter_that_requires_nothing_answers_with_what_protected_the_request() -> None:
    agreed = Agreed(Suite.P256, Security.AUTHENTICATED, Mechanism.LLS)
    device = agreed.meter(security=Security.NONE)
    client, session = connect(agreed.client(), device)
    run(associate(client), session)
    assert session.handle(client.send(GetRequest(VALUE)))[8:11:2] == b"\xcc\x11"
    plain, session = connect(agreed.client(security=Security.NONE, counter=client.settings.counter), device)
    run(associate(plain), session)
    assert session.handle(plain.send(GetRequest(VALUE)))[8] == 0xC4


def test_answers_may_need_more_than_requests() -> None:
    agreed = Agreed(Suite.P256, Security.AUTHENTICATED)
    device = agreed.meter(answer_security=Security.BOTH)
    client, session = connect(agreed.client(answer_security=Security.BOTH), device)
    talk(client, session)


@pytest.mark.parametrize("context", Context)
@pytest.mark.parametrize("mechanism", [Mechanism.NONE, Mechanism.LLS, *sorted(HLS_MECHANISMS)])
def test_every_mechanism_in_every_context(mechanism: Mechanism, context: Context) -> None:
    suite = Suite.P256 if mechanism is Mechanism.HLS_ECDSA else Suite.AES_128
    agreed = Agreed(suite, mechanism=mechanism, context=context)
    client, session = connect(agreed.client(), agreed.meter())
    granted = run(associate(client), session)
    assert client.state is State.READY
    assert session.connection.state is State.READY
    assert granted.initiate.vaa_name == (0xFA00 if context.short_names else 7)
    run(release(client), session)
    assert session.last_error is None


@pytest.mark.parametrize("suite", CURVES)
def test_ecdsa_without_symmetric_keys(suite: Suite) -> None:
    agreed = Agreed(suite, mechanism=Mechanism.HLS_ECDSA, context=Context.LN)
    client, session = connect(agreed.client(keys=None), agreed.meter(keys=None, security=Security.NONE))
    answer = run(associate(client), session)
    assert len(getattr(answer, "challenge", b"")) == 32
    assert run(get(client, VALUE), session) == octet_string(b"read")


def test_short_names_with_ciphering() -> None:
    agreed = Agreed(context=Context.SN_CIPHERED)
    device = agreed.meter(300)
    named = LogicalDevice(
        "LGZ12345678", METER_TITLE, [], device.associations.values(), max_pdu=300,
        short_names={0x2000: device.objects[TEXT], 0x3000: device.objects[LONG]},
    )  # fmt: skip
    client, session = connect(agreed.client(), named)
    run(associate(client), session)
    run(learn_names(client), session)
    assert run(get(client, VALUE), session) == octet_string(b"read")
    long = run(get(client, LONG_VALUE), session)
    assert not isinstance(long, DataAccessResult)
    assert decode(long) == LONG_TEXT


@pytest.mark.parametrize("tagging", SYMMETRIC, ids=lambda tagging: tagging.value)
def test_an_association_that_is_there_from_the_beginning(tagging: Tagging) -> None:
    granted = InitiateResponse(Agreed().client().conformance, 400)
    agreed = Agreed(mechanism=Mechanism.NONE)
    device = agreed.meter(400, established=granted, client_title=agreed.client().title)
    client, session = connect(agreed.client(established=granted, expected_title=METER_TITLE, tagging=tagging), device)
    assert client.state is State.READY
    assert run(associate(client), session) == AssociationAccepted(granted, METER_TITLE)
    assert run(get(client, VALUE), session) == octet_string(b"read")
    run(release(client), session)
    assert client.state is State.READY
    assert run(get(client, VALUE), session) == octet_string(b"read")


def test_an_established_association_without_keys() -> None:
    granted = InitiateResponse(Agreed().client().conformance, 400)
    agreed = Agreed(mechanism=Mechanism.NONE, context=Context.LN)
    client, session = connect(agreed.client(established=granted), agreed.meter(established=granted))
    assert run(get(client, VALUE), session) == octet_string(b"read")


def test_ciphered_initiate_messages_frame_the_association_to_its_end() -> None:
    agreed = Agreed()
    client, session = connect(agreed.client(), agreed.meter())
    run(associate(client), session)
    sent: list[bytes] = []

    def transfer(data: bytes) -> bytes:
        sent.extend((data, session.handle(data)))
        return sent[-1]

    converse(release(client), transfer)
    assert (sent[0][8], sent[1][8]) == (0x62, 0x63)
    assert b"\x21" in sent[0]
    assert b"\x28" in sent[1]


def test_counters_of_all_lasting_keys_only_rise() -> None:
    agreed = Agreed()
    device = agreed.meter()
    client, session = connect(agreed.client(), device)
    talk(client, session)
    counter = device.client_counters[1]
    assert counter == ReceiveCounter(client.settings.counter.next_value - 1)
