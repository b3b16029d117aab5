"""Whatever is cut, altered, replayed, refused or keyed wrongly ends in the error that names it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from protocols.dlms.acse import AssociateResult, Diagnostic
from protocols.dlms.connection import ClientConnection, ClientSettings, ServerConnection, State
from protocols.dlms.cosem import Attribute
from protocols.dlms.encoding import octet_string
from protocols.dlms.events import (
    AssociationRejected,
    AssociationRequest,
    HlsChallenge,
    HlsProof,
    HlsRefused,
    ReleaseRequest,
)
from protocols.dlms.exchange import associate, converse, get, get_list, put, release, request
from protocols.dlms.initiate import InitiateRequest
from protocols.dlms.objects import ProfileLayout, read_clock, read_profile
from protocols.dlms.security import Cipher, KeySet, ReceiveCounter, SendCounter
from protocols.dlms.selection import Range
from protocols.dlms.server import ServerSession
from protocols.dlms.services.failure import ConfirmedServiceError, ExceptionResponse, ServiceError, StateError
from protocols.dlms.services.get import GetListRequest, GetListResponse, GetNext, GetRequest, GetResponse, LastGetBlock
from protocols.dlms.services.notification import DataNotification
from protocols.dlms.services.writing import LastSetBlock, SetBlockReceived, SetCompleted, SetFirstBlock
from protocols.dlms.tags import DataAccessResult, Mechanism
from protocols.errors import Cause, LocalProtocolError, ProtocolError, RemoteProtocolError
from protocols.wrapper import WrapperFraming
from tests.protocols.parties import (
    ACCESSES,
    CAPTURES,
    CLIENT_TITLE,
    ENERGY,
    HIDDEN_CLIENT,
    KEYS,
    LLS_CLIENT,
    METER_TITLE,
    OTHER_KEY,
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

Transfer = Callable[[bytes], bytes]
LAYOUT = ProfileLayout(PROFILE, CAPTURES, 900)


def cause_of(action: Callable[[], object]) -> Cause:
    with pytest.raises(ProtocolError) as error:
        action()
    assert str(error.value)
    return error.value.cause


def ready(
    access: tuple[int, ClientSettings] | None = None, meter: Meter | None = None
) -> tuple[ClientConnection, ServerSession]:
    """A client associated with a session."""
    client, session = connect(access or ciphered()), (meter or Meter(200)).session()
    run(associate(client), session)
    return client, session


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"keys": KeySet(OTHER_KEY, KEYS.authentication)}, Cause.WRONG_KEY),
        ({"keys": KeySet(KEYS.encryption, OTHER_KEY)}, Cause.WRONG_KEY),
        ({"expected_title": b"LGZ\x00\x00\x00\x00\x09"}, Cause.WRONG_TITLE),
        ({"counter": SendCounter(0)}, Cause.WRONG_COUNTER),
        ({"server_counter": ReceiveCounter(1_000_000)}, Cause.REPLAY),
    ],
    ids=["encryption key", "authentication key", "title", "counter", "server counter"],
)
def test_associating_with_something_wrong(changes: dict[str, Any], cause: Cause) -> None:
    meter, client = Meter(), connect(ciphered(**changes))
    assert cause_of(lambda: run(associate(client), meter.session())) is cause
    right = connect(ciphered(counter=SendCounter(50)))
    run(associate(right), meter.session())
    assert right.state is State.READY


def test_the_meter_tells_which_counter_it_expects() -> None:
    meter = Meter()
    meter.device.client_counters[1].last = 4711
    client = connect(ciphered())
    with pytest.raises(RemoteProtocolError, match="expects counter 4712"):
        run(associate(client), meter.session())


@pytest.mark.parametrize(
    ("client", "settings", "diagnostic"),
    [
        (LLS_CLIENT, ClientSettings(Mechanism.LLS, password=b"87654321"), "authentication failure"),
        (LLS_CLIENT, ClientSettings(), "mechanism required"),
        (16, ClientSettings(Mechanism.LLS, password=b"x"), "mechanism not recognized"),
        (99, ClientSettings(), "no reason"),
        (1, ClientSettings(), "no reason"),
        (16, ciphered()[1], "no reason"),
        (16, ClientSettings(max_pdu=20), "pdu size too short"),
    ],
    ids=["password", "nothing", "too much", "unknown client", "no keys", "keys where none belong", "tiny"],
)
def test_rejected_associations_say_why(client: int, settings: ClientSettings, diagnostic: str) -> None:
    session = Meter().session()
    with pytest.raises(RemoteProtocolError, match=diagnostic) as error:
        run(associate(connect((client, settings))), session)
    assert error.value.cause is Cause.REJECTED_ASSOCIATION


def test_a_proof_with_another_key_is_refused_by_the_meter() -> None:
    session = Meter().session()
    client = connect(ciphered())
    run(request(client, client.association_request()), session)
    client._server_challenge = bytes(16)
    answer = run(request(client, HlsProof(invoke=client.next_invoke())), session)
    assert isinstance(answer, HlsRefused)
    assert session.connection.state is State.IDLE


def test_a_meter_that_cannot_prove_itself_is_refused() -> None:
    session, client = Meter().session(), connect(ciphered())
    run(request(client, client.association_request()), session)
    session.connection._client_challenge = bytes(16)
    cause = cause_of(lambda: run(request(client, HlsProof(invoke=client.next_invoke())), session))
    assert (cause, client.state) == (Cause.AUTHENTICATION_FAILED, State.FAILED)


def test_a_meter_that_mirrors_our_challenge_is_refused() -> None:
    server, client = ServerConnection(Meter().device.settings, WrapperFraming(1)), connect(ciphered())
    server.receive_data(client.send(client.association_request()))
    asked = server.next_event()
    assert isinstance(asked, AssociationRequest)
    answer = server.answer(asked)
    assert isinstance(answer, HlsChallenge)
    client.receive_data(server.send(replace(answer, challenge=asked.authentication)))
    assert cause_of(client.next_event) is Cause.AUTHENTICATION_FAILED


def altering(session: ServerSession, position: int) -> Transfer:
    """Flips one bit of each answer's octet at `position` (from the end when negative)."""

    def transfer(data: bytes) -> bytes:
        answer = bytearray(session.handle(data))
        answer[position] ^= 0x04
        return bytes(answer)

    return transfer


