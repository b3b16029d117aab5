"""Reading and writing variables by their short names: lists, and blocks where a request or an answer is long."""

from collections.abc import Sequence
from typing import Protocol

from protocols.dlms.conformance import Conformance
from protocols.dlms.connection import ClientConnection
from protocols.dlms.data import Encoded
from protocols.dlms.events import Event
from protocols.dlms.exchange.parts import parts
from protocols.dlms.exchange.request import Exchange, request, unexpected
from protocols.dlms.failures import refusal
from protocols.dlms.services.get import Result, decode_results
from protocols.dlms.services.short_access import Variable
from protocols.dlms.services.short_read import (
    LastReadBlock,
    LastReadRequestBlock,
    ReadBlock,
    ReadBlockReceived,
    ReadNext,
    ReadRequest,
    ReadRequestBlock,
    ReadResponse,
)
from protocols.dlms.services.short_write import (
    LastWriteBlock,
    WriteBlock,
    WriteBlockReceived,
    WriteRequest,
    WriteResponse,
)
from protocols.dlms.short_transfer import MAX_BLOCKS
from protocols.dlms.tags import DataAccessResult
from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError, garbage

_LIST_HEAD = 8
"""Tag and both counts."""
_BLOCK_HEAD = 13
"""Octets around one block of a long request below 64 KiB, whichever service."""
Assignment = tuple[Variable, Encoded]


class _Block(Protocol):
    def __call__(self, number: int, data: bytes) -> Event: ...


def read_variables(connection: ClientConnection, variables: Sequence[Variable]) -> Exchange[tuple[Result, ...]]:
    """The values in the order of the variables, or why not; in as few requests as fit the meter's PDU."""
    results: list[Result] = []
    sizes = [len(variable.encode()) for variable in variables]
    for part in parts(variables, sizes, _room(connection)):
        results += yield from _read(connection, part)
    return tuple(results)


def write_variables(
    connection: ClientConnection, assignments: Sequence[Assignment]
) -> Exchange[tuple[DataAccessResult, ...]]:
    """SUCCESS or why not for each; in as few requests as fit the meter's PDU, what is too long alone in blocks."""
    results: list[DataAccessResult] = []
    sizes = [len(variable.encode()) + len(value) for variable, value in assignments]
    for part in parts(assignments, sizes, _room(connection)):
        results += yield from _write(connection, part)
    return tuple(results)


def _room(connection: ClientConnection) -> int:
    """Octets for the elements of one list; none, so that each goes alone, for a meter that knows no lists."""
    return connection.room - _LIST_HEAD if connection.conformance & Conformance.MULTIPLE_REFERENCES else 0


def _read(connection: ClientConnection, variables: tuple[Variable, ...]) -> Exchange[tuple[Result, ...]]:
    whole = ReadRequest(variables)
    apdu = whole.encode()
    if len(apdu) <= connection.room:
        answer = yield from request(connection, whole)
    else:
        _check_blocks(connection, Conformance.BLOCK_TRANSFER_GET, apdu)
        kinds = ReadRequestBlock, LastReadRequestBlock
        answer = yield from _send_blocks(connection, apdu[1:], kinds, ReadBlockReceived)
    results = yield from _joined(connection, answer)
    if len(results) != len(variables):
        raise _miscounted(results, len(variables))
    return results


def _joined(connection: ClientConnection, answer: Event) -> Exchange[tuple[Result, ...]]:
    """The results in an answer, all blocks of a long one together."""
    blocks: list[bytes] = []
    while isinstance(answer, ReadBlock):
        blocks.append(answer.data)
        answer = yield from request(connection, ReadNext(answer.number))
    if isinstance(answer, ReadResponse):
        return answer.results
    if not isinstance(answer, LastReadBlock):
        raise unexpected(answer)
    blocks.append(answer.data)
    return decode_results(b"".join(blocks))


def _write(connection: ClientConnection, part: tuple[Assignment, ...]) -> Exchange[tuple[DataAccessResult, ...]]:
    whole = WriteRequest(tuple([variable for variable, _ in part]), tuple([value for _, value in part]))
    apdu = whole.encode()
    if len(apdu) <= connection.room:
        answer = yield from request(connection, whole)
    else:
        _check_blocks(connection, Conformance.BLOCK_TRANSFER_SET, apdu)
        answer = yield from _send_blocks(connection, apdu[1:], (WriteBlock, LastWriteBlock), WriteBlockReceived)
    if not isinstance(answer, WriteResponse):
        raise unexpected(answer)
    if len(answer.results) != len(part):
        raise _miscounted(answer.results, len(part))
    return answer.results


def _miscounted(results: Sequence[Result], expected: int) -> RemoteProtocolError:
    """The error for too many or too few results; one refusal alone is for the whole list."""
    if len(results) == 1 and isinstance(results[0], DataAccessResult):
        return refusal(results[0], f"a list of {expected} variables")
    return garbage(f"{len(results)} results came for {expected} variables")


def _check_blocks(connection: ClientConnection, bit: Conformance, apdu: bytes) -> None:
    size = connection.room - _BLOCK_HEAD
    if not connection.conformance & bit or size <= 0 or len(apdu) > size * MAX_BLOCKS:
        raise LocalProtocolError(Cause.TOO_LARGE, f"a request of {len(apdu)} octets cannot go to this meter in blocks")


def _send_blocks(
    connection: ClientConnection, content: bytes, kinds: tuple[_Block, _Block], received: type
) -> Exchange[Event]:
    """The answer to the last block, or the one that broke the transfer off."""
    size = connection.room - _BLOCK_HEAD
    blocks = [content[start : start + size] for start in range(0, len(content), size)]
    for number, block in enumerate(blocks[:-1], start=1):
        answer = yield from request(connection, kinds[0](number, block))
        if not isinstance(answer, received):
            return answer
    return (yield from request(connection, kinds[1](len(blocks), blocks[-1])))
