"""Answers to the services of short-name referencing: whole where they fit the client's PDU, else in blocks."""

from collections.abc import Callable
from typing import TypeVar

from protocols.dlms.answers.serving import Answers, Serving
from protocols.dlms.conformance import Conformance
from protocols.dlms.cosem import Attribute
from protocols.dlms.data import Encoded
from protocols.dlms.encoding import NULL
from protocols.dlms.events import Event
from protocols.dlms.selection import RawSelection
from protocols.dlms.services.get import Result, encode_results, results_size
from protocols.dlms.services.short_access import Variable, decode_assignments
from protocols.dlms.services.short_read import (
    LastReadBlock,
    LastReadRequestBlock,
    ReadBlock,
    ReadBlockReceived,
    ReadNext,
    ReadRequest,
    ReadRequestBlock,
    ReadResponse,
    requested,
)
from protocols.dlms.services.short_write import (
    LastWriteBlock,
    UnconfirmedWriteRequest,
    WriteBlock,
    WriteBlockReceived,
    WriteRequest,
    WriteResponse,
)
from protocols.dlms.short_transfer import BLOCK_HEAD, LongRead
from protocols.dlms.tags import ActionResult, ApduTag, DataAccessResult
from protocols.errors import garbage

T = TypeVar("T")
_READ, _WRITE = int(ApduTag.READ_REQUEST), int(ApduTag.WRITE_REQUEST)
_TAG_SIZE = 1


def _read(serving: Serving, request: ReadRequest) -> Event:
    return _read_all(serving, request.variables)


def _read_all(serving: Serving, variables: tuple[Variable, ...]) -> Event:
    results = tuple([_result(serving, variable) for variable in variables])
    if results_size(results) + _TAG_SIZE <= serving.connection.room:
        return ReadResponse(results)
    long = LongRead(encode_results(results), serving.connection.room - BLOCK_HEAD)
    if not serving.connection.conformance & Conformance.BLOCK_TRANSFER_GET or not long.is_possible:
        return ReadResponse((DataAccessResult.OTHER_REASON,) * len(variables))
    serving.long_read = long
    return long.next_block(0)


def _read_next(serving: Serving, request: ReadNext) -> ReadBlock | LastReadBlock | ReadResponse:
    if serving.long_read is None:
        return ReadResponse((DataAccessResult.NO_LONG_GET_IN_PROGRESS,))
    answer = serving.long_read.next_block(request.number)
    if not isinstance(answer, ReadBlock):
        serving.long_read = None
    return answer


def _read_part(serving: Serving, request: ReadRequestBlock) -> Event:
    taken = serving.long_request.take(_READ, request.number, request.data, serving.limit)
    return ReadBlockReceived(request.number) if taken is DataAccessResult.SUCCESS else ReadResponse((taken,))


def _read_last_part(serving: Serving, request: LastReadRequestBlock) -> Event:
    taken = serving.long_request.take(_READ, request.number, request.data, serving.limit)
    if taken is not DataAccessResult.SUCCESS:
        return ReadResponse((taken,))
    return _read_all(serving, _whole(requested, serving.long_request.joined()))


def _write(serving: Serving, request: WriteRequest) -> WriteResponse:
    return _write_all(serving, request.variables, request.values)


def _write_all(serving: Serving, variables: tuple[Variable, ...], values: tuple[Encoded, ...]) -> WriteResponse:
    pairs = zip(variables, values, strict=True)
    return WriteResponse(tuple([_written(serving, variable, value) for variable, value in pairs]))


def _write_part(serving: Serving, request: WriteBlock) -> WriteBlockReceived | WriteResponse:
    taken = serving.long_request.take(_WRITE, request.number, request.data, serving.limit)
    return WriteBlockReceived(request.number) if taken is DataAccessResult.SUCCESS else WriteResponse((taken,))


def _write_last_part(serving: Serving, request: LastWriteBlock) -> WriteResponse:
    taken = serving.long_request.take(_WRITE, request.number, request.data, serving.limit)
    if taken is not DataAccessResult.SUCCESS:
        return WriteResponse((taken,))
    variables, values = _whole(lambda data: decode_assignments(data, 0), serving.long_request.joined())
    return _write_all(serving, variables, values)


def _write_unconfirmed(serving: Serving, request: UnconfirmedWriteRequest) -> None:
    """Nothing is said, not even that the service was not agreed on."""
    if serving.connection.conformance & Conformance.UNCONFIRMED_WRITE:
        _write_all(serving, request.variables, request.values)


def _result(serving: Serving, variable: Variable) -> Result:
    """The value of an attribute, or what a method returns."""
    target = serving.device.base_names.at(variable.name)
    if target is None:
        return DataAccessResult.OBJECT_UNDEFINED
    if isinstance(target, Attribute):
        return serving.read(target, variable.selection)
    selection = variable.selection
    result, returned = serving.act(target, selection.parameters if isinstance(selection, RawSelection) else None)
    if result is not ActionResult.SUCCESS:
        return DataAccessResult(result.value)
    return NULL if returned is None else returned


def _written(serving: Serving, variable: Variable, value: Encoded) -> DataAccessResult:
    """Sets an attribute, whole, or invokes a method with `value` as its parameters, null-data for none."""
    target = serving.device.base_names.at(variable.name)
    if target is None:
        return DataAccessResult.OBJECT_UNDEFINED
    if isinstance(target, Attribute):
        return serving.write(target, value, variable.selection)
    result, _ = serving.act(target, None if value == NULL else value)
    return DataAccessResult(result.value)


def _whole(decode: Callable[[bytes], T], data: bytes) -> T:
    """Joined blocks decoded; they may turn out to be cut."""
    try:
        return decode(data)
    except IndexError:
        raise garbage(f"the {len(data)} octets of joined blocks are cut") from None


ANSWERS: Answers = {
    ReadRequest: _read,
    ReadNext: _read_next,
    ReadRequestBlock: _read_part,
    LastReadRequestBlock: _read_last_part,
    WriteRequest: _write,
    WriteBlock: _write_part,
    LastWriteBlock: _write_last_part,
    UnconfirmedWriteRequest: _write_unconfirmed,
}
_PARTS = (ReadNext, ReadRequestBlock, LastReadRequestBlock)
NEEDS: dict[type, Conformance] = {
    ReadRequest: Conformance.READ,
    **dict.fromkeys(_PARTS, Conformance.READ | Conformance.BLOCK_TRANSFER_GET),
    WriteRequest: Conformance.WRITE,
    **dict.fromkeys((WriteBlock, LastWriteBlock), Conformance.WRITE | Conformance.BLOCK_TRANSFER_SET),
}
CONTINUATIONS = frozenset((*_PARTS, WriteBlock, LastWriteBlock))
"""Requests that go on with a transfer in blocks; all others end it."""
