"""The same conversations with a meter that is addressed by short names, in the same terms as with logical names.

`get`, `get_list`, `put` and `invoke` of this package come here when the connection has a map of base names; nothing is
asked of the meter for what has no short name there. A map is given in the settings or read from the meter:

    yield from associate(connection)
    yield from learn_names(connection)
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from protocols.dlms.base_names import OBJECT_LIST, BaseNames, decode_object_list
from protocols.dlms.conformance import Conformance
from protocols.dlms.connection import ClientConnection
from protocols.dlms.cosem import Attribute, Method
from protocols.dlms.data import Encoded, decode
from protocols.dlms.encoding import NULL
from protocols.dlms.events import Event
from protocols.dlms.exchange.request import Exchange, request, unexpected
from protocols.dlms.failures import refusal
from protocols.dlms.selection import RawSelection, Selection
from protocols.dlms.services.action import ActionResponse
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
    UnconfirmedWriteRequest,
    WriteBlock,
    WriteBlockReceived,
    WriteRequest,
    WriteResponse,
)
from protocols.dlms.short_hls import METHOD_SELECTOR, action_result, as_action
from protocols.dlms.short_transfer import MAX_BLOCKS
from protocols.dlms.tags import DataAccessResult
from protocols.errors import Cause, LocalProtocolError, garbage

_LIST_HEAD = 4
_BLOCK_HEAD = 13
"""Octets around one block of a long request below 64 KiB, whichever service."""


class _Block(Protocol):
    def __call__(self, number: int, data: bytes) -> Event: ...


def get(
    connection: ClientConnection, names: BaseNames, attribute: Attribute, selection: Selection | None
) -> Exchange[Result]:
    """Read one attribute; see `exchange.get`."""
    name = names.of_attribute(attribute)
    if isinstance(name, DataAccessResult):
        return name
    results = yield from _read(connection, (Variable(name, selection),))
    return results[0]


def get_list(
    connection: ClientConnection, names: BaseNames, targets: Sequence[tuple[Attribute, Selection | None]]
) -> Exchange[tuple[Result, ...]]:
    """Read several attributes in as few requests as fit the meter's PDU, or singly if it knows no lists."""
    found = [(names.of_attribute(attribute), selection) for attribute, selection in targets]
    variables = [Variable(name, selection) for name, selection in found if isinstance(name, int)]
    given: list[Result] = []
    for part in _parts(connection, variables):
        given += yield from _read(connection, part)
    answers = iter(given)
    return tuple(next(answers) if isinstance(name, int) else name for name, _ in found)


def put(
    connection: ClientConnection, names: BaseNames, attribute: Attribute, value: Encoded, selection: Selection | None
) -> Exchange[DataAccessResult]:
    """Write one attribute, in blocks when it exceeds the meter's PDU; see `exchange.put`."""
    name = names.of_attribute(attribute)
    if isinstance(name, DataAccessResult):
        return name
    return (yield from _write(connection, Variable(name, selection), value))


def invoke(
    connection: ClientConnection, names: BaseNames, method: Method, parameters: Encoded | None
) -> Exchange[ActionResponse]:
    """Invoke one method: reading its variable when it returns something, else writing it; see `exchange.invoke`."""
    name = names.of_method(method)
    if isinstance(name, DataAccessResult):
        return ActionResponse(action_result(name))
    if names.returns(method):
        selection = None if parameters is None else RawSelection(METHOD_SELECTOR, parameters)
        results = yield from _read(connection, (Variable(name, selection),))
        return as_action(results[0])
    written = yield from _write(connection, Variable(name), NULL if parameters is None else parameters)
    return ActionResponse(action_result(written))


def read_object_list(connection: ClientConnection) -> Exchange[BaseNames]:
    """The meter's own map. RemoteProtocolError: ACCESS_DENIED, OBJECT_UNDEFINED, REFUSED or GARBAGE."""
    result = yield from get(connection, BaseNames(), OBJECT_LIST, None)
    if isinstance(result, DataAccessResult):
        raise refusal(result, "the object list")
    return BaseNames(decode_object_list(decode(result)))


def learn_names(connection: ClientConnection) -> Exchange[BaseNames]:
    """Read the meter's map and use it from now on."""
    connection.short_names = yield from read_object_list(connection)
    return connection.short_names


