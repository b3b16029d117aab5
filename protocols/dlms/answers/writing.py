"""Answers to SET, whole or in blocks."""

from protocols.dlms.answers.serving import Answers, Serving
from protocols.dlms.data import Encoded
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


def _set(serving: Serving, request: SetRequest) -> SetResponse:
    return SetResponse(serving.write(request.attribute, request.value), request.invoke)


def _set_first(serving: Serving, request: SetFirstBlock) -> SetBlockReceived:
    serving.target, serving.written = request, [request.data]
    return SetBlockReceived(1, request.invoke)


def _set_block(serving: Serving, request: SetBlock) -> SetBlockReceived:
    serving.written.append(request.data)
    return SetBlockReceived(request.number, request.invoke)


def _set_last(serving: Serving, request: LastSetBlock) -> SetCompleted:
    if serving.target is None:
        return SetCompleted(request.number, DataAccessResult.NO_LONG_SET_IN_PROGRESS, request.invoke)
    value = Encoded(b"".join([*serving.written, request.data]))
    attribute, serving.target, serving.written = serving.target.attribute, None, []
    return SetCompleted(request.number, serving.write(attribute, value), request.invoke)


ANSWERS: Answers = {SetRequest: _set, SetFirstBlock: _set_first, SetBlock: _set_block, LastSetBlock: _set_last}
