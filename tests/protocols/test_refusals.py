"""What is not allowed, not protected or not understood is refused by name, on either side."""

import pytest

from protocols.dlms.acse import AssociateResult, Diagnostic
from protocols.dlms.connection import NEED_DATA, ClientSettings, ServerConnection, State
from protocols.dlms.cosem import Attribute
from protocols.dlms.encoding import NULL, octet_string
from protocols.dlms.events import (
    AssociationRejected,
    AssociationRequest,
)
from protocols.dlms.exchange import associate, converse, get, get_list, put, request
from protocols.dlms.failures import action_refusal, refusal
from protocols.dlms.initiate import InitiateRequest
from protocols.dlms.obis import Obis
from protocols.dlms.objects import read_clock
from protocols.dlms.security import Cipher, ReceiveCounter, SendCounter
from protocols.dlms.selection import Range, RawSelection
from protocols.dlms.services.failure import ConfirmedServiceError, ExceptionResponse, ServiceError, StateError
from protocols.dlms.services.get import GetListRequest, GetRequest, GetResponse
from protocols.dlms.services.notification import DataNotification
from protocols.dlms.tags import ActionResult, DataAccessResult
from protocols.errors import Cause, LocalProtocolError
from protocols.wrapper import WrapperFraming
from tests.protocols.failing import cause_of, ready
from tests.protocols.parties import (
    CAPTURES,
    CLIENT_TITLE,
    ENERGY,
    HIDDEN_CLIENT,
    KEYS,
    LLS,
    METER_TITLE,
    PASSWORD,
    PROFILE,
    PUBLIC,
    SIGNED_CLIENT,
    START,
    TEXT,
    Meter,
    ciphered,
    connect,
    run,
)


@pytest.mark.parametrize("client_id", [1, SIGNED_CLIENT, HIDDEN_CLIENT])
def test_unprotected_answers_and_requests_are_refused(client_id: int) -> None:
    client, session = ready(ciphered(client_id))
    plain = GetRequest(Attribute(3, ENERGY, 2)).encode()
    answer = session.handle(WrapperFraming(client_id, 1).frame(plain))
    assert session.last_error is not None
    assert session.last_error.cause is Cause.UNPROTECTED
    assert answer[8:] == ExceptionResponse(StateError.SERVICE_NOT_ALLOWED, ServiceError.OTHER_REASON).encode()
    client.send(GetRequest(Attribute(3, ENERGY, 2)))
    client.receive_data(WrapperFraming(1, client_id).frame(GetResponse(octet_string(b"false")).encode()))
    assert cause_of(client.next_event) is Cause.UNPROTECTED


def test_less_protection_than_agreed_is_refused() -> None:
    meter = Meter()
    client, session = ready(meter=meter)
    assert client._protection is not None
    client._protection.security = 0x10
    run_error = cause_of(lambda: run(read_clock(client), session))
    assert run_error is Cause.REFUSED
    assert session.last_error is not None
    assert session.last_error.cause is Cause.UNPROTECTED


def test_a_plain_request_before_any_association_is_refused() -> None:
    session = Meter().session()
    answer = session.handle(WrapperFraming(16, 1).frame(GetRequest(Attribute(3, ENERGY, 2)).encode()))
    assert answer[8:].hex() == "d80103"
    assert not session.closed


def test_only_the_proof_is_allowed_while_challenged() -> None:
    session, client = Meter().session(), connect(ciphered())
    run(request(client, client.association_request()), session)
    with pytest.raises(LocalProtocolError):
        client.send(GetRequest(Attribute(3, ENERGY, 2)))
    client.state = State.READY
    assert cause_of(lambda: run(read_clock(client), session)) is Cause.REFUSED
    assert session.connection.state is State.CHALLENGED


@pytest.mark.parametrize("octets", [b"GET / HTTP/1.1\r\n\r\n", bytes(9), b"\x7e\xa0\x1e" + bytes(20)])
def test_a_stream_that_is_no_wrapper_is_closed(octets: bytes) -> None:
    session = Meter().session()
    assert session.handle(octets) == b""
    assert session.closed
    client = connect(PUBLIC)
    assert cause_of(lambda: converse(associate(client), lambda _: octets)) is Cause.GARBAGE


def test_a_meter_that_answers_garbage() -> None:
    client = connect(PUBLIC)
    framing = WrapperFraming(1, 16)
    assert cause_of(lambda: converse(associate(client), lambda _: framing.frame(b"\x99\x01"))) is Cause.GARBAGE