@pytest.mark.parametrize("access", [ciphered, ACCESSES["authenticated"], ACCESSES["general-glo"]])
@pytest.mark.parametrize("position", [-1, -13, -20])
def test_an_altered_answer_is_noticed(access: Callable[[], tuple[int, ClientSettings]], position: int) -> None:
    client, session = ready(access())
    cause = cause_of(lambda: converse(read_profile(client, LAYOUT), altering(session, position)))
    assert cause in (Cause.WRONG_KEY, Cause.WRONG_AUTHENTICATION_KEY)
    assert client.state is State.FAILED
    assert cause_of(lambda: client.send(ReleaseRequest())) is Cause.UNEXPECTED


def test_a_ciphered_answer_under_another_tag_is_garbage() -> None:
    client, session = ready()

    def transfer(data: bytes) -> bytes:
        answer = session.handle(data)
        assert answer[8] == 0xCC
        return answer[:8] + b"\xcd" + answer[9:]

    assert cause_of(lambda: converse(read_clock(client), transfer)) is Cause.GARBAGE


def test_a_replayed_answer_is_refused() -> None:
    client, session = ready()
    first: list[bytes] = []

    def transfer(data: bytes) -> bytes:
        first.append(session.handle(data))
        return first[0]

    converse(read_clock(client), transfer)
    assert cause_of(lambda: converse(read_clock(client), transfer)) is Cause.REPLAY


def test_a_list_with_too_few_answers_is_garbage() -> None:
    client, _ = ready(PUBLIC)
    short = GetListResponse((DataAccessResult.OTHER_REASON,), 0xC1)
    answer = WrapperFraming(1, 16).frame(short.encode())
    assert cause_of(lambda: converse(get_list(client, [CAPTURES[0].attribute] * 2), lambda _: answer)) is Cause.GARBAGE


def test_a_replayed_request_is_refused() -> None:
    client, session = ready()
    octets = client.send(GetRequest(Attribute(3, ENERGY, 2)))
    assert session.handle(octets)
    client.receive_data(session.handle(octets))
    answer = client.next_event()
    assert isinstance(answer, ExceptionResponse)
    assert answer.service_error is ServiceError.INVOCATION_COUNTER_ERROR
    assert session.last_error is not None
    assert session.last_error.cause is Cause.REPLAY
    assert session.connection.state is State.READY


