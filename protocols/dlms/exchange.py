"""Whole conversations of a client as generators: they yield octets to send and are sent the octets received.

A generator yields b"" when it only waits for more. Sending it b"" means that the line ended (CONNECTION_CUT). The
driver of the generator, `converse` here or a few lines around an asyncio stream, owns sockets and time-outs.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from typing import TypeVar

from protocols.dlms.apdu import FAILURES, NOTIFICATIONS, Notification
from protocols.dlms.conformance import Conformance
from protocols.dlms.connection import ClientConnection
from protocols.dlms.cosem import Attribute, Method
from protocols.dlms.data import Encoded
from protocols.dlms.events import (
    AssociationAccepted,
    AssociationRejected,
    Event,
    HlsChallenge,
    HlsConfirmed,
    HlsProof,
    HlsRefused,
    NeedData,
    ReleaseRequest,
    ReleaseResponse,
)
from protocols.dlms.failures import failure_error, refusal
from protocols.dlms.selection import Selection
from protocols.dlms.services.action import ActionRequest, ActionResponse
from protocols.dlms.services.get import (
    GetBlock,
    GetListRequest,
    GetListResponse,
    GetNext,
    GetRequest,
    GetResponse,
    LastGetBlock,
    Result,
    decode_results,
    target_size,
)
from protocols.dlms.services.writing import (
    LastSetBlock,
    SetBlock,
    SetBlockReceived,
    SetCompleted,
    SetFirstBlock,
    SetRequest,
    SetResponse,
)
from protocols.dlms.states import State
from protocols.dlms.tags import DataAccessResult
from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError, garbage

T = TypeVar("T")
Exchange = Generator[bytes, bytes, T]
Target = tuple[Attribute, Selection | None]
_BLOCK_HEAD = 16
_LIST_HEAD = 6


def request(
    connection: ClientConnection, event: Event, notifications: list[Notification] | None = None
) -> Exchange[Event]:
    """Send one event and give the next one that is not a notification; those are appended to `notifications`.

    RemoteProtocolError for a refusal of the whole APDU, with the cause it names.
    """
    received = yield connection.send(event)
    while True:
        if not received:
            raise RemoteProtocolError(
                Cause.CONNECTION_CUT, f"the line ended while waiting for the answer to {_name(event)}"
            )
        connection.receive_data(received)
        while not isinstance(answer := connection.next_event(), NeedData):
            if isinstance(answer, FAILURES):
                raise failure_error(answer, f"{_name(event)} was refused")
            if not isinstance(answer, NOTIFICATIONS):
                return answer
            if notifications is not None:
                notifications.append(answer)
        received = yield b""


def associate(connection: ClientConnection) -> Exchange[AssociationAccepted | HlsChallenge]:
    """Open the association, HLS included.

    RemoteProtocolError: REJECTED_ASSOCIATION with the meter's diagnosis in words, AUTHENTICATION_FAILED, or one of
    WRONG_KEY, WRONG_AUTHENTICATION_KEY, WRONG_COUNTER, WRONG_TITLE, REPLAY.
    """
    answer = yield from request(connection, connection.association_request())
    if isinstance(answer, AssociationAccepted):
        return answer
    if isinstance(answer, AssociationRejected):
        raise RemoteProtocolError(Cause.REJECTED_ASSOCIATION, answer.words)
    if not isinstance(answer, HlsChallenge):
        raise _unexpected(answer)
    proof = yield from request(connection, HlsProof(invoke=connection.next_invoke()))
    if isinstance(proof, HlsRefused):
        raise RemoteProtocolError(Cause.AUTHENTICATION_FAILED, f"the meter refused our proof: {proof.result.name}")
    if not isinstance(proof, HlsConfirmed):
        raise _unexpected(proof)
    return answer


def get(connection: ClientConnection, attribute: Attribute, selection: Selection | None = None) -> Exchange[Result]:
    """Read one attribute: its undecoded octets (see `data.decode`, `columns.decode_columns`) or the reason why not."""
    event = GetRequest(attribute, selection, connection.next_invoke())
    answer = yield from request(connection, event)
    if isinstance(answer, GetResponse):
        return answer.result
    joined = yield from _rest(connection, answer)
    return joined if isinstance(joined, DataAccessResult) else Encoded(joined)


def get_list(connection: ClientConnection, targets: Sequence[Attribute | Target]) -> Exchange[tuple[Result, ...]]:
    """Read several attributes: in as few requests as fit the meter's PDU, or singly if it knows no lists."""
    pairs = [target if isinstance(target, tuple) else (target, None) for target in targets]
    results: list[Result] = []
    if connection.conformance & Conformance.MULTIPLE_REFERENCES:
        for part in _parts(pairs, connection.room - _LIST_HEAD):
            results += yield from _get_part(connection, part)
    else:
        for attribute, selection in pairs:
            results.append((yield from get(connection, attribute, selection)))
    return tuple(results)