@pytest.mark.parametrize(
    ("failure", "cause"),
    [
        (ExceptionResponse(StateError.SERVICE_UNKNOWN, ServiceError.SERVICE_NOT_SUPPORTED), Cause.UNSUPPORTED),
        (ExceptionResponse(StateError.SERVICE_NOT_ALLOWED, ServiceError.DECIPHERING_ERROR), Cause.WRONG_KEY),
        (
            ExceptionResponse(StateError.SERVICE_NOT_ALLOWED, ServiceError.INVOCATION_COUNTER_ERROR, 7),
            Cause.WRONG_COUNTER,
        ),
        (ExceptionResponse(StateError.SERVICE_NOT_ALLOWED, ServiceError.OPERATION_NOT_POSSIBLE), Cause.REFUSED),
        (ConfirmedServiceError(1, 0, 6), Cause.WRONG_KEY),
        (ConfirmedServiceError(5, 6, 4), Cause.REFUSED),
        (ConfirmedServiceError(77, 78, 79), Cause.REFUSED),
    ],
    ids=lambda value: getattr(value, "words", ""),
)
def test_refusals_of_a_whole_request(failure: ExceptionResponse | ConfirmedServiceError, cause: Cause) -> None:
    client = connect(PUBLIC)
    answer = WrapperFraming(1, 16).frame(failure.encode())
    assert cause_of(lambda: converse(associate(client), lambda _: answer)) is cause
    assert client.state is State.IDLE


def test_a_ciphered_push_needs_no_association() -> None:
    meter = Cipher(KEYS, METER_TITLE, SendCounter(9), ReceiveCounter())
    push = DataNotification(octet_string(b"alarm"))
    sealed = meter.protect(push.encode(), 0x30)
    frame = WrapperFraming(1, 1).frame(b"\xdb\x08" + METER_TITLE + bytes((len(sealed),)) + sealed)
    client = connect(ciphered(expected_title=METER_TITLE))
    client.receive_data(frame)
    assert client.next_event() == push
    client.receive_data(frame)
    assert cause_of(client.next_event) is Cause.REPLAY
    stranger = connect(ciphered(expected_title=CLIENT_TITLE))
    stranger.receive_data(frame)
    assert cause_of(stranger.next_event) is Cause.WRONG_TITLE


def test_requests_the_meter_cannot_take_are_our_error() -> None:
    client, session = ready(ciphered(conformance=ClientSettings().conformance & ~(1 << 11)))
    long = octet_string(bytes(500))
    assert cause_of(lambda: run(put(client, Attribute(1, TEXT, 2), long), session)) is Cause.TOO_LARGE
    many = GetListRequest(((CAPTURES[0].attribute, None),) * 40)
    assert cause_of(lambda: client.send(many)) is Cause.TOO_LARGE
    assert run(get_list(client, []), session) == ()
    assert run(get(client, Attribute(1, TEXT, 2)), session) == octet_string(b"nothing")


def test_a_selection_that_leaves_no_room_for_data_is_our_error() -> None:
    client, session = ready()
    columns = Range(START, START, CAPTURES * 3)
    long = octet_string(bytes(500))
    assert cause_of(lambda: run(put(client, Attribute(1, TEXT, 2), long, columns), session)) is Cause.TOO_LARGE
    assert client.state is State.READY


def test_a_server_decides_itself_when_it_wants_to() -> None:
    meter = Meter()
    server = ServerConnection(meter.device.settings, WrapperFraming(1))
    client = connect(PUBLIC)
    server.receive_data(client.send(client.association_request()))
    asked = server.next_event()
    assert isinstance(asked, AssociationRequest)
    assert asked.initiate == InitiateRequest()
    busy = AssociationRejected(AssociateResult.REJECTED_TRANSIENT, Diagnostic.NO_REASON)
    client.receive_data(server.send(busy))
    assert client.next_event() == busy
    assert busy.words == "association rejected for now: no reason"


def test_titles_and_challenges_are_fresh_and_ours() -> None:
    client = connect(ciphered())
    first, second = client.association_request(), client.association_request()
    assert first.title == CLIENT_TITLE
    assert first.authentication != second.authentication
    assert METER_TITLE not in first.authentication


def test_what_the_meter_does_not_have_or_know_is_data() -> None:
    client, session = ready()
    missing = Attribute(1, Obis.parse("0-0:96.99.0"), 2)
    assert run(put(client, missing, octet_string(b"x")), session) is DataAccessResult.OBJECT_UNDEFINED
    strange = get(client, Attribute(7, PROFILE, 2), RawSelection(9, NULL))
    assert run(strange, session) is DataAccessResult.TYPE_UNMATCHED


def test_a_value_is_no_refusal() -> None:
    assert refusal(NULL, "a value").cause is Cause.GARBAGE
    assert action_refusal(ActionResult.READ_WRITE_DENIED, "a method").cause is Cause.ACCESS_DENIED


def test_what_is_shown_of_an_association_holds_no_secret() -> None:
    asked = connect(LLS).association_request()
    assert asked.authentication == PASSWORD
    assert PASSWORD.decode() not in repr(asked) + repr(LLS[1])
    assert repr(NEED_DATA) == "NEED_DATA"