def unconfirmed_write(connection: ClientConnection, attribute: Attribute, value: Encoded) -> bytes:
    """The octets that write one attribute without an answer. LocalProtocolError (INVALID_VALUE) if it has no name."""
    name = (connection.short_names or BaseNames()).of_attribute(attribute)
    if isinstance(name, DataAccessResult):
        raise LocalProtocolError(Cause.INVALID_VALUE, f"{attribute} has no short name")
    return connection.send(UnconfirmedWriteRequest((Variable(name),), (value,)))


def _parts(connection: ClientConnection, variables: Sequence[Variable]) -> Iterator[tuple[Variable, ...]]:
    """Runs of variables for one request each."""
    several = bool(connection.conformance & Conformance.MULTIPLE_REFERENCES)
    room = connection.room - _LIST_HEAD
    part: list[Variable] = []
    used = 0
    for variable in variables:
        size = len(variable.encode())
        if part and (not several or used + size > room):
            yield tuple(part)
            part, used = [], 0
        part.append(variable)
        used += size
    if part:
        yield tuple(part)


def _read(connection: ClientConnection, variables: tuple[Variable, ...]) -> Exchange[tuple[Result, ...]]:
    """One Read, its request and its answer in blocks where they are long."""
    whole = ReadRequest(variables)
    apdu = whole.encode()
    if len(apdu) <= connection.room:
        answer = yield from request(connection, whole)
    else:
        _check_blocks(connection, Conformance.BLOCK_TRANSFER_GET, apdu)
        kinds = ReadRequestBlock, LastReadRequestBlock
        answer = yield from _send_blocks(connection, apdu[1:], kinds, ReadBlockReceived)
    results = yield from _results(connection, answer)
    if len(results) != len(variables):
        if len(results) == 1 and isinstance(results[0], DataAccessResult):
            raise refusal(results[0], f"a list of {len(variables)} variables")
        raise garbage(f"{len(results)} results came for {len(variables)} variables")
    return results


def _results(connection: ClientConnection, answer: Event) -> Exchange[tuple[Result, ...]]:
    """The results in an answer, all blocks of a long one joined."""
    parts: list[bytes] = []
    while isinstance(answer, ReadBlock):
        parts.append(answer.data)
        answer = yield from request(connection, ReadNext(answer.number))
    if isinstance(answer, ReadResponse):
        return answer.results
    if not isinstance(answer, LastReadBlock):
        raise unexpected(answer)
    parts.append(answer.data)
    return decode_results(b"".join(parts))


def _write(connection: ClientConnection, variable: Variable, value: Encoded) -> Exchange[DataAccessResult]:
    whole = WriteRequest((variable,), (value,))
    apdu = whole.encode()
    if len(apdu) <= connection.room:
        answer = yield from request(connection, whole)
    else:
        _check_blocks(connection, Conformance.BLOCK_TRANSFER_SET, apdu)
        answer = yield from _send_blocks(connection, apdu[1:], (WriteBlock, LastWriteBlock), WriteBlockReceived)
    if not isinstance(answer, WriteResponse):
        raise unexpected(answer)
    if len(answer.results) != 1:
        raise garbage(f"{len(answer.results)} results came for one variable")
    return answer.results[0]


def _check_blocks(connection: ClientConnection, bit: Conformance, apdu: bytes) -> None:
    size = connection.room - _BLOCK_HEAD
    if not connection.conformance & bit or size <= 0 or len(apdu) > size * MAX_BLOCKS:
        raise LocalProtocolError(Cause.TOO_LARGE, f"a request of {len(apdu)} octets cannot go to this meter in blocks")


def _send_blocks(
    connection: ClientConnection, content: bytes, kinds: tuple[_Block, _Block], received: Callable[..., Event]
) -> Exchange[Event]:
    """The answer to the last block, or the one that broke the transfer off."""
    size = connection.room - _BLOCK_HEAD
    blocks = [content[start : start + size] for start in range(0, len(content), size)]
    for number, block in enumerate(blocks[:-1], start=1):
        answer = yield from request(connection, kinds[0](number, block))
        if type(answer) is not received:
            return answer
    return (yield from request(connection, kinds[1](len(blocks), blocks[-1])))