@pytest.mark.parametrize("block", [1, 2, 3])
@pytest.mark.parametrize("kept", [0, 5, 30])
def test_a_line_cut_inside_a_block_is_named(block: int, kept: int) -> None:
    client, session = ready()
    count = 0

    def transfer(data: bytes) -> bytes:
        nonlocal count
        count += 1
        if not data:
            return b""
        return session.handle(data)[: kept if count == block else None]

    assert cause_of(lambda: converse(read_profile(client, LAYOUT), transfer)) is Cause.CONNECTION_CUT


@pytest.mark.parametrize("access", [ACCESSES["password"], ciphered])
def test_a_lost_block_is_named(access: Callable[[], tuple[int, ClientSettings]]) -> None:
    client, session = ready(access())
    count = 0

    def transfer(data: bytes) -> bytes:
        nonlocal count
        count += 1
        answer = session.handle(data)
        if count == 2:
            session.connection.state = State.GETTING_BLOCK
            answer = session.connection.send(session._get_next(GetNext(2, 0xC0 | client._invoke)))
        return answer

    assert cause_of(lambda: converse(read_profile(client, LAYOUT), transfer)) is Cause.BLOCK_LOST


def test_the_meter_refuses_a_wrong_block_number() -> None:
    client, session = ready()
    run(request(client, GetRequest(Attribute(7, PROFILE, 2))), session)
    answer = run(request(client, GetNext(7)), session)
    assert answer == LastGetBlock(7, DataAccessResult.DATA_BLOCK_NUMBER_INVALID)


def test_a_long_get_can_be_abandoned() -> None:
    client, session = ready()
    run(request(client, GetRequest(Attribute(7, PROFILE, 2))), session)
    assert run(read_clock(client), session).at.year == 2026
    run(request(client, GetRequest(Attribute(7, PROFILE, 2))), session)
    run(release(client), session)


def test_a_lost_written_block_is_refused_and_nothing_is_written() -> None:
    meter = Meter(200)
    client, session = ready(meter=meter)
    run(request(client, SetFirstBlock(Attribute(1, TEXT, 2), b"\x09\x04a")), session)
    with pytest.raises(RemoteProtocolError):
        run(request(client, LastSetBlock(3, b"bcd")), session)
    assert session.last_error is not None
    assert session.last_error.cause is Cause.BLOCK_LOST
    assert meter.text == b"nothing"


@pytest.mark.parametrize("answer", [SetBlockReceived(2), SetCompleted(0, DataAccessResult.SUCCESS)])
def test_a_wrongly_confirmed_block_is_noticed(answer: SetBlockReceived | SetCompleted) -> None:
    client, _ = ready(PUBLIC)
    client.send(SetFirstBlock(Attribute(1, TEXT, 2), b"\x09\x04a"))
    client.receive_data(WrapperFraming(1, 16).frame(answer.encode()))
    assert cause_of(client.next_event) is Cause.BLOCK_LOST


def test_an_endless_reply_is_refused() -> None:
    client, session = ready(ciphered(max_reply=500))
    assert cause_of(lambda: run(read_profile(client, LAYOUT), session)) is Cause.TOO_LARGE


def test_an_answer_to_another_request_is_refused() -> None:
    client, _ = ready(PUBLIC)
    client.send(GetRequest(Attribute(8, CAPTURES[0].attribute.obis, 2), invoke=0xC2))
    client.receive_data(WrapperFraming(1, 16).frame(GetResponse(DataAccessResult.OTHER_REASON, 0xC3).encode()))
    assert cause_of(client.next_event) is Cause.UNEXPECTED


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
    client._security = 0x10
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


def test_notifications_in_between_are_kept_apart() -> None:
    client, session = ready(PUBLIC)
    push = DataNotification(octet_string(b"alarm"))
    seen: list[object] = []

    def transfer(data: bytes) -> bytes:
        return WrapperFraming(1, 16).frame(push.encode()) + session.handle(data)

    answer = converse(request(client, GetRequest(CAPTURES[0].attribute), seen), transfer)  # type: ignore[arg-type]
    assert isinstance(answer, GetResponse)
    assert seen == [push]


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
