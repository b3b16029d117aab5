"""What two sides agree on in the association binds both: services, sizes, kind of ciphering, rights."""

from protocols.dlms.conformance import Conformance
from protocols.dlms.connection import ServerConnection, ServerSettings, State
from protocols.dlms.cosem import Attribute, Method
from protocols.dlms.encoding import octet_string
from protocols.dlms.events import ReleaseRequest
from protocols.dlms.exchange import associate, get, invoke, request
from protocols.dlms.obis import Obis
from protocols.dlms.server import TableObject
from protocols.dlms.services.get import GetRequest
from protocols.dlms.services.writing import LastSetBlock, SetFirstBlock
from protocols.dlms.tags import ActionResult, DataAccessResult
from protocols.errors import Cause
from protocols.wrapper import WrapperFraming
from tests.protocols.failing import cause_of, ready
from tests.protocols.parties import (
    ACCESSES,
    PROFILE,
    PUBLIC,
    RELAY,
    SIGNED_CLIENT,
    TEXT,
    Meter,
    ciphered,
    connect,
    run,
)


def test_only_what_both_sides_can_is_granted() -> None:
    wanted = Conformance.GET | Conformance.SET | Conformance.ACCESS
    client = connect(ciphered(conformance=wanted))
    granted = run(associate(client), Meter().session())
    assert granted.initiate.conformance == Conformance.GET | Conformance.SET
    assert client.conformance == Conformance.GET | Conformance.SET


def test_the_meter_announces_its_size_and_obeys_the_smaller_one() -> None:
    session, client = Meter(300).session(), connect(ciphered(max_pdu=150))
    granted = run(associate(client), session)
    assert granted.initiate.max_pdu == 300
    answer = session.handle(client.send(GetRequest(Attribute(7, PROFILE, 2))))
    assert 130 < len(answer) - 8 <= 150


def test_a_long_answer_without_block_transfer_is_refused() -> None:
    wanted = Conformance.GET | Conformance.SELECTIVE_ACCESS
    client, session = ready(ciphered(conformance=wanted))
    assert run(get(client, Attribute(7, PROFILE, 2)), session) is DataAccessResult.OTHER_REASON


def test_a_general_ciphered_request_gets_a_general_ciphered_answer() -> None:
    client, session = ready(ACCESSES["general-glo"]())
    octets = client.send(GetRequest(Attribute(1, TEXT, 2)))
    assert (octets[8], session.handle(octets)[8]) == (0xDB, 0xDB)
    client, session = ready(ciphered(), Meter())
    octets = client.send(GetRequest(Attribute(1, TEXT, 2)))
    assert (octets[8], session.handle(octets)[8]) == (0xC8, 0xCC)


def test_an_altered_release_releases_nothing() -> None:
    client, session = ready()
    octets = bytearray(client.send(ReleaseRequest()))
    octets[-1] ^= 1
    session.handle(bytes(octets))
    assert session.last_error is not None
    assert session.last_error.cause is Cause.WRONG_AUTHENTICATION_KEY
    assert session.connection.state is State.READY


def test_rights_to_methods_are_apart_from_rights_to_read() -> None:
    meter = Meter()
    client, session = ready(ciphered(SIGNED_CLIENT), meter)
    assert run(invoke(client, Method(70, RELAY, 1)), session).result is ActionResult.READ_WRITE_DENIED
    assert meter.switched == []


def test_a_method_that_returns_too_much_for_one_pdu_is_refused() -> None:
    meter, name = Meter(200), Obis.parse("0-0:96.50.0")
    talkative = TableObject(1, 0, name, {}, actions={1: lambda _: (ActionResult.SUCCESS, octet_string(bytes(300)))})
    meter.device.add(talkative)
    client, session = ready(meter=meter)
    answer = run(invoke(client, Method(1, name, 1)), session)
    assert (answer.result, answer.returned) == (ActionResult.OTHER_REASON, None)


def test_a_written_value_without_end_is_refused() -> None:
    server = ServerConnection(lambda _: ServerSettings(max_request=10), WrapperFraming(1))
    client = connect(PUBLIC)
    server.receive_data(client.send(client.association_request()))
    server.send(server.answer(server.next_event()))  # type: ignore[arg-type]
    for event in (SetFirstBlock(Attribute(1, TEXT, 2), bytes(8)), LastSetBlock(2, bytes(8))):
        server.receive_data(WrapperFraming(16, 1).frame(event.encode()))
        if isinstance(event, LastSetBlock):
            assert cause_of(server.next_event) is Cause.TOO_LARGE
        else:
            assert server.next_event() == event
            server.state = State.SET_PAUSED


def test_every_session_of_a_meter_shares_its_counters() -> None:
    meter = Meter()
    first, first_session = ready(ciphered(), meter)
    run(request(first, GetRequest(Attribute(1, TEXT, 2))), first_session)
    sent = meter.device.counter.next_value
    assert cause_of(lambda: ready(ciphered(), meter)) is Cause.WRONG_COUNTER
    ready(ciphered(counter=first.settings.counter), meter)
    assert meter.device.counter.next_value > sent
    assert meter.device.client_counters[1].last == first.settings.counter.next_value - 1
