"""Answers to GET: whole where it fits the client's PDU, else in blocks."""

from protocols.dlms.answers.serving import Answers, Serving
from protocols.dlms.answers.whole_objects import read_object
from protocols.dlms.conformance import Conformance
from protocols.dlms.events import Event
from protocols.dlms.long_reply import Part
from protocols.dlms.services.get import (
    GetBlock,
    GetListRequest,
    GetListResponse,
    GetNext,
    GetRequest,
    GetResponse,
    LastGetBlock,
    Result,
    encode_results,
    results_size,
)
from protocols.dlms.services.targets import Target
from protocols.dlms.tags import DataAccessResult

_RESPONSE_HEAD = 4


def _get(serving: Serving, request: GetRequest) -> Event:
    result = _read(serving, (request.attribute, request.selection))
    if isinstance(result, DataAccessResult) or len(result) + _RESPONSE_HEAD <= serving.connection.room:
        return GetResponse(result, request.invoke)
    return _begin_blocks(serving, result, request.invoke)


def _get_list(serving: Serving, request: GetListRequest) -> Event:
    results = tuple([_read(serving, target) for target in request.targets])
    if results_size(results) + _RESPONSE_HEAD <= serving.connection.room:
        return GetListResponse(results, request.invoke)
    return _begin_blocks(serving, encode_results(results), request.invoke)


def _read(serving: Serving, target: Target) -> Result:
    attribute, selection = target
    if attribute.index == 0 and serving.connection.conformance & Conformance.ATTRIBUTE0_WITH_GET:
        return read_object(serving, attribute)
    return serving.read(attribute, selection)


def _begin_blocks(serving: Serving, data: bytes, invoke: int) -> Event:
    possible = serving.connection.conformance & Conformance.BLOCK_TRANSFER_GET
    reply = serving.begin_reply(GetNext, invoke, data) if possible else None
    part = reply.next_part(0) if reply else None
    return _block(part, invoke) if part else GetResponse(DataAccessResult.OTHER_REASON, invoke)


def _get_next(serving: Serving, request: GetNext) -> GetBlock | LastGetBlock:
    reply = serving.long
    if reply is None or not reply.is_asked_by(request):
        return LastGetBlock(request.number, DataAccessResult.NO_LONG_GET_IN_PROGRESS, request.invoke)
    part = reply.next_part(request.number)
    if part is None or part.last:
        serving.long = None
    if part is None:
        return LastGetBlock(request.number, DataAccessResult.DATA_BLOCK_NUMBER_INVALID, request.invoke)
    return _block(part, request.invoke)


def _block(part: Part, invoke: int) -> GetBlock | LastGetBlock:
    return (LastGetBlock if part.last else GetBlock)(part.number, part.data, invoke)


ANSWERS: Answers = {GetRequest: _get, GetNext: _get_next, GetListRequest: _get_list}
NEEDS: dict[type, Conformance] = {
    GetRequest: Conformance.GET,
    GetListRequest: Conformance.GET | Conformance.MULTIPLE_REFERENCES,
    GetNext: Conformance.GET | Conformance.BLOCK_TRANSFER_GET,
}
