"""Writing attributes, in blocks where the value exceeds the meter's PDU."""

from protocols.dlms.conformance import Conformance
from protocols.dlms.connection import ClientConnection
from protocols.dlms.cosem import Attribute
from protocols.dlms.data import Encoded
from protocols.dlms.events import Event
from protocols.dlms.exchange.request import Exchange, request, unexpected
from protocols.dlms.selection import Selection
from protocols.dlms.services.writing import (
    LastSetBlock,
    SetBlock,
    SetBlockReceived,
    SetCompleted,
    SetFirstBlock,
    SetRequest,
    SetResponse,
)
from protocols.dlms.tags import DataAccessResult
from protocols.errors import Cause, LocalProtocolError

_BLOCK_HEAD = 16


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


def _written(answer: Event) -> DataAccessResult:
    if isinstance(answer, (SetResponse, SetCompleted)):
        return answer.result
    raise unexpected(answer)
