"""Whatever is cut, altered, replayed, refused or keyed wrongly ends in the error that names it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from protocols.dlms.connection import ClientSettings, ServerConnection, State
from protocols.dlms.cosem import Attribute
from protocols.dlms.events import (
    AssociationRequest,
    HlsChallenge,
    HlsProof,
    HlsRefused,
    ReleaseRequest,
)
from protocols.dlms.exchange import associate, converse, get_list, release, request
from protocols.dlms.objects import read_clock, read_profile
from protocols.dlms.security import KeySet, ReceiveCounter, SendCounter
from protocols.dlms.server import ServerSession
from protocols.dlms.services.failure import ExceptionResponse, ServiceError
from protocols.dlms.services.get import GetBlock, GetListResponse, GetNext, GetRequest, GetResponse, LastGetBlock
from protocols.dlms.services.writing import SetBlockReceived, SetCompleted, SetFirstBlock
from protocols.dlms.tags import DataAccessResult, Mechanism
from protocols.errors import Cause, RemoteProtocolError
from protocols.wrapper import WrapperFraming
from tests.protocols.failing import LAYOUT, Transfer, cause_of, ready
from tests.protocols.parties import (
    ACCESSES,
    CAPTURES,
    ENERGY,
    KEYS,
    LLS_CLIENT,
    OTHER_KEY,
    PROFILE,
    PUBLIC,
    TEXT,
    Meter,
    ciphered,
    connect,
    run,
)


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
        (1, ClientSettings(), "context not supported"),
        (16, ciphered()[1], "context not supported"),
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
    assert cause is Cause.ALTERED
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
            answer = session.connection.send(GetBlock(3, b"lost", client.next_invoke() - 1))
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
