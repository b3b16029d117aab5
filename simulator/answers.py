"""What a faulty meter says in place of a right answer: refusals, and blocks that are not the next ones."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from protocols.dlms.apdu import RESPONSES
from protocols.dlms.events import Event
from protocols.dlms.general_block import TAG, decode_general_block
from protocols.dlms.services import short_read, short_write
from protocols.dlms.services.action import ActionResponse
from protocols.dlms.services.failure import ExceptionResponse, Failure, ServiceError, StateError
from protocols.dlms.services.get import GetBlock, GetListResponse, GetResponse, LastGetBlock
from protocols.dlms.services.short_read import LastReadBlock, ReadBlock, ReadResponse
from protocols.dlms.services.short_write import WriteResponse
from protocols.dlms.services.writing import SetResponse
from protocols.dlms.short_failures import as_service_error
from protocols.dlms.tags import ActionResult, DataAccessResult
from protocols.framing import Framing
from protocols.wrapper import WrapperFraming
from simulator.device import AnyDevice
from simulator.faults import LostBlock, NotPossible, TemporaryFailure

_REFUSAL = ExceptionResponse(StateError.SERVICE_NOT_ALLOWED, ServiceError.OPERATION_NOT_POSSIBLE)
_SHORT = (*short_read.RESPONSES, *short_write.RESPONSES)
_FAILURE = DataAccessResult.TEMPORARY_FAILURE
_FAILED: dict[type, Callable[[Any], Event]] = {
    GetResponse: lambda answer: replace(answer, result=_FAILURE),
    GetBlock: lambda answer: LastGetBlock(answer.number, _FAILURE, answer.invoke),
    LastGetBlock: lambda answer: replace(answer, data=_FAILURE),
    GetListResponse: lambda answer: replace(answer, results=(_FAILURE,) * len(answer.results)),
    ReadResponse: lambda answer: replace(answer, results=(_FAILURE,) * len(answer.results)),
    ReadBlock: lambda _: ReadResponse((_FAILURE,)),
    LastReadBlock: lambda _: ReadResponse((_FAILURE,)),
    SetResponse: lambda answer: replace(answer, result=_FAILURE),
    WriteResponse: lambda answer: replace(answer, results=(_FAILURE,) * len(answer.results)),
    ActionResponse: lambda answer: ActionResponse(ActionResult.TEMPORARY_FAILURE, None, answer.invoke),
}
_BLOCKS = (GetBlock, LastGetBlock, ReadBlock, LastReadBlock)


class FaultyAnswers:
    """The answers of one session under the faults in force; what belongs to the association itself stays right."""

    def __init__(self, device: AnyDevice) -> None:
        self._device = device
        self._has_lost = False

    def __call__(self, answer: Event | None) -> Event | None:
        """What is said instead of `answer`, which may be itself."""
        if not self._device.faults or not isinstance(answer, RESPONSES):
            return answer
        if self._device.fault(NotPossible):
            return _refusal(answer)
        if self._device.fault(TemporaryFailure):
            return _FAILED.get(type(answer), _refusal)(answer)
        return self._skipped(answer) if isinstance(answer, _BLOCKS) else answer

    def _skipped(self, block: GetBlock | LastGetBlock | ReadBlock | LastReadBlock) -> Event:
        """The block under the number of the one after it, if it is the one to lose."""
        lost = self._device.fault(LostBlock)
        if lost is None or self._has_lost or block.number != lost.number:
            return block
        self._has_lost = True
        return replace(block, number=block.number + 1)


def _refusal(answer: Event) -> Failure:
    return as_service_error(_REFUSAL) if isinstance(answer, _SHORT) else _REFUSAL


class LossyWrapper(WrapperFraming):
    """A wrapper under which a general block is lost on its way, once; the client has to ask for it again."""

    __slots__ = ("_device", "_has_lost")

    def __init__(self, device: AnyDevice, own: int, peer: int | None = None) -> None:
        super().__init__(own, peer)
        self._device = device
        self._has_lost = False

    def frame(self, apdu: bytes) -> bytes:
        """See `Framing.frame`; nothing for the block that is lost."""
        lost = self._device.fault(LostBlock)
        if lost and not self._has_lost and apdu[0] == TAG and decode_general_block(apdu).number == lost.number:
            self._has_lost = True
            return b""
        return super().frame(apdu)


MakeFraming = Callable[[AnyDevice, int | None], Framing]
"""A device's end of a line; the client is None where it is not known before it speaks."""
