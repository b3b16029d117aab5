"""Answers to GET: whole where it fits the client's PDU, else in blocks."""

from protocols.dlms.answers.serving import Answers, Serving
from protocols.dlms.conformance import Conformance
from protocols.dlms.events import Event
from protocols.dlms.long_reply import BLOCK_HEAD, LongReply
from protocols.dlms.services.get import (
    GetBlock,
    GetListRequest,
    GetListResponse,
    GetNext,
    GetRequest,
    GetResponse,
    LastGetBlock,
    encode_results,
    results_size,
)
from protocols.dlms.tags import DataAccessResult

_RESPONSE_HEAD = 4


def _get(serving: Serving, request: GetRequest) -> Event:
    result = serving.read(request.attribute, request.selection)
    if isinstance(result, DataAccessResult) or len(result) + _RESPONSE_HEAD <= serving.connection.room:
        return GetResponse(result, request.invoke)
    return _begin_blocks(serving, result, request.invoke)


def _get_list(serving: Serving, request: GetListRequest) -> Event:
    results = tuple([serving.read(attribute, selection) for attribute, selection in request.targets])
    if results_size(results) + _RESPONSE_HEAD <= serving.connection.room:
        return GetListResponse(results, request.invoke)
    return _begin_blocks(serving, encode_results(results), request.invoke)


def _begin_blocks(serving: Serving, data: bytes, invoke: int) -> Event:
    if not serving.connection.conformance & Conformance.BLOCK_TRANSFER_GET:
        return GetResponse(DataAccessResult.OTHER_REASON, invoke)
    serving.long = LongReply(data, serving.connection.room - BLOCK_HEAD)
    return serving.long.next_block(0, invoke)


def _get_next(serving: Serving, request: GetNext) -> GetBlock | LastGetBlock:
    if serving.long is None:
        return LastGetBlock(request.number, DataAccessResult.NO_LONG_GET_IN_PROGRESS, request.invoke)
    block = serving.long.next_block(request.number, request.invoke)
    if isinstance(block, LastGetBlock):
        serving.long = None
    return block


ANSWERS: Answers = {GetRequest: _get, GetNext: _get_next, GetListRequest: _get_list}
