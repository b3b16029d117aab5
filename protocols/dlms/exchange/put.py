"""Writing attributes: one or many, in blocks where the values exceed the meter's PDU."""

from collections.abc import Sequence

from protocols.dlms.conformance import Conformance
from protocols.dlms.connection import ClientConnection
from protocols.dlms.cosem import Attribute
from protocols.dlms.data import Encoded
from protocols.dlms.events import Event
from protocols.dlms.exchange import short_names
from protocols.dlms.exchange.parts import cut_blocks, parts, send_blocks
from protocols.dlms.exchange.request import Exchange, request, unexpected
from protocols.dlms.failures import refusal
from protocols.dlms.selection import Selection
from protocols.dlms.services.targets import Target, encode_values, target_size
from protocols.dlms.services.writing import (
    LastSetBlock,
    SetBlock,
    SetBlockReceived,
    SetCompleted,
    SetFirstBlock,
    SetRequest,
    SetResponse,
)
from protocols.dlms.services.writing_lists import (
    SetListCompleted,
    SetListFirstBlock,
    SetListRequest,
    SetListResponse,
)
from protocols.dlms.tags import DataAccessResult
from protocols.errors import Cause, LocalProtocolError, garbage

_HEAD, _LIST_HEAD = 3, 9

Write = tuple[Target, Encoded]


def put(
    connection: ClientConnection, attribute: Attribute, value: Encoded, selection: Selection | None = None
) -> Exchange[DataAccessResult]:
    """Write one attribute, in blocks when it exceeds the meter's PDU; the result is SUCCESS or the reason why not."""
    if connection.short_names is not None:
        return (yield from short_names.put(connection, connection.short_names, attribute, value, selection))
    invoke = connection.next_invoke()
    if _HEAD + target_size(attribute, selection) + len(value) <= connection.room:
        return _written((yield from request(connection, SetRequest(attribute, value, selection, invoke))))
    _require_blocks(connection, f"{len(value)} octets for {attribute}")
    blocks = cut_blocks(connection, value, SetFirstBlock(attribute, b"", selection, invoke).encode())
    first = SetFirstBlock(attribute, blocks[0], selection, invoke)
    return _written((yield from send_blocks(connection, first, blocks, SetBlock, LastSetBlock, SetBlockReceived)))


def put_list(
    connection: ClientConnection, writes: Sequence[tuple[Attribute | Target, Encoded]]
) -> Exchange[tuple[DataAccessResult, ...]]:
    """Write several attributes in their order: in as few requests as possible, or singly if the meter knows no lists.

    A refused attribute does not keep the others from being written.
    """
    pairs = [(target if isinstance(target, tuple) else (target, None), value) for target, value in writes]
    if connection.short_names is not None:
        return (yield from short_names.put_list(connection, connection.short_names, pairs))
    results: list[DataAccessResult] = []
    if not connection.conformance & Conformance.MULTIPLE_REFERENCES:
        for (attribute, selection), value in pairs:
            results.append((yield from put(connection, attribute, value, selection)))
        return tuple(results)
    for part in _parts(connection, pairs):
        results += yield from _put_part(connection, part)
    return tuple(results)


def _parts(connection: ClientConnection, pairs: Sequence[Write]) -> list[tuple[Write, ...]]:
    """Whole requests; with block transfer only the targets count, which must leave half the first PDU to values."""
    in_blocks = connection.conformance & Conformance.BLOCK_TRANSFER_SET
    room = connection.room // 2 if in_blocks else connection.room - _LIST_HEAD
    sizes = [target_size(*target) + (0 if in_blocks else len(value)) for target, value in pairs]
    return list(parts(pairs, sizes, room))


def _put_part(connection: ClientConnection, part: tuple[Write, ...]) -> Exchange[tuple[DataAccessResult, ...]]:
    targets, values = tuple([target for target, _ in part]), tuple([value for _, value in part])
    whole = SetListRequest(targets, values, connection.next_invoke())
    if len(whole.encode()) <= connection.room:
        answer = yield from request(connection, whole)
    else:
        answer = yield from _put_blocks(connection, whole)
    if not isinstance(answer, (SetListResponse, SetListCompleted)):
        raise refusal(_written(answer), "writing a list of attributes")
    if len(answer.results) != len(part):
        raise garbage(f"{len(answer.results)} results came for {len(part)} written attributes")
    return answer.results


def _put_blocks(connection: ClientConnection, whole: SetListRequest) -> Exchange[Event]:
    _require_blocks(connection, f"a list of {len(whole.targets)} values")
    empty = SetListFirstBlock(whole.targets, b"", whole.invoke).encode()
    blocks = cut_blocks(connection, encode_values(whole.values), empty)
    first = SetListFirstBlock(whole.targets, blocks[0], whole.invoke)
    return (yield from send_blocks(connection, first, blocks, SetBlock, LastSetBlock, SetBlockReceived))


def _require_blocks(connection: ClientConnection, what: str) -> None:
    if not connection.conformance & Conformance.BLOCK_TRANSFER_SET:
        raise LocalProtocolError(Cause.TOO_LARGE, f"{what} and no block transfer for SET")


def _written(answer: Event) -> DataAccessResult:
    if isinstance(answer, (SetResponse, SetCompleted)):
        return answer.result
    raise unexpected(answer)
