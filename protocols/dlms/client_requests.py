"""What a client has asked, so that an answer can be checked: invoke id, block numbers, size of the reply."""

from collections.abc import Callable
from typing import Any

from protocols.dlms.apdu import Request, Response
from protocols.dlms.services.access import LONG_INVOKE_ID, AccessRequest, AccessResponse
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
from protocols.dlms.services.get import GetBlock, GetNext, LastGetBlock
from protocols.dlms.services.short_read import (
    LastReadBlock,
    LastReadRequestBlock,
    ReadBlock,
    ReadBlockReceived,
    ReadNext,
    ReadRequestBlock,
)
from protocols.dlms.services.short_write import LastWriteBlock, WriteBlock, WriteBlockReceived
from protocols.dlms.services.writing import LastSetBlock, SetBlock, SetBlockReceived, SetCompleted, SetFirstBlock
from protocols.dlms.services.writing_lists import SetListCompleted, SetListFirstBlock
from protocols.errors import Cause, RemoteProtocolError

INVOKE_ID = 0x0F
Part = GetBlock | LastGetBlock | ActionReturnBlock | LastActionReturnBlock | ReadBlock | LastReadBlock
Receipt = (
    SetBlockReceived | SetCompleted | SetListCompleted | ActionBlockReceived | ReadBlockReceived | WriteBlockReceived
)
Numbered = (
    SetBlock
    | LastSetBlock
    | ActionBlock
    | LastActionBlock
    | ReadRequestBlock
    | LastReadRequestBlock
    | WriteBlock
    | LastWriteBlock
)


class Asked:
    """The request that waits for its answer. `max_reply` bounds the octets of one block transfer, none counts as 0."""

    __slots__ = ("_max_reply", "_received", "_reply_size", "_sent", "invoke")

    def __init__(self, max_reply: int) -> None:
        self.invoke = 0
        self._sent = 0
        self._received = 0
        self._reply_size = 0
        self._max_reply = max_reply

    def begin(self, event: Request) -> None:
        """A request is about to be sent."""
        kind = type(event)
        self.invoke = event.invoke & (LONG_INVOKE_ID if kind is AccessRequest else INVOKE_ID)
        _BEGINNINGS.get(kind, Asked.begin_whole)(self, event)

    def begin_whole(self, event: Request) -> None:
        """Anything may come but a receipt for a block."""
        self._sent = self._received = self._reply_size = 0

    def begin_blocks(self, event: Request) -> None:
        """Block 1 waits for its receipt."""
        self.begin_whole(event)
        self._sent = 1

    def go_on_sending(self, event: Numbered) -> None:
        """This block waits for its receipt, or after the last one the reply begins."""
        self._sent = event.number
        self._received = self._reply_size = 0

    def go_on_receiving(self, event: GetNext | ActionNext | ReadNext) -> None:
        """The part after this one is due."""
        self._received = event.number

    def check(self, event: Response) -> None:
        """RemoteProtocolError (UNEXPECTED, BLOCK_LOST, TOO_LARGE) unless the event answers what was asked."""
        kind = type(event)
        self.check_invoke(event.invoke, LONG_INVOKE_ID if kind is AccessResponse else INVOKE_ID)
        checked = _CHECKS.get(kind)
        if checked is not None:
            checked(self, event)

    def check_invoke(self, invoke: int, bits: int = INVOKE_ID) -> None:
        """RemoteProtocolError (UNEXPECTED) for the invoke id of another request; `bits` of it are compared."""
        if invoke & bits != self.invoke:
            raise RemoteProtocolError(
                Cause.UNEXPECTED, f"answer to request {invoke & bits} while {self.invoke} was asked"
            )

    def check_part(self, event: Part) -> None:
        """RemoteProtocolError (BLOCK_LOST, TOO_LARGE) unless this part of a reply is the next one and has room."""
        if isinstance(event.data, bytes):
            self._reply_size += max(len(event.data), 1)
            if event.number != self._received + 1:
                raise RemoteProtocolError(
                    Cause.BLOCK_LOST, f"block {event.number} came where {self._received + 1} was due"
                )
        if self._reply_size > self._max_reply:
            raise RemoteProtocolError(Cause.TOO_LARGE, f"the reply exceeds {self._max_reply} octets")

    def check_receipt(self, event: Receipt) -> None:
        """RemoteProtocolError (BLOCK_LOST) unless the block that was sent last is confirmed."""
        if event.number != self._sent:
            raise RemoteProtocolError(Cause.BLOCK_LOST, f"block {self._sent} was sent, {event.number} confirmed")


_CHECKS: dict[type, Callable[[Asked, Any], None]] = {
    GetBlock: Asked.check_part,
    LastGetBlock: Asked.check_part,
    ActionReturnBlock: Asked.check_part,
    LastActionReturnBlock: Asked.check_part,
    ReadBlock: Asked.check_part,
    LastReadBlock: Asked.check_part,
    SetBlockReceived: Asked.check_receipt,
    SetCompleted: Asked.check_receipt,
    SetListCompleted: Asked.check_receipt,
    ActionBlockReceived: Asked.check_receipt,
    ReadBlockReceived: Asked.check_receipt,
    WriteBlockReceived: Asked.check_receipt,
}
_BEGINNINGS: dict[type, Callable[[Asked, Any], None]] = {
    SetFirstBlock: Asked.begin_blocks,
    SetListFirstBlock: Asked.begin_blocks,
    ActionFirstBlock: Asked.begin_blocks,
    ActionListFirstBlock: Asked.begin_blocks,
    SetBlock: Asked.go_on_sending,
    LastSetBlock: Asked.go_on_sending,
    ActionBlock: Asked.go_on_sending,
    LastActionBlock: Asked.go_on_sending,
    ReadRequestBlock: Asked.go_on_sending,
    LastReadRequestBlock: Asked.go_on_sending,
    WriteBlock: Asked.go_on_sending,
    LastWriteBlock: Asked.go_on_sending,
    GetNext: Asked.go_on_receiving,
    ActionNext: Asked.go_on_receiving,
    ReadNext: Asked.go_on_receiving,
}
