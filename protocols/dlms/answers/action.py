"""Answers to ACTION: one method or several, parameters and returns whole or in blocks."""

from protocols.dlms.answers.serving import Answers, Serving
from protocols.dlms.conformance import Conformance
from protocols.dlms.cosem import Method
from protocols.dlms.data import Encoded
from protocols.dlms.encoding import NULL
from protocols.dlms.events import Event
from protocols.dlms.incoming import Fault, Incoming
from protocols.dlms.long_reply import Part
from protocols.dlms.services.action import (
    ActionListRequest,
    ActionListResponse,
    ActionRequest,
    ActionResponse,
    Outcome,
    encode_outcomes,
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
from protocols.dlms.services.targets import whole_values
from protocols.dlms.tags import ActionResult
from protocols.errors import RemoteProtocolError

_Acting = Incoming[ActionFirstBlock | ActionListFirstBlock]
_RESPONSE_HEAD, _LIST_HEAD = 6, 3
_FAULTS = {
    Fault.NOT_NEXT: ActionResult.DATA_BLOCK_UNAVAILABLE,
    Fault.TOO_LONG: ActionResult.LONG_ACTION_ABORTED,
}


def _act(serving: Serving, request: ActionRequest) -> Event:
    return _respond(serving, serving.act(request.method, request.parameters), request.invoke)


def _act_list(serving: Serving, request: ActionListRequest) -> Event:
    return _act_all(serving, request.methods, request.parameters, request.invoke)


def _act_first(serving: Serving, request: ActionFirstBlock | ActionListFirstBlock) -> Event:
    serving.acting = Incoming(request, serving.limit)
    return _take(serving, serving.acting, 1, request.data, last=request.last)


def _act_further(serving: Serving, request: ActionBlock | LastActionBlock) -> Event:
    acting = serving.acting
    if acting is None or acting.first.invoke != request.invoke:
        return ActionResponse(ActionResult.NO_LONG_ACTION_IN_PROGRESS, None, request.invoke)
    return _take(serving, acting, request.number, request.data, last=isinstance(request, LastActionBlock))


def _take(serving: Serving, acting: _Acting, number: int, data: bytes, *, last: bool) -> Event:
    fault = acting.take(number, data)
    if fault is None and not last:
        return ActionBlockReceived(number, acting.first.invoke)
    serving.acting = None
    if fault is not None:
        return ActionResponse(_FAULTS[fault], None, acting.first.invoke)
    return _complete(serving, acting.first, acting.joined())


def _complete(serving: Serving, first: ActionFirstBlock | ActionListFirstBlock, joined: bytes) -> Event:
    if isinstance(first, ActionFirstBlock):
        return _respond(serving, serving.act(first.method, Encoded(joined)), first.invoke)
    try:
        parameters = whole_values(joined, len(first.methods))
    except RemoteProtocolError:
        return ActionResponse(ActionResult.TYPE_UNMATCHED, None, first.invoke)
    return _act_all(serving, first.methods, parameters, first.invoke)


def _act_all(serving: Serving, methods: tuple[Method, ...], parameters: tuple[Encoded, ...], invoke: int) -> Event:
    pairs = zip(methods, parameters, strict=True)
    outcomes = tuple([serving.act(method, None if value == NULL else value) for method, value in pairs])
    encoded = encode_outcomes(outcomes)
    if len(encoded) + _LIST_HEAD <= serving.connection.room:
        return ActionListResponse(outcomes, invoke)
    return _begin_blocks(serving, encoded, invoke)


def _respond(serving: Serving, outcome: Outcome, invoke: int) -> Event:
    result, returned = outcome
    if not isinstance(returned, bytes) or len(returned) + _RESPONSE_HEAD <= serving.connection.room:
        return ActionResponse(result, returned, invoke)
    if result is not ActionResult.SUCCESS:
        return ActionResponse(result, None, invoke)
    return _begin_blocks(serving, returned, invoke)


def _begin_blocks(serving: Serving, data: bytes, invoke: int) -> Event:
    possible = serving.connection.conformance & Conformance.BLOCK_TRANSFER_ACTION
    reply = serving.begin_reply(ActionNext, invoke, data) if possible else None
    part = reply.next_part(0) if reply else None
    return _block(part, invoke) if part else ActionResponse(ActionResult.OTHER_REASON, None, invoke)


def _return_next(serving: Serving, request: ActionNext) -> Event:
    reply = serving.long
    if reply is None or not reply.is_asked_by(request):
        return ActionResponse(ActionResult.NO_LONG_ACTION_IN_PROGRESS, None, request.invoke)
    part = reply.next_part(request.number)
    if part is None or part.last:
        serving.long = None
    if part is None:
        return ActionResponse(ActionResult.DATA_BLOCK_UNAVAILABLE, None, request.invoke)
    return _block(part, request.invoke)


def _block(part: Part, invoke: int) -> ActionReturnBlock | LastActionReturnBlock:
    return (LastActionReturnBlock if part.last else ActionReturnBlock)(part.number, part.data, invoke)


ANSWERS: Answers = {
    ActionRequest: _act,
    ActionListRequest: _act_list,
    ActionFirstBlock: _act_first,
    ActionListFirstBlock: _act_first,
    ActionBlock: _act_further,
    LastActionBlock: _act_further,
    ActionNext: _return_next,
}
_BLOCKS = Conformance.ACTION | Conformance.BLOCK_TRANSFER_ACTION
NEEDS: dict[type, Conformance] = {
    ActionRequest: Conformance.ACTION,
    ActionListRequest: Conformance.ACTION | Conformance.MULTIPLE_REFERENCES,
    ActionFirstBlock: _BLOCKS,
    ActionListFirstBlock: _BLOCKS | Conformance.MULTIPLE_REFERENCES,
    ActionBlock: _BLOCKS,
    LastActionBlock: _BLOCKS,
    ActionNext: _BLOCKS,
}
