"""Invoking methods: one or many, parameters and returns in blocks where they exceed a PDU."""

from collections.abc import Sequence

from protocols.dlms.conformance import Conformance
from protocols.dlms.connection import ClientConnection
from protocols.dlms.cosem import DESCRIPTOR, Method
from protocols.dlms.data import Encoded
from protocols.dlms.encoding import NULL
from protocols.dlms.events import Event
from protocols.dlms.exchange import short_names
from protocols.dlms.exchange.parts import cut_blocks, parts, send_blocks
from protocols.dlms.exchange.request import Exchange, expect, request
from protocols.dlms.failures import action_refusal
from protocols.dlms.services.action import (
    ActionListRequest,
    ActionListResponse,
    ActionRequest,
    ActionResponse,
    Outcome,
    decode_outcomes,
    decode_returned,
)
from protocols.dlms.services.action_blocks import (
    ActionBlock,
    ActionBlockReceived,
    ActionFirstBlock,
    ActionListFirstBlock,
    ActionNext,
    ActionReturnBlock,
    LastActionBlock,
    LastActionReturnBlock,
)
from protocols.dlms.services.targets import encode_values
from protocols.errors import Cause, LocalProtocolError, garbage

_HEAD, _LIST_HEAD = 4 + DESCRIPTOR.size, 9

Call = tuple[Method, Encoded | None]


def invoke(connection: ClientConnection, method: Method, parameters: Encoded | None = None) -> Exchange[ActionResponse]:
    """Invoke one method; the result is in the response, SUCCESS or the reason why not."""
    if connection.short_names is not None:
        return (yield from short_names.invoke(connection, connection.short_names, method, parameters))
    number = connection.next_invoke()
    if parameters is None or _HEAD + len(parameters) <= connection.room:
        answer = yield from request(connection, ActionRequest(method, parameters, number))
    else:
        answer = yield from _invoke_blocks(connection, method, parameters, number)
    if isinstance(answer, ActionResponse):
        return answer
    returned = yield from _rest(connection, answer)
    return returned if isinstance(returned, ActionResponse) else ActionResponse(*decode_returned(returned), number)


def invoke_list(connection: ClientConnection, calls: Sequence[Method | Call]) -> Exchange[tuple[Outcome, ...]]:
    """Invoke several methods in their order: in as few requests as possible, or singly if the meter knows no lists.

    A refused method does not keep the others from being invoked.
    """
    pairs = [call if isinstance(call, tuple) else (call, None) for call in calls]
    outcomes: list[Outcome] = []
    if connection.short_names is not None or not connection.conformance & Conformance.MULTIPLE_REFERENCES:
        for method, parameters in pairs:
            answer = yield from invoke(connection, method, parameters)
            outcomes.append((answer.result, answer.returned))
        return tuple(outcomes)
    for part in _parts(connection, pairs):
        outcomes += yield from _invoke_part(connection, part)
    return tuple(outcomes)


def _parts(connection: ClientConnection, pairs: Sequence[Call]) -> list[tuple[Call, ...]]:
    """Whole requests; with block transfer only the names count, which must leave half the first PDU to parameters."""
    in_blocks = connection.conformance & Conformance.BLOCK_TRANSFER_ACTION
    room = connection.room // 2 if in_blocks else connection.room - _LIST_HEAD
    sizes = [DESCRIPTOR.size + (0 if in_blocks else len(parameters or NULL)) for _, parameters in pairs]
    return list(parts(pairs, sizes, room))


def _invoke_part(connection: ClientConnection, part: tuple[Call, ...]) -> Exchange[tuple[Outcome, ...]]:
    methods, parameters = tuple([method for method, _ in part]), tuple([given or NULL for _, given in part])
    whole = ActionListRequest(methods, parameters, connection.next_invoke())
    if len(whole.encode()) <= connection.room:
        answer = yield from request(connection, whole)
    else:
        answer = yield from _invoke_list_blocks(connection, whole)
    outcomes = yield from _outcomes(connection, answer)
    if len(outcomes) != len(part):
        raise garbage(f"{len(outcomes)} outcomes came for {len(part)} methods")
    return outcomes


def _outcomes(connection: ClientConnection, answer: Event) -> Exchange[tuple[Outcome, ...]]:
    if isinstance(answer, ActionListResponse):
        return answer.outcomes
    returned = answer if isinstance(answer, ActionResponse) else (yield from _rest(connection, answer))
    if isinstance(returned, ActionResponse):
        raise action_refusal(returned.result, "invoking a list of methods")
    return decode_outcomes(returned)


def _invoke_blocks(connection: ClientConnection, method: Method, parameters: Encoded, number: int) -> Exchange[Event]:
    _require_blocks(connection, f"{len(parameters)} octets for {method}")
    blocks = cut_blocks(connection, parameters, ActionFirstBlock(method, b"", number).encode())
    first = ActionFirstBlock(method, blocks[0], number)
    return (yield from send_blocks(connection, first, blocks, ActionBlock, LastActionBlock, ActionBlockReceived))


def _invoke_list_blocks(connection: ClientConnection, whole: ActionListRequest) -> Exchange[Event]:
    _require_blocks(connection, f"a list of {len(whole.methods)} methods")
    empty = ActionListFirstBlock(whole.methods, b"", whole.invoke).encode()
    blocks = cut_blocks(connection, encode_values(whole.parameters), empty)
    first = ActionListFirstBlock(whole.methods, blocks[0], whole.invoke)
    return (yield from send_blocks(connection, first, blocks, ActionBlock, LastActionBlock, ActionBlockReceived))


def _rest(connection: ClientConnection, answer: Event) -> Exchange[bytes | ActionResponse]:
    """All blocks of a long return joined, or the response that broke it off."""
    received: list[bytes] = []
    while isinstance(answer, ActionReturnBlock):
        received.append(answer.data)
        answer = yield from request(connection, ActionNext(answer.number, answer.invoke))
    if isinstance(answer, ActionResponse):
        return answer
    return b"".join([*received, expect(answer, LastActionReturnBlock).data])


def _require_blocks(connection: ClientConnection, what: str) -> None:
    if not connection.conformance & Conformance.BLOCK_TRANSFER_ACTION:
        raise LocalProtocolError(Cause.TOO_LARGE, f"{what} and no block transfer for ACTION")
