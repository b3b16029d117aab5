"""What two sides agree on in the association binds both: services, sizes, kind of ciphering, rights."""

from dataclasses import replace

import pytest

from protocols.dlms.apdu import Request
from protocols.dlms.conformance import Conformance
from protocols.dlms.connection import State
from protocols.dlms.cosem import Attribute, Method
from protocols.dlms.encoding import NULL, octet_string
from protocols.dlms.events import ReleaseRequest
from protocols.dlms.exchange import associate, get, invoke, request
from protocols.dlms.services.access import AccessRequest
from protocols.dlms.services.action import ActionListRequest
from protocols.dlms.services.action_blocks import ActionFirstBlock
from protocols.dlms.services.failure import ExceptionResponse, ServiceError, StateError
from protocols.dlms.services.get import GetListRequest, GetNext, GetRequest
from protocols.dlms.services.writing import SetFirstBlock
from protocols.dlms.services.writing_lists import SetListRequest
from protocols.dlms.tags import ActionResult, DataAccessResult
from protocols.errors import Cause
from protocols.wrapper import WrapperFraming
from tests.protocols.failing import cause_of, ready
from tests.protocols.parties import (
    ACCESSES,
    LLS,
    LLS_CLIENT,
    PROFILE,
    RELAY,
    SIGNED_CLIENT,
    TEXT,
    Meter,
    ciphered,
    connect,
    run,
)


def test_only_what_both_sides_can_is_granted() -> None:
    wanted = Conformance.GET | Conformance.SET | Conformance.READ
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
    assert session.last_error.cause is Cause.ALTERED
    assert session.connection.state is State.READY


def test_rights_to_methods_are_apart_from_rights_to_read() -> None:
    meter = Meter()
    client, session = ready(ciphered(SIGNED_CLIENT), meter)
    assert run(invoke(client, Method(70, RELAY, 1)), session).result is ActionResult.READ_WRITE_DENIED
    assert meter.switched == []


def test_every_session_of_a_meter_shares_its_counters() -> None:
    meter = Meter()
    first, first_session = ready(ciphered(), meter)
    run(request(first, GetRequest(Attribute(1, TEXT, 2))), first_session)
    sent = meter.device.counter.next_value
    assert cause_of(lambda: ready(ciphered(), meter)) is Cause.WRONG_COUNTER
    ready(ciphered(counter=first.settings.counter), meter)
    assert meter.device.counter.next_value > sent
    assert meter.device.client_counters[1].last == first.settings.counter.next_value - 1


AGREED = Conformance.GET | Conformance.SET | Conformance.ACTION
NOT_AGREED = [
    GetListRequest(((Attribute(1, TEXT, 2), None),)),
    SetListRequest(((Attribute(1, TEXT, 2), None),), (NULL,)),
    SetFirstBlock(Attribute(1, TEXT, 2), b"x"),
    ActionListRequest((Method(70, RELAY, 1),), (NULL,)),
    ActionFirstBlock(Method(70, RELAY, 1), b"x"),
    AccessRequest(()),
    GetNext(1),
]


@pytest.mark.parametrize("request_", NOT_AGREED, ids=lambda event: type(event).__name__)
def test_a_service_that_was_not_agreed_upon_is_refused_by_name(request_: Request) -> None:
    client, session = ready((LLS_CLIENT, replace(LLS[1], conformance=AGREED)))
    answer = session.handle(WrapperFraming(LLS_CLIENT, 1).frame(request_.encode()))
    assert answer[8:] == ExceptionResponse(StateError.SERVICE_NOT_ALLOWED, ServiceError.SERVICE_NOT_SUPPORTED).encode()
    assert run(get(client, Attribute(1, TEXT, 2)), session) == octet_string(b"nothing")


def test_an_apdu_that_is_no_service_is_unknown() -> None:
    client, session = ready(LLS)
    answer = session.handle(WrapperFraming(LLS_CLIENT, 1).frame(b"\x03\x00"))
    assert answer[8:] == ExceptionResponse(StateError.SERVICE_UNKNOWN, ServiceError.SERVICE_NOT_SUPPORTED).encode()
    assert run(get(client, Attribute(1, TEXT, 2)), session) == octet_string(b"nothing")