def _parts(pairs: Sequence[Target], room: int) -> Iterator[tuple[Target, ...]]:
    """Runs of `pairs` whose encoding fits `room` octets each."""
    part: list[Target] = []
    used = 0
    for attribute, selection in pairs:
        size = target_size(attribute, selection)
        if part and used + size > room:
            yield tuple(part)
            part, used = [], 0
        part.append((attribute, selection))
        used += size
    if part:
        yield tuple(part)


def _get_part(connection: ClientConnection, pairs: tuple[Target, ...]) -> Exchange[tuple[Result, ...]]:
    answer = yield from request(connection, GetListRequest(pairs, connection.next_invoke()))
    if isinstance(answer, GetListResponse):
        results = answer.results
    elif isinstance(answer, GetResponse):
        raise refusal(answer.result, "a list of attributes")
    else:
        joined = yield from _rest(connection, answer)
        if isinstance(joined, DataAccessResult):
            raise refusal(joined, "a list of attributes")
        results = decode_results(joined)
    if len(results) != len(pairs):
        raise garbage(f"{len(results)} results came for {len(pairs)} attributes")
    return results


def put(
    connection: ClientConnection, attribute: Attribute, value: Encoded, selection: Selection | None = None
) -> Exchange[DataAccessResult]:
    """Write one attribute, in blocks when it exceeds the meter's PDU; the result is SUCCESS or the reason why not."""
    invoke = connection.next_invoke()
    single = SetRequest(attribute, value, selection, invoke)
    if len(single.encode()) <= connection.room:
        return _written((yield from request(connection, single)))
    size = connection.room - len(single.encode()) + len(value) - _BLOCK_HEAD
    if size <= 0 or not connection.conformance & Conformance.BLOCK_TRANSFER_SET:
        raise LocalProtocolError(Cause.TOO_LARGE, f"{len(value)} octets for {attribute} and no block transfer for SET")
    blocks = [value[start : start + size] for start in range(0, len(value), size)]
    answer = yield from request(connection, SetFirstBlock(attribute, blocks[0], selection, invoke))
    for number, block in enumerate(blocks[1:], start=2):
        if not isinstance(answer, SetBlockReceived):
            break
        kind = LastSetBlock if number == len(blocks) else SetBlock
        answer = yield from request(connection, kind(number, block, invoke))
    return _written(answer)


def invoke(connection: ClientConnection, method: Method, parameters: Encoded | None = None) -> Exchange[ActionResponse]:
    """Invoke one method; the result is in the response, SUCCESS or the reason why not."""
    answer = yield from request(connection, ActionRequest(method, parameters, connection.next_invoke()))
    if not isinstance(answer, ActionResponse):
        raise _unexpected(answer)
    return answer


def release(connection: ClientConnection) -> Exchange[None]:
    """Close the association; does nothing when none is open."""
    if connection.state in (State.IDLE, State.FAILED):
        return
    answer = yield from request(connection, ReleaseRequest())
    if not isinstance(answer, ReleaseResponse):
        raise _unexpected(answer)


def converse(exchange: Exchange[T], transfer: Callable[[bytes], bytes]) -> T:
    """Run an exchange over a function that takes octets and gives the octets that came back, b"" for end of line."""
    try:
        data = next(exchange)
        while True:
            data = exchange.send(transfer(data))
    except StopIteration as stop:
        result: T = stop.value
        return result


def _rest(connection: ClientConnection, answer: Event) -> Exchange[bytes | DataAccessResult]:
    """All blocks of a long answer joined, or the reason why it broke off."""
    parts: list[bytes] = []
    while isinstance(answer, GetBlock):
        parts.append(answer.data)
        answer = yield from request(connection, GetNext(answer.number, answer.invoke))
    if isinstance(answer, GetResponse) and isinstance(answer.result, DataAccessResult):
        return answer.result
    if not isinstance(answer, LastGetBlock):
        raise _unexpected(answer)
    if isinstance(answer.data, DataAccessResult):
        return answer.data
    parts.append(answer.data)
    return b"".join(parts)


def _written(answer: Event) -> DataAccessResult:
    if isinstance(answer, (SetResponse, SetCompleted)):
        return answer.result
    raise _unexpected(answer)


def _unexpected(answer: Event) -> RemoteProtocolError:
    return RemoteProtocolError(Cause.UNEXPECTED, f"{_name(answer)} is no answer to what was asked")


def _name(event: Event) -> str:
    return type(event).__name__
