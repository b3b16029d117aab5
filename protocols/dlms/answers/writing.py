"""Answers to SET: one attribute or several, whole or in blocks."""

from protocols.dlms.answers.serving import Answers, Serving
from protocols.dlms.answers.whole_objects import write_object
from protocols.dlms.conformance import Conformance
from protocols.dlms.data import Encoded
from protocols.dlms.events import Event
from protocols.dlms.incoming import Fault, Incoming
from protocols.dlms.services.targets import Target, whole_values
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
from protocols.errors import RemoteProtocolError

_Writing = Incoming[SetFirstBlock | SetListFirstBlock]
_FAULTS = {
    Fault.NOT_NEXT: DataAccessResult.DATA_BLOCK_NUMBER_INVALID,
    Fault.TOO_LONG: DataAccessResult.LONG_SET_ABORTED,
}


def _set(serving: Serving, request: SetRequest) -> SetResponse:
    return SetResponse(_write(serving, (request.attribute, request.selection), request.value), request.invoke)


def _set_list(serving: Serving, request: SetListRequest) -> SetListResponse:
    return SetListResponse(_write_all(serving, request.targets, request.values), request.invoke)


def _set_first(serving: Serving, request: SetFirstBlock | SetListFirstBlock) -> Event:
    serving.writing = Incoming(request, serving.limit)
    return _take(serving, serving.writing, 1, request.data, last=request.last)


def _set_further(serving: Serving, request: SetBlock | LastSetBlock) -> Event:
    writing = serving.writing
    if writing is None or writing.first.invoke != request.invoke:
        return SetCompleted(request.number, DataAccessResult.NO_LONG_SET_IN_PROGRESS, request.invoke)
    return _take(serving, writing, request.number, request.data, last=isinstance(request, LastSetBlock))


def _take(serving: Serving, writing: _Writing, number: int, data: bytes, *, last: bool) -> Event:
    fault = writing.take(number, data)
    if fault is None and not last:
        return SetBlockReceived(number, writing.first.invoke)
    serving.writing = None
    if fault is not None:
        return SetCompleted(number, _FAULTS[fault], writing.first.invoke)
    return _complete(serving, writing.first, number, writing.joined())


def _complete(serving: Serving, first: SetFirstBlock | SetListFirstBlock, number: int, joined: bytes) -> Event:
    if isinstance(first, SetFirstBlock):
        result = _write(serving, (first.attribute, first.selection), Encoded(joined))
        return SetCompleted(number, result, first.invoke)
    try:
        values = whole_values(joined, len(first.targets))
    except RemoteProtocolError:
        return SetCompleted(number, DataAccessResult.TYPE_UNMATCHED, first.invoke)
    return SetListCompleted(number, _write_all(serving, first.targets, values), first.invoke)


def _write_all(
    serving: Serving, targets: tuple[Target, ...], values: tuple[Encoded, ...]
) -> tuple[DataAccessResult, ...]:
    pairs = zip(targets, values, strict=True)
    return tuple([_write(serving, target, value) for target, value in pairs])


def _write(serving: Serving, target: Target, value: Encoded) -> DataAccessResult:
    attribute, selection = target
    if attribute.index == 0 and serving.connection.conformance & Conformance.ATTRIBUTE0_WITH_SET:
        return write_object(serving, attribute, value)
    return serving.write(attribute, value, selection)


ANSWERS: Answers = {
    SetRequest: _set,
    SetListRequest: _set_list,
    SetFirstBlock: _set_first,
    SetListFirstBlock: _set_first,
    SetBlock: _set_further,
    LastSetBlock: _set_further,
}
_BLOCKS = Conformance.SET | Conformance.BLOCK_TRANSFER_SET
NEEDS: dict[type, Conformance] = {
    SetRequest: Conformance.SET,
    SetListRequest: Conformance.SET | Conformance.MULTIPLE_REFERENCES,
    SetFirstBlock: _BLOCKS,
    SetListFirstBlock: _BLOCKS | Conformance.MULTIPLE_REFERENCES,
    SetBlock: _BLOCKS,
    LastSetBlock: _BLOCKS,
}
